//! Every route by every sort of person, and what every answer carries.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::browser::{Browser, PEOPLE};
use super::connected::install_oauth;
use crate::settings::{Module, Modules};
use crate::store::{accounts, control};
use crate::tests::house::houses;

const ALL: &[&str] = &["nobody-special", "mcp-user", "mcp-admin", "settings-admin", "admin"];
const EITHER: &[&str] = &["mcp-admin", "settings-admin", "admin"];
const MCP: &[&str] = &["mcp-admin", "admin"];
const SETTINGS: &[&str] = &["settings-admin", "admin"];

/// Path, whether a form is sent to it, and who of [`PEOPLE`] may.
const ROUTES: [(&str, bool, &[&str]); 67] = [
    ("/", false, ALL),
    ("/theme", true, ALL),
    ("/apps", false, SETTINGS),
    ("/apps/mcp_server/install", false, SETTINGS),
    ("/apps/mcp_server/install", true, SETTINGS),
    ("/apps/mcp_server/upgrade", false, SETTINGS),
    ("/apps/mcp_server/upgrade", true, SETTINGS),
    ("/apps/mcp_server/uninstall", false, SETTINGS),
    ("/apps/mcp_server/uninstall", true, SETTINGS),
    ("/apps/mcp_server/purge", false, SETTINGS),
    ("/apps/mcp_server/purge", true, SETTINGS),
    ("/settings/mcp", false, MCP),
    ("/settings/mcp", true, MCP),
    ("/technical/mcp/policies", false, MCP),
    ("/technical/mcp/policies", true, MCP),
    ("/technical/mcp/policies/new", false, MCP),
    ("/technical/mcp/policies/new", true, MCP),
    ("/technical/mcp/policies/res.partner", false, MCP),
    ("/technical/mcp/policies/res.partner", true, MCP),
    ("/technical/mcp/policies/res.partner/delete", true, MCP),
    ("/technical/mcp/oauth-clients", false, MCP),
    ("/technical/mcp/oauth-clients", true, MCP),
    ("/technical/mcp/oauth-clients/new", false, MCP),
    ("/technical/mcp/oauth-clients/new", true, MCP),
    ("/technical/mcp/oauth-clients/x", false, MCP),
    ("/technical/mcp/oauth-clients/x", true, MCP),
    ("/technical/mcp/oauth-clients/x/credentials", false, MCP),
    ("/technical/mcp/oauth-clients/x/credentials", true, MCP),
    ("/technical/mcp/oauth-clients/x/end-former", true, MCP),
    ("/technical/mcp/oauth-clients/x/delete", true, MCP),
    ("/technical/mcp/oauth-clients/x/revoke", true, MCP),
    ("/technical/mcp/oauth-clients/x/connections/y/revoke", true, MCP),
    ("/technical/mcp/approvals", false, MCP),
    ("/technical/mcp/approvals/none", false, MCP),
    ("/technical/mcp/approvals/none/approve", true, MCP),
    ("/technical/mcp/approvals/none/refuse", true, MCP),
    ("/technical/mcp/logs", false, MCP),
    ("/technical/mcp/logs/none", false, MCP),
    ("/technical/mcp/logs/none/undo", true, MCP),
    ("/technical/mcp/logs.csv", false, MCP),
    ("/technical/mcp/sessions", false, MCP),
    ("/technical/mcp/sessions/none/end", true, MCP),
    ("/settings/users", false, EITHER),
    ("/settings/users/new", false, SETTINGS),
    ("/settings/users/new", true, SETTINGS),
    ("/settings/users/1", false, EITHER),
    ("/settings/users/1?tab=mcp", false, EITHER),
    ("/settings/users/1", true, EITHER),
    ("/settings/users/1/password", true, SETTINGS),
    ("/settings/users/1/archive", true, SETTINGS),
    ("/settings/users/1/keys", false, EITHER),
    ("/settings/users/1/keys", true, MCP),
    ("/settings/users/1/keys/x/revoke", true, MCP),
    ("/settings/users/1/connections/x/revoke", true, MCP),
    ("/settings/groups", false, SETTINGS),
    ("/settings/companies", false, SETTINGS),
    ("/preferences", false, ALL),
    ("/preferences?tab=mcp", false, ALL),
    ("/preferences", true, ALL),
    ("/preferences/password", true, ALL),
    ("/preferences/keys", false, ALL),
    ("/preferences/keys", true, &["mcp-user", "mcp-admin", "admin"]),
    ("/preferences/keys/x/revoke", true, ALL),
    ("/preferences/connections/x/revoke", true, ALL),
    ("/connections", false, ALL),
    ("/connections/x/revoke", true, ALL),
    ("/preferences/sign-out", true, ALL),
];

#[tokio::test]
async fn every_route_is_open_to_those_it_is_for_alone() {
    for house in houses().await {
        install_oauth(&house).await;
        let mut browsers = Vec::new();
        for (login, groups) in PEOPLE {
            browsers.push((login, Browser::of(&house, login, groups).await));
        }
        let stranger = Browser::stranger(&house);
        for (path, post, who) in ROUTES {
            let name = format!("{}: {path} post={post}", house.name);
            let answer = if post { stranger.post(path, &[]).await } else { stranger.get(path).await };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name} by a stranger");
            assert!(answer.location().starts_with("/login"), "{name}: {}", answer.location());
            for (login, browser) in &browsers {
                let answer = if post { browser.post(path, &[]).await } else { browser.get(path).await };
                if who.contains(login) {
                    assert_ne!(answer.status, StatusCode::FORBIDDEN, "{name} by {login}");
                    assert!(answer.status.as_u16() < 500, "{name} by {login}: {}", answer.status);
                } else {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} by {login}");
                    assert!(answer.shows("This page needs the group"), "{name} by {login}");
                    assert!(
                        answer.shows("mcp-admin") || answer.shows("settings-admin"),
                        "{name}: who has it"
                    );
                }
            }
        }
    }
}

/// Module without which a path is not there.
fn brought_by(path: &str) -> Option<Module> {
    let oauth = ["/technical/mcp/oauth-clients", "/connections"];
    if oauth.iter().any(|prefix| path.starts_with(prefix)) || path.contains("/connections/") {
        return Some(Module::McpServerOauth);
    }
    let mcp = ["/settings/mcp", "/technical/mcp", "/preferences/keys"];
    let is_mcp = mcp.iter().any(|prefix| path.starts_with(prefix))
        || path.strip_prefix("/settings/users/").is_some_and(|rest| rest.contains("/keys"));
    is_mcp.then_some(Module::McpServer)
}

#[tokio::test]
async fn with_a_module_its_routes_are_gone() {
    for house in houses().await {
        let groups = ["MCP Administrator", "Settings / Administrator"];
        for gone in [Module::McpServerOauth, Module::McpServer] {
            let admin = Browser::of(&house, gone.name(), &groups).await;
            let mut tx = house.state.db.begin().await.unwrap();
            Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap();
            Modules::uninstall(tx.on(), gone, false, 1).await.unwrap();
            control::bump(tx.on()).await.unwrap();
            tx.commit().await.unwrap();
            house.state.current.refresh().await.unwrap();
            for (path, post, _) in ROUTES.into_iter().filter(|(path, ..)| *path != "/preferences/sign-out") {
                let answer = if post { admin.post(path, &[]).await } else { admin.get(path).await };
                let module = brought_by(path);
                let is_gone =
                    module.is_some_and(|module| module == gone || module.depends_on() == Some(gone));
                let name = format!("{}: {path} post={post} without {gone}", house.name);
                if is_gone {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
                } else if module.is_none() {
                    assert_ne!(answer.status, StatusCode::NOT_FOUND, "{name}");
                }
                let leads_there =
                    |link: &str| link.split('"').next().is_some_and(|to| to.contains("tab=mcp"));
                let says_mcp =
                    answer.shows("Generate MCP Key") || answer.html.split("href=\"").any(leads_there);
                assert!(!says_mcp || gone == Module::McpServerOauth, "{name}");
                // What was done by the walk itself is undone.
                let mut tx = house.state.db.begin().await.unwrap();
                let modules = Modules::load(tx.on()).await.unwrap();
                assert!(!modules.has(gone) || path.starts_with("/apps"), "{name}");
            }
        }
    }
}

/// The routes that `console::routes` names, as the source has them: path, and whether a form is sent to it.
fn named() -> Vec<(String, bool)> {
    let source = include_str!("../../console/mod.rs");
    let calls = source.split(".route(\"").skip(1).filter_map(|rest| {
        let (path, rest) = rest.split_once('"')?;
        Some((path.to_owned(), rest.split(".route(").next()?.split(".fallback").next()?.to_owned()))
    });
    calls
        .flat_map(|(path, methods)| {
            let get = methods.contains("get(").then(|| (path.clone(), false));
            let post = methods.contains("post(").then(|| (path.clone(), true));
            [get, post].into_iter().flatten().collect::<Vec<_>>()
        })
        .collect()
}

fn fits(pattern: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (mut ours, mut theirs) = (pattern.split('/'), path.split('/'));
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(ours), Some(theirs)) if ours == theirs || ours.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[test]
fn the_matrix_has_every_route() {
    const BEFORE_SIGNING_IN: [&str; 4] = ["/login", "/logout", "/first/{token}", "/assets/{hash}/{*path}"];
    let named = named();
    assert!(named.len() > 40, "{named:?}");
    let lacking: Vec<_> = named
        .into_iter()
        .filter(|(path, _)| !BEFORE_SIGNING_IN.contains(&path.as_str()))
        .filter(|(pattern, post)| !ROUTES.iter().any(|(path, p, _)| p == post && fits(pattern, path)))
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[tokio::test]
async fn what_is_not_there_or_not_installed_is_404() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", &["MCP Administrator", "Settings / Administrator"]).await;
        assert_eq!(admin.get("/nothing").await.status, StatusCode::NOT_FOUND, "{}", house.name);
        assert_eq!(Browser::stranger(&house).get("/nothing").await.status, StatusCode::NOT_FOUND);
        let program = Request::get("/.well-known/oauth-protected-resource").body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(house.router.clone(), program).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{}", house.name);
        assert!(answer.headers().get(header::SET_COOKIE).is_none(), "{}", house.name);
        let mut tx = house.state.db.begin().await.unwrap();
        Modules::uninstall(tx.on(), Module::McpServer, false, 1).await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        for path in
            ["/settings/mcp", "/technical/mcp/policies", "/preferences/keys", "/settings/users/1/keys"]
        {
            assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        assert!(!admin.get("/").await.shows("/settings/mcp"), "{}: nor in the menu", house.name);
    }
}

#[tokio::test]
async fn who_signed_in_by_an_older_password_is_out() {
    for house in houses().await {
        let browser = Browser::of(&house, "anna", &[]).await;
        assert_eq!(browser.get("/").await.status, StatusCode::OK, "{}", house.name);
        let mut tx = house.state.db.begin().await.unwrap();
        accounts::set_password(tx.on(), browser.user_id, "$argon2id$another").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(browser.get("/").await.location(), "/login", "{}", house.name);
    }
}

#[tokio::test]
async fn a_disguised_path_opens_nothing() {
    for house in houses().await {
        let user = Browser::of(&house, "mcp-user", &["MCP User"]).await;
        for path in [
            "/preferences/../settings/users",
            "/preferences/%2e%2e/settings/users",
            "/theme/../settings/mcp",
            "/preferences/x/../../technical/mcp/logs",
            "/preferences//../settings/users",
            "/preferences/./../settings/users",
        ] {
            let page = user.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
            assert!(page.shows("Not found"), "{}: {path}", house.name);
        }
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let foreign = Request::post("/settings/mcp")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        let answer = admin.send(foreign, Body::from("rate_limit=5")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", house.name);
        assert!(answer.shows("sent from another site"), "{}", house.name);
        let settings = &house.state.current.refresh().await.unwrap().settings;
        assert_eq!(settings.rate_limit, 60, "{}", house.name);
    }
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_is_not_kept() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        for page in
            [admin.get("/").await, admin.get("/nothing").await, Browser::stranger(&house).get("/login").await]
        {
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store", "{}", house.name);
            for inline in ["<script>", " style=\"", " onclick=", "<style"] {
                assert!(!page.shows(inline), "{}: {inline}", house.name);
            }
        }
    }
}

#[tokio::test]
async fn whoever_logs_out_is_out() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        assert_eq!(admin.get("/").await.status, StatusCode::OK, "{}", house.name);
        assert_eq!(admin.post("/logout", &[]).await.location(), "/login", "{}", house.name);
        assert_eq!(admin.get("/").await.location(), "/login", "{}: the cookie is worth nothing", house.name);
    }
}
