//! Clients that no administrator made: those that register themselves, and those that a document describes.

use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::scene::{Said, Scene, VERIFIER, parameter, scenes};
use crate::identity::client::{self, Wanted};
use crate::server::{Arrival, RequestId};
use crate::settings::{self, Settings};
use crate::store::{control, oauth_clients};

const CODEX: &str = "http://127.0.0.1:34457/callback";

impl Scene {
    async fn register(&self, body: &Value) -> Said {
        self.register_from("192.0.2.7", body).await
    }

    /// By way of a proxy that is trusted.
    async fn register_from(&self, address: &str, body: &Value) -> Said {
        let arrival = Arrival { id: RequestId("r".into()), peer: "10.0.0.1:443".parse().unwrap() };
        let request = Request::post("/oauth/register")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", address)
            .extension(arrival);
        self.ask_for(request.body(body.to_string().into()).unwrap()).await
    }

    /// The tokens of a public client, and what the page said.
    async fn dance(&self, client_id: &str, redirect: &str) -> (Said, String) {
        let address = self.request(&[("client_id", client_id), ("redirect_uri", redirect)]);
        let page = self.browser().await.get(&address).await.html;
        let back = self.approve_with(&address, &[("key", &self.write_key), ("access", "write")]).await;
        let code = parameter(back.location(), "code");
        let changes = [("client_id", client_id), ("redirect_uri", redirect), ("client_secret", "")];
        (self.exchange(&code, &changes).await, page)
    }
}

fn codex() -> Value {
    json!({
        "client_name": "Codex", "redirect_uris": [CODEX], "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "scope": "mcp:read mcp:write offline_access", "application_type": "native",
    })
}

#[tokio::test]
async fn whoever_registers_reads_until_an_administrator_allows_more() {
    for scene in scenes().await {
        let name = scene.house.name;
        let made = scene.register(&codex()).await;
        assert_eq!(made.status, 201, "{name}: {made:?}");
        assert_eq!(made.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(made.json["token_endpoint_auth_method"], "none");
        assert_eq!(made.json["scope"], "mcp:read offline_access");
        assert_eq!(made.json["redirect_uris"], json!([CODEX]));
        assert!(!made.json.to_string().contains("null") && made.json.get("client_secret").is_none());
        let id = made.text("client_id");
        // Another port than it registered (RFC 8252, 7.3).
        let (tokens, page) = scene.dance(&id, "http://127.0.0.1:9/callback").await;
        assert!(page.contains("registered itself") && page.contains("this computer"), "{page}");
        assert_eq!(tokens.text("scope"), "mcp:read offline_access", "{name}: {tokens:?}");
        assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 200, "{name}");
        let with_secret = [("client_id", &*id), ("client_secret", "axs_x")];
        assert_eq!(scene.refresh(&tokens.text("refresh_token"), &with_secret).await.status, 401, "{name}");
        let refreshed =
            scene.refresh(&tokens.text("refresh_token"), &[("client_id", &id), ("client_secret", "")]).await;
        assert_eq!(refreshed.status, 200, "{name}: {refreshed:?}");
    }
}

#[tokio::test]
async fn a_confidential_one_gets_a_secret_and_must_show_it() {
    for scene in scenes().await {
        let name = scene.house.name;
        let mut body = codex();
        body["token_endpoint_auth_method"] = "client_secret_basic".into();
        let made = scene.register(&body).await;
        let (id, secret) = (made.text("client_id"), made.text("client_secret"));
        assert!(secret.starts_with("axs_"), "{name}: {made:?}");
        assert_eq!(made.json["client_secret_expires_at"], 0);
        let (tokens, _) = scene.dance(&id, CODEX).await;
        assert_eq!(tokens.error(), "invalid_client", "{name}: without it");
        let address = scene.request(&[("client_id", &id), ("redirect_uri", CODEX)]);
        let back = scene.approve_with(&address, &[("key", &scene.write_key)]).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*parameter(back.location(), "code")),
            ("code_verifier", VERIFIER),
            ("client_id", &id),
            ("client_secret", &secret),
        ];
        assert_eq!(scene.post("/oauth/token", &[], &fields).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn registration_floods_are_dammed() {
    for scene in scenes().await {
        let name = scene.house.name;
        for _ in 0..20 {
            assert_eq!(scene.register(&codex()).await.status, 201, "{name}");
        }
        let said = scene.register(&codex()).await;
        assert_eq!(said.status, 429, "{name}: {said:?}");
        assert!(said.headers.contains_key(header::RETRY_AFTER));
        // Ten more addresses fill the hour, and whoever comes after them is still let in.
        for address in 10..22 {
            for _ in 0..18 {
                let from = format!("192.0.2.{address}");
                assert_eq!(scene.register_from(&from, &codex()).await.status, 201, "{name}: {from}");
            }
        }
        scene.house.clock.advance(3_600_001);
        assert_eq!(scene.register(&codex()).await.status, 201, "{name}");
        // Nobody approved them, so after a day they are forgotten.
        let mut tx = scene.house.state.db.begin().await.unwrap();
        let before = scene.house.clock.millis();
        assert_eq!(oauth_clients::prune(tx.on(), before).await.unwrap(), 200, "{name}: never more");
    }
}

#[tokio::test]
async fn nobody_who_came_alone_makes_room_for_a_crowd() {
    for scene in scenes().await {
        let name = scene.house.name;
        let honest = scene.register(&codex()).await.text("client_id");
        for address in 0..200 {
            scene.register_from(&format!("198.51.100.{address}"), &codex()).await;
        }
        let known = async || {
            let mut conn = scene.house.state.db.read().await.unwrap();
            client::by_client_id(conn.on(), &honest).await.unwrap().is_some()
        };
        assert!(known().await, "{name}: it has just come");
        assert_eq!(scene.register_from("203.0.113.1", &codex()).await.status, 429, "{name}");
        scene.house.clock.advance(600_001);
        assert_eq!(scene.register_from("203.0.113.1", &codex()).await.status, 201, "{name}");
        assert!(!known().await, "{name}: it never came back");
    }
}

#[tokio::test]
async fn one_that_an_administrator_disabled_is_not_forgotten() {
    for scene in scenes().await {
        let made = scene.register(&codex()).await.text("client_id");
        scene.house.clock.advance(1);
        let mut tx = scene.house.state.db.begin().await.unwrap();
        let known = client::by_client_id(tx.on(), &made).await.unwrap().unwrap();
        let wanted = Wanted {
            name: &known.name,
            enabled: false,
            allow_read: true,
            allow_write: false,
            redirect_uris: vec![CODEX],
        };
        client::save(tx.on(), &scene.house.clock, &known.id, &wanted, None).await.unwrap();
        oauth_clients::prune(tx.on(), i64::MAX).await.unwrap();
        assert!(client::by_client_id(tx.on(), &made).await.unwrap().is_some(), "{}", scene.house.name);
    }
}

#[tokio::test]
async fn strangers_can_be_kept_out() {
    for scene in scenes().await {
        let name = scene.house.name;
        let mut tx = scene.house.state.db.begin().await.unwrap();
        control::bump(tx.on()).await.unwrap();
        let shut = Settings::default().change("oauth_registration", "false").unwrap();
        settings::set(tx.on(), &shut).await.unwrap();
        tx.commit().await.unwrap();
        scene.house.state.current.refresh().await.unwrap();
        assert_eq!(scene.register(&codex()).await.status, 404, "{name}");
        let metadata = scene.send(Method::GET, "/.well-known/oauth-authorization-server", &[], "").await;
        assert!(metadata.json.get("registration_endpoint").is_none(), "{name}");
        assert_eq!(metadata.json["client_id_metadata_document_supported"], false, "{name}");
        let address = scene.request(&[("client_id", "https://chatgpt.com/oauth/codex/client.json")]);
        assert_eq!(scene.browser().await.get(&address).await.status, 400, "{name}");
        assert_eq!(scene.tokens().await.status, 200, "{name}: those that an administrator made go on");
    }
}

#[tokio::test]
async fn a_client_with_a_document_that_is_known_connects_without_registration() {
    const ID: &str = "https://chatgpt.com/oauth/codex/client.json";
    for scene in scenes().await {
        let name = scene.house.name;
        let (tokens, page) = scene.dance(ID, "http://127.0.0.1:40001/callback").await;
        assert!(page.contains(ID), "{page}");
        assert_eq!(tokens.text("scope"), "mcp:read offline_access", "{name}: {tokens:?}");
        scene.dance(ID, "http://127.0.0.1:40002/callback").await;
        let mut conn = scene.house.state.db.read().await.unwrap();
        let known = client::by_client_id(conn.on(), ID).await.unwrap().unwrap();
        assert_eq!((known.allow_read, known.allow_write, known.confidential), (true, false, false), "{name}");
        let address = scene.request(&[("client_id", ID), ("redirect_uri", "https://evil.example/cb")]);
        let page = scene.browser().await.get(&address).await;
        assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{name}");
    }
}

#[tokio::test]
async fn nobody_makes_the_server_fetch_from_inside() {
    for scene in scenes().await {
        for id in [
            "https://localhost/client.json",
            "https://127.0.0.1/client.json",
            "https://10.0.0.1/client.json",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/client.json",
            "https://intranet/client.json",
            "https://printer.local/client.json",
            "https://example.com:8443/client.json",
            "https://user@example.com/client.json",
            "https://example.com/",
        ] {
            let address = scene.request(&[("client_id", id)]);
            let page = scene.browser().await.get(&address).await;
            assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{}: {id}", scene.house.name);
            assert!(
                page.shows("document can&#x27;t be used") || page.shows("document can't be used"),
                "{}",
                page.html
            );
            assert!(!page.shows("did not arrive") && !page.shows("answers with status"), "{}", page.html);
            // And nobody at all does so without being signed in.
            let stranger = crate::tests::console::browser::Browser::stranger(&scene.house);
            assert!(
                stranger.get(&address).await.location().starts_with("/login"),
                "{}: {id}",
                scene.house.name
            );
        }
    }
}

#[tokio::test]
async fn nobody_is_taken_to_a_strangers_address_unasked() {
    for scene in scenes().await {
        let id =
            scene.register(&json!({"redirect_uris": ["https://evil.example/x"]})).await.text("client_id");
        for address in [
            format!("/oauth/authorize?client_id={id}"),
            scene.request(&[("client_id", &id), ("redirect_uri", "https://evil.example/x"), ("scope", "x")]),
        ] {
            let stranger = crate::tests::console::browser::Browser::stranger(&scene.house);
            for browser in [&stranger, &scene.browser().await] {
                let page = browser.get(&address).await;
                assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{}", scene.house.name);
                assert!(page.shows("Back to evil.example"), "{}", page.html);
            }
        }
    }
}

#[tokio::test]
async fn a_program_that_asks_whether_it_is_still_known_is_told() {
    for scene in scenes().await {
        let address = scene.request(&[("client_id", "gone")]);
        let said = scene.send(Method::GET, &address, &[("accept", "application/json")], "").await;
        assert_eq!((said.status.as_u16(), said.error()), (401, "invalid_client"), "{}", scene.house.name);
    }
}
