//! The attack table: each line is somebody who wants what is not theirs.

use axum::http::{Method, header};
use url::form_urlencoded;

use super::scene::{BACK, Scene, VERIFIER, parameter, scenes};
use crate::identity::client::{self, Wanted};
use crate::tests::console::browser::Browser;

/// A second confidential client, with its secret.
async fn other_client(scene: &Scene) -> (String, String) {
    let state = &scene.house.state;
    let mut tx = state.db.begin().await.unwrap();
    let wanted = Wanted {
        name: "Other",
        enabled: true,
        allow_read: true,
        allow_write: false,
        redirect_uris: vec![BACK],
    };
    let made = client::create(tx.on(), &scene.house.clock, &wanted, None).await.unwrap();
    let secret = client::generate_secret(tx.on(), &scene.house.clock, &made.id, false).await.unwrap();
    tx.commit().await.unwrap();
    (made.client_id, secret.reveal().to_owned())
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_its_tokens() {
    for scene in scenes().await {
        let name = scene.house.name;
        let code = scene.code().await;
        let tokens = scene.exchange(&code, &[]).await;
        let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
        assert_eq!(scene.ask(&access).await.0, 200, "{name}");
        let again = scene.exchange(&code, &[]).await;
        assert_eq!((again.status.as_u16(), again.error()), (400, "invalid_grant"), "{name}");
        assert!(again.text("error_description").contains("used before"), "{again:?}");
        let (status, challenge) = scene.ask(&access).await;
        assert_eq!(status, 401, "{name}");
        assert!(challenge.contains("revoked"), "{challenge}");
        assert_eq!(scene.refresh(&refresh, &[]).await.error(), "invalid_grant", "{name}");
        assert!(
            scene.reason("oauth/token").await.contains("its authorization code was used twice"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn of_two_exchanges_at_once_one_wins_and_nobody_keeps_a_token() {
    for scene in scenes().await {
        let name = scene.house.name;
        let code = scene.code().await;
        let (one, two) = tokio::join!(scene.exchange(&code, &[]), scene.exchange(&code, &[]));
        let won = [&one, &two].into_iter().filter(|said| said.status == 200).count();
        assert_eq!(won, 1, "{name}: {one:?} {two:?}");
        let token = one.text("access_token") + &two.text("access_token");
        assert_eq!(scene.ask(&token).await.0, 401, "{name}: the code came twice");
    }
}

#[tokio::test]
async fn a_code_is_worth_nothing_to_anybody_else() {
    for scene in scenes().await {
        let name = scene.house.name;
        let (other_id, other_secret) = other_client(&scene).await;
        let code = scene.code().await;
        let wrong = "another-verifier-of-at-least-forty-three-characters";
        for (what, changes, error) in [
            (
                "another client",
                vec![("client_id", &*other_id), ("client_secret", &*other_secret)],
                "invalid_grant",
            ),
            ("no verifier", vec![("code_verifier", "")], "invalid_request"),
            ("another verifier", vec![("code_verifier", wrong)], "invalid_grant"),
            ("a short verifier", vec![("code_verifier", "short")], "invalid_grant"),
            ("a verifier of other characters", vec![("code_verifier", &*"é".repeat(50))], "invalid_grant"),
            (
                "the challenge itself",
                vec![("code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")],
                "invalid_grant",
            ),
            (
                "another redirect",
                vec![("redirect_uri", "https://claude.com/api/mcp/auth_callback")],
                "invalid_grant",
            ),
            ("another resource", vec![("resource", "https://evil.example/mcp")], "invalid_target"),
            ("no secret", vec![("client_secret", "")], "invalid_client"),
            ("another's secret", vec![("client_secret", &*other_secret)], "invalid_client"),
            ("no client", vec![("client_id", "")], "invalid_client"),
            ("an unknown client", vec![("client_id", "nobody")], "invalid_client"),
            ("another grant type", vec![("grant_type", "password")], "unsupported_grant_type"),
            ("client credentials", vec![("grant_type", "client_credentials")], "unsupported_grant_type"),
            ("no grant type", vec![("grant_type", "")], "invalid_request"),
            (
                "as a refresh token",
                vec![("grant_type", "refresh_token"), ("refresh_token", &*code)],
                "invalid_grant",
            ),
        ] {
            let said = scene.exchange(&code, &changes).await;
            assert_eq!(said.error(), error, "{name}: {what}: {said:?}");
            assert_eq!(said.headers[header::CACHE_CONTROL], "no-store", "{name}: {what}");
            let status = if error == "invalid_client" { 401 } else { 400 };
            assert_eq!(said.status, status, "{name}: {what}");
        }
        assert_eq!(scene.exchange(&code, &[]).await.status, 200, "{name}: none of them spoiled it");
        assert_eq!(scene.ask(&code).await.0, 401, "{name}: a code opens nothing");
    }
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    for scene in scenes().await {
        let (old, new) = (scene.code().await, scene.code().await);
        scene.house.clock.advance(59_000);
        assert_eq!(scene.exchange(&new, &[]).await.status, 200, "{}", scene.house.name);
        scene.house.clock.advance(1_000);
        assert_eq!(scene.exchange(&old, &[]).await.error(), "invalid_grant", "{}", scene.house.name);
        assert!(scene.reason("oauth/token").await.contains("expired"), "{}", scene.house.name);
    }
}

#[tokio::test]
async fn a_replaced_refresh_token_ends_the_connection_once_the_grace_is_over() {
    for scene in scenes().await {
        let name = scene.house.name;
        let first = scene.tokens().await.text("refresh_token");
        let second = scene.refresh(&first, &[]).await;
        scene.house.clock.advance(59_999);
        assert_eq!(scene.refresh(&first, &[]).await.status, 200, "{name}: within the grace");
        scene.house.clock.advance(1);
        assert_eq!(scene.refresh(&first, &[]).await.error(), "invalid_grant", "{name}: after it");
        assert_eq!(scene.ask(&second.text("access_token")).await.0, 401, "{name}");
        assert_eq!(
            scene.refresh(&second.text("refresh_token"), &[]).await.error(),
            "invalid_grant",
            "{name}"
        );
        assert!(scene.reason("oauth/token").await.contains("used again"), "{name}");
    }
}

#[tokio::test]
async fn whoever_took_a_token_within_the_grace_is_found_out() {
    for scene in scenes().await {
        let name = scene.house.name;
        let first = scene.tokens().await.text("refresh_token");
        let (ours, stolen) = (scene.refresh(&first, &[]).await, scene.refresh(&first, &[]).await);
        scene.house.clock.advance(60_000);
        let next = scene.refresh(&ours.text("refresh_token"), &[]).await;
        assert_eq!(next.status, 200, "{name}");
        assert_eq!(
            scene.refresh(&stolen.text("refresh_token"), &[]).await.error(),
            "invalid_grant",
            "{name}"
        );
        assert_eq!(
            scene.ask(&next.text("access_token")).await.0,
            401,
            "{name}: and the connection has ended"
        );
    }
}

#[tokio::test]
async fn within_the_grace_too_there_is_an_end() {
    for scene in scenes().await {
        let name = scene.house.name;
        let token = scene.tokens().await.text("refresh_token");
        for _ in 0..5 {
            assert_eq!(scene.refresh(&token, &[]).await.status, 200, "{name}");
        }
        assert_eq!(scene.refresh(&token, &[]).await.error(), "invalid_grant", "{name}");
    }
}

#[tokio::test]
async fn refreshing_has_a_limit() {
    for scene in scenes().await {
        let mut token = scene.tokens().await.text("refresh_token");
        for _ in 0..29 {
            token = scene.refresh(&token, &[]).await.text("refresh_token");
        }
        let said = scene.refresh(&token, &[]).await;
        assert_eq!(
            (said.status.as_u16(), said.error()),
            (429, "temporarily_unavailable"),
            "{}",
            scene.house.name
        );
        scene.house.clock.advance(60_000);
        assert_eq!(scene.refresh(&token, &[]).await.status, 200, "{}", scene.house.name);
    }
}

#[tokio::test]
async fn a_refresh_token_is_worth_nothing_to_anybody_else() {
    for scene in scenes().await {
        let name = scene.house.name;
        let (other_id, other_secret) = other_client(&scene).await;
        let tokens = scene.tokens().await;
        let (access, token) = (tokens.text("access_token"), tokens.text("refresh_token"));
        for (what, sent, changes, error) in [
            (
                "another client",
                &token,
                vec![("client_id", &*other_id), ("client_secret", &*other_secret)],
                "invalid_grant",
            ),
            ("no secret", &token, vec![("client_secret", "")], "invalid_client"),
            ("an access token", &access, vec![], "invalid_grant"),
            ("an unknown token", &format!("{token}x"), vec![], "invalid_grant"),
            ("another resource", &token, vec![("resource", "https://evil.example")], "invalid_target"),
            ("an unknown scope", &token, vec![("scope", "admin")], "invalid_scope"),
        ] {
            let said = scene.refresh(sent, &changes).await;
            assert_eq!(said.error(), error, "{name}: {what}: {said:?}");
        }
        assert_eq!(scene.refresh(&token, &[]).await.status, 200, "{name}: none of them spoiled it");
        assert_eq!(scene.ask(&token).await.0, 401, "{name}: a refresh token opens nothing");
    }
}

#[tokio::test]
async fn a_narrow_connection_is_not_widened() {
    for scene in scenes().await {
        let name = scene.house.name;
        let key = scene.write_key.clone();
        let page = scene.approve_with(&scene.request(&[]), &[("key", &key), ("access", "read")]).await;
        let tokens = scene.exchange(&parameter(page.location(), "code"), &[]).await;
        let token = tokens.text("refresh_token");
        let said = scene.refresh(&token, &[("scope", "mcp:read mcp:write")]).await;
        assert_eq!(said.error(), "invalid_scope", "{name}");
        let said = scene.refresh(&token, &[("scope", "mcp:read")]).await;
        assert_eq!(said.json["scope"], "mcp:read offline_access", "{name}");
    }
}

#[tokio::test]
async fn what_is_secret_never_stands_in_an_address() {
    for scene in scenes().await {
        let code = scene.code().await;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_secret", &scene.secret)
            .append_pair("code", &code)
            .finish();
        let fields = [("grant_type", "authorization_code"), ("client_id", &*scene.client.client_id)];
        for path in ["/oauth/token", "/oauth/revoke"] {
            let said = scene.post(&format!("{path}?{query}"), &[], &fields).await;
            assert_eq!(said.error(), "invalid_request", "{}: {path}", scene.house.name);
            assert!(said.text("error_description").contains("never in the address"), "{said:?}");
        }
        let said = scene.send(Method::GET, &format!("/oauth/token?{query}"), &[], "").await;
        assert_eq!(said.status, 405, "{}", scene.house.name);
        // And tokens in a query open nothing.
        let token = scene.tokens().await.text("access_token");
        let path = format!("/mcp?access_token={token}");
        let said = scene.send(Method::POST, &path, &[("host", "erp.example.com")], "{}").await;
        assert_eq!(said.status, 401, "{}", scene.house.name);
    }
}

#[tokio::test]
async fn a_hint_is_not_the_secret_and_the_log_says_so() {
    for scene in scenes().await {
        let hint = format!("••••{}", &scene.secret[scene.secret.len() - 4..]);
        let said = scene.exchange("axc_x", &[("client_secret", &hint)]).await;
        assert_eq!((said.status.as_u16(), said.error()), (401, "invalid_client"), "{}", scene.house.name);
        let reason = scene.reason("oauth/token").await;
        assert!(
            reason.starts_with("the Client Secret Hint was sent instead of the client secret"),
            "{reason}"
        );
        assert!(!format!("{:?}", scene.log().await).contains(&scene.secret), "{}", scene.house.name);
    }
}

#[tokio::test]
async fn both_ways_to_send_a_secret_are_taken_and_no_mixture() {
    use base64::Engine;
    for scene in scenes().await {
        let name = scene.house.name;
        let pair = format!("{}:{}", scene.client.client_id, scene.secret);
        let basic = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair));
        let wrong = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode("x:y"));
        let code = scene.code().await;
        let fields = [("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", VERIFIER)];
        let said = scene.post("/oauth/token", &[("authorization", &wrong)], &fields).await;
        assert_eq!(said.status, 401, "{name}");
        assert!(said.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic"), "{name}");
        let mut both = fields.to_vec();
        both.push(("client_secret", &scene.secret));
        let said = scene.post("/oauth/token", &[("authorization", &basic)], &both).await;
        assert_eq!(said.error(), "invalid_request", "{name}");
        let said = scene.post("/oauth/token/", &[("authorization", &basic)], &fields).await;
        assert_eq!(said.status, 200, "{name}: with a slash at the end too: {said:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_the_clients() {
    for scene in scenes().await {
        let browser = scene.browser().await;
        for redirect in [
            "https://evil.example/api/mcp/auth_callback",
            "https://claude.ai/api/mcp/auth_callback/../../x",
            "https://claude.ai/other",
            "http://claude.ai/api/mcp/auth_callback",
            "https://claude.ai:8443/api/mcp/auth_callback",
            "https://claude.ai@evil.example/api/mcp/auth_callback",
            "https://claude.ai/api/mcp/auth_callback#x",
            "https://claude.ai/api/mcp/auth_callback?x=y",
            "https://claude.ai\\@evil.example/api/mcp/auth_callback",
            "https://claude.ai%2f@evil.example/",
            "https://claude.ai/api/mcp/auth_callback\n",
            "javascript:alert(1)",
        ] {
            for broken in [&[][..], &[("response_type", "token")], &[("code_challenge", "")]] {
                let mut changes = vec![("redirect_uri", redirect)];
                changes.extend_from_slice(broken);
                for browser in [&browser, &Browser::stranger(&scene.house)] {
                    let page = browser.get(&scene.request(&changes)).await;
                    assert_eq!(page.status, 400, "{}: {redirect}", scene.house.name);
                    assert_eq!(page.location(), "", "{}: {redirect}", scene.house.name);
                    assert!(page.shows("redirect URI"), "{}", page.html);
                }
            }
        }
        for (changes, title) in [
            (vec![("client_id", "nobody")], "Unknown client"),
            (vec![("client_id", "")], "No client"),
            (vec![("client_id", "<script>alert(1)</script>")], "Unknown client"),
        ] {
            let page = browser.get(&scene.request(&changes)).await;
            assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{}", scene.house.name);
            assert!(page.shows(title) && !page.shows("<script>alert"), "{}", page.html);
        }
        let twice = format!("{}&client_id=other", scene.request(&[]));
        assert_eq!(browser.get(&twice).await.status, 400);
    }
}

#[tokio::test]
async fn a_downgrade_is_said_to_the_client_before_anybody_signs_in() {
    for scene in scenes().await {
        let stranger = Browser::stranger(&scene.house);
        for (changes, error) in [
            (vec![("code_challenge", "")], "invalid_request"),
            (vec![("code_challenge_method", "plain")], "invalid_request"),
            (vec![("code_challenge_method", "")], "invalid_request"),
            (vec![("response_type", "token")], "unsupported_response_type"),
            (vec![("resource", "https://evil.example/mcp")], "invalid_target"),
            (vec![("scope", "openid profile")], "invalid_scope"),
        ] {
            let page = stranger.get(&scene.request(&changes)).await;
            assert_eq!(page.status, 303, "{}: {changes:?}", scene.house.name);
            assert!(page.location().starts_with(&format!("{BACK}?error=")), "{}", page.location());
            assert_eq!(parameter(page.location(), "error"), error, "{changes:?}");
            assert_eq!(parameter(page.location(), "state"), "a/state+=&");
            assert_eq!(parameter(page.location(), "iss"), "https://erp.example.com");
        }
    }
}

#[tokio::test]
async fn an_answer_counts_once_and_from_nobody_else() {
    for scene in scenes().await {
        let name = scene.house.name;
        let browser = scene.browser().await;
        let key = scene.write_key.clone();
        let request = browser.get(&scene.request(&[])).await.value("request");
        let fields = [("request", &*request), ("decision", "approve"), ("key", &*key), ("access", "write")];

        // Another person, and the same person in another browser, are asked anew.
        let mallory = Browser::of(&scene.house, "mallory", &["MCP User"]).await;
        for other in [&mallory, &scene.browser().await, &Browser::stranger(&scene.house)] {
            for path in ["/oauth/authorize", "/oauth/authorize/key"] {
                let page = other.post(path, &fields).await;
                assert_eq!(
                    (page.status.as_u16(), page.location()),
                    (303, &*scene.request(&[])),
                    "{name}: {path}"
                );
            }
        }
        // Another site's form.
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        for (origin, site) in [("https://evil.example", "cross-site"), ("null", "cross-site")] {
            for path in ["/oauth/authorize", "/oauth/authorize/key"] {
                let forged = axum::http::Request::post(path)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::ORIGIN, origin)
                    .header("sec-fetch-site", site);
                let page = browser.send(forged, body.clone().into()).await;
                assert_eq!((page.status.as_u16(), page.location()), (403, ""), "{name}: {origin} {path}");
            }
        }
        for bad in ["", "axq_x", "nobody"] {
            let page = browser.post("/oauth/authorize", &[("request", bad), ("decision", "approve")]).await;
            assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{name}");
        }
        // Somebody else's key, and none.
        for (what, bad) in [("another's", &*scene.house.key), ("none", ""), ("unknown", "x")] {
            let page = browser
                .post("/oauth/authorize", &[("request", &*request), ("decision", "approve"), ("key", bad)])
                .await;
            assert_eq!(page.status, 422, "{name}: {what}");
        }
        let page = browser.post("/oauth/authorize", &fields).await;
        assert!(page.location().contains("code=axc_"), "{name}: {}", page.html);
        let again = browser.post("/oauth/authorize", &fields).await;
        assert_eq!((again.status.as_u16(), again.location()), (400, ""), "{name}");
        assert!(again.shows("Answered already"), "{}", again.html);
    }
}

#[tokio::test]
async fn a_question_waits_for_ten_minutes() {
    for scene in scenes().await {
        let browser = scene.browser().await;
        let request = browser.get(&scene.request(&[])).await.value("request");
        scene.house.clock.advance(600_000);
        let fields = [("request", &*request), ("decision", "approve"), ("key", &*scene.write_key)];
        let page = browser.post("/oauth/authorize", &fields).await;
        assert_eq!(
            (page.status.as_u16(), page.location()),
            (303, &*scene.request(&[])),
            "{}",
            scene.house.name
        );
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused() {
    for scene in scenes().await {
        let long = "x".repeat(7_000);
        let page = scene.browser().await.get(&scene.request(&[("state", &long)])).await;
        assert_eq!((page.status.as_u16(), page.location()), (400, ""), "{}", scene.house.name);
        let huge = "x".repeat(70_000);
        for path in ["/oauth/token", "/oauth/revoke"] {
            let said = scene.post(path, &[], &[("client_id", &huge)]).await;
            assert_eq!(said.error(), "invalid_request", "{}: {path}", scene.house.name);
        }
        let said =
            scene.send(Method::POST, "/oauth/register", &[("content-type", "application/json")], huge).await;
        assert_eq!(said.error(), "invalid_client_metadata", "{}", scene.house.name);
        let said = scene.send(Method::POST, "/oauth/register", &[("content-type", "text/plain")], "{}").await;
        assert_eq!(said.error(), "invalid_client_metadata", "{}: a page of another site", scene.house.name);
    }
}

#[tokio::test]
async fn only_forms_are_taken_where_forms_are_due() {
    for scene in scenes().await {
        for kind in ["application/json", "text/plain", "multipart/form-data"] {
            let said = scene.send(Method::POST, "/oauth/token", &[("content-type", kind)], "{}").await;
            assert_eq!(said.error(), "invalid_request", "{}: {kind}", scene.house.name);
        }
        let twice = "grant_type=authorization_code&grant_type=refresh_token";
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let said = scene.send(Method::POST, "/oauth/token", &kind, twice).await;
        assert_eq!(said.error(), "invalid_request", "{}", scene.house.name);
    }
}
