//! Who may come in, and in what form.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::settings::{Module, Modules};
use crate::store::control;
use crate::tests::house::{House, houses, initialize};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

fn challenge(answer: &crate::tests::house::Answer) -> String {
    answer.headers["www-authenticate"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_bearer_it_is_401_with_a_bare_challenge_and_the_reason() {
    for house in houses().await {
        let answer = house.post_raw(&[("authorization", "")], LIST).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", house.name);
        let challenge = challenge(&answer);
        assert!(challenge.starts_with(r#"Bearer error_description="no Authorization header"#), "{challenge}");
        assert!(answer.message().contains("no Authorization header"));
    }
}

#[tokio::test]
async fn of_two_bearers_neither_is_taken() {
    for house in houses().await {
        let good = format!("Bearer {}", house.key);
        for second in [good.as_str(), "Bearer x"] {
            let twice = [("authorization", good.as_str()), ("authorization", second)];
            let answer = house.post_raw(&twice, LIST).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", house.name);
            assert!(answer.message().contains("more than one"), "{}", answer.message());
        }
    }
}

#[tokio::test]
async fn every_bad_bearer_is_named() {
    for house in houses().await {
        let unknown = format!("axk_{}", "0".repeat(43));
        for (sent, said) in [
            ("Bearer YOUR_MCP_KEY".to_owned(), "placeholder"),
            (format!("\"Bearer {}\"", house.key), "quotation marks"),
            (house.key.clone(), "lacks the word Bearer"),
            ("Bearer axs_0123456789".to_owned(), "OAuth client secret"),
            (format!("Bearer {}", &house.key[..8]), "hint"),
            (format!("Bearer {unknown}"), "axk_"),
        ] {
            let answer = house.post_raw(&[("authorization", &sent)], LIST).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}: {sent}", house.name);
            let challenge = challenge(&answer);
            assert!(
                challenge.starts_with(r#"Bearer error="invalid_token", error_description=""#),
                "{challenge}"
            );
            if !sent.contains(&unknown) {
                assert!(challenge.contains(said), "{challenge}");
            }
            assert!(!answer.json.to_string().contains(&house.key), "a secret in the answer");
        }
    }
}

#[tokio::test]
async fn a_token_in_the_query_string_is_never_read() {
    for house in houses().await {
        let request = axum::http::Request::post(format!("/mcp?access_token={}", house.key))
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(axum::body::Body::from(LIST))
            .unwrap();
        let answer = tower::ServiceExt::oneshot(house.router.clone(), request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{}", house.name);
    }
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_403_even_without_a_bearer() {
    for house in houses().await {
        for headers in [
            [("host", "evil.example.com"), ("authorization", "")],
            [("host", "127.0.0.1:8070"), ("origin", "https://evil.example.com")],
            [("host", "127.0.0.1:8070"), ("origin", "null")],
        ] {
            let answer = house.post_raw(&headers, LIST).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}: {headers:?}", house.name);
        }
        for headers in [
            [("host", "erp.example.com"), ("origin", "https://erp.example.com")],
            [("host", "localhost:8070"), ("origin", "http://localhost:6274")],
        ] {
            assert_eq!(house.post_raw(&headers, LIST).await.status, StatusCode::OK, "{headers:?}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_405_after_authentication() {
    for house in houses().await {
        let bearer = format!("Bearer {}", house.key);
        for method in [Method::GET, Method::DELETE, Method::PUT] {
            let known = [("host", "localhost"), ("authorization", bearer.as_str())];
            let answer = house.send(method.clone(), &known, "").await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{} {method}", house.name);
            assert_eq!(answer.headers["allow"], "POST");
            let stranger = house.send(method, &[("host", "localhost")], "").await;
            assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn any_accept_that_allows_json_will_do() {
    for house in houses().await {
        for accept in ["*/*", "", "application/json", "application/json, text/event-stream"] {
            let answer = house.post_raw(&[("accept", accept)], LIST).await;
            assert_eq!(answer.status, StatusCode::OK, "{}: {accept}", house.name);
            assert_eq!(answer.headers["content-type"], "application/json");
        }
        assert_eq!(house.post_raw(&[("accept", "text/html")], LIST).await.status, StatusCode::NOT_ACCEPTABLE);
    }
}

#[tokio::test]
async fn what_is_no_message_is_400() {
    for house in houses().await {
        for (body, code) in [
            ("{", -32700),
            ("", -32700),
            ("\u{feff}{}", -32700),
            ("[]", -32600),
            ("7", -32600),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, -32600),
        ] {
            let answer = house.post_raw(&[], body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::BAD_REQUEST, code),
                "{}: {body}",
                house.name
            );
        }
        let typed = house.post_raw(&[("content-type", "text/plain")], LIST).await;
        assert_eq!(typed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let long = house.post_raw(&[], vec![b' '; 4 * 1024 * 1024 + 1]).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn a_disabled_server_is_503_and_says_why() {
    for house in houses().await {
        house.set("mcp_enabled", "false").await;
        let answer = house.post_raw(&[], LIST).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", house.name);
        assert!(answer.message().contains("Settings > MCP Server"), "{}", answer.message());
    }
}

#[tokio::test]
async fn a_module_that_is_not_installed_is_404() {
    for house in houses().await {
        let mut tx = house.state.db.begin().await.unwrap();
        Modules::uninstall(tx.on(), Module::McpServer, false, 0).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        assert_eq!(house.post_raw(&[], LIST).await.status, StatusCode::NOT_FOUND, "{}", house.name);
    }
}

#[tokio::test]
async fn without_an_mcp_group_it_is_403() {
    for house in houses().await {
        let bearer = format!("Bearer {}", house.nomcp_key);
        for body in [LIST.to_owned(), initialize("2025-06-18").to_string()] {
            let answer = house.post_raw(&[("authorization", &bearer)], body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", house.name);
            assert!(answer.message().starts_with("MCP security group:"), "{}", answer.message());
        }
    }
}

async fn call(house: &House) -> crate::tests::house::Answer {
    house.legacy("tools/call", json!({"name": "get_context", "arguments": {}})).await
}

#[tokio::test]
async fn too_many_calls_are_429_with_retry_after() {
    for house in houses().await {
        house.set("rate_limit", "3").await;
        for _ in 0..3 {
            assert_eq!(call(&house).await.status, StatusCode::OK, "{}", house.name);
        }
        let refused = call(&house).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", house.name);
        let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert_eq!(refused.json["error"]["data"]["retryAfter"], seconds);
        assert!(refused.message().starts_with("Rate limit: this key may make 3 calls per minute"));
        // To look what there is does not count.
        assert_eq!(house.legacy("tools/list", json!({})).await.status, StatusCode::OK);
        assert_eq!(house.legacy("ping", json!({})).await.status, StatusCode::OK);
        house.clock.advance(61_000);
        assert_eq!(call(&house).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn arguments_say_why_they_can_not_be_read_and_a_company_counts_once() {
    for house in houses().await {
        let ask = |arguments: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"count_records","arguments":{arguments}}}}}"#
            )
        };
        let huge = format!(r#"{{"model":"res.partner","domain":[["id","=",1{}]]}}"#, "0".repeat(400));
        let answer = house.post_raw(&[], ask(&huge)).await;
        let text = answer.json["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("can't be read: number out of range"), "{}: {text}", house.name);
        let own = house.state.services.erp.models().await.unwrap().len();
        assert!(own > 0);
        let many = vec![1; 70_000];
        let arguments = json!({"model": "res.partner", "company_ids": many}).to_string();
        let answer = house.post_raw(&[], ask(&arguments)).await;
        let text = answer.json["result"]["content"][0]["text"].as_str().unwrap();
        assert!(!text.contains("could not answer"), "{}: {text}", house.name);
    }
}
