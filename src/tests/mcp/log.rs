//! Every request stands in the log, once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::store::log::LogRow;
use crate::store::on_db;
use crate::tests::house::{House, houses, initialize};

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
        assert!(reasons[21].starts_with("80 more requests of this sort (not_a_key) from "), "{reasons:?}");
        assert!(log.iter().all(|row| row.outcome == "denied" && row.method == "authenticate"));
    }
}

/// How many requests of each method and outcome the log tells of, and in how many entries.
fn told(log: &[LogRow]) -> BTreeMap<(&str, &str), (u64, usize)> {
    let mut told = BTreeMap::new();
    for row in log.iter().filter(|row| row.kind == "request") {
        let (requests, entries) = told.entry((row.method.as_str(), row.outcome.as_str())).or_insert((0, 0));
        let detail = row.detail.as_deref().map(|d| serde_json::from_str::<Value>(d).unwrap());
        *requests += detail.map_or(1, |d| d["left_out"].as_u64().unwrap());
        *entries += 1;
    }
    told
}

async fn numbers(house: &House) -> (i64, i64, i64) {
    let mut conn = house.state.db.read().await.unwrap();
    on_db!(conn.on(), c => {
        sqlx::query_as("SELECT MIN(seq), MAX(seq), COUNT(DISTINCT seq) FROM mcp_log").fetch_one(&mut *c).await
    })
    .unwrap()
}

#[tokio::test]
async fn who_has_a_key_does_not_fill_the_log_either() {
    for house in houses().await {
        house.set("rate_limit", "30").await;
        for n in 0..60 {
            house.legacy("ping", json!({})).await;
            house.legacy(&format!("made/up{n}"), json!({})).await;
            house.modern("tools/list", json!({"cursor": "x"})).await;
            let mistaken = json!({"name": "count_records", "arguments": {"modell": n}});
            house.modern("tools/call", mistaken).await;
        }
        house.clock.advance(5_000);
        let bearer = format!("Bearer {}", house.other_key);
        let listed = json!({"jsonrpc":"2.0","id":2,"method":"tools/list"});
        house.post(&[("authorization", &bearer)], &listed).await;
        let log = house.log().await;
        let calls = log.iter().filter(|row| row.kind == "call").count();
        assert_eq!(calls, 30, "{}: what the limit counted is there, each by itself", house.name);
        let mut seen = told(&log);
        assert_eq!(seen.remove(&("tools/list", "allowed")), Some((1, 1)), "another key has its own measure");
        let made_up: (u64, usize) = seen
            .iter()
            .filter(|((method, _), _)| method.starts_with("made/up") || *method == "unknown method")
            .fold((0, 0), |sum, (_, (requests, entries))| (sum.0 + requests, sum.1 + entries));
        assert_eq!(made_up, (60, 21), "{}", house.name);
        seen.retain(|(method, _), _| !method.starts_with("made/up") && *method != "unknown method");
        let expected = [
            (("ping", "allowed"), (60, 21)),
            (("tools/call", "limited"), (30, 21)),
            (("tools/list", "failed"), (60, 21)),
        ];
        assert_eq!(seen, BTreeMap::from(expected), "{}: {log:?}", house.name);
        let summary = log.iter().find(|row| row.method == "ping" && row.detail.is_some()).unwrap();
        assert_eq!((summary.login.as_deref(), summary.key_id.as_ref()), (Some("demo"), Some(&house.key_id)));
        let rows = i64::try_from(log.len()).unwrap();
        assert_eq!(numbers(&house).await, (1, rows, rows), "{}: numbered without gaps", house.name);
    }
}
