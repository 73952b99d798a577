//! MCP Server OAuth comes and goes: with it its routes, and what was approved.

use axum::http::{Method, StatusCode};

use super::scene::{Scene, scenes};
use crate::store::modules::{Usage, usage};
use crate::tests::console::browser::Browser;

const PATH: &str = "/apps";
const OAUTH: &str = "mcp_server_oauth";

async fn act(admin: &Browser<'_>, module: &str, act: &str) -> String {
    let page = admin.get(PATH).await;
    let fields = [("form", "apps"), ("seen", &*page.value("seen")), ("technical_name", module)];
    let done = admin.post(&format!("{PATH}/{module}/{act}"), &fields).await;
    assert_eq!(done.location(), PATH, "{module} {act}: {}", done.html);
    admin.get(PATH).await.html
}

async fn used(scene: &Scene) -> Usage {
    let state = &scene.house.state;
    usage(state.db.read().await.unwrap().on(), state.clock.millis(), 0).await.unwrap()
}

#[tokio::test]
async fn what_was_approved_stops_with_the_module_and_comes_back_with_it() {
    for scene in scenes().await {
        let name = scene.house.name;
        let admin = Browser::of(&scene.house, "boss", &["Settings / Administrator"]).await;
        let tokens = scene.tokens().await;
        let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
        assert_eq!(scene.ask(&access).await.0, 200, "{name}");
        let page = admin.get(PATH).await;
        assert!(
            page.shows("What is at work through it stops at once: 1 connection of 1 user."),
            "{}",
            page.html
        );
        act(&admin, OAUTH, "uninstall").await;
        let (status, challenge) = scene.ask(&access).await;
        assert_eq!(status, 401, "{name}");
        assert!(challenge.contains("MCP Server OAuth is not installed"), "{name}: {challenge}");
        assert!(!challenge.contains("resource_metadata"), "{name}: {challenge}");
        assert_eq!(scene.refresh(&refresh, &[]).await.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(scene.ask(&scene.house.key).await.0, 200, "{name}: keys go on working");
        assert_eq!(used(&scene).await.live_connections, 1, "{name}: kept");
        let page = admin.get(PATH).await;
        assert!(
            page.shows("What it kept holds again, and 1 connection of 1 user work again."),
            "{}",
            page.html
        );
        act(&admin, OAUTH, "install").await;
        assert_eq!(scene.ask(&access).await.0, 200, "{name}");
        let page = act(&admin, "mcp_server", "uninstall").await;
        assert!(page.contains("MCP Server OAuth and MCP Server are uninstalled."), "{name}");
        assert_eq!(scene.ask(&access).await.0, 404, "{name}");
        assert!(page.contains("1 OAuth client and 1 connection will be deleted for good."), "{name}: {page}");
        act(&admin, OAUTH, "purge").await;
        let left = used(&scene).await;
        assert_eq!((left.clients, left.connections), (0, 0), "{name}");
        assert!(left.keys > 0, "{name}: the keys are MCP Server's");
        act(&admin, OAUTH, "install").await;
        assert_eq!(scene.ask(&access).await.0, 401, "{name}: nothing of it is known any more");
        assert_eq!(scene.ask(&scene.house.key).await.0, 200, "{name}");
    }
}

#[tokio::test]
async fn a_purge_of_mcp_server_takes_the_connections_along() {
    for scene in scenes().await {
        let name = scene.house.name;
        let admin = Browser::of(&scene.house, "boss", &["Settings / Administrator"]).await;
        let access = scene.tokens().await.text("access_token");
        act(&admin, "mcp_server", "uninstall").await;
        act(&admin, "mcp_server", "purge").await;
        assert_eq!(used(&scene).await, Usage::default(), "{name}");
        let page = act(&admin, OAUTH, "install").await;
        assert!(page.contains("MCP Server and MCP Server OAuth are installed."), "{name}");
        scene.house.set("mcp_enabled", "true").await;
        assert_eq!(scene.ask(&access).await.0, 401, "{name}");
        assert_eq!(scene.ask(&scene.house.key).await.0, 401, "{name}");
    }
}

#[tokio::test]
async fn without_the_module_none_of_its_routes_is_there() {
    let source = include_str!("../../oauth/mod.rs");
    let routes: Vec<(&str, bool)> = source
        .split(".route(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(path, rest)| (path, rest.trim_start_matches([',', ' ']).starts_with("get(")))
        .collect();
    assert!(routes.len() > 10, "{routes:?}");
    for scene in scenes().await {
        let there = async |path: &str, get: bool| {
            let method = if get { Method::GET } else { Method::POST };
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            scene.send(method, path, &headers, "").await.status != StatusCode::NOT_FOUND
        };
        for (path, get) in &routes {
            assert!(there(path, *get).await, "{}: {path}", scene.house.name);
        }
        let admin = Browser::of(&scene.house, "boss", &["Settings / Administrator"]).await;
        act(&admin, OAUTH, "uninstall").await;
        for (path, get) in &routes {
            for get in [*get, true, false] {
                assert!(!there(path, get).await, "{}: {path} get={get}", scene.house.name);
            }
        }
    }
}
