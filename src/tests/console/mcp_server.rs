//! Settings > MCP Server.

use axum::http::StatusCode;

use super::browser::{Browser, Page};
use crate::tests::house::{House, houses};

const PATH: &str = "/settings/mcp";

fn form<'a>(seen: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stored = [
        ("form", "mcp"),
        ("seen", seen),
        ("mcp_enabled", "on"),
        ("rate_limit", "60"),
        ("max_records", "200"),
        ("export_limit", "100000"),
        ("token_budget", "20000"),
        ("session_ttl", "60"),
        ("instructions", "Say Axanta."),
        ("reporting_models.sales", "report.sales.analysis"),
        ("reporting_models.retail_sales", "report.retail.sales.analysis"),
        ("reporting_models.financial", "report.account.entries.analysis"),
        ("reporting_models.on_hand_inventory", "report.stock.onhand"),
        ("reporting_models.stock_movement", "stock.movement"),
    ];
    let mut fields: Vec<_> =
        stored.into_iter().filter(|(name, _)| changes.iter().all(|(n, _)| n != name)).collect();
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    fields
}

/// As it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn admin(house: &House) -> (Browser<'_>, Page) {
    let browser = Browser::of(house, "admin", &["MCP Administrator"]).await;
    let page = browser.get(PATH).await;
    (browser, page)
}

#[tokio::test]
async fn what_is_saved_holds_at_once_and_is_in_the_log() {
    for house in houses().await {
        let (browser, page) = admin(&house).await;
        assert_eq!(page.value("rate_limit"), "60", "{}", house.name);
        let seen = page.value("seen");
        let sent = form(&seen, &[("rate_limit", "120"), ("instructions", "Say Axanta.\r\n<b>&amp;")]);
        let answer = browser.post(PATH, &sent).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, PATH), "{}", answer.html);
        let settings = house.state.current.controls().settings.clone();
        assert_eq!(settings.rate_limit, 120, "{}", house.name);
        assert_eq!(settings.instructions, "Say Axanta.\n<b>&amp;", "{}", house.name);
        let page = browser.get(PATH).await;
        assert!(page.shows("The settings are saved") && page.value("rate_limit") == "120", "{}", house.name);
        assert!(page.shows("&lt;b&gt;&amp;amp;"), "{}: escaped", house.name);
        assert!(!browser.get(PATH).await.shows("The settings are saved"), "{}: said once", house.name);
        let log = house.log().await;
        let entry = log.iter().find(|row| row.method == "settings.set").unwrap();
        assert_eq!(entry.login.as_deref(), Some("admin"), "{}", house.name);
        assert!(entry.detail.as_deref().unwrap().contains(r#""rate_limit":{"from":60,"to":120}"#));
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_lost() {
    for house in houses().await {
        let (browser, page) = admin(&house).await;
        let seen = page.value("seen");
        for (field, typed, said) in [
            ("rate_limit", "0", "Rate Limit is a whole number from 1 to 1000000"),
            ("rate_limit", "\"><b>", "Rate Limit is a whole number from 1 to 1000000"),
            ("rate_limit", "many", "Rate Limit is a whole number from 1 to 1000000"),
            ("max_records", "10001", "Max Records Per Request is a whole number from 1 to 10000"),
            ("export_limit", "0", "Export Limit is a whole number from 1 to 1000000"),
            ("token_budget", "999", "Token Budget is a whole number from 1000 to 24000"),
            ("session_ttl", "1.5", "Session TTL is a whole number from 1 to 43200"),
            ("reporting_models.sales", "report.sale.analysis", "Did you mean report.sales.analysis"),
        ] {
            let sent = form(&seen, &[(field, typed), ("instructions", "What I typed")]);
            let answer = browser.post(PATH, &sent).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {field}", house.name);
            assert!(answer.shows(said), "{}: {field}: {}", house.name, answer.html);
            // A list that folds out has no place for what is not in it.
            if !field.starts_with("reporting_models") {
                assert_eq!(answer.value(field), escaped(typed), "{}", house.name);
            }
            assert!(answer.shows("What I typed"), "{}: {field}", house.name);
        }
        assert_eq!(house.state.current.refresh().await.unwrap().settings.rate_limit, 60, "{}", house.name);
    }
}

#[tokio::test]
async fn the_later_of_two_editors_is_told() {
    for house in houses().await {
        let (browser, page) = admin(&house).await;
        let seen = page.value("seen");
        house.set("rate_limit", "70").await;
        let sent = form(&seen, &[("rate_limit", "80")]);
        let answer = browser.post(PATH, &sent).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(answer.shows("Somebody else changed this") && answer.value("rate_limit") == "80");
        assert_eq!(house.state.current.refresh().await.unwrap().settings.rate_limit, 70, "{}", house.name);
        let seen = answer.value("seen");
        let answer = browser.post(PATH, &form(&seen, &[("rate_limit", "80")])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: now knowingly", house.name);
        assert_eq!(house.state.current.controls().settings.rate_limit, 80, "{}", house.name);
    }
}
