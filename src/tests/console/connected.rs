//! Connections: who sees them, who revokes them, and that they stop.

use axum::http::StatusCode;
use serde_json::json;

use super::browser::Browser;
use crate::files::{Kind, NewFile, Owner};
use crate::identity::client::{self, Wanted};
use crate::identity::connection::ACCESS_PREFIX;
use crate::identity::{Secret, user};
use crate::model::Operation;
use crate::policy::{OperationSet, Rule};
use crate::settings::{self, Module, Modules};
use crate::store::oauth_grants::{self, GrantRow};
use crate::store::oauth_tokens::{self, TokenRow};
use crate::store::{control, keys, on_db};
use crate::tests::house::{House, houses};

const YEAR: i64 = 365 * 86_400_000;
const MCP: &[&str] = &["MCP Administrator"];

/// Installs the OAuth module.
pub async fn install_oauth(house: &House) {
    let mut tx = house.state.db.begin().await.unwrap();
    Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

/// A connection and its access token.
pub struct Connected {
    /// Id of the grant.
    pub id: String,
    /// What it shows on `/mcp`.
    pub token: String,
}

/// Connects a client for a user, under their first key.
pub async fn connect(house: &House, client: &str, login: &str) -> Connected {
    let now = house.clock.millis();
    let mut tx = house.state.db.begin().await.unwrap();
    let user = user::by_login(tx.on(), login).await.unwrap();
    let key = keys::of_user(tx.on(), user.id).await.unwrap().remove(0);
    let token = Secret::mint(ACCESS_PREFIX).unwrap();
    let grant = GrantRow {
        id: uuid::Uuid::now_v7().to_string(),
        client: client.to_owned(),
        user_id: user.id,
        key_id: key.id,
        scope: "mcp:read offline_access".into(),
        redirect_uri: "https://claude.ai/api/mcp/auth_callback".into(),
        created_at: now,
        connected_at: Some(now),
        last_used_at: None,
        expires_at: now + YEAR,
        revoked_at: None,
        revoked_why: None,
    };
    oauth_grants::insert(tx.on(), &grant).await.unwrap();
    let row = TokenRow {
        hash: token.digest().hex(),
        grant_id: grant.id.clone(),
        kind: "access".into(),
        scope: grant.scope,
        created_at: now,
        expires_at: now + YEAR,
        rotated_at: None,
        uses: 0,
        revoked_at: None,
    };
    oauth_tokens::insert(tx.on(), &row).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
    Connected { id: grant.id, token: token.reveal().to_owned() }
}

/// Makes a client and answers its id.
pub async fn client(house: &House, name: &str) -> String {
    let wanted = Wanted {
        name,
        enabled: true,
        allow_read: true,
        allow_write: true,
        redirect_uris: vec!["https://claude.ai/api/mcp/auth_callback"],
    };
    let mut tx = house.state.db.begin().await.unwrap();
    let client = client::create(tx.on(), &house.clock, &wanted, None).await.unwrap();
    tx.commit().await.unwrap();
    client.id
}

async fn id_of(house: &House, login: &str) -> i64 {
    user::by_login(house.state.db.read().await.unwrap().on(), login).await.unwrap().id
}

async fn works(house: &House, connected: &Connected) -> bool {
    let bearer = format!("Bearer {}", connected.token);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let headers = [("authorization", &*bearer), ("mcp-protocol-version", "2025-06-18")];
    house.post(&headers, &ping).await.status == StatusCode::OK
}

#[tokio::test]
async fn a_user_sees_and_revokes_their_own_alone() {
    for house in houses().await {
        install_oauth(&house).await;
        let claude = client(&house, "Claude <x>").await;
        let (demo, other) = (id_of(&house, "demo").await, id_of(&house, "other").await);
        let (mine, yours) = (connect(&house, &claude, "demo").await, connect(&house, &claude, "other").await);
        let browser = Browser::sign_in(&house, demo).await;
        let page = browser.get("/connections").await;
        for text in ["Claude &lt;x&gt;", "claude.ai", "Read", "Active", "you can connect again from"] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        assert!(page.shows(&mine.id) && !page.shows(&yours.id), "{}", house.name);
        for path in ["/connections", "/preferences/connections"] {
            let foreign = browser.post(&format!("{path}/{}/revoke", yours.id), &[]).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        assert!(works(&house, &mine).await && works(&house, &yours).await, "{}", house.name);
        let revoke = format!("/connections/{}/revoke", mine.id);
        assert_eq!(browser.post(&revoke, &[]).await.location(), "/connections", "{}", house.name);
        assert!(!works(&house, &mine).await && works(&house, &yours).await, "{}", house.name);
        let page = browser.get("/connections").await;
        assert!(page.shows("Revoked") && page.shows("by its user"), "{}: {}", house.name, page.html);
        assert!(!page.shows(&format!("{}/revoke", mine.id)), "{}: once", house.name);
        assert_eq!(browser.post(&revoke, &[]).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        assert!(Browser::sign_in(&house, other).await.get("/connections").await.shows("Active"));
        let log = house.log().await;
        let acts: Vec<_> = log.iter().filter(|row| row.method == "connection.revoke").collect();
        assert_eq!(acts.len(), 1, "{}", house.name);
        assert_eq!(acts[0].login.as_deref(), Some("demo"), "{}", house.name);
    }
}

#[tokio::test]
async fn an_administrator_revokes_one_or_all_of_a_client() {
    for house in houses().await {
        install_oauth(&house).await;
        let (claude, agent) = (client(&house, "Claude").await, client(&house, "Agent").await);
        let one = connect(&house, &claude, "demo").await;
        let two = connect(&house, &claude, "other").await;
        let three = connect(&house, &claude, "other").await;
        let foreign = connect(&house, &agent, "demo").await;
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let form = format!("/technical/mcp/oauth-clients/{claude}");
        let page = admin.get(&form).await;
        assert!(
            page.shows("3 connections will stop at once.") && page.shows("Revoke Claude of other"),
            "{}",
            page.html
        );
        let wrong = admin.post(&format!("{form}/connections/{}/revoke", foreign.id), &[]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND, "{}: of another client", house.name);
        let path = format!("{form}/connections/{}/revoke", one.id);
        assert_eq!(admin.post(&path, &[]).await.location(), form, "{}", house.name);
        assert!(!works(&house, &one).await && works(&house, &two).await, "{}", house.name);
        assert!(admin.get(&form).await.shows("2 connections will stop at once."), "{}", house.name);
        assert_eq!(admin.post(&format!("{form}/revoke"), &[]).await.location(), form, "{}", house.name);
        assert!(!works(&house, &two).await && !works(&house, &three).await, "{}", house.name);
        assert!(works(&house, &foreign).await, "{}: another client's", house.name);
        let page = admin.get(&form).await;
        assert!(!page.shows("Revoke all") && page.shows("by mcpadmin, with all of Claude"), "{}", page.html);
        let log = house.log().await;
        let all = log.iter().find(|row| row.method == "oauth_client.revoke_connections").unwrap();
        assert!(all.detail.as_deref().unwrap().contains(r#""revoked":2"#), "{}", house.name);
    }
}

#[tokio::test]
async fn a_key_says_what_stands_under_it_and_stops_with_it() {
    for house in houses().await {
        install_oauth(&house).await;
        let claude = client(&house, "Claude").await;
        let one = connect(&house, &claude, "demo").await;
        let two = connect(&house, &claude, "demo").await;
        let demo = id_of(&house, "demo").await;
        let (tab, base) = (format!("/settings/users/{demo}?tab=mcp"), format!("/settings/users/{demo}"));
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let page = admin.get(&tab).await;
        assert!(page.shows("2 connections will stop at once.") && page.shows("claude.ai"), "{}", page.html);
        let other = id_of(&house, "other").await;
        let wrong = admin.post(&format!("/settings/users/{other}/connections/{}/revoke", one.id), &[]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND, "{}: of another user", house.name);
        let path = format!("{base}/connections/{}/revoke", one.id);
        let settings = Browser::of(&house, "settings", &["Settings / Administrator"]).await;
        assert_eq!(settings.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{}", house.name);
        assert!(!settings.get(&tab).await.shows(&path), "{}", house.name);
        assert_eq!(admin.post(&path, &[]).await.location(), tab, "{}", house.name);
        assert!(!works(&house, &one).await && works(&house, &two).await, "{}", house.name);
        let own = Browser::sign_in(&house, demo).await;
        let page = own.get("/preferences?tab=mcp").await;
        assert!(page.shows("1 connection will stop at once."), "{}", page.html);
        admin.post(&format!("{base}/keys/{}/revoke", house.key_id), &[]).await;
        assert!(!works(&house, &two).await, "{}", house.name);
        assert!(own.get("/connections").await.shows("Key ended"), "{}", house.name);
    }
}

#[tokio::test]
async fn without_the_module_there_are_neither_clients_nor_connections() {
    for house in houses().await {
        let claude = client(&house, "Claude").await;
        let grant = connect(&house, &claude, "demo").await;
        let demo = id_of(&house, "demo").await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let own = Browser::sign_in(&house, demo).await;
        let form = format!("/technical/mcp/oauth-clients/{claude}");
        for path in
            ["/technical/mcp/oauth-clients", "/technical/mcp/oauth-clients/new", &form, "/connections"]
        {
            assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        for path in [
            format!("/connections/{}/revoke", grant.id),
            format!("/preferences/connections/{}/revoke", grant.id),
        ] {
            assert_eq!(own.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        for path in [
            format!("/settings/users/{demo}/connections/{}/revoke", grant.id),
            format!("{form}/credentials"),
            format!("{form}/revoke"),
        ] {
            assert_eq!(admin.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        let home = admin.get("/").await;
        assert!(!home.shows("OAuth Clients") && !home.shows("My Connections"), "{}", house.name);
        assert!(!own.get("/preferences?tab=mcp").await.shows("claude.ai"), "{}", house.name);
        install_oauth(&house).await;
        let home = admin.get("/").await;
        assert!(home.shows("OAuth Clients") && home.shows("My Connections"), "{}", house.name);
    }
}

#[tokio::test]
async fn log_and_sessions_say_through_which_client() {
    for house in houses().await {
        install_oauth(&house).await;
        let claude = client(&house, "Claude Desk").await;
        let grant = connect(&house, &claude, "demo").await;
        let bearer = format!("Bearer {}", grant.token);
        let begin = crate::tests::house::initialize("2025-06-18");
        let answer = house.post(&[("authorization", &bearer)], &begin).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {answer:?}", house.name);
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let sessions = admin.get("/technical/mcp/sessions").await;
        assert!(sessions.shows("through Claude Desk"), "{}: {}", house.name, sessions.html);
        let log = house.log().await;
        let entry = log.iter().find(|row| row.grant_id.is_some()).unwrap();
        assert!(admin.get("/technical/mcp/logs").await.shows("through Claude Desk"), "{}", house.name);
        let detail = admin.get(&format!("/technical/mcp/logs/{}", entry.id)).await;
        assert!(detail.shows("Claude Desk") && detail.shows(&grant.id), "{}", house.name);
        let file = admin.get("/technical/mcp/logs.csv").await;
        assert!(file.shows(",oauth_client,connection,") && file.shows(&grant.id), "{}", house.name);
    }
}

#[tokio::test]
async fn a_link_to_a_file_ends_with_the_connection_it_was_given_to() {
    for house in houses().await {
        install_oauth(&house).await;
        let claude = client(&house, "Claude").await;
        let connected = connect(&house, &claude, "demo").await;
        let mut tx = house.state.db.begin().await.unwrap();
        let rule = Rule { allowed: OperationSet::NONE.with(Operation::Export), ..Rule::new("res.partner") };
        settings::set_rule(tx.on(), &rule, 1).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        let user_id = id_of(&house, "demo").await;
        let owner = Owner { user_id, key_id: house.key_id.clone(), grant_id: Some(connected.id.clone()) };
        let files = &house.state.services.files;
        let new = NewFile {
            kind: Kind::Export,
            model: "res.partner".into(),
            name: "a.csv".into(),
            mime_type: "text/csv",
            request_id: "r".into(),
            untrusted: Vec::new(),
        };
        let file = files.begin(owner.clone(), new).finish(None, None).await.unwrap();
        let link = files.link(&owner, &file).await.unwrap();
        let path = link.url.strip_prefix("https://erp.example.com").unwrap();
        let stranger = Browser::stranger(&house);
        house.state.current.refresh().await.unwrap();
        let page = stranger.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}: {}", house.name, page.html);

        let change = async |sql: &'static str| {
            let mut tx = house.state.db.begin().await.unwrap();
            on_db!(tx.on(), c => sqlx::query(sql).execute(&mut *c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
        };
        change("UPDATE oauth_clients SET enabled = FALSE").await;
        assert_eq!(stranger.get(path).await.status, StatusCode::FORBIDDEN, "{}: client disabled", house.name);
        change("UPDATE oauth_clients SET enabled = TRUE").await;
        assert_eq!(stranger.get(path).await.status, StatusCode::OK, "{}", house.name);
        change("UPDATE oauth_grants SET revoked_at = 1").await;
        let page = stranger.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}: revoked", house.name);
        change("UPDATE oauth_grants SET revoked_at = NULL").await;
        let mut tx = house.state.db.begin().await.unwrap();
        Modules::uninstall(tx.on(), Module::McpServerOauth, false, 1).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        assert_ne!(stranger.get(path).await.status, StatusCode::OK, "{}: no OAuth", house.name);
    }
}
