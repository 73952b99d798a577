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

#[tokio::test]
async fn a_key_among_the_arguments_is_not_kept() {
    for house in houses().await {
        let key = house.key.clone();
        let search = json!({"model": key, "domain": [["name", "=", key]], "fields": [key]});
        house.modern("tools/call", json!({"name": "search_records", "arguments": search})).await;
        let search = json!({"model": "res.partner", "domain": [[key, "=", key]]});
        house.modern("tools/call", json!({"name": "search_records", "arguments": search})).await;
        house.legacy(&key, json!({"clientInfo": {"name": key, "version": key}})).await;
        let uri = format!("axanta://record/{key}/1");
        house.modern("resources/read", json!({"uri": uri})).await;
        let log = house.log().await;
        assert!(log.len() >= 4, "{log:?}");
        for row in &log {
            no_secret(row, &key, &key);
        }
        assert!(format!("{log:?}").contains("axk_…"));
    }
}

#[tokio::test]
async fn strangers_do_not_fill_the_log() {
    for house in houses().await {
        for n in 0..100 {
            house.post_raw(&[("authorization", &format!("Bearer nonsense{n}"))], "{}").await;
        }
        house.post_raw(&[("authorization", "Bearer YOUR_MCP_KEY")], "{}").await;
        let log = house.log().await;
        assert_eq!(log.len(), 22, "{}", house.name);
        let reasons: Vec<_> = log.iter().map(|row| row.reason.as_deref().unwrap()).collect();
        assert!(reasons[20].contains("placeholder"), "another mistake is seen all the same: {reasons:?}");
        assert!(reasons[21].starts_with("80 more requests were turned away"), "{reasons:?}");
        assert!(log.iter().all(|row| row.outcome == "denied" && row.method == "authenticate"));
    }
}
