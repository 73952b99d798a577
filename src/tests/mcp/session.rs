//! MCP sessions of the legacy era.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::store::mcp_sessions;
use crate::tests::house::{Answer, House, houses};

async fn list(house: &House, session: &str, bearer: &str) -> Answer {
    let headers =
        [("mcp-session-id", session), ("mcp-protocol-version", "2025-06-18"), ("authorization", bearer)];
    house.post(&headers, &json!({"jsonrpc":"2.0","id":1,"method":"tools/list"})).await
}

async fn status(house: &House, session: &str) -> StatusCode {
    list(house, session, &format!("Bearer {}", house.key)).await.status
}

async fn delete(house: &House, session: &str, key: &str) -> StatusCode {
    let bearer = format!("Bearer {key}");
    let headers = [("host", "localhost"), ("authorization", bearer.as_str()), ("mcp-session-id", session)];
    house.send(Method::DELETE, &headers, "").await.status
}

#[tokio::test]
async fn a_session_serves_its_own_principal_alone() {
    for house in houses().await {
        let session = house.initialize().await;
        assert_eq!(status(&house, &session).await, StatusCode::OK, "{}", house.name);
        let other = list(&house, &session, &format!("Bearer {}", house.other_key)).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        assert!(other.message().contains("initialize again"), "{}", other.message());
        assert_eq!(other.json["id"], 1);
        assert_eq!(status(&house, "made-up").await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_unused_session_ends_and_a_used_one_goes_on() {
    for house in houses().await {
        house.set("session_ttl", "10").await;
        let (used, unused) = (house.initialize().await, house.initialize().await);
        for _ in 0..3 {
            house.clock.advance(5 * 60_000);
            assert_eq!(status(&house, &used).await, StatusCode::OK, "{}", house.name);
        }
        assert_eq!(status(&house, &unused).await, StatusCode::NOT_FOUND);
        house.clock.advance(10 * 60_000);
        assert_eq!(status(&house, &used).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn delete_ends_it_for_its_own_principal_alone() {
    for house in houses().await {
        let session = house.initialize().await;
        assert_eq!(delete(&house, &session, &house.other_key).await, StatusCode::NOT_FOUND, "{}", house.name);
        assert_eq!(delete(&house, &session, &house.key).await, StatusCode::NO_CONTENT);
        assert_eq!(status(&house, &session).await, StatusCode::NOT_FOUND);
        assert_eq!(delete(&house, &session, &house.key).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_another_process_ends_is_ended_here_within_a_second() {
    for house in houses().await {
        let session = house.initialize().await;
        assert_eq!(status(&house, &session).await, StatusCode::OK, "{}", house.name);
        let mut tx = house.state.db.begin().await.unwrap();
        let all = mcp_sessions::live(tx.on(), 0).await.unwrap();
        assert_eq!((all.len(), all[0].client_name.as_str(), all[0].user_id > 0), (1, "codex", true));
        assert_ne!(all[0].id, session, "only the hash is stored");
        mcp_sessions::delete(tx.on(), &all[0].id).await.unwrap();
        tx.commit().await.unwrap();
        house.clock.advance(1_001);
        assert_eq!(status(&house, &session).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_was_seen_is_written_at_the_stop() {
    for house in houses().await {
        let session = house.initialize().await;
        house.clock.advance(500);
        for _ in 0..3 {
            status(&house, &session).await;
        }
        house.endpoint.close().await;
        let mut conn = house.state.db.read().await.unwrap();
        let row = mcp_sessions::live(conn.on(), 0).await.unwrap().remove(0);
        assert_eq!((row.calls, row.last_seen_at - row.created_at), (3, 500), "{}", house.name);
    }
}

#[tokio::test]
async fn the_modern_era_has_none() {
    for house in houses().await {
        let body = json!({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta": crate::tests::house::meta()}});
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/list"),
            ("mcp-session-id", "gone"),
        ];
        let answer = house.post(&headers, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", house.name);
        assert_ne!(answer.json["result"]["tools"], Value::Null);
    }
}

#[tokio::test]
async fn without_the_header_the_session_remembers_the_version() {
    for house in houses().await {
        let session = house.initialize().await;
        let call = json!({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_context"}});
        let answer = house.post(&[("mcp-session-id", &session)], &call).await;
        assert_ne!(answer.json["result"]["structuredContent"], Value::Null, "{}", house.name);
    }
}
