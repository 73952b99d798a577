//! `initialize` and `server/discover`.

use axum::http::StatusCode;
use serde_json::json;

use crate::tests::house::{houses, initialize};

#[tokio::test]
async fn initialize_agrees_on_a_version_and_begins_a_session() {
    for house in houses().await {
        for (asked, agreed) in [
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("2024-11-05", "2025-11-25"),
        ] {
            let answer = house.post(&[], &initialize(asked)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}: {}", house.name, answer.json);
            let result = &answer.json["result"];
            assert_eq!(result["protocolVersion"], agreed);
            assert_eq!(result["serverInfo"]["name"], "axanta-mcp");
            assert_eq!(result["serverInfo"]["title"], "Axanta");
            assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
            assert_eq!(
                result["capabilities"],
                json!({"completions": {}, "prompts": {}, "resources": {}, "tools": {}})
            );
            assert_eq!(answer.headers["mcp-session-id"].len(), 64);
        }
    }
}

#[tokio::test]
async fn an_incomplete_initialize_is_told_what_it_lacks() {
    for house in houses().await {
        for lacking in ["protocolVersion", "capabilities", "clientInfo"] {
            let mut body = initialize("2025-06-18");
            body["params"].as_object_mut().unwrap().remove(lacking);
            let answer = house.post(&[], &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::OK, -32602), "{}: {lacking}", house.name);
            assert!(answer.message().contains(lacking), "{}", answer.message());
        }
        let contradicted =
            house.post(&[("mcp-protocol-version", "2025-03-26")], &initialize("2025-06-18")).await;
        assert_eq!((contradicted.status, contradicted.code()), (StatusCode::BAD_REQUEST, -32600));
    }
}

#[tokio::test]
async fn discover_tells_all_that_a_modern_client_needs() {
    for house in houses().await {
        let answer = house.modern("server/discover", json!({})).await;
        let result = &answer.json["result"];
        assert_eq!(answer.status, StatusCode::OK, "{}: {}", house.name, answer.json);
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["supportedVersions"][0], "2026-07-28");
        assert_eq!(result["cacheScope"], "private");
        assert_eq!(result["ttlMs"], 0);
        assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["title"], "Axanta");
        assert!(!answer.headers.contains_key("mcp-session-id"));
    }
}

#[tokio::test]
async fn instructions_are_delivered_everywhere_and_fresh_after_an_edit() {
    for house in houses().await {
        let first = house.post(&[], &initialize("2025-06-18")).await.json["result"]["instructions"].clone();
        let head = &first.as_str().unwrap()[..512];
        for word in ["Axanta, not Odoo", "report.sales.analysis", "stock.movement"] {
            assert!(head.contains(word), "Codex would not read {word} in {head}");
        }
        house.set("instructions", "Call it Axanta. Nothing else.").await;
        let edited = json!("Call it Axanta. Nothing else.");
        let legacy = house.post(&[], &initialize("2025-06-18")).await;
        assert_eq!(legacy.json["result"]["instructions"], edited, "{}", house.name);
        let modern = house.modern("server/discover", json!({})).await;
        assert_eq!(modern.json["result"]["instructions"], edited);
        let resource = house.modern("resources/read", json!({"uri": "axanta://instructions"})).await;
        assert_eq!(resource.json["result"]["contents"][0]["text"], edited);
        let context = house.legacy("tools/call", json!({"name": "get_context"})).await;
        assert_eq!(context.json["result"]["structuredContent"]["instructions"], edited);
    }
}
