//! What entries of the log changed, and the way back.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::browser::{Browser, Page};
use super::written::{ask, call, done, leads, partners, writer};
use crate::store::changes::{self, ChangeRow};
use crate::store::log::{LogRow, insert};
use crate::tests::house::houses;

const PATH: &str = "/technical/mcp/logs";
const CONTACTS: &[&str] = &["MCP Administrator", "Contacts / Creation"];

fn acme() -> Value {
    json!({"model": "res.partner", "records": [{"name": "Acme <b>", "city": "Kiel"}]})
}

impl Browser<'_> {
    async fn undo(&self, entry: &str) -> Page {
        self.post(&format!("{PATH}/{entry}/undo"), &[("form", "undo")]).await
    }
}

#[tokio::test]
async fn a_change_is_shown_and_taken_back_once() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        let admin = Browser::of(&house, "admin", CONTACTS).await;
        let before = partners(&house).await;
        let entry = done(&house, "create_records", acme()).await;
        call(&house, "search_records", json!({"model": "res.partner"})).await;
        let page = admin.get(&format!("{PATH}/{entry}")).await;
        for text in [
            "What it changed",
            "Acme &lt;b&gt;",
            "Kiel",
            "1 record that was created is deleted.",
            "Undo the change of Contact Acme &lt;b&gt;",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        assert!(!page.shows("Acme <b>"), "{}", house.name);
        let get = admin.get(&format!("{PATH}/{entry}/undo")).await;
        assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED, "{}", house.name);
        let foreign = Request::post(format!("{PATH}/{entry}/undo"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        assert_eq!(admin.send(foreign, Body::from("form=undo")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(partners(&house).await, before + 1, "{}: nothing yet", house.name);

        let answer = admin.undo(&entry).await;
        assert_eq!(answer.location(), format!("{PATH}/{entry}"), "{}: {}", house.name, answer.html);
        assert_eq!(partners(&house).await, before, "{}", house.name);
        let page = admin.get(&format!("{PATH}/{entry}")).await;
        assert!(page.shows("This was undone by admin") && !page.shows("Undo the change"), "{}", page.html);
        let own = page.html.split(&format!("{PATH}/")).find_map(|rest| {
            let id = rest.split('"').next()?;
            (id.len() == 36 && id != entry).then(|| id.to_owned())
        });
        let own = own.unwrap_or_else(|| panic!("{}", page.html));
        let page = admin.get(&format!("{PATH}/{own}")).await;
        assert!(page.shows("This took back what was done by demo") && page.shows(&entry), "{}", page.html);
        assert!(page.shows("change.undo") && page.shows("Deleted"), "{}", house.name);

        let twice = admin.undo(&entry).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(twice.shows("This was undone already"), "{}: {}", house.name, twice.html);
        let list = admin.get(PATH).await;
        assert_eq!(list.html.matches("Changed data").count(), 2, "{}: {}", house.name, list.html);
        let changed = admin.get(&format!("{PATH}?kind=change")).await;
        assert!(changed.shows(&entry) && changed.shows(&own), "{}", house.name);
        assert_eq!(changed.html.matches("<tr><td data-label=\"Time\"").count(), 2, "{}", changed.html);
        assert_eq!(admin.undo("none").await.status, StatusCode::NOT_FOUND, "{}", house.name);
    }
}

#[tokio::test]
async fn it_is_taken_back_by_the_rights_of_whoever_presses_it() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        let admin = Browser::of(&house, "admin", &["MCP Administrator"]).await;
        let entry = done(&house, "create_records", acme()).await;
        let before = partners(&house).await;
        let page = admin.undo(&entry).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(page.shows("Nothing was undone: Axanta access rights: "), "{}: {}", house.name, page.html);
        assert_eq!(partners(&house).await, before, "{}", house.name);
        let acts = house.log().await.into_iter().filter(|row| row.method == "change.undo").count();
        assert_eq!(acts, 0, "{}", house.name);
    }
}

#[tokio::test]
async fn what_others_changed_since_is_not_overwritten() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        let admin = Browser::of(&house, "admin", CONTACTS).await;
        let made = call(&house, "create_records", acme()).await;
        let id = made["structuredContent"]["ids"][0].as_i64().unwrap();
        let write = |city: &str| json!({"model": "res.partner", "ids": [id], "values": {"city": city}});
        let entry = done(&house, "update_records", write("Ulm")).await;
        let later = done(&house, "update_records", write("Bonn")).await;
        let page = admin.undo(&entry).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(page.shows("is not as this change left it") && page.shows("city (City)"), "{}", page.html);
        assert!(page.shows("Undo the change of Contact Acme"), "{}: it can be tried again", house.name);
        // In the other order both go.
        assert_eq!(admin.undo(&later).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        assert_eq!(admin.undo(&entry).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        let read = json!({"model": "res.partner", "ids": [id], "fields": ["city"]});
        assert!(call(&house, "read_records", read).await.to_string().contains("Kiel"), "{}", house.name);
    }
}

#[tokio::test]
async fn what_lasts_says_why_and_is_not_taken_back() {
    for house in houses().await {
        let admin = Browser::of(&house, "admin", CONTACTS).await;
        let row = ChangeRow {
            id: "change".into(),
            log_id: "entry".into(),
            at: 5,
            user_id: 3,
            login: "demo".into(),
            model: "res.partner".into(),
            operation: "method_call".into(),
            method: Some("action_post".into()),
            ids: "[1]".into(),
            images: "[]".into(),
            differences: "[]".into(),
            lasting: Some("An invoice was posted <for good>".into()),
            answer: None,
            undoes: None,
            undone_by: None,
        };
        let entry = LogRow {
            id: "entry".into(),
            kind: "call".into(),
            method: "tools/call".into(),
            outcome: "allowed".into(),
            ..LogRow::default()
        };
        let mut tx = house.state.db.begin().await.unwrap();
        insert(tx.on(), "test", &[entry]).await.unwrap();
        changes::insert(tx.on(), &row).await.unwrap();
        tx.commit().await.unwrap();
        let page = admin.get(&format!("{PATH}/entry")).await;
        assert!(page.shows("An invoice was posted &lt;for good&gt;"), "{}: {}", house.name, page.html);
        assert!(!page.shows("Undo the change"), "{}", house.name);
        let page = admin.undo("entry").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(page.shows("posted &lt;for good&gt;"), "{}: {}", house.name, page.html);
        let mut conn = house.state.db.read().await.unwrap();
        assert_eq!(changes::by_id(conn.on(), "change").await.unwrap(), Some(row), "{}", house.name);
    }
}

#[tokio::test]
async fn the_log_is_asked_about_a_record() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        let admin = Browser::of(&house, "admin", CONTACTS).await;
        let made = call(&house, "create_records", acme()).await;
        let id = made["structuredContent"]["ids"][0].as_i64().unwrap();
        let other = json!({"model": "res.partner", "records": [{"name": "Other"}]});
        let foreign = done(&house, "create_records", other).await;
        let write = |dry_run: bool| json!({"model": "res.partner", "ids": [id], "values": {"name": "Acme Ltd"}, "dry_run": dry_run});
        call(&house, "update_records", write(true)).await;
        let renamed = done(&house, "update_records", write(false)).await;
        let gone = done(&house, "delete_records", json!({"model": "res.partner", "ids": [id]})).await;
        leads(&house, &json!({})).await;
        let lead = call(
            &house,
            "create_records",
            json!({"model": "crm.lead", "records": [{"name": "Secret deal"}]}),
        )
        .await;
        let lead = lead["structuredContent"]["ids"][0].as_i64().unwrap();
        house.log().await;
        let found = admin.get(&format!("{PATH}?search=acme+LTD")).await;
        for text in [
            "Create Contact Acme &lt;b&gt;",
            "Change Contact Acme Ltd",
            "Delete Contact Acme Ltd",
            "Dry run",
            "Contact Acme Ltd: ",
            &format!("{PATH}?record=res.partner%2C{id}"),
            &renamed,
            &gone,
        ] {
            assert!(found.shows(text), "{}: {text}: {}", house.name, found.html);
        }
        assert!(!found.shows(&foreign), "{}", house.name);
        assert_eq!(
            found.html.matches("<tr><td data-label=\"Time\"").count(),
            4,
            "{}: {}",
            house.name,
            found.html
        );
        let page = admin.get(&format!("{PATH}?record=res.partner%2C{id}")).await;
        assert_eq!(
            page.html.matches("<tr><td data-label=\"Time\"").count(),
            3,
            "{}: {}",
            house.name,
            page.html
        );
        assert!(page.shows("Record: Contact Acme Ltd") && !page.shows("Dry run"), "{}", house.name);
        let entry = admin.get(&format!("{PATH}/{gone}")).await;
        assert!(entry.shows("Delete Contact Acme Ltd"), "{}: {}", house.name, entry.html);
        assert!(entry.shows(&format!("?record=res.partner%2C{id}")), "{}: {}", house.name, entry.html);

        // Whoever may not read leads learns no name, and not that there is one of this name.
        let page = admin.get(PATH).await;
        assert!(
            page.shows(&format!("Create Lead / Opportunity {lead}<")) && !page.shows("Secret deal"),
            "{}: {}",
            house.name,
            page.html
        );
        let page = admin.get(&format!("{PATH}?search=secret+deal")).await;
        assert!(page.shows("No entry matches"), "{}: {}", house.name, page.html);

        assert_eq!(admin.undo(&gone).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        let page = admin.get(&format!("{PATH}?model=res.partner&kind=admin")).await;
        assert!(
            page.shows("change.undo") && page.shows("Undo Contact Acme Ltd"),
            "{}: {}",
            house.name,
            page.html
        );
    }
}

#[tokio::test]
async fn what_waited_says_what_became_of_it_and_leads_there() {
    for mut house in houses().await {
        writer(&mut house, &json!({"approval": {"operations": ["write"]}})).await;
        let admin = Browser::of(&house, "admin", CONTACTS).await;
        let made = call(&house, "create_records", acme()).await;
        let id = made["structuredContent"]["ids"][0].as_i64().unwrap();
        let write = |city: &str| json!({"model": "res.partner", "ids": [id], "values": {"city": city}, "idempotency_key": city});
        let first = ask(&house, "update_records", write("Ulm")).await;
        let page = admin.get(PATH).await;
        assert!(
            page.shows("Waits for approval") && page.shows("Change Contact Acme"),
            "{}: {}",
            house.name,
            page.html
        );
        let second = ask(&house, "update_records", write("Bonn")).await;
        for (approval, act) in [(&first, "approve"), (&second, "refuse")] {
            let path = format!("/technical/mcp/approvals/{approval}");
            let seen = admin.get(&path).await.value("seen");
            let sent = [("form", act), ("seen", &*seen), ("word", "so")];
            let answer = admin.post(&format!("{path}/{act}"), &sent).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {act}: {}", house.name, answer.html);
        }
        call(&house, "update_records", write("Bonn")).await;
        let log = house.log().await;
        let page = admin.get(PATH).await;
        for text in ["Waited: approved by admin", "Waited: refused by admin", "Answered again: refused"] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        for (approval, row) in [
            (&first, log.iter().find(|row| row.method == "approval.approve")),
            (&second, log.iter().find(|row| row.method == "approval.refuse")),
            (
                &first,
                log.iter()
                    .find(|row| row.reason.as_ref().is_some_and(|r| r.starts_with("approved by admin"))),
            ),
            (
                &second,
                log.iter().find(|row| row.reason.as_ref().is_some_and(|r| r.contains(second.as_str()))),
            ),
        ] {
            let page = admin.get(&format!("{PATH}/{}", row.unwrap().id)).await;
            let link = format!("/technical/mcp/approvals/{approval}");
            assert!(page.shows(&link), "{}: {:?}: {}", house.name, row, page.html);
            assert!(page.shows("Change Contact Acme"), "{}: {}", house.name, page.html);
        }
    }
}
