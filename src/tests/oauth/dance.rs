//! What happens where nobody means harm.

use axum::http::{Method, header};

use super::scene::{BACK, Scene, parameter, scenes};
use crate::store::oauth_grants;
use crate::tests::console::browser::Browser;

#[tokio::test]
async fn the_way_from_the_challenge_to_a_tool() {
    for scene in scenes().await {
        let name = scene.house.name;
        let (status, challenge) = scene.ask("").await;
        assert_eq!(status, 401, "{name}");
        let start = r#"Bearer resource_metadata="https://erp.example.com/.well-known/oauth-protected-resource/mcp", scope="mcp:read mcp:write offline_access""#;
        assert!(challenge.starts_with(start), "{challenge}");
        let resource = get(&scene, "/.well-known/oauth-protected-resource/mcp").await;
        assert_eq!(resource["resource"], "https://erp.example.com/mcp");
        assert_eq!(resource["authorization_servers"][0], "https://erp.example.com");
        let server = get(&scene, "/.well-known/oauth-authorization-server").await;
        assert_eq!(server["issuer"], "https://erp.example.com");
        assert_eq!(server["code_challenge_methods_supported"][0], "S256");
        assert!(!server.to_string().contains("null"), "{server}");

        let key = scene.write_key.clone();
        let page = scene.approve_with(&scene.request(&[]), &[("key", &key), ("access", "write")]).await;
        assert_eq!(page.status, 303, "{name}: {}", page.html);
        let back = page.location();
        assert!(back.starts_with(&format!("{BACK}?code=axc_")), "{back}");
        assert_eq!(parameter(back, "state"), "a/state+=&", "exactly as it came");
        assert_eq!(parameter(back, "iss"), "https://erp.example.com");

        let tokens = scene.exchange(&parameter(back, "code"), &[]).await;
        assert_eq!(tokens.status, 200, "{name}: {tokens:?}");
        assert_eq!(tokens.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(tokens.json["token_type"].as_str().unwrap().to_lowercase(), "bearer");
        assert_eq!(tokens.json["expires_in"], 3_600);
        assert_eq!(tokens.json["scope"], "mcp:read mcp:write offline_access");
        assert!(tokens.text("access_token").starts_with("axt_"));
        assert!(tokens.text("refresh_token").starts_with("axr_"));
        assert_eq!(scene.ask(&tokens.text("access_token")).await.0, 200, "{name}");

        let log = scene.log().await;
        for method in ["tools/list", "oauth/token", "oauth/authorize"] {
            let row = log.iter().find(|row| row.method == method && row.outcome == "allowed").unwrap();
            assert_eq!(row.login.as_deref(), Some("demo"), "{name}: {method}");
            assert_eq!(row.oauth_client.as_deref(), Some("Claude"), "{name}: {method}");
            assert_eq!(row.key_name.as_deref(), Some("writes"), "{name}: {method}");
            assert!(row.grant_id.is_some(), "{name}: {method}");
        }
        let kept = format!("{log:?}");
        for secret in ["axt_", "axr_", "axc_", "axs_"] {
            assert!(!kept.contains(secret), "{name}: {secret} is in the log");
        }
    }
}

async fn get(scene: &Scene, path: &str) -> serde_json::Value {
    let said = scene.send(Method::GET, path, &[("origin", "https://claude.ai")], "").await;
    assert_eq!(said.status, 200, "{path}");
    assert_eq!(said.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
    said.json
}

#[tokio::test]
async fn whoever_is_not_signed_in_does_so_and_comes_straight_back() {
    for scene in scenes().await {
        let stranger = Browser::stranger(&scene.house);
        let address = scene.request(&[]);
        let page = stranger.get(&address).await;
        assert_eq!(page.status, 303, "{}", scene.house.name);
        let next = parameter(&format!("https://erp.example.com{}", page.location()), "next");
        assert_eq!(next, address, "{}", scene.house.name);
        // And so does whoever signed in meanwhile, in another tab.
        let there = scene.browser().await.get(page.location()).await;
        assert_eq!((there.status.as_u16(), there.location()), (303, &*address), "{}", scene.house.name);
    }
}

#[tokio::test]
async fn the_page_says_who_asks_for_what_and_where_it_leads() {
    for scene in scenes().await {
        let page = scene.browser().await.get(&scene.request(&[])).await;
        for text in
            ["Connect Claude to Axanta?", "claude.ai", "will act as you", "demo", "Approve", "Deny", "writes"]
        {
            assert!(page.shows(text), "{}: {text}", scene.house.name);
        }
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://claude.ai;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn what_is_granted_is_what_all_of_them_allow() {
    for scene in scenes().await {
        let name = scene.house.name;
        let read_key = scene.house.key_id.clone();
        let write_key = scene.write_key.clone();
        for (asked, key, access, granted) in [
            ("mcp:read mcp:write offline_access", &write_key, "write", "mcp:read mcp:write offline_access"),
            ("mcp:read mcp:write offline_access", &write_key, "read", "mcp:read offline_access"),
            ("mcp:read mcp:write offline_access", &read_key, "write", "mcp:read offline_access"),
            ("mcp:read", &write_key, "write", "mcp:read"),
            ("mcp:write openid", &write_key, "write", "mcp:read mcp:write"),
        ] {
            let address = scene.request(&[("scope", asked)]);
            let page = scene.approve_with(&address, &[("key", key), ("access", access)]).await;
            let tokens = scene.exchange(&parameter(page.location(), "code"), &[]).await;
            assert_eq!(tokens.text("scope"), granted, "{name}: {asked} {access}");
            let refreshes = !tokens.text("refresh_token").is_empty();
            assert_eq!(refreshes, granted.contains("offline_access"), "{name}: {asked}");
        }
    }
}

#[tokio::test]
async fn a_denial_goes_back_to_the_client() {
    for scene in scenes().await {
        let browser = scene.browser().await;
        let page = browser.get(&scene.request(&[])).await;
        let request = page.value("request");
        let page = browser.post("/oauth/authorize", &[("request", &request), ("decision", "deny")]).await;
        assert_eq!(parameter(page.location(), "error"), "access_denied", "{}", scene.house.name);
        assert_eq!(parameter(page.location(), "state"), "a/state+=&");
        assert_eq!(parameter(page.location(), "iss"), "https://erp.example.com");
        assert_eq!(scene.reason("oauth/authorize").await, "the user denied it");
    }
}

#[tokio::test]
async fn refreshing_rotates_and_forgives_a_second_one_at_once() {
    for scene in scenes().await {
        let name = scene.house.name;
        let first = scene.tokens().await.text("refresh_token");
        scene.house.clock.advance(1_000);
        let (one, two) = tokio::join!(scene.refresh(&first, &[]), scene.refresh(&first, &[]));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{name}: {one:?} {two:?}");
        assert_ne!(one.text("refresh_token"), two.text("refresh_token"), "{name}");
        for said in [&one, &two] {
            assert_eq!(scene.ask(&said.text("access_token")).await.0, 200, "{name}");
        }
        scene.house.clock.advance(120_000);
        let three = scene.refresh(&two.text("refresh_token"), &[]).await;
        assert_eq!(three.status, 200, "{name}: whichever the client kept");
        let narrower = scene.refresh(&three.text("refresh_token"), &[("scope", "mcp:read")]).await;
        assert_eq!(narrower.json["scope"], "mcp:read offline_access", "{name}");
        let wide = scene.refresh(&narrower.text("refresh_token"), &[]).await;
        assert_eq!(
            wide.json["scope"], "mcp:read mcp:write offline_access",
            "{name}: the connection stays as it is"
        );
    }
}

#[tokio::test]
async fn a_key_is_made_on_the_way_and_never_shown() {
    for scene in scenes().await {
        let browser = Browser::of(&scene.house, "keyless", &["MCP User"]).await;
        let page = browser.get(&scene.request(&[])).await;
        assert!(page.shows("no active MCP key") && !page.shows(">Approve<"), "{}", page.html);
        let (request, once) = (page.value("request"), page.value("once"));
        let fields = [("request", request.as_str()), ("once", &once), ("name", "Claude"), ("scope", "read")];
        let made = browser.post("/oauth/authorize/key", &fields).await;
        assert_eq!((made.status.as_u16(), made.location()), (303, &*scene.request(&[])), "{}", made.html);
        assert_eq!(browser.post("/oauth/authorize/key", &fields).await.status, 303, "twice makes one");
        let page = browser.get(made.location()).await;
        assert!(page.shows(">Approve<") && !page.html.contains("axk_"), "{}", page.html);
        let mut conn = scene.house.state.db.read().await.unwrap();
        let keys = crate::store::keys::of_user(conn.on(), browser.user_id).await.unwrap();
        assert_eq!(keys.len(), 1);
        let request = page.value("request");
        let back = browser
            .post("/oauth/authorize", &[("request", &request), ("decision", "approve"), ("key", &keys[0].id)])
            .await;
        assert!(back.location().contains("code=axc_"), "{}", back.html);
    }
}

#[tokio::test]
async fn whoever_has_no_group_is_told_and_gets_no_code() {
    for scene in scenes().await {
        let browser = Browser::of(&scene.house, "groupless", &[]).await;
        let page = browser.get(&scene.request(&[])).await;
        assert!(page.shows("neither MCP User nor MCP Administrator"), "{}", page.html);
        assert!(!page.shows(">Approve<") && !page.shows("Generate MCP Key"));
        let request = page.value("request");
        let fields = [("request", request.as_str()), ("decision", "approve"), ("key", &scene.write_key)];
        let answer = browser.post("/oauth/authorize", &fields).await;
        assert_eq!(answer.status, 422, "{}", answer.html);
        let made = browser
            .post("/oauth/authorize/key", &[("request", request.as_str()), ("name", "x"), ("scope", "read")])
            .await;
        assert_eq!(made.status, 422, "{}", made.html);
    }
}

#[tokio::test]
async fn a_connection_is_seen_once_it_was_made() {
    for scene in scenes().await {
        let code = scene.code().await;
        let mut conn = scene.house.state.db.read().await.unwrap();
        let before = oauth_grants::of_user(conn.on(), scene.user_id).await.unwrap();
        assert!(before.is_empty(), "{}: approved, but nobody came for it", scene.house.name);
        scene.exchange(&code, &[]).await;
        let after = oauth_grants::of_user(conn.on(), scene.user_id).await.unwrap();
        assert_eq!(after.len(), 1, "{}", scene.house.name);
        assert_eq!((after[0].client_name.as_str(), after[0].key_name.as_str()), ("Claude", "writes"));
    }
}
