//! The MCP tab: readiness, Generate MCP Key, revoke.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::browser::{Browser, Page};
use crate::settings::{Module, Modules};
use crate::store::{control, keys};
use crate::tests::house::{House, houses};

const MCP: &[&str] = &["MCP Administrator"];

/// The key that a page shows; empty if it shows none.
fn key_in(page: &Page) -> String {
    let at = page.html.find("axk_").filter(|at| !page.html[*at..].starts_with("axk_…"));
    let text = at.map(|at| &page.html[at..]).unwrap_or_default();
    let key: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if key.len() > 40 { key } else { String::new() }
}

async fn count(house: &House, user: i64) -> usize {
    keys::of_user(house.state.db.read().await.unwrap().on(), user).await.unwrap().len()
}

async fn id_of(house: &House, login: &str) -> i64 {
    crate::identity::user::by_login(house.state.db.read().await.unwrap().on(), login).await.unwrap().id
}

/// Whether `/mcp` takes the key.
async fn works(house: &House, key: &str) -> StatusCode {
    let bearer = format!("Bearer {key}");
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    house.post(&[("authorization", &bearer), ("mcp-protocol-version", "2025-06-18")], &ping).await.status
}

#[tokio::test]
async fn an_administrator_generates_a_key_that_is_shown_once() {
    for house in houses().await {
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let demo = id_of(&house, "demo").await;
        let (tab, action) =
            (format!("/settings/users/{demo}?tab=mcp"), format!("/settings/users/{demo}/keys"));
        let page = admin.get(&tab).await;
        assert!(
            page.shows("Generate MCP Key") && page.shows("demo can use MCP: MCP User, 1 active key"),
            "{}",
            page.html
        );
        assert!(
            page.shows("value=\"read\" checked"),
            "{}: Read Only is preselected: {}",
            house.name,
            page.html
        );
        let once = page.value("once");
        let fields = [
            ("form", "mcp-key"),
            ("once", &*once),
            ("name", "Codex <laptop>"),
            ("scope", "write"),
            ("rate_limit", "120"),
            ("expires_in_days", "3"),
        ];
        let answer = admin.post(&action, &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {}", house.name, answer.html);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{}", house.name);
        let key = key_in(&answer);
        for text in [
            "You will not see this again",
            "https://erp.example.com/mcp",
            &format!("Bearer {key}"),
            "[mcp_servers.axanta]",
            "codex mcp add axanta --url https://erp.example.com/mcp --bearer-token-env-var AXANTA_MCP_KEY",
            "Expires in 3 days",
            "Write Tools",
            "Codex &lt;laptop&gt;",
        ] {
            assert!(answer.shows(text), "{}: {text}", house.name);
        }
        assert_eq!(works(&house, &key).await, StatusCode::OK, "{}", house.name);
        let again = admin.get(&tab).await;
        assert!(
            key_in(&again).is_empty() && again.shows("demo can use MCP: MCP User, 2 active keys"),
            "{}",
            again.html
        );
        assert_eq!(admin.get(&action).await.location(), tab, "{}: asked for anew", house.name);

        let reloaded = admin.post(&action, &fields).await;
        assert_eq!(reloaded.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(reloaded.shows("was generated already") && key_in(&reloaded).is_empty(), "{}", house.name);
        assert_eq!(count(&house, demo).await, 2, "{}: no second one", house.name);
        let log = house.log().await;
        let entry = log.iter().find(|row| row.method == "key.generate").unwrap();
        assert_eq!((entry.login.as_deref(), entry.target.as_deref()), (Some("mcpadmin"), Some("demo")));
        assert!(
            !log.iter().any(|row| format!("{row:?}").contains(&key[8..])),
            "{}: never the key",
            house.name
        );
    }
}

#[tokio::test]
async fn sent_twice_at_once_it_is_one_key() {
    for house in houses().await {
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let demo = id_of(&house, "demo").await;
        let once = admin.get(&format!("/settings/users/{demo}?tab=mcp")).await.value("once");
        let fields = [("form", "mcp-key"), ("once", &*once), ("name", "twice"), ("scope", "read")];
        let action = format!("/settings/users/{demo}/keys");
        let answers =
            futures_util::future::join_all([admin.post(&action, &fields), admin.post(&action, &fields)])
                .await;
        assert_eq!(answers.iter().filter(|page| page.status == StatusCode::OK).count(), 1, "{}", house.name);
        assert_eq!(count(&house, demo).await, 2, "{}", house.name);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_and_no_key_is_made() {
    for house in houses().await {
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let demo = id_of(&house, "demo").await;
        let action = format!("/settings/users/{demo}/keys");
        for (field, value, said) in [
            ("name", "", "name has 1 to 100 characters"),
            ("scope", "", "Choose Read Only or Enable Write Tools"),
            ("scope", "admin", "Choose Read Only or Enable Write Tools"),
            ("rate_limit", "0", "rate limit is 1 to 1000000"),
            ("rate_limit", "x", "not a whole number"),
            ("expires_in_days", "4000", "expires in 1 to 3650 days"),
        ] {
            let fields: Vec<(&str, &str)> = [
                ("form", "mcp-key"),
                ("name", "n"),
                ("scope", "read"),
                ("rate_limit", ""),
                ("expires_in_days", ""),
            ]
            .into_iter()
            .map(|(name, old)| if name == field { (name, value) } else { (name, old) })
            .collect();
            let answer = admin.post(&action, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {field}={value}", house.name);
            assert!(
                answer.shows(said) && answer.shows("<details open"),
                "{}: {said}: {}",
                house.name,
                answer.html
            );
        }
        assert_eq!(count(&house, demo).await, 1, "{}", house.name);
    }
}

#[tokio::test]
async fn a_revoked_key_stops_at_once_and_only_by_those_who_may() {
    for house in houses().await {
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let (demo, other) = (id_of(&house, "demo").await, id_of(&house, "other").await);
        let session = house.initialize().await;
        assert!(!session.is_empty(), "{}", house.name);
        let page = admin.get(&format!("/settings/users/{demo}?tab=mcp")).await;
        assert!(page.shows("1 session will stop at once.") && page.shows("Revoke key test"), "{}", page.html);
        let key = &house.key_id;
        let wrong = admin.post(&format!("/settings/users/{other}/keys/{key}/revoke"), &[]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND, "{}: a key of another", house.name);
        let stranger = Browser::sign_in(&house, other).await;
        let wrong = stranger.post(&format!("/preferences/keys/{key}/revoke"), &[]).await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND, "{}: not one's own", house.name);
        assert_eq!(works(&house, &house.key).await, StatusCode::OK, "{}", house.name);
        let path = format!("/settings/users/{demo}/keys/{key}/revoke");
        assert_eq!(admin.post(&path, &[]).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        assert_eq!(works(&house, &house.key).await, StatusCode::UNAUTHORIZED, "{}", house.name);
        let page = admin.get(&format!("/settings/users/{demo}?tab=mcp")).await;
        assert!(page.shows("Revoked") && page.shows("No MCP key is active."), "{}", house.name);
        let twice = admin.post(&path, &[]).await;
        assert_eq!(twice.status, StatusCode::SEE_OTHER, "{}: said, not failed", house.name);
    }
}

#[tokio::test]
async fn what_is_missing_is_said_with_who_can_mend_it() {
    for house in houses().await {
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let nomcp = id_of(&house, "nomcp").await;
        house.set("mcp_enabled", "false").await;
        let page = admin.get(&format!("/settings/users/{nomcp}?tab=mcp")).await;
        for text in [
            "nomcp can&#39;t use MCP yet",
            "MCP Server is not enabled.",
            "href=\"/settings/mcp\"",
            "Neither MCP User nor MCP Administrator is assigned.",
        ] {
            let plain = text.replace("&#39;", "'");
            assert!(page.shows(text) || page.shows(&plain), "{}: {text}: {}", house.name, page.html);
        }
        let user = Browser::of(&house, "user", &["MCP User"]).await;
        let page = user.get("/preferences?tab=mcp").await;
        assert!(page.shows("There is no MCP key.") && page.shows("Generate MCP Key"), "{}", page.html);
        let settings = Browser::of(&house, "settings", &["Settings / Administrator"]).await;
        let page = settings.get(&format!("/settings/users/{nomcp}?tab=mcp")).await;
        assert!(
            page.shows("Ask an MCP Administrator: mcpadmin.") && !page.shows("name=\"scope\""),
            "{}",
            house.name
        );
    }
}

#[tokio::test]
async fn an_mcp_user_generates_and_revokes_keys_of_their_own() {
    for house in houses().await {
        let user = Browser::of(&house, "user", &["MCP User"]).await;
        let fields = [("form", "mcp-key"), ("name", "mine"), ("scope", "read")];
        let answer = user.post("/preferences/keys", &fields).await;
        let key = key_in(&answer);
        assert!(
            answer.status == StatusCode::OK && works(&house, &key).await == StatusCode::OK,
            "{}",
            answer.html
        );
        let row =
            keys::of_user(house.state.db.read().await.unwrap().on(), user.user_id).await.unwrap().remove(0);
        assert_eq!(row.created_by, Some(user.user_id), "{}", house.name);
        let revoked = user.post(&format!("/preferences/keys/{}/revoke", row.id), &[]).await;
        assert_eq!(revoked.location(), "/preferences?tab=mcp", "{}", house.name);
        assert_eq!(works(&house, &key).await, StatusCode::UNAUTHORIZED, "{}", house.name);
    }
}

#[tokio::test]
async fn without_the_module_there_is_no_tab() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", &["MCP Administrator", "Settings / Administrator"]).await;
        let mut tx = house.state.db.begin().await.unwrap();
        Modules::uninstall(tx.on(), Module::McpServer, false, 1).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        let page = admin.get("/settings/users/1?tab=mcp").await;
        assert!(page.status == StatusCode::OK && !page.shows("Generate MCP Key") && !page.shows("group.mcp"));
        for path in ["/settings/users/1/keys", "/preferences/keys"] {
            let answer = admin.post(path, &[("name", "n"), ("scope", "read")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
    }
}
