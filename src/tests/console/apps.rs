//! Apps.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::browser::{Browser, Page};
use crate::settings::{Module, Modules, State, standings};
use crate::store::log::{LogFilter, LogRow, list};
use crate::store::modules::{ModuleRow, Usage, usage};
use crate::store::{self, control};
use crate::tests::house::{House, houses};

const PATH: &str = "/apps";

/// Sends what the button on the page sends.
async fn act(browser: &Browser<'_>, page: &Page, module: &str, act: &str) -> Page {
    let fields = [("form", "apps"), ("seen", &*page.value("seen"))];
    browser.post(&format!("{PATH}/{module}/{act}"), &fields).await
}

async fn purge(browser: &Browser<'_>, page: &Page, module: &str, typed: &str) -> Page {
    let form = format!("purge-{module}");
    let fields = [("form", &*form), ("seen", &*page.value("seen")), ("technical_name", typed)];
    browser.post(&format!("{PATH}/{module}/purge"), &fields).await
}

async fn states(house: &House) -> [State; 2] {
    let all = standings(house.state.db.read().await.unwrap().on()).await.unwrap();
    [all[0].state, all[1].state]
}

async fn acts(house: &House) -> Vec<(String, String, Value)> {
    let mut conn = house.state.db.read().await.unwrap();
    let filter = LogFilter { limit: 1_000, ..LogFilter::default() };
    let mut rows: Vec<LogRow> = list(conn.on(), &filter).await.unwrap();
    rows.retain(|row| row.method.starts_with("module."));
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    rows.into_iter()
        .map(|row| (row.method, row.target.unwrap(), serde_json::from_str(&row.detail.unwrap()).unwrap()))
        .collect()
}

async fn kept(house: &House) -> Usage {
    usage(house.state.db.read().await.unwrap().on(), house.clock.millis(), 0).await.unwrap()
}

/// As if another program had installed it.
async fn stored(house: &House, module: &str, version: &str) {
    let row = ModuleRow {
        name: module.into(),
        state: "installed".into(),
        version: Some(version.into()),
        changed_at: 1,
    };
    let mut tx = house.state.db.begin().await.unwrap();
    store::modules::put(tx.on(), &row).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

async fn tools(house: &House) -> StatusCode {
    house.legacy("tools/list", json!({})).await.status
}

#[tokio::test]
async fn modules_are_found_and_what_will_happen_is_said() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        house.initialize().await;
        let page = admin.get(PATH).await;
        for text in [
            "<h2>MCP Server</h2>",
            "<code>mcp_server</code>",
            ">Installed<",
            "stops at once: 3 active keys of 3 users and 1 open session.",
            "Uninstall MCP Server",
            "<h2>MCP Server OAuth</h2>",
            ">Not installed<",
            "Install MCP Server OAuth",
            "Needs",
            "/oauth/authorize",
            "search_records",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        assert!(!page.shows("Delete data"), "{}: what is at work is not deleted", house.name);
        for search in ["MCP%20Server", "mcp_server", "Codex"] {
            let found = admin.get(&format!("{PATH}?search={search}")).await;
            assert!(found.shows("Uninstall MCP Server"), "{}: {search}", house.name);
        }
        let found = admin.get(&format!("{PATH}?search=claude")).await;
        assert!(found.shows("Install MCP Server OAuth") && !found.shows("Uninstall MCP Server"));
        let none = admin.get(&format!("{PATH}?search=%3Cb%3Esales")).await;
        assert_eq!(none.status, StatusCode::OK, "{}", house.name);
        assert!(none.shows("No app matches") && none.shows("Show all apps"), "{}", none.html);
        assert!(!none.shows("<b>sales"), "{}: as it was typed, and no more", house.name);
        assert!(admin.get("/").await.shows("href=\"/apps\""), "{}", house.name);
    }
}

#[tokio::test]
async fn a_module_comes_with_the_one_it_needs_and_goes_with_it() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        let gone = act(&admin, &admin.get(PATH).await, "mcp_server", "uninstall").await;
        assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, PATH), "{}", house.name);
        assert_eq!(states(&house).await, [State::Absent; 2], "{}", house.name);
        assert_eq!(tools(&house).await, StatusCode::NOT_FOUND, "{}: at once", house.name);
        let page = admin.get(PATH).await;
        for text in [
            "MCP Server is uninstalled. Its data is kept.",
            "Installs MCP Server first, then MCP Server OAuth.",
            "What it kept holds again, and 3 keys of 3 users work again.",
            "3 MCP keys, 2 model policies and 1 changed setting will be deleted for good.",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        let come = act(&admin, &page, "mcp_server_oauth", "install").await;
        assert_eq!(come.location(), PATH, "{}", house.name);
        assert_eq!(states(&house).await, [State::Installed; 2], "{}", house.name);
        assert_eq!(tools(&house).await, StatusCode::OK, "{}: the same key again", house.name);
        let page = admin.get(PATH).await;
        assert!(page.shows("MCP Server and MCP Server OAuth are installed."), "{}", page.html);
        assert!(page.shows("MCP Server OAuth needs it, and is uninstalled first."), "{}", house.name);
        act(&admin, &page, "mcp_server", "uninstall").await;
        assert!(admin.get(PATH).await.shows("MCP Server OAuth and MCP Server are uninstalled."));
        let told = acts(&house).await;
        let both = json!(["mcp_server_oauth", "mcp_server"]);
        assert_eq!(told[1].0, "module.install", "{}", house.name);
        assert_eq!(told[1].2["installed"], json!(["mcp_server", "mcp_server_oauth"]), "{}", house.name);
        assert_eq!((&told[2].1, &told[2].2["uninstalled"]), (&"mcp_server".to_owned(), &both));
        assert_eq!(told.len(), 3, "{}", house.name);
    }
}

#[tokio::test]
async fn an_act_is_done_once_and_only_as_it_was_said() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        let page = admin.get(PATH).await;
        for _ in 0..2 {
            let answer = act(&admin, &page, "mcp_server_oauth", "install").await;
            assert_eq!(answer.location(), PATH, "{}", house.name);
        }
        assert!(admin.get(PATH).await.shows("MCP Server OAuth is installed already."), "{}", house.name);
        assert_eq!(acts(&house).await.len(), 1, "{}", house.name);
        // The page from before said nothing of the second module.
        let stale = act(&admin, &page, "mcp_server", "uninstall").await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(stale.shows("The modules were changed since this page was opened"), "{}", stale.html);
        assert!(stale.shows("MCP Server OAuth needs it, and is uninstalled first."), "{}", house.name);
        assert_eq!(states(&house).await, [State::Installed; 2], "{}", house.name);
        let page = admin.get(PATH).await;
        let (one, other) = tokio::join!(
            act(&admin, &page, "mcp_server", "uninstall"),
            act(&admin, &page, "mcp_server", "uninstall")
        );
        assert!([one, other].iter().all(|answer| answer.location() == PATH), "{}", house.name);
        assert_eq!(states(&house).await, [State::Absent; 2], "{}", house.name);
        assert_eq!(acts(&house).await.len(), 2, "{}: of two at once, one is done", house.name);
    }
}

#[tokio::test]
async fn an_older_module_works_until_it_is_upgraded() {
    for house in houses().await {
        stored(&house, "mcp_server", "0.1.0").await;
        stored(&house, "mcp_server_oauth", "0.1.0").await;
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        house.initialize().await;
        assert_eq!(tools(&house).await, StatusCode::OK, "{}: it goes on working", house.name);
        let page = admin.get(PATH).await;
        for text in [
            ">To upgrade<",
            "0.1.0; this program has 0.2.0",
            "Upgrade MCP Server OAuth",
            "Upgrades MCP Server first.",
            "1 open session ends",
            "Afterwards, reconnect the Claude connector.",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        let done = act(&admin, &page, "mcp_server_oauth", "upgrade").await;
        assert_eq!(done.location(), PATH, "{}", house.name);
        let page = admin.get(PATH).await;
        assert!(page.shows("MCP Server OAuth is upgraded from 0.1.0 to 0.2.0."), "{}", page.html);
        assert!(page.shows("Reconnect the Claude connector after upgrading the module."), "{}", house.name);
        assert!(!page.shows(">To upgrade<"), "{}", house.name);
        assert_eq!(kept(&house).await.sessions, 0, "{}", house.name);
        act(&admin, &page, "mcp_server_oauth", "upgrade").await;
        assert!(admin.get(PATH).await.shows("MCP Server OAuth is up to date already."), "{}", house.name);
        let told = acts(&house).await;
        assert_eq!(told.len(), 1, "{}", house.name);
        assert_eq!(told[0].2["mcp_server"], json!({"from": "0.1.0", "to": "0.2.0"}), "{}", house.name);
        stored(&house, "mcp_server", "7.0.0").await;
        let page = admin.get(PATH).await;
        assert!(page.shows("A newer program than this one installed version 7.0.0."), "{}", page.html);
        let refused = act(&admin, &page, "mcp_server", "upgrade").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(refused.shows("it is not downgraded"), "{}", refused.html);
        assert_eq!(states(&house).await[0], State::Newer, "{}", house.name);
    }
}

#[tokio::test]
async fn data_is_deleted_by_its_name_alone() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        let before = admin.get(PATH).await;
        let early = purge(&admin, &before, "mcp_server", "mcp_server").await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: while it is at work", house.name);
        assert!(early.shows("nothing was done"), "{}", early.html);
        act(&admin, &before, "mcp_server", "uninstall").await;
        let page = admin.get(PATH).await;
        for typed in ["", "mcp_server_oauth", "MCP Server"] {
            let wrong = purge(&admin, &page, "mcp_server", typed).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {typed}", house.name);
            assert!(wrong.shows("This is not mcp_server; nothing was deleted."), "{}", wrong.html);
            assert!(wrong.shows("<details open class=\"confirm\""), "{}: {}", house.name, wrong.html);
        }
        assert_eq!(kept(&house).await.keys, 3, "{}", house.name);
        let done = purge(&admin, &page, "mcp_server", " mcp_server ").await;
        assert_eq!(done.location(), PATH, "{}", house.name);
        assert_eq!(kept(&house).await, Usage::default(), "{}", house.name);
        let page = admin.get(PATH).await;
        assert!(page.shows("The data of MCP Server is deleted. The log stays."), "{}", house.name);
        assert!(!page.shows("Delete data"), "{}: there is none left", house.name);
        purge(&admin, &page, "mcp_server", "mcp_server").await;
        assert!(admin.get(PATH).await.shows("is deleted already"), "{}", house.name);
        let told = acts(&house).await;
        let methods: Vec<&str> = told.iter().map(|(method, ..)| method.as_str()).collect();
        assert_eq!(methods, ["module.uninstall", "module.purge"], "{}: the log stays", house.name);
        assert_eq!(told[1].2["deleted"]["mcp_keys"], 3, "{}", house.name);
        act(&admin, &page, "mcp_server", "install").await;
        assert_eq!(tools(&house).await, StatusCode::SERVICE_UNAVAILABLE, "{}: as at the first", house.name);
    }
}

#[tokio::test]
async fn a_module_that_there_is_not_and_people_who_may_not() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        let mcp = Browser::of(&house, "mcp", &["MCP Administrator"]).await;
        let page = admin.get(PATH).await;
        for name in ["sale", "mcp_servers", "..", "MCP_SERVER"] {
            for word in ["install", "upgrade", "uninstall", "purge"] {
                let answer = act(&admin, &page, name, word).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {name} {word}", house.name);
            }
        }
        assert_eq!(act(&admin, &page, "mcp_server", "remove").await.status, StatusCode::NOT_FOUND);
        for word in ["install", "upgrade", "uninstall", "purge"] {
            let answer = act(&mcp, &page, "mcp_server", word).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}: {word}", house.name);
            assert!(answer.shows("Settings / Administrator") && answer.shows("boss"), "{}", answer.html);
        }
        assert!(!mcp.get("/").await.shows("href=\"/apps\""), "{}: nor in the menu", house.name);
        assert_eq!(states(&house).await, [State::Installed, State::Absent], "{}", house.name);
        assert!(acts(&house).await.is_empty(), "{}", house.name);
    }
}

#[tokio::test]
async fn whoever_is_at_work_when_it_goes_is_told_and_changes_nothing() {
    for house in houses().await {
        let admin = Browser::of(&house, "boss", &["Settings / Administrator"]).await;
        let other = Browser::of(&house, "mcp", &["MCP Administrator"]).await;
        let session = house.initialize().await;
        let open = other.get("/settings/mcp").await;
        let keys = other.get("/preferences?tab=mcp").await;
        act(&admin, &admin.get(PATH).await, "mcp_server", "uninstall").await;
        let saved = other.post("/settings/mcp", &[("form", "mcp"), ("seen", &open.value("seen"))]).await;
        assert_eq!(saved.status, StatusCode::NOT_FOUND, "{}", house.name);
        let key = [("form", "mcp-key"), ("name", "n"), ("scope", "read"), ("once", &*keys.value("once"))];
        assert_eq!(other.post("/preferences/keys", &key).await.status, StatusCode::NOT_FOUND);
        let headers = [("mcp-session-id", &*session), ("mcp-protocol-version", "2025-06-18")];
        let body = json!({"jsonrpc":"2.0","id":1,"method":"tools/list"});
        assert_eq!(house.post(&headers, &body).await.status, StatusCode::NOT_FOUND, "{}", house.name);
        let found = kept(&house).await;
        assert_eq!((found.keys, found.sessions), (3, 0), "{}", house.name);
        let page = admin.get(PATH).await;
        act(&admin, &page, "mcp_server", "install").await;
        house.clock.advance(1_001);
        let modules = Modules::load(house.state.db.read().await.unwrap().on()).await.unwrap();
        assert!(modules.has(Module::McpServer), "{}", house.name);
        assert_eq!(
            house.post(&headers, &body).await.status,
            StatusCode::NOT_FOUND,
            "{}: begin anew",
            house.name
        );
        assert_eq!(tools(&house).await, StatusCode::OK, "{}", house.name);
    }
}
