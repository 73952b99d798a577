//! Whatever bounds a connection ends it at once when it ends: at each stage of the dance.

use crate::identity::client::{self, Wanted};
use crate::identity::{connection, key};
use crate::settings::{Module, Modules};
use crate::store::{Tx, control, on_db};
use crate::tests::console::browser::Browser;
use crate::tests::oauth::scene::{BACK, Scene, scenes};

/// What can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Key,
    KeyTime,
    Client,
    ClientScopes,
    Group,
    User,
    Module,
    Connection,
}

const ALL: [End; 8] = [
    End::Key,
    End::KeyTime,
    End::Client,
    End::ClientScopes,
    End::Group,
    End::User,
    End::Module,
    End::Connection,
];

impl Scene {
    async fn end(&self, end: End) {
        let clock = &self.house.clock;
        let mut tx = self.house.state.db.begin().await.unwrap();
        control::bump(tx.on()).await.unwrap();
        match end {
            End::Key => drop(key::revoke(tx.on(), clock, &self.write_key).await.unwrap()),
            End::Client => self.change(&mut tx, false, true).await,
            End::ClientScopes => self.change(&mut tx, true, false).await,
            End::Group => {
                let sql = "DELETE FROM res_users_group_ids_rel WHERE record_id = $1";
                run(&mut tx, sql, self.user_id).await;
            }
            End::User => {
                run(&mut tx, "UPDATE res_users SET active = false WHERE id = $1", self.user_id).await;
            }
            End::Module => {
                Modules::uninstall(tx.on(), Module::McpServerOauth, false, 1).await.unwrap();
            }
            End::Connection => {
                let mut made = Vec::new();
                for row in crate::store::oauth_grants::of_user(tx.on(), self.user_id).await.unwrap() {
                    made.push(row.id);
                }
                for id in made {
                    connection::revoke(tx.on(), clock, &id, "its user ended it").await.unwrap();
                }
            }
            End::KeyTime => {
                run(&mut tx, "UPDATE mcp_keys SET expires_at = 1 WHERE user_id = $1", self.user_id).await;
            }
        }
        tx.commit().await.unwrap();
        self.house.state.current.refresh().await.unwrap();
    }

    async fn change(&self, tx: &mut Tx, enabled: bool, allowed: bool) {
        let wanted = Wanted {
            name: "Claude",
            enabled,
            allow_read: allowed,
            allow_write: allowed,
            redirect_uris: vec![BACK],
        };
        client::save(tx.on(), &self.house.clock, &self.client.id, &wanted, None).await.unwrap();
    }
}

async fn run(tx: &mut Tx, sql: &'static str, id: i64) {
    on_db!(tx.on(), c => sqlx::query(sql).bind(id).execute(&mut *c).await.map(drop)).unwrap();
}

#[tokio::test]
async fn a_token_ends_with_whatever_bounds_it() {
    for end in ALL {
        for scene in scenes().await {
            let name = scene.house.name;
            let tokens = scene.tokens().await;
            assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 200, "{name}: {end:?}");
            scene.end(end).await;
            let (status, challenge) = scene.ask(&tokens.text("access_token")).await;
            // A right that is missing is the user's matter: connecting again would not mend it.
            let expected = if matches!(end, End::Group | End::User) { 403 } else { 401 };
            assert_eq!(status, expected, "{name}: {end:?}: {challenge}");
            let said = scene.refresh(&tokens.text("refresh_token"), &[]).await;
            match end {
                End::Module => assert_eq!(said.status, 404, "{name}"),
                End::Client => assert_eq!(said.error(), "invalid_client", "{name}"),
                _ => assert_eq!(said.error(), "invalid_grant", "{name}: {end:?}: {said:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_code_ends_with_whatever_bounds_it() {
    for end in ALL.into_iter().filter(|end| *end != End::Connection) {
        for scene in scenes().await {
            let name = scene.house.name;
            let code = scene.code().await;
            scene.end(end).await;
            let said = scene.exchange(&code, &[]).await;
            match end {
                End::Module => assert_eq!(said.status, 404, "{name}"),
                End::Client => assert_eq!(said.error(), "invalid_client", "{name}"),
                _ => assert_eq!(said.error(), "invalid_grant", "{name}: {end:?}: {said:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_open_question_ends_with_whatever_bounds_it() {
    for end in ALL.into_iter().filter(|end| *end != End::Connection) {
        for scene in scenes().await {
            let name = scene.house.name;
            let browser = scene.browser().await;
            let request = browser.get(&scene.request(&[])).await.value("request");
            scene.end(end).await;
            let fields = [
                ("request", &*request),
                ("decision", "approve"),
                ("key", &*scene.write_key),
                ("access", "write"),
            ];
            let page = browser.post("/oauth/authorize", &fields).await;
            assert!(!page.location().contains("code="), "{name}: {end:?}: {}", page.location());
        }
    }
}

#[tokio::test]
async fn a_clients_allowance_narrows_its_connections_at_once() {
    for scene in scenes().await {
        let name = scene.house.name;
        let tokens = scene.tokens().await;
        let mut tx = scene.house.state.db.begin().await.unwrap();
        control::bump(tx.on()).await.unwrap();
        let wanted = Wanted {
            name: "Claude",
            enabled: true,
            allow_read: true,
            allow_write: false,
            redirect_uris: vec![BACK],
        };
        client::save(tx.on(), &scene.house.clock, &scene.client.id, &wanted, None).await.unwrap();
        tx.commit().await.unwrap();
        scene.house.state.current.refresh().await.unwrap();
        assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 200, "{name}: it still reads");
        let said = scene.refresh(&tokens.text("refresh_token"), &[]).await;
        assert_eq!(said.json["scope"], "mcp:read offline_access", "{name}");
    }
}

#[tokio::test]
async fn an_access_token_lives_for_an_hour_and_no_longer_than_its_key() {
    for scene in scenes().await {
        let name = scene.house.name;
        let tokens = scene.tokens().await;
        scene.house.clock.advance(3_599_999);
        assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 200, "{name}");
        scene.house.clock.advance(1);
        let (status, challenge) = scene.ask(&tokens.text("access_token")).await;
        assert_eq!(status, 401, "{name}");
        assert!(challenge.contains("has expired") && challenge.contains("invalid_token"), "{challenge}");
        let refreshed = scene.refresh(&tokens.text("refresh_token"), &[]).await;
        assert_eq!(refreshed.status, 200, "{name}");
        // The key has 30 days less an hour.
        scene.house.clock.advance(30 * 24 * 3_600_000 - 2 * 3_600_000);
        let last = scene.refresh(&refreshed.text("refresh_token"), &[]).await;
        assert!(last.json["expires_in"].as_i64().unwrap() <= 3_600, "{name}: {last:?}");
        scene.house.clock.advance(3_600_000);
        assert_eq!(scene.refresh(&last.text("refresh_token"), &[]).await.error(), "invalid_grant", "{name}");
    }
}

#[tokio::test]
async fn a_client_ends_what_it_has() {
    for scene in scenes().await {
        let name = scene.house.name;
        let revoke = async |token: &str, secret: &str| {
            let id = scene.client.client_id.clone();
            let fields = [("token", token), ("client_id", &*id), ("client_secret", secret)];
            scene.post("/oauth/revoke", &[], &fields).await
        };
        let tokens = scene.tokens().await;
        let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
        assert_eq!(revoke(&access, "axs_x").await.status, 401, "{name}");
        assert_eq!(scene.ask(&access).await.0, 200, "{name}");
        assert_eq!(revoke("axt_unknown", &scene.secret).await.status, 200, "{name}: nobody's business");
        assert_eq!(revoke(&access, &scene.secret).await.status, 200, "{name}");
        assert_eq!(scene.ask(&access).await.0, 401, "{name}");
        let again = scene.refresh(&refresh, &[]).await;
        assert_eq!(again.status, 200, "{name}: the connection itself goes on");
        assert_eq!(revoke(&again.text("refresh_token"), &scene.secret).await.status, 200, "{name}");
        assert_eq!(scene.ask(&again.text("access_token")).await.0, 401, "{name}");
        assert_eq!(scene.refresh(&again.text("refresh_token"), &[]).await.error(), "invalid_grant", "{name}");
        assert!(scene.log().await.iter().any(|row| row.method == "oauth/revoke" && row.outcome == "allowed"));
    }
}

#[tokio::test]
async fn a_right_that_is_taken_and_given_back_brings_no_connection_back() {
    for scene in scenes().await {
        let name = scene.house.name;
        let tokens = scene.tokens().await;
        let state = &scene.house.state;
        let admin =
            Browser::of(&scene.house, "root", &["Settings / Administrator", "MCP Administrator"]).await;
        let path = format!("/settings/users/{}", scene.user_id);
        assert_eq!(admin.post(&format!("{path}/archive"), &[]).await.status, 303, "{name}");
        state.current.refresh().await.unwrap();
        assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 401, "{name}");
        assert_eq!(admin.post(&format!("{path}/archive"), &[("active", "on")]).await.status, 303, "{name}");
        state.current.refresh().await.unwrap();
        let (status, challenge) = scene.ask(&tokens.text("access_token")).await;
        assert_eq!(status, 401, "{name}");
        assert!(challenge.contains("revoked"), "{challenge}");
    }
}

#[tokio::test]
async fn what_nobody_can_use_any_more_is_swept_away() {
    const DAY: i64 = 24 * 3_600_000;
    for scene in scenes().await {
        let (name, state, clock) = (scene.house.name, &scene.house.state, &scene.house.clock);
        let tokens = scene.tokens().await;
        scene.code().await;
        let sweep = async || crate::identity::sweep(&state.db, clock).await.unwrap();
        clock.advance(2 * DAY);
        assert_eq!(sweep().await, 3, "{name}: two codes, and the approval that no client came for");
        assert_eq!(scene.refresh(&tokens.text("refresh_token"), &[]).await.status, 200, "{name}: it lives");
        clock.advance(6 * DAY);
        assert_eq!(sweep().await, 1, "{name}: the first access token, a week after its end");
        clock.advance(400 * DAY);
        assert!(sweep().await >= 1, "{name}");
        let mut conn = state.db.read().await.unwrap();
        let left = crate::store::oauth_grants::of_user(conn.on(), scene.user_id).await.unwrap();
        assert!(left.is_empty(), "{name}: the connection itself");
    }
}
