//! Technical > MCP > Sessions.

use axum::http::StatusCode;
use serde_json::json;

use super::browser::Browser;
use crate::store::mcp_sessions;
use crate::tests::house::{House, houses};

const PATH: &str = "/technical/mcp/sessions";

async fn status(house: &House, session: &str) -> StatusCode {
    let headers = [("mcp-session-id", session), ("mcp-protocol-version", "2025-06-18")];
    house.post(&headers, &json!({"jsonrpc":"2.0","id":1,"method":"tools/list"})).await.status
}

#[tokio::test]
async fn a_session_that_is_ended_is_refused_within_a_second() {
    for house in houses().await {
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let empty = browser.get(PATH).await;
        assert!(empty.shows("No MCP session is open"), "{}", house.name);
        let session = house.initialize().await;
        assert_eq!(status(&house, &session).await, StatusCode::OK, "{}", house.name);
        let page = browser.get(PATH).await;
        assert!(page.shows("codex 0.169") && page.shows("2025-06-18"), "{}: {}", house.name, page.html);
        assert!(page.shows("?tab=mcp") && page.shows("End session of codex 0.169"), "{}", house.name);
        assert!(!page.shows(&session), "{}: its secret is nowhere", house.name);
        let id = mcp_sessions::live(house.state.db.read().await.unwrap().on(), 0).await.unwrap().remove(0).id;
        let end = format!("{PATH}/{id}/end");
        assert_eq!(browser.post(&end, &[]).await.location(), PATH, "{}", house.name);
        house.clock.advance(1_001);
        assert_eq!(status(&house, &session).await, StatusCode::NOT_FOUND, "{}", house.name);
        let page = browser.get(PATH).await;
        assert!(page.shows("The session of codex 0.169 has ended."), "{}", house.name);
        assert!(page.shows("No MCP session is open"), "{}", house.name);
        assert_eq!(browser.post(&end, &[]).await.status, StatusCode::SEE_OTHER, "{}: twice", house.name);
        assert!(browser.get(PATH).await.shows("has ended already"), "{}", house.name);
        let log = house.log().await;
        let acts: Vec<_> = log.iter().filter(|row| row.method == "session.end").collect();
        assert_eq!(acts.len(), 1, "{}", house.name);
        assert_eq!(acts[0].login.as_deref(), Some("admin"), "{}", house.name);
    }
}

#[tokio::test]
async fn what_has_run_out_is_not_listed_and_modern_clients_are_named() {
    for house in houses().await {
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        house.initialize().await;
        house.modern("tools/list", json!({})).await;
        house.clock.advance(60 * 60_000);
        let page = browser.get(PATH).await;
        assert!(page.shows("No MCP session is open"), "{}", house.name);
        // The log is written in batches.
        house.state.services.audit.close().await;
        let page = browser.get(PATH).await;
        assert!(
            page.shows("test 1") && page.shows("/technical/mcp/logs?key="),
            "{}: {}",
            house.name,
            page.html
        );
        house.clock.advance(1);
        assert!(!browser.get(PATH).await.shows("test 1"), "{}: an hour later", house.name);
    }
}
