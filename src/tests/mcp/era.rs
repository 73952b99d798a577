//! Both eras on one path: what each demands, and how each is told of errors.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::tests::house::{House, houses, meta};

async fn post(house: &House, headers: &[(&str, &str)], method: &str, params: Value) -> (u16, i64, Value) {
    let body = json!({"jsonrpc":"2.0","id":"a","method":method,"params":params});
    let answer = house.post(headers, &body).await;
    assert_eq!(answer.json["id"], "a", "{}", answer.json);
    (answer.status.as_u16(), answer.code(), answer.json["error"]["data"].clone())
}

const MODERN: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
const LIST: (&str, &str) = ("mcp-method", "tools/list");

#[tokio::test]
async fn modern_requests_must_describe_themselves() {
    for house in houses().await {
        let whole = json!({"_meta": meta()});
        let mut without_client = whole.clone();
        without_client["_meta"].as_object_mut().unwrap().remove("io.modelcontextprotocol/clientInfo");
        let mut without_capabilities = whole.clone();
        without_capabilities["_meta"]
            .as_object_mut()
            .unwrap()
            .remove("io.modelcontextprotocol/clientCapabilities");

        let ok = post(&house, &[MODERN, LIST], "tools/list", without_client).await;
        assert_eq!((ok.0, ok.1), (200, 0), "{}", house.name);
        for (headers, params, expected) in [
            (&[MODERN, LIST][..], json!({}), (400, -32602)),
            (&[MODERN, LIST], without_capabilities, (400, -32602)),
            (&[MODERN, LIST], json!({"_meta": 7}), (400, -32602)),
            (&[LIST], whole.clone(), (400, -32020)),
            (&[("mcp-protocol-version", "2025-11-25"), LIST], whole.clone(), (400, -32020)),
            (&[MODERN], whole.clone(), (400, -32020)),
            (&[MODERN, ("mcp-method", "tools/call")], whole.clone(), (400, -32020)),
        ] {
            let found = post(&house, headers, "tools/list", params.clone()).await;
            assert_eq!((found.0, found.1), expected, "{}: {headers:?} {params}", house.name);
        }
    }
}

#[tokio::test]
async fn an_unsupported_version_names_those_that_are_spoken() {
    for house in houses().await {
        let all = json!(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"]);
        let mut params = json!({"_meta": meta()});
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("v999");
        let modern = post(&house, &[("mcp-protocol-version", "v999"), LIST], "tools/list", params).await;
        assert_eq!((modern.0, modern.1), (400, -32022), "{}", house.name);
        assert_eq!(modern.2, json!({"requested": "v999", "supported": all}));
        let legacy = post(&house, &[("mcp-protocol-version", "2020-01-01")], "tools/list", json!({})).await;
        assert_eq!((legacy.0, legacy.1), (400, -32022));
        assert_eq!(legacy.2["supported"], all);
    }
}

#[tokio::test]
async fn errors_have_their_status_in_the_modern_era_and_ride_in_200_in_the_legacy_one() {
    for house in houses().await {
        for (method, params, modern, legacy) in [
            ("no/such", json!({}), (404, -32601), (200, -32601)),
            ("resources/subscribe", json!({"uri": "axanta://models"}), (404, -32601), (200, -32601)),
            ("subscriptions/listen", json!({}), (404, -32601), (200, -32601)),
            ("logging/setLevel", json!({"level": "info"}), (404, -32601), (200, -32601)),
            ("tools/call", json!({"name": "get_contxt"}), (200, -32602), (200, -32602)),
            ("tools/call", json!({}), (200, -32602), (200, -32602)),
            ("tools/call", json!({"name": "get_context", "arguments": [1]}), (200, -32602), (200, -32602)),
            ("prompts/get", json!({"name": "nope"}), (200, -32602), (200, -32602)),
            ("resources/read", json!({"uri": "axanta://nope"}), (200, -32602), (200, -32002)),
            ("tools/list", json!({"cursor": "x"}), (200, -32602), (200, -32602)),
            ("completion/complete", json!({}), (200, -32602), (200, -32602)),
        ] {
            let found = house.modern(method, params.clone()).await;
            assert_eq!((found.status.as_u16(), found.code()), modern, "{} modern {method}", house.name);
            let found = house.legacy(method, params).await;
            assert_eq!((found.status.as_u16(), found.code()), legacy, "{} legacy {method}", house.name);
        }
        let near = house.legacy("tools/call", json!({"name": "get_contxt"})).await;
        assert!(near.message().contains("get_context"), "{}", near.message());
    }
}

#[tokio::test]
async fn what_one_era_does_not_know_is_unknown_there() {
    for house in houses().await {
        assert_eq!(house.modern("ping", json!({})).await.status, StatusCode::NOT_FOUND, "{}", house.name);
        assert_eq!(house.modern("initialize", json!({})).await.code(), -32601);
        assert_eq!(house.legacy("ping", json!({})).await.json["result"], json!({}));
        // Who discovers speaks the modern era, and must say so.
        assert_eq!(house.legacy("server/discover", json!({})).await.code(), -32602);
    }
}

#[tokio::test]
async fn a_notification_is_202_and_empty() {
    for house in houses().await {
        let body = json!({"jsonrpc":"2.0","method":"notifications/initialized"});
        let answer = house.post(&[], &body).await;
        assert_eq!((answer.status, answer.json), (StatusCode::ACCEPTED, Value::Null), "{}", house.name);
        let modern = house.post(&[MODERN, ("mcp-method", "notifications/initialized")], &body).await;
        assert_eq!(modern.status, StatusCode::ACCEPTED);
        assert_eq!(house.post(&[MODERN], &body).await.code(), -32020);
        assert_eq!(house.post(&[("mcp-protocol-version", "x")], &body).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_call_is_written_as_each_revision_reads_it() {
    for house in houses().await {
        let params = json!({"name": "get_context", "arguments": {}});
        let modern = house.modern("tools/call", params.clone()).await.json["result"].clone();
        assert_eq!(modern["resultType"], "complete", "{}: {modern}", house.name);
        assert_eq!(modern["isError"], false);
        assert_eq!(modern["structuredContent"]["user"]["login"], "demo");
        assert_eq!(modern["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "axanta-mcp");
        let text = modern["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("demo") && text.len() < 500, "{text}");

        let legacy = house.legacy("tools/call", params.clone()).await.json["result"].clone();
        assert_eq!(legacy["structuredContent"]["user"]["login"], "demo");
        assert!(legacy.get("resultType").is_none() && legacy.get("_meta").is_none());

        // 2025-03-26 knows no structured content: there the text is all that the model sees.
        let body = json!({"jsonrpc":"2.0","id":1,"method":"tools/call","params":params});
        let oldest = house.post(&[], &body).await.json["result"].clone();
        assert!(oldest.get("structuredContent").is_none());
        let inside: Value = serde_json::from_str(oldest["content"][1]["text"].as_str().unwrap()).unwrap();
        assert_eq!(inside["user"]["login"], "demo");
    }
}

#[tokio::test]
async fn a_bad_argument_is_a_result_that_says_what_to_mend() {
    for house in houses().await {
        for arguments in
            [json!({"modell": "res.partner"}), json!({"model": 7}), json!({"model": "res.partnr"})]
        {
            let answer =
                house.legacy("tools/call", json!({"name": "describe_model", "arguments": arguments})).await;
            assert_eq!(answer.json["result"]["isError"], true, "{}: {}", house.name, answer.json);
            let text = answer.json["result"]["content"][0]["text"].as_str().unwrap();
            assert!(text.contains("model"), "{text}");
        }
    }
}
