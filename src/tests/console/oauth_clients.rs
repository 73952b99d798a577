//! Technical > MCP > OAuth Clients: the form, Generate Credentials, rotation, and what of a secret is ever shown.

use axum::http::{StatusCode, header};

use super::browser::{Browser, Page};
use super::connected::{connect, install_oauth};
use crate::identity::client::{self, Client, Made, NotProven, OVERLAP, Source, Wanted};
use crate::store::oauth_clients;
use crate::tests::house::{House, houses};

const PATH: &str = "/technical/mcp/oauth-clients";
const MCP: &[&str] = &["MCP Administrator"];
const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";

/// The client secret that a page shows; empty if it shows none.
fn secret_in(page: &Page) -> String {
    let text = page.html.find("axs_").map(|at| &page.html[at..]).unwrap_or_default();
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

fn claude<'a>(once: &'a str, act: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("form", "oauth-client"),
        ("once", once),
        ("act", act),
        ("name", "Claude"),
        ("enabled", "on"),
        ("allow_read", "on"),
        ("allow_write", "on"),
        ("redirect_uris", CALLBACK),
    ]
}

fn but<'a>(fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.into_iter().map(|(n, old)| if n == name { (n, value) } else { (n, old) }).collect()
}

async fn all(house: &House) -> Vec<Client> {
    let rows = oauth_clients::all(house.state.db.read().await.unwrap().on()).await.unwrap();
    rows.into_iter().map(|row| Client::try_from(row).unwrap()).collect()
}

async fn proven(house: &House, secret: &str) -> Result<(), NotProven> {
    let client = all(house).await.remove(0);
    let mut conn = house.state.db.read().await.unwrap();
    client::prove(conn.on(), &house.clock, &client, Some(secret)).await.unwrap()
}

/// A browser of an MCP Administrator, with one client that has credentials, and its secret.
async fn with_claude(house: &House) -> (Browser<'_>, String, String) {
    install_oauth(house).await;
    let admin = Browser::of(house, "mcpadmin", MCP).await;
    let once = admin.get(&format!("{PATH}/new")).await.value("once");
    let answer = admin.post(&format!("{PATH}/new"), &claude(&once, "generate")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}: {}", house.name, answer.html);
    let secret = secret_in(&answer);
    (admin, format!("{PATH}/{once}"), secret)
}

#[tokio::test]
async fn section_seven_of_the_guide_is_followed_and_the_secret_is_shown_once() {
    for house in houses().await {
        install_oauth(&house).await;
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let empty = admin.get(PATH).await;
        assert!(empty.shows("No OAuth client yet") && empty.shows("Create the OAuth client for Claude"));
        let page = admin.get(&format!("{PATH}/new")).await;
        let labels = [
            "Client name",
            "Enable the client",
            "Allow Read Scope",
            "Allow Write Scope",
            "Redirect URIs",
            ">Generate Credentials<",
        ];
        let places: Vec<_> = labels.iter().map(|label| page.html.find(label).unwrap()).collect();
        assert!(places.is_sorted(), "{}: the guide's order: {places:?}", house.name);
        assert!(page.shows(CALLBACK) && page.shows("https://claude.com/api/mcp/auth_callback"));
        let once = page.value("once");
        let fields = claude(&once, "generate");
        let answer = admin.post(&format!("{PATH}/new"), &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {}", house.name, answer.html);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{}", house.name);
        let secret = secret_in(&answer);
        assert_eq!(secret.len(), 53, "{}", house.name);
        for text in [
            "You will not see this again",
            "Do not use the Client Secret Hint as the actual secret. Use the generated full secret only.",
            "Remote MCP server URL",
            "https://erp.example.com/mcp",
            "OAuth Client ID",
            "OAuth Client Secret",
            &format!("data-copy=\"{once}\""),
            &format!("data-copy=\"{secret}\""),
        ] {
            assert!(answer.shows(text), "{}: {text}", house.name);
        }
        assert_eq!(proven(&house, &secret).await, Ok(()), "{}", house.name);

        let reloaded = admin.post(&format!("{PATH}/new"), &fields).await;
        assert_eq!(reloaded.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: sent twice", house.name);
        assert!(reloaded.shows("was made already") && secret_in(&reloaded).is_empty(), "{}", house.name);
        let client = all(&house).await;
        assert_eq!(client.len(), 1, "{}", house.name);
        let form = format!("{PATH}/{}", client[0].id);
        assert_eq!(admin.get(&format!("{form}/credentials")).await.location(), form, "{}", house.name);
        for path in [&form, PATH, "/technical/mcp/logs", &format!("{PATH}?search=Claude")] {
            let page = admin.get(path).await;
            assert!(page.shows("Claude") && !page.shows("axs_"), "{}: {path}: no secret later", house.name);
        }
        let hint = format!("ends in {},", &secret[secret.len() - 4..]);
        let page = admin.get(&form).await;
        assert!(page.shows("Client Secret Hint (not the secret)") && page.shows(&hint), "{}", page.html);
        assert!(
            !page.shows(&format!("data-copy=\"{}", &secret[secret.len() - 4..])),
            "{}: no Copy",
            house.name
        );
        let log = house.log().await;
        let acts: Vec<&str> = log.iter().map(|row| &*row.method).filter(|m| m.starts_with("oauth")).collect();
        assert_eq!(acts, ["oauth_client.add", "oauth_client.generate_credentials"], "{}", house.name);
        assert!(!format!("{log:?}").contains(&secret[4..]), "{}: never the secret", house.name);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field() {
    for house in houses().await {
        install_oauth(&house).await;
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        for (field, value, said) in [
            ("name", " ", "name has 1 to 100 characters"),
            ("allow_read", "", "Allow Read Scope is needed too"),
            ("redirect_uris", "", "at least one redirect URI"),
            ("redirect_uris", "https://claude.ai/cb\r\nhttp://claude.ai/cb", "Line 2: "),
            ("redirect_uris", "javascript:alert(1)", "Line 1: "),
            ("redirect_uris", "https://claude.ai/</textarea><script>", "Line 1: "),
            ("redirect_uris", "https://claude.ai/*", "Line 1: "),
        ] {
            for act in ["", "generate"] {
                let fields = but(claude("", act), field, value);
                let answer = admin.post(&format!("{PATH}/new"), &fields).await;
                assert_eq!(
                    answer.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{}: {field}={value}",
                    house.name
                );
                assert!(
                    answer.shows(said) && answer.shows("aria-invalid"),
                    "{}: {said}: {}",
                    house.name,
                    answer.html
                );
                assert!(
                    !answer.shows("<script>") && secret_in(&answer).is_empty(),
                    "{}: {value}",
                    house.name
                );
            }
        }
        assert!(all(&house).await.is_empty(), "{}", house.name);
    }
}

#[tokio::test]
async fn a_secret_is_replaced_with_an_overlap_or_at_once() {
    for house in houses().await {
        let (admin, form, first) = with_claude(&house).await;
        let page = admin.get(&form).await;
        assert!(
            page.shows("another 24 hours") && page.shows("End the former secret at once"),
            "{}",
            page.html
        );
        let seen = page.value("secrets");
        let fields = [("form", "credentials"), ("secrets", &*seen)];
        house.clock.advance(1_000);
        let answer = admin.post(&format!("{form}/credentials"), &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", house.name);
        let second = secret_in(&answer);
        assert_ne!(first, second);
        assert_eq!((proven(&house, &first).await, proven(&house, &second).await), (Ok(()), Ok(())));
        // Another administrator, or a double click, with what was seen before.
        let stale = admin.post(&format!("{form}/credentials"), &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(stale.shows("nothing was generated this time") && secret_in(&stale).is_empty());
        let stale = admin.post(&format!("{form}/end-former"), &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);

        let page = admin.get(&form).await;
        assert!(page.shows("Former secret") && page.shows("End the former secret now"), "{}", page.html);
        assert!(
            page.shows(&format!("ends in {}; it still works", &first[first.len() - 4..])),
            "{}",
            page.html
        );
        assert!(
            page.shows("in 24 hours") || page.shows("in 23 hours") || page.shows("tomorrow"),
            "{}",
            page.html
        );
        let seen = page.value("secrets");
        let end = format!("{form}/end-former");
        assert_eq!(admin.post(&end, &[("secrets", &seen)]).await.location(), form, "{}", house.name);
        assert_eq!(proven(&house, &first).await, Err(NotProven::Wrong), "{}", house.name);
        assert_eq!(proven(&house, &second).await, Ok(()), "{}", house.name);

        let seen = admin.get(&form).await.value("secrets");
        let at_once = [("form", "credentials"), ("secrets", &*seen), ("at_once", "on")];
        let third = secret_in(&admin.post(&format!("{form}/credentials"), &at_once).await);
        assert_eq!(proven(&house, &second).await, Err(NotProven::Wrong), "{}", house.name);
        assert_eq!(proven(&house, &third).await, Ok(()), "{}", house.name);

        let seen = admin.get(&form).await.value("secrets");
        admin.post(&format!("{form}/credentials"), &[("secrets", &seen)]).await;
        house.clock.advance(OVERLAP);
        assert_eq!(proven(&house, &third).await, Err(NotProven::Ended), "{}", house.name);
        assert!(!admin.get(&form).await.shows("Former secret"), "{}: a day later", house.name);
        let log = house.log().await;
        for secret in [first, second, third] {
            assert!(!format!("{log:?}").contains(&secret[4..]), "{}: never a secret", house.name);
        }
    }
}

#[tokio::test]
async fn a_secret_sent_for_twice_at_once_is_generated_once() {
    for house in houses().await {
        let (admin, form, _) = with_claude(&house).await;
        let seen = admin.get(&form).await.value("secrets");
        let (action, fields) = (format!("{form}/credentials"), [("secrets", &*seen)]);
        let both =
            futures_util::future::join_all([admin.post(&action, &fields), admin.post(&action, &fields)])
                .await;
        assert_eq!(both.iter().filter(|page| page.status == StatusCode::OK).count(), 1, "{}", house.name);
        assert_eq!(both.iter().filter(|page| !secret_in(page).is_empty()).count(), 1, "{}", house.name);
    }
}

#[tokio::test]
async fn it_is_saved_unless_somebody_else_was_faster() {
    for house in houses().await {
        let (admin, form, _) = with_claude(&house).await;
        connect(&house, &form[PATH.len() + 1..], "demo").await;
        let page = admin.get(&form).await;
        assert!(page.shows("its 1 connection will stop at once"), "{}", page.html);
        let seen = page.value("seen");
        let mut fields =
            but(claude("", ""), "redirect_uris", "https://claude.ai/a\r\n\r\n  https://claude.ai/b \r\n");
        fields.retain(|(name, _)| *name != "enabled");
        fields.push(("seen", &seen));
        assert_eq!(admin.post(&form, &fields).await.location(), form, "{}", house.name);
        let page = admin.get(&form).await;
        assert!(page.shows("Claude is disabled; its 1 connection has stopped."), "{}", page.html);
        assert!(page.shows("Client disabled") && page.shows(">Disabled<"), "{}", page.html);
        let client = all(&house).await.remove(0);
        assert_eq!((client.enabled, client.redirect_uris.len()), (false, 2), "{}", house.name);
        let stale = admin.post(&form, &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(stale.shows("Somebody else changed this"), "{}", house.name);
        let log = house.log().await;
        let saved = log.iter().find(|row| row.method == "oauth_client.save").unwrap();
        let detail = saved.detail.as_deref().unwrap();
        assert!(detail.contains(r#""enabled":{"from":true,"to":false}"#), "{}: {detail}", house.name);
    }
}

#[tokio::test]
async fn only_a_client_that_nobody_approved_is_deleted() {
    for house in houses().await {
        let (admin, form, _) = with_claude(&house).await;
        assert!(admin.get(&form).await.shows("Delete OAuth client Claude"), "{}", house.name);
        let grant = connect(&house, &form[PATH.len() + 1..], "demo").await;
        assert!(!admin.get(&form).await.shows("Delete OAuth client Claude"), "{}", house.name);
        let refused = admin.post(&format!("{form}/delete"), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(refused.shows("Disable it instead"), "{}", house.name);
        drop(grant);
        let once = admin.get(&format!("{PATH}/new")).await.value("once");
        admin.post(&format!("{PATH}/new"), &claude(&once, "")).await;
        let other = format!("{PATH}/{once}");
        assert!(admin.get(&other).await.shows("No credentials"), "{}", house.name);
        assert_eq!(admin.post(&format!("{other}/delete"), &[]).await.location(), PATH, "{}", house.name);
        assert_eq!(admin.get(&other).await.status, StatusCode::NOT_FOUND, "{}", house.name);
        assert_eq!(all(&house).await.len(), 1, "{}", house.name);
    }
}

#[tokio::test]
async fn those_that_came_by_themselves_are_marked_and_bounded() {
    for house in houses().await {
        install_oauth(&house).await;
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let mut tx = house.state.db.begin().await.unwrap();
        for (id, client_id, source) in [
            ("one", "one", Source::Registration),
            ("two", "https://app.example/client.json", Source::Document),
        ] {
            let made =
                Made { id, client_id, source, confidential: false, registered_from: Some("192.0.2.7") };
            let wanted = Wanted {
                name: id,
                enabled: true,
                allow_read: true,
                allow_write: false,
                redirect_uris: vec!["https://app.example/cb"],
            };
            client::insert(tx.on(), &house.clock, &made, &wanted, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        let list = admin.get(PATH).await;
        assert!(list.shows("Registered itself") && list.shows("Client document"), "{}", list.html);
        let only = admin.get(&format!("{PATH}?source=document")).await;
        assert!(!only.shows(&format!("{PATH}/one")) && only.shows(&format!("{PATH}/two")), "{}", house.name);
        assert!(
            admin.get(&format!("{PATH}?state=disabled")).await.shows("No client matches"),
            "{}",
            house.name
        );
        let form = format!("{PATH}/two");
        let page = admin.get(&form).await;
        assert!(page.shows("https://app.example/client.json") && page.shows("https://app.example/cb"));
        assert!(
            !page.shows("name=\"redirect_uris\"") && !page.shows("Generate Credentials"),
            "{}",
            page.html
        );
        let seen = page.value("seen");
        let fields = but(claude("", ""), "redirect_uris", "https://evil.example/cb");
        let fields = [fields, vec![("seen", &*seen)]].concat();
        assert_eq!(admin.post(&form, &fields).await.location(), form, "{}", house.name);
        let two = all(&house).await.into_iter().find(|client| client.id == "two").unwrap();
        assert_eq!((two.allow_write, &*two.name), (true, "two"), "{}: its document's name stays", house.name);
        assert_eq!(two.redirect_uris[0].as_str(), "https://app.example/cb", "{}", house.name);
        let refused = admin.post(&format!("{form}/credentials"), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(refused.shows("keeps the credentials it came with"), "{}", house.name);
    }
}

#[tokio::test]
async fn registration_is_switched_here() {
    for house in houses().await {
        install_oauth(&house).await;
        let admin = Browser::of(&house, "mcpadmin", MCP).await;
        let page = admin.get(PATH).await;
        assert!(page.shows("Clients may register themselves"), "{}", house.name);
        let seen = page.value("seen");
        let off = [("form", "registration"), ("seen", &*seen)];
        assert_eq!(admin.post(PATH, &off).await.location(), PATH, "{}", house.name);
        assert!(!house.state.current.controls().settings.oauth_registration, "{}", house.name);
        let stale = admin.post(PATH, &off).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        let log = house.log().await;
        let set = log.iter().find(|row| row.method == "settings.set").unwrap();
        assert_eq!(set.target.as_deref(), Some("oauth_registration"), "{}", house.name);
    }
}
