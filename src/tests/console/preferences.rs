//! My Preferences.

use axum::http::{StatusCode, header};

use super::browser::Browser;
use crate::identity::account::Account;
use crate::identity::password;
use crate::store::accounts;
use crate::tests::house::{House, houses};

async fn sally(house: &House) -> Browser<'_> {
    let browser = Browser::of(house, "sally", &[]).await;
    browser.post("/logout", &[]).await;
    let hash = password::hash("sally", "correct horse".to_owned()).await.unwrap();
    let mut tx = house.state.db.begin().await.unwrap();
    accounts::set_password(tx.on(), browser.user_id, &hash).await.unwrap();
    tx.commit().await.unwrap();
    Browser::sign_in(house, browser.user_id).await
}

fn change<'a>(old: &'a str, new: &'a str, again: &'a str) -> [(&'a str, &'a str); 4] {
    [("form", "password"), ("old_password", old), ("password", new), ("password_again", again)]
}

#[tokio::test]
async fn everybody_changes_their_own_and_nothing_more() {
    for house in houses().await {
        let sally = sally(&house).await;
        let page = sally.get("/preferences").await;
        assert!(page.status == StatusCode::OK && page.shows("My Preferences"), "{}", house.name);
        let seen = page.value("seen");
        let fields = [
            ("form", "preferences"),
            ("seen", &*seen),
            ("name", "Sally Sales"),
            ("lang", "de_DE"),
            ("tz", "Europe/Berlin"),
            ("login", "root"),
            ("group.settings", "3"),
            ("active", ""),
        ];
        let answer = sally.post("/preferences", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.name, answer.html);
        let after =
            Account::load(house.state.db.read().await.unwrap().on(), sally.user_id).await.unwrap().unwrap();
        assert_eq!((&*after.row.name, &*after.row.login, after.groups.len()), ("Sally Sales", "sally", 0));
        let late = sally.post("/preferences", &fields).await;
        assert!(late.shows("Somebody else changed this"), "{}", house.name);
        let seen = late.value("seen");
        let wrong =
            [("form", "preferences"), ("seen", &*seen), ("name", ""), ("lang", "xx"), ("tz", "Mars/Base")];
        let answer = sally.post("/preferences", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        for said in ["A name has 1 to", "Choose one of the languages", "Choose one of the time zones"] {
            assert!(answer.shows(said), "{}: {said}", house.name);
        }
    }
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    for house in houses().await {
        let here = sally(&house).await;
        let there = Browser::sign_in(&house, here.user_id).await;
        for (fields, said) in [
            (change("wrong one", "better horse", "better horse"), "This is not your password."),
            (change("correct horse", "short", "short"), "at least 8 characters"),
            (change("correct horse", "better horse", "other horse"), "not the same"),
        ] {
            let answer = here.post("/preferences/password", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {said}", house.name);
            assert!(answer.shows(said), "{}: {said}: {}", house.name, answer.html);
        }
        let answer = here
            .post("/preferences/password", &change("correct horse", "better horse", "better horse"))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.name, answer.html);
        assert_eq!(here.get("/").await.location(), "/login", "{}: its old id is worth nothing", house.name);
        let here = here.following(&answer);
        assert_eq!(here.get("/").await.status, StatusCode::OK, "{}: this one stays", house.name);
        assert_eq!(there.get("/").await.location(), "/login", "{}: the others end", house.name);
        let hash =
            accounts::password_of(house.state.db.read().await.unwrap().on(), there.user_id).await.unwrap();
        assert!(password::verify(hash, "better horse".to_owned()).await, "{}", house.name);
    }
}

#[tokio::test]
async fn a_browser_left_open_is_no_way_to_guess_the_password() {
    for house in houses().await {
        let sally = sally(&house).await;
        let guess = change("a guess", "better horse", "better horse");
        for _ in 0..5 {
            assert_eq!(
                sally.post("/preferences/password", &guess).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        let right = change("correct horse", "better horse", "better horse");
        let answer = sally.post("/preferences/password", &right).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", house.name);
        assert_eq!(answer.headers[header::RETRY_AFTER], "30", "{}", house.name);
    }
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    for house in houses().await {
        let here = sally(&house).await;
        let there = Browser::sign_in(&house, here.user_id).await;
        assert!(here.get("/preferences?tab=security").await.shows("1 other browser"), "{}", house.name);
        assert_eq!(here.post("/preferences/sign-out", &[]).await.location(), "/login", "{}", house.name);
        for browser in [here, there] {
            assert_eq!(browser.get("/").await.location(), "/login", "{}", house.name);
        }
    }
}
