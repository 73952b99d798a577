//! Settings > Users & Companies.

use axum::http::StatusCode;

use super::browser::{Browser, Page};
use crate::identity::account::Account;
use crate::identity::{password, user};
use crate::store::accounts;
use crate::tests::house::{House, houses};

const SETTINGS: &[&str] = &["Settings / Administrator"];
const MCP: &[&str] = &["MCP Administrator"];

/// The fields of a user's form as it is shown, with changes.
fn form<'a>(page: &'a [(&'a str, String)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = page
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .collect();
    fields.extend(changes);
    fields
}

fn shown(page: &Page, login: &str, mcp: &str) -> Vec<(&'static str, String)> {
    vec![
        ("form", "user".to_owned()),
        ("seen", page.value("seen")),
        ("name", login.to_owned()),
        ("login", login.to_owned()),
        ("lang", "en_US".to_owned()),
        ("tz", "UTC".to_owned()),
        ("group.mcp", mcp.to_owned()),
    ]
}

async fn account(house: &House, id: i64) -> Account {
    Account::load(house.state.db.read().await.unwrap().on(), id).await.unwrap().unwrap()
}

async fn id_of(house: &House, login: &str) -> i64 {
    user::by_login(house.state.db.read().await.unwrap().on(), login).await.unwrap().id
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_says_how_each_stands() {
    for house in houses().await {
        let admin = Browser::of(&house, "settings", SETTINGS).await;
        Browser::of(&house, "keyless", &["MCP User"]).await;
        let page = admin.get("/settings/users").await;
        for text in
            ["Users", "demo", "nomcp", "keyless", "No group", "No key", "Ready", "/settings/users/new"]
        {
            assert!(page.shows(text), "{}: {text}", house.name);
        }
        for (query, there, not_there) in [
            ("search=NOM", "nomcp", "keyless"),
            ("mcp=no_key", "keyless", "nomcp"),
            ("mcp=no_group", "nomcp", "keyless"),
            ("mcp=ready", "other", "keyless"),
            ("group=3", ">settings<", "nomcp"),
            ("group=1&search=d", "demo", "settings/users/4"),
            ("show=archived", "No user is found", "keyless"),
        ] {
            let page = admin.get(&format!("/settings/users?{query}")).await;
            let body = page.html.split("<main").nth(1).unwrap_or(&page.html).to_owned();
            assert!(body.contains(there), "{}: {query}: {there}", house.name);
            let rows = body.split("<tbody").nth(1).unwrap_or_default();
            assert!(!rows.contains(not_there), "{}: {query}: {not_there}", house.name);
        }
        let mcp = Browser::of(&house, "mcpadmin", MCP).await;
        let page = mcp.get("/settings/users").await;
        assert!(page.shows("nomcp") && !page.shows("/settings/users/new"), "{}: may not add", house.name);
    }
}

#[tokio::test]
async fn a_user_is_added_changed_archived_and_back() {
    for house in houses().await {
        let admin = Browser::of(&house, "settings", SETTINGS).await;
        let blank = admin.get("/settings/users/new").await;
        assert_eq!(blank.status, StatusCode::OK, "{}", house.name);
        let fields = shown(&blank, "anna", "1");
        let secret = [("password", "correct horse"), ("password_again", "correct horse")];
        let answer = admin.post("/settings/users/new", &form(&fields, &secret)).await;
        let id = id_of(&house, "anna").await;
        let path = format!("/settings/users/{id}");
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*path), "{}", answer.html);
        assert!(account(&house, id).await.groups.contains(&1), "{}", house.name);
        let twice = admin.post("/settings/users/new", &form(&fields, &[])).await;
        assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.shows("has this login already"));

        let page = admin.get(&path).await;
        assert!(page.shows("anna is added.") && page.shows("Set a new password"), "{}", house.name);
        let fields = shown(&page, "anna", "1");
        let changes = [
            ("name", "Anna Berg"),
            ("tz", "Europe/Berlin"),
            ("lang", "de_DE"),
            ("group.mcp", "2"),
            ("group.sales", "5"),
        ];
        let answer = admin.post(&path, &form(&fields, &changes)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.name, answer.html);
        let anna = account(&house, id).await;
        assert_eq!(
            (&*anna.row.name, &*anna.row.tz, &*anna.row.lang),
            ("Anna Berg", "Europe/Berlin", "de_DE")
        );
        assert_eq!(anna.groups.into_iter().collect::<Vec<_>>(), [2, 5], "{}", house.name);
        let late = admin.post(&path, &form(&fields, &[("name", "Late")])).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.shows("Somebody else changed this"));

        let hers = Browser::sign_in(&house, id).await;
        assert_eq!(hers.get("/preferences").await.status, StatusCode::OK, "{}", house.name);
        let archived = admin.post(&format!("{path}/archive"), &[]).await;
        assert_eq!(archived.status, StatusCode::SEE_OTHER, "{}", house.name);
        assert_eq!(
            hers.get("/preferences").await.status,
            StatusCode::SEE_OTHER,
            "{}: signed out",
            house.name
        );
        assert!(admin.get("/settings/users?show=archived").await.shows("Anna Berg"), "{}", house.name);
        admin.post(&format!("{path}/archive"), &[("active", "on")]).await;
        assert!(account(&house, id).await.row.active, "{}", house.name);
        let log = house.log().await;
        let acts: Vec<&str> = log.iter().filter(|r| r.kind == "admin").map(|r| r.method.as_str()).collect();
        assert_eq!(acts, ["user.add", "user.change", "user.archive", "user.unarchive"], "{}", house.name);
        assert!(!log.iter().any(|row| format!("{row:?}").contains("correct horse")), "{}", house.name);
    }
}

#[tokio::test]
async fn nobody_gets_round_the_rights() {
    for house in houses().await {
        let settings = Browser::of(&house, "settings", SETTINGS).await;
        let mcp = Browser::of(&house, "mcpadmin", MCP).await;
        let nomcp = id_of(&house, "nomcp").await;
        let path = format!("/settings/users/{nomcp}");

        // An MCP Administrator gives MCP groups to others, and whatever else is sent is not heeded.
        let page = mcp.get(&path).await;
        assert!(page.status == StatusCode::OK && !page.shows("name=\"login\""), "{}", house.name);
        let fields = shown(&page, "hacked", "1");
        let answer = mcp.post(&path, &form(&fields, &[("group.settings", "3")])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.name, answer.html);
        let after = account(&house, nomcp).await;
        assert_eq!(after.row.login, "nomcp", "{}", house.name);
        assert_eq!(after.groups.into_iter().collect::<Vec<_>>(), [1], "{}", house.name);
        for act in ["password", "archive"] {
            let answer = mcp.post(&format!("{path}/{act}"), &[("password", "correct horse")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}: {act}", house.name);
        }

        // A Settings / Administrator gives MCP to others, not to himself, and can't leave nobody behind.
        let own = format!("/settings/users/{}", settings.user_id);
        let page = settings.get(&own).await;
        let fields = shown(&page, "settings", "2");
        let answer = settings.post(&own, &form(&fields, &[("group.settings", "3")])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(
            answer.shows("You can&#39;t give yourself MCP") || answer.shows("You can't give yourself MCP"),
            "{}",
            answer.html
        );
        let fields = shown(&page, "settings", "");
        let answer = settings.post(&own, &form(&fields, &[("group.settings", "")])).await;
        assert!(
            answer.shows("is the last active Settings / Administrator"),
            "{}: {}",
            house.name,
            answer.html
        );
        let answer = settings.post(&format!("{own}/archive"), &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: not oneself", house.name);
        assert!(account(&house, settings.user_id).await.row.active, "{}", house.name);
        let answer = settings.post(&format!("{own}/password"), &[("password", "correct horse")]).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}: the old one is asked for",
            house.name
        );
        let answer = settings.post(&path, &form(&shown(&settings.get(&path).await, "nomcp", "2"), &[])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: to others", house.name);
    }
}

#[tokio::test]
async fn a_new_password_signs_its_owner_out() {
    for house in houses().await {
        let admin = Browser::of(&house, "settings", SETTINGS).await;
        let sally = Browser::of(&house, "sally", &[]).await;
        let path = format!("/settings/users/{}/password", sally.user_id);
        for (one, other, said) in [
            ("short", "short", "at least 8 characters"),
            ("sally", "sally", "at least 8 characters"),
            ("correct horse", "correct house", "not the same"),
        ] {
            let answer = admin
                .post(&path, &[("form", "password"), ("password", one), ("password_again", other)])
                .await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {one}", house.name);
            assert!(answer.shows(said), "{}: {one}", house.name);
        }
        assert_eq!(sally.get("/").await.status, StatusCode::OK, "{}", house.name);
        let answer = admin
            .post(
                &path,
                &[("form", "password"), ("password", "correct horse"), ("password_again", "correct horse")],
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.name, answer.html);
        assert_eq!(sally.get("/").await.location(), "/login", "{}", house.name);
        let hash =
            accounts::password_of(house.state.db.read().await.unwrap().on(), sally.user_id).await.unwrap();
        assert!(password::verify(hash, "correct horse".to_owned()).await, "{}", house.name);
    }
}

#[tokio::test]
async fn who_is_not_there_is_not_found_and_lists_are_read() {
    for house in houses().await {
        let admin = Browser::of(&house, "settings", SETTINGS).await;
        for path in ["/settings/users/99", "/settings/users/x", "/settings/users/99?tab=mcp"] {
            assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.name);
        }
        assert_eq!(
            admin.post("/settings/users/99", &[]).await.status,
            StatusCode::NOT_FOUND,
            "{}",
            house.name
        );
        let groups = admin.get("/settings/groups").await;
        for text in ["MCP Administrator", "Sells, and sees own documents only.", "/settings/users?group=3"] {
            assert!(groups.shows(text), "{}: {text}", house.name);
        }
        assert!(admin.get("/settings/companies").await.shows("No company yet"), "{}", house.name);
    }
}
