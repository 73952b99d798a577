//! Technical > MCP > Logs.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::browser::Browser;
use crate::store::log::{LogRow, insert};
use crate::store::users;
use crate::tests::house::{House, houses};

const PATH: &str = "/technical/mcp/logs";

/// Rows of a log: every tenth denied, every third of `other`.
async fn fill(house: &House, rows: i64) {
    let now = house.clock.millis();
    let mut tx = house.state.db.begin().await.unwrap();
    let mut ids = Vec::new();
    for login in ["demo", "other"] {
        ids.push(users::by_login(tx.on(), login).await.unwrap().unwrap().id);
    }
    let rows: Vec<LogRow> = (0..rows)
        .map(|n| LogRow {
            id: format!("{n:06}"),
            at: now - 1_000 * (rows - n),
            kind: "call".into(),
            user_id: Some(ids[usize::from(n % 3 == 0)]),
            login: Some(if n % 3 == 0 { "other" } else { "demo" }.into()),
            key_id: Some(house.key_id.clone()),
            key_name: Some("test".into()),
            client: Some("codex 1".into()),
            method: "tools/call".into(),
            tool: Some(if n % 2 == 0 { "search_records" } else { "=cmd()" }.into()),
            model: Some("res.partner".into()),
            row_count: Some(n),
            duration_us: Some(1_250),
            outcome: if n % 10 == 0 { "denied" } else { "allowed" }.into(),
            gate: (n % 10 == 0).then(|| "policy".into()),
            reason: (n % 10 == 0).then(|| format!("Model policy: <b>number {n}</b>")),
            detail: Some(r#"{"model":"res.partner"}"#.into()),
            ..LogRow::default()
        })
        .collect();
    insert(tx.on(), "test", &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// The numbers of the rows that a page shows.
fn shown(html: &str) -> Vec<i64> {
    html.split("/technical/mcp/logs/").skip(1).filter_map(|rest| rest.get(..6)?.parse().ok()).collect()
}

/// Address of the next (or previous) page.
fn turn(html: &str, rel: &str) -> Option<String> {
    let link = html.split("<a").find(|link| link.contains(&format!("rel=\"{rel}\"")))?;
    Some(link.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn pages_follow_each_other_there_and_back() {
    for house in houses().await {
        fill(&house, 200).await;
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let first = browser.get(PATH).await;
        assert_eq!(shown(&first.html), (120..200).rev().collect::<Vec<_>>(), "{}", house.name);
        assert!(first.shows("1-80 / ") && turn(&first.html, "prev").is_none(), "{}", house.name);
        let second = browser.get(&turn(&first.html, "next").unwrap()).await;
        assert_eq!(shown(&second.html), (40..120).rev().collect::<Vec<_>>(), "{}", house.name);
        let third = browser.get(&turn(&second.html, "next").unwrap()).await;
        assert_eq!(shown(&third.html), (0..40).rev().collect::<Vec<_>>(), "{}", house.name);
        assert!(third.shows("161-200 / ") && turn(&third.html, "next").is_none(), "{}", house.name);
        let back = browser.get(&turn(&third.html, "prev").unwrap()).await;
        assert_eq!(shown(&back.html), shown(&second.html), "{}", house.name);
        assert!(back.shows("81-160 / "), "{}", house.name);
        assert_eq!(turn(&back.html, "prev").as_deref(), Some(PATH), "{}", house.name);
        assert_eq!(shown(&browser.get(&turn(&back.html, "next").unwrap()).await.html), shown(&third.html));
    }
}

#[tokio::test]
async fn filters_narrow_it() {
    for house in houses().await {
        fill(&house, 60).await;
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let key = house.key_id.clone();
        for (query, wanted) in [
            ("outcome=denied", vec![50, 40, 30, 20, 10, 0]),
            ("search=NUMBER+4", vec![40]),
            ("search=number&user=other", vec![30, 0]),
            ("outcome=limited", vec![]),
            ("tool=nothing", vec![]),
            ("model=contact&outcome=denied&tool=search_records&kind=call", vec![50, 40, 30, 20, 10, 0]),
            ("period=hour&outcome=denied&search=5", vec![50]),
            ("since=2026-11-16T11:59&outcome=denied", vec![50, 40, 30, 20, 10, 0]),
            ("until=2020-01-01T00:00", vec![]),
            ("kind=admin", vec![]),
        ] {
            let page = browser.get(&format!("{PATH}?{query}")).await;
            assert_eq!(shown(&page.html), wanted, "{}: {query}", house.name);
        }
        let page = browser.get(&format!("{PATH}?key={key}&outcome=denied")).await;
        assert!(page.shows("Key: test (demo)") && page.shows("Remove filter Denied"), "{}", house.name);
        let page = browser.get(&format!("{PATH}?since=yesterday")).await;
        assert!(page.shows("is no time"), "{}", house.name);
    }
}

#[tokio::test]
async fn an_entry_says_who_what_and_why() {
    for house in houses().await {
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let call = json!({"name": "search_records", "arguments": {"model": "sale.order", "domain": [["name", "=", "<b>"]]}});
        house.modern("tools/call", call).await;
        let path = "/technical/mcp/policies/res.partner";
        let seen = browser.get(path).await.value("seen");
        let sent =
            [("form", "policy"), ("seen", &*seen), ("allow", "read"), ("allow", "export"), ("active", "on")];
        assert_eq!(browser.post(path, &sent).await.status, StatusCode::SEE_OTHER);
        let log = house.log().await;
        let denied = log.iter().find(|row| row.tool.as_deref() == Some("search_records")).unwrap();
        let page = browser.get(&format!("{PATH}/{}", denied.id)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", house.name);
        for text in [
            "Model policy: sale.order",
            "Decided",
            "Not reached",
            "&lt;b&gt;",
            "/technical/mcp/policies/sale.order",
            "?tab=mcp",
            &format!("/settings/users/{}", denied.user_id.unwrap()),
            "test 1",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        let act = log.iter().find(|row| row.method == "policy.set").unwrap();
        let page = browser.get(&format!("{PATH}/{}", act.id)).await;
        assert!(
            page.shows("What changed") && page.shows("<code>Read, Export</code>"),
            "{}: {}",
            house.name,
            page.html
        );
        assert_eq!(browser.get(&format!("{PATH}/none")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_file_has_all_that_match_and_no_formula() {
    for house in houses().await {
        fill(&house, 2_500).await;
        let browser = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let file = browser.get("/technical/mcp/logs.csv").await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8", "{}", house.name);
        assert_eq!(file.html.lines().count(), 2_501, "{}: a head and every row", house.name);
        assert!(file.html.starts_with("time,kind,user,"), "{}", house.name);
        assert!(file.shows(",'=cmd(),") && !file.shows(",=cmd()"), "{}", house.name);
        let file = browser.get("/technical/mcp/logs.csv?outcome=denied").await;
        assert_eq!(file.html.lines().count(), 251, "{}", house.name);
    }
}
