//! Batches, which 2025-03-26 alone knows.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::tests::house::{houses, initialize};

fn ping(id: u32) -> Value {
    json!({"jsonrpc":"2.0","id":id,"method":"ping"})
}

#[tokio::test]
async fn is_answered_message_by_message_for_2025_03_26() {
    for house in houses().await {
        let batch = json!([
            ping(1),
            {"jsonrpc":"2.0","method":"notifications/initialized"},
            {"jsonrpc":"2.0","id":2,"method":"no/such"},
            {"jsonrpc":"2.0","id":null,"method":"ping"},
            initialize("2025-03-26")
        ]);
        let answer = house.post(&[], &batch).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", house.name);
        let all = answer.json.as_array().unwrap();
        assert_eq!(all.len(), 4, "{all:?}");
        assert_eq!((&all[0]["id"], &all[0]["result"]), (&json!(1), &json!({})));
        let codes: Vec<_> = all[1..].iter().map(|a| a["error"]["code"].as_i64().unwrap()).collect();
        assert_eq!(codes, [-32601, -32600, -32600]);
        let silent = json!([{"jsonrpc":"2.0","method":"notifications/initialized"}]);
        assert_eq!(house.post(&[], &silent).await.status, StatusCode::ACCEPTED);
    }
}

#[tokio::test]
async fn is_refused_to_everyone_else_and_beyond_its_bound() {
    for house in houses().await {
        let session = house.initialize().await;
        for headers in [
            ("mcp-protocol-version", "2025-06-18"),
            ("mcp-protocol-version", "2025-11-25"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-session-id", session.as_str()),
        ] {
            let answer = house.post(&[headers], &json!([ping(1)])).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, -32600), "{}", house.name);
        }
        let long: Vec<Value> = (0..33).map(ping).collect();
        assert_eq!(house.post(&[], &json!(long)).await.code(), -32600);
    }
}

#[tokio::test]
async fn each_call_counts() {
    for house in houses().await {
        house.set("rate_limit", "2").await;
        let call =
            |id| json!({"jsonrpc":"2.0","id":id,"method":"tools/call","params":{"name":"get_context"}});
        let answer = house.post(&[], &json!([call(1), call(2), call(3)])).await;
        let all = answer.json.as_array().unwrap();
        assert_eq!(all[1]["result"]["isError"], false, "{}: {all:?}", house.name);
        assert!(all[2]["error"]["message"].as_str().unwrap().starts_with("Rate limit:"), "{all:?}");
    }
}
