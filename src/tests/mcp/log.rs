//! Every request stands in the log, once.

use serde_json::json;

use crate::store::log::LogRow;
use crate::tests::house::{houses, initialize};

#[tokio::test]
async fn each_request_has_its_line() {
    for house in houses().await {
        house.set("rate_limit", "1").await;
        house.post_raw(&[("authorization", "Bearer YOUR_MCP_KEY")], "{}").await;
        let session = house.post(&[], &initialize("2025-06-18")).await.headers["mcp-session-id"].clone();
        let session = session.to_str().unwrap();
        let listed = json!({"jsonrpc":"2.0","id":2,"method":"tools/list"});
        house.post(&[("mcp-session-id", session)], &listed).await;
        house.modern("server/discover", json!({})).await;
        house.modern("tools/call", json!({"name": "get_context"})).await;
        house.modern("tools/call", json!({"name": "get_context"})).await;
        house.modern("tools/call", json!({"name": "nope"})).await;
        house.modern("no/such", json!({})).await;
        house.legacy("ping", json!({})).await;
        let bearer = format!("Bearer {}", house.nomcp_key);
        house.post(&[("authorization", &bearer)], &listed).await;

        let log = house.log().await;
        let lines: Vec<_> = log
            .iter()
            .map(|row| (row.method.as_str(), row.tool.as_deref().unwrap_or("-"), row.outcome.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                ("authenticate", "-", "denied"),
                ("initialize", "-", "allowed"),
                ("tools/list", "-", "allowed"),
                ("server/discover", "-", "allowed"),
                ("tools/call", "get_context", "allowed"),
                ("tools/call", "-", "limited"),
                ("tools/call", "-", "limited"),
                ("no/such", "-", "failed"),
                ("ping", "-", "allowed"),
                ("tools/list", "-", "denied"),
            ],
            "{}",
            house.name
        );
        let find = |method: &str| log.iter().find(|row| row.method == method).unwrap();
        let refused = find("authenticate");
        assert!(refused.reason.as_ref().unwrap().contains("placeholder") && refused.key_id.is_none());
        let begun = find("initialize");
        assert_eq!(
            (begun.login.as_deref(), begun.key_id.as_deref()),
            (Some("demo"), Some(house.key_id.as_str()))
        );
        assert_eq!(begun.client.as_deref(), Some("codex 0.169"));
        let listed = find("tools/list");
        assert_eq!(listed.client.as_deref(), Some("codex 0.169"), "known from the session");
        assert_eq!(listed.session.as_ref().map(String::len), Some(12));
        assert_eq!(log.last().unwrap().gate.as_deref(), Some("group"));
        for row in &log {
            no_secret(row, &house.key, session);
        }
    }
}

fn no_secret(row: &LogRow, key: &str, session: &str) {
    let all = format!("{row:?}");
    assert!(!all.contains(key) && !all.contains(session), "a secret in the log: {all}");
}
