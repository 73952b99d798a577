//! The link that makes the first administrator.

use axum::http::StatusCode;

use super::browser::Browser;
use crate::identity::{first_link, group, user};
use crate::store::accounts;
use crate::tests::house::{House, houses};

async fn without_users(house: &House) -> String {
    let mut tx = house.state.db.begin().await.unwrap();
    house.forget_users(tx.on()).await;
    let token = first_link::mint(tx.on(), &house.clock).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    format!("/first/{}", token.reveal())
}

const ANNA: [(&str, &str); 5] = [
    ("form", "first"),
    ("name", "Anna Berg"),
    ("login", "anna"),
    ("password", "correct horse"),
    ("password_again", "correct horse"),
];

fn with<'a>(field: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    ANNA.into_iter().map(|(n, v)| if n == field { (n, value) } else { (n, v) }).collect()
}

#[tokio::test]
async fn it_makes_one_administrator_who_is_signed_in() {
    for house in houses().await {
        let link = without_users(&house).await;
        let stranger = Browser::stranger(&house);
        let page = stranger.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", house.name);
        assert!(page.shows("First administrator") && page.shows("Create and log in"), "{}", house.name);
        for (field, value, said) in [
            ("name", " ", "A name has 1 to"),
            ("login", "a b", "A login has 1 to"),
            ("password", "short", "at least 8 characters"),
            ("password_again", "another one", "not the same"),
        ] {
            let answer = stranger.post(&link, &with(field, value)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {field}", house.name);
            assert!(answer.shows(said), "{}: {field}: {}", house.name, answer.html);
            assert!(!answer.shows("correct horse"), "{}: a password is not sent back", house.name);
        }
        let answer = stranger.post(&link, &ANNA).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.html);
        let anna = user::by_login(house.state.db.read().await.unwrap().on(), "anna").await.unwrap();
        assert!(anna.has_group(group::SETTINGS_ADMINISTRATOR) && anna.has_group(group::MCP_ADMINISTRATOR));
        let hash = accounts::password_of(house.state.db.read().await.unwrap().on(), anna.id).await.unwrap();
        assert!(hash.unwrap().starts_with("$argon2id$"), "{}", house.name);
        let home = stranger.following(&answer).get("/settings/users").await;
        assert_eq!(home.status, StatusCode::OK, "{}: signed in", house.name);
        for answer in [stranger.get(&link).await, stranger.post(&link, &ANNA).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: used up", house.name);
        }
        let log = house.log().await;
        assert!(log.iter().any(|row| row.method == "user.add" && row.login.as_deref() == Some("first link")));
        assert!(!log.iter().any(|row| format!("{row:?}").contains("correct horse")), "{}", house.name);
    }
}

#[tokio::test]
async fn it_is_worth_nothing_where_there_are_users_or_after_a_week() {
    for house in houses().await {
        let stranger = Browser::stranger(&house);
        assert_eq!(stranger.get("/first/axf_x").await.status, StatusCode::NOT_FOUND, "{}", house.name);
        let link = without_users(&house).await;
        house.clock.advance(7 * 86_400_000);
        assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND, "{}", house.name);
        assert_eq!(stranger.post(&link, &ANNA).await.status, StatusCode::NOT_FOUND, "{}", house.name);
    }
}
