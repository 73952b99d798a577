//! Sign-in: who is let in, who waits, and what is kept of it.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use url::form_urlencoded;

use super::browser::{Browser, Page};
use crate::identity::password;
use crate::identity::user::{self, NewUser};
use crate::server::{Arrival, RequestId};
use crate::store::users;
use crate::tests::house::{House, houses};

const PASSWORD: &str = "correct horse";

async fn sally(house: &House) -> i64 {
    let hash = password::hash("Sally", PASSWORD.to_owned()).await.unwrap();
    let mut tx = house.state.db.begin().await.unwrap();
    let new =
        NewUser { id: None, login: "Sally", name: "Sally Sales", groups: &[], password_hash: Some(&hash) };
    let id = user::add(tx.on(), &house.clock, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

struct From<'a> {
    peer: &'a str,
    forwarded: &'a str,
    cookie: &'a str,
}

const HOME: From<'_> = From { peer: "192.0.2.1", forwarded: "", cookie: "" };

async fn login(house: &House, from: &From<'_>, login: &str, password: &str) -> Page {
    let fields =
        [("form", "login"), ("login", login), ("password", password), ("next", "/preferences?tab=mcp")];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let peer: SocketAddr = format!("{}:4711", from.peer).parse().unwrap();
    let mut request = Request::post("/login")
        .extension(Arrival { id: RequestId("x".into()), peer })
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://erp.example.com");
    if !from.forwarded.is_empty() {
        request = request.header("x-forwarded-for", from.forwarded);
    }
    if !from.cookie.is_empty() {
        request = request.header(header::COOKIE, from.cookie);
    }
    Browser::stranger(house).send(request, Body::from(body)).await
}

/// Value of the cookie that makes a browser known.
fn browser_cookie(page: &Page) -> Option<String> {
    page.headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("__Host-axanta-browser="))
        .map(str::to_owned)
}

#[tokio::test]
async fn the_right_password_lets_in_and_leads_back() {
    for house in houses().await {
        let id = sally(&house).await;
        let answer = login(&house, &HOME, "Sally", PASSWORD).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/preferences?tab=mcp"),
            "{}",
            house.name
        );
        let inside = Browser::stranger(&house).following(&answer).get("/preferences").await;
        assert!(inside.status == StatusCode::OK && inside.shows("Sally Sales"), "{}", house.name);
        let cookie = browser_cookie(&answer).unwrap();
        let again = login(&house, &From { cookie: &cookie, ..HOME }, "Sally", PASSWORD).await;
        assert!(again.status == StatusCode::SEE_OTHER && browser_cookie(&again).is_none(), "{}", house.name);
        let mut conn = house.state.db.read().await.unwrap();
        let logins = crate::store::accounts::logins(conn.on()).await.unwrap();
        assert_eq!(logins, [(id, house.clock.millis())], "{}", house.name);
        drop(conn);
        let log = house.log().await;
        let entry = log.iter().find(|row| row.method == "login").unwrap();
        assert_eq!((entry.kind.as_str(), entry.outcome.as_str()), ("admin", "allowed"), "{}", house.name);
        assert_eq!((entry.user_id, entry.login.as_deref()), (Some(id), Some("Sally")), "{}", house.name);
        assert!(entry.detail.as_deref().unwrap().contains("192.0.2.1"), "{}", house.name);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_answered_alike() {
    for house in houses().await {
        let id = sally(&house).await;
        let known = login(&house, &HOME, "Sally", "wrong").await;
        let unknown = login(&house, &HOME, "nobody", "wrong").await;
        for page in [&known, &unknown] {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
            assert!(page.shows("Login or password is wrong."), "{}", page.html);
            assert_eq!(page.value("next"), "/preferences?tab=mcp", "{}: the way back is kept", house.name);
            assert!(browser_cookie(page).is_none(), "{}", house.name);
        }
        assert_eq!(known.html.replace("Sally", "nobody"), unknown.html, "{}", house.name);
        let mut tx = house.state.db.begin().await.unwrap();
        let row = users::by_id(tx.on(), id).await.unwrap().unwrap();
        crate::store::accounts::update(tx.on(), &users::UserRow { active: false, ..row }).await.unwrap();
        tx.commit().await.unwrap();
        let archived = login(&house, &HOME, "Sally", PASSWORD).await;
        assert_eq!(archived.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: an archived user", house.name);
        let log = house.log().await;
        let tries: Vec<(Option<&str>, Option<&str>)> = log
            .iter()
            .filter(|row| row.method == "login" && row.outcome == "denied")
            .map(|row| (row.login.as_deref(), row.reason.as_deref()))
            .collect();
        assert_eq!(
            tries,
            [
                (Some("Sally"), Some("the password is wrong")),
                (None, Some("there is no such login")),
                (Some("Sally"), Some("the user is archived"))
            ],
            "{}",
            house.name
        );
        assert!(
            !log.iter().any(|row| format!("{row:?}").contains("nobody")),
            "{}: it may be a password",
            house.name
        );
    }
}

#[tokio::test]
async fn who_guesses_waits_and_is_told_how_long() {
    for house in houses().await {
        sally(&house).await;
        for n in 0..5 {
            let page = login(&house, &HOME, "Sally", "wrong").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {n}", house.name);
            assert_eq!(page.shows("The next try is possible in 30 seconds"), n == 4, "{}: {n}", house.name);
        }
        let page = login(&house, &HOME, "Sally", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{}", house.name);
        assert_eq!(page.headers[header::RETRY_AFTER], "30", "{}", house.name);
        assert!(page.shows("the next is possible in 30 seconds"), "{}", page.html);
        house.clock.advance(30_000);
        let page = login(&house, &HOME, "Sally", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", house.name);
    }
}

#[tokio::test]
async fn a_stranger_can_t_lock_her_out() {
    for house in houses().await {
        sally(&house).await;
        let cookie = browser_cookie(&login(&house, &HOME, "Sally", PASSWORD).await).unwrap();
        // Beyond what a login may fail from everywhere together.
        for n in 0..100 {
            let peer = format!("198.51.100.{n}");
            login(&house, &From { peer: &peer, ..HOME }, "Sally", "wrong").await;
        }
        let far = From { peer: "203.0.113.9", ..HOME };
        assert_eq!(login(&house, &far, "Sally", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
        let hers = From { cookie: &cookie, ..far };
        assert_eq!(
            login(&house, &hers, "Sally", PASSWORD).await.status,
            StatusCode::SEE_OTHER,
            "{}",
            house.name
        );
        assert_eq!(
            login(&house, &HOME, "Sally", PASSWORD).await.status,
            StatusCode::SEE_OTHER,
            "{}",
            house.name
        );
    }
}

#[tokio::test]
async fn the_address_behind_a_proxy_counts_only_if_the_proxy_is_trusted() {
    for house in houses().await {
        sally(&house).await;
        let proxied = |forwarded| From { peer: "10.0.0.7", forwarded, cookie: "" };
        for _ in 0..5 {
            login(&house, &proxied("192.0.2.50"), "Sally", "wrong").await;
            login(&house, &From { forwarded: "192.0.2.60", ..HOME }, "Sally", "wrong").await;
        }
        let status = async |from: From<'_>| login(&house, &from, "Sally", "wrong").await.status;
        assert_eq!(status(proxied("192.0.2.50")).await, StatusCode::TOO_MANY_REQUESTS, "{}", house.name);
        assert_eq!(status(proxied("192.0.2.51")).await, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        let liar = From { forwarded: "192.0.2.99", ..HOME };
        assert_eq!(status(liar).await, StatusCode::TOO_MANY_REQUESTS, "{}: not trusted", house.name);
        assert_eq!(status(proxied("192.0.2.60")).await, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
    }
}
