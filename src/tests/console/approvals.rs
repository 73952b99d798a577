//! Technical > MCP > Approvals: shown, approved as it stands now, refused, and by whom.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::browser::{Browser, Page};
use super::written::{Writer, ask, call, done, leads, partners, policy, set_policy, writer};
use crate::identity::{group, key, user};
use crate::store::{control, groups, on_db};
use crate::tests::house::{House, houses};

const PATH: &str = "/technical/mcp/approvals";
const MCP: &[&str] = &["MCP Administrator"];

fn always() -> Value {
    json!({"approval": {"operations": ["create", "write", "delete"], "expires_hours": 2}})
}

fn acme() -> Value {
    json!({"model": "res.partner", "records": [{"name": "Acme <b>&</b>", "is_company": true}], "idempotency_key": "acme-1"})
}

impl Browser<'_> {
    async fn approve(&self, id: &str, word: &str) -> Page {
        let page = self.approval(id).await;
        self.press(id, &page, word).await
    }

    /// Approves what a page shows, which may be an old one.
    async fn press(&self, id: &str, page: &Page, word: &str) -> Page {
        let seen = page.html.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let fields = [("form", "approve"), ("word", word), ("seen", seen.unwrap_or_default())];
        self.post(&format!("{PATH}/{id}/approve"), &fields).await
    }

    async fn refuse(&self, id: &str, word: &str) -> Page {
        self.post(&format!("{PATH}/{id}/refuse"), &[("form", "refuse"), ("word", word)]).await
    }

    async fn approval(&self, id: &str) -> Page {
        self.get(&format!("{PATH}/{id}")).await
    }
}

#[tokio::test]
async fn it_says_all_there_is_to_know_and_runs_once() {
    for mut house in houses().await {
        writer(&mut house, &always()).await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let other = Browser::of(&house, "boss", MCP).await;
        assert!(admin.get(PATH).await.shows("No change waits for approval"), "{}", house.name);
        let id = ask(&house, "create_records", acme()).await;
        let list = admin.get(PATH).await;
        for text in ["Create Contact Acme &lt;b&gt;", "res.partner", ">demo<", "test 1", "in 2 hours"] {
            assert!(list.shows(text), "{}: {text}: {}", house.name, list.html);
        }
        assert!(list.shows("class=\"count\">1<"), "{}: in the menu: {}", house.name, list.html);
        let page = admin.approval(&id).await;
        for text in [
            "The policy of res.partner demands approval of Create.",
            "Approve: create Contact Acme &lt;b&gt;&amp;&lt;/b&gt;",
            "Refuse: create Contact Acme",
            "create_records",
            "is_company",
            "Created",
            "Once done, it can be undone",
            "writing key",
            "by the rights that demo has now",
            "it would run exactly as shown",
        ] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        assert!(!page.shows("Acme <b>"), "{}", house.name);
        let before = partners(&house).await;
        assert_eq!(admin.get(&format!("{PATH}/{id}/approve")).await.status, StatusCode::METHOD_NOT_ALLOWED);
        let foreign = Request::post(format!("{PATH}/{id}/approve"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        assert_eq!(admin.send(foreign, Body::from("form=approve")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(partners(&house).await, before, "{}: nothing yet", house.name);

        let (a, b) = tokio::join!(admin.approve(&id, " fine "), other.approve(&id, "me too"));
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422], "{}: {} {}", house.name, a.html, b.html);
        let late = if a.status == StatusCode::SEE_OTHER { b } else { a };
        assert!(late.shows("This was decided before"), "{}: {}", house.name, late.html);
        assert_eq!(partners(&house).await, before + 1, "{}", house.name);
        let page = admin.approval(&id).await;
        assert!(page.shows("Approved by ") && page.shows("/technical/mcp/logs/"), "{}", page.html);
        assert!(!page.shows("it would run") && !page.shows("What it answered"), "{}", page.html);
        let answered = "UPDATE mcp_changes SET answer = '{\"state\":\"sale\",\"picking_ids\":[12,\"<b>\"]}'";
        change(&house, async |on| {
            on_db!(on, c => sqlx::query(answered).execute(&mut *c).await.map(drop)).unwrap();
        })
        .await;
        let page = admin.approval(&id).await;
        for text in ["What it answered", "picking_ids", "12, &lt;b&gt;"] {
            assert!(page.shows(text), "{}: {text}: {}", house.name, page.html);
        }
        assert!(!page.shows("Approve: ") && !page.shows("Refuse: "), "{}", house.name);
        assert_eq!(other.refuse(&id, "").await.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(admin.get(PATH).await.shows("No change waits"), "{}", house.name);
        assert!(
            admin.get(&format!("{PATH}?show=decided")).await.shows("Create Contact Acme"),
            "{}",
            house.name
        );

        // The client that asks again is told what became of it.
        let told = call(&house, "create_records", acme()).await;
        assert_eq!(told["structuredContent"]["status"], "done", "{}: {told}", house.name);
        assert_eq!(told["structuredContent"]["changes"][0]["kind"], "created", "{told}");
        assert!(told["content"][0]["text"].as_str().unwrap().starts_with("Approved by "), "{told}");
        assert_eq!(partners(&house).await, before + 1, "{}: and nothing is done again", house.name);
    }
}

#[tokio::test]
async fn whoever_asked_cannot_approve_where_four_eyes_are_demanded() {
    for mut house in houses().await {
        let rule = json!({"approval": {"operations": ["create"], "four_eyes": true}});
        let Writer { user_id, .. } = writer(&mut house, &rule).await;
        join(&house, user_id, group::MCP_ADMINISTRATOR).await;
        let id = ask(&house, "create_records", acme()).await;
        let own = Browser::sign_in(&house, user_id).await;
        let page = own.approval(&id).await;
        assert!(page.shows("its policy demands that somebody else approves it"), "{}", page.html);
        assert!(!page.shows("Approve: ") && page.shows("Refuse: "), "{}", house.name);
        let before = partners(&house).await;
        let page = own.approve(&id, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(page.shows("somebody else approves it"), "{}: {}", house.name, page.html);
        assert_eq!(partners(&house).await, before, "{}", house.name);
        // Taking back what was asked needs no second pair of eyes.
        let word = "too early </textarea><b>x</b>";
        assert_eq!(own.refuse(&id, word).await.status, StatusCode::SEE_OTHER, "{}", house.name);
        let page = own.approval(&id).await;
        assert!(page.shows("Refused by demo") && page.shows("too early &lt;/textarea&gt;"), "{}", page.html);
        assert!(!page.shows("</textarea><b>"), "{}", house.name);
        let told = call(&house, "create_records", acme()).await;
        assert_eq!(told["structuredContent"]["status"], "refused", "{told}");
        assert_eq!(told["structuredContent"]["approval"]["word"], word, "{told}");
        let log = house.log().await;
        let act = log.iter().find(|row| row.method == "approval.refuse").unwrap();
        assert_eq!((act.login.as_deref(), act.target.as_deref()), (Some("demo"), Some(&*id)));
    }
}

#[tokio::test]
async fn what_may_not_be_done_any_more_is_not_done() {
    for mut house in houses().await {
        let Writer { user_id, key_id } = writer(&mut house, &always()).await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let id = ask(&house, "create_records", acme()).await;
        let before = partners(&house).await;
        let denied = async |why: &str| {
            // The form tells it before anybody presses Approve, and leaves nothing behind.
            let page = admin.approval(&id).await;
            assert!(page.shows("As things stand, it can't be done"), "{}: {why}: {}", house.name, page.html);
            assert!(page.shows(why) && page.shows("demo may not do it any more"), "{}: {why}", house.name);
            assert_eq!(partners(&house).await, before, "{}", house.name);
            let page = admin.approve(&id, "go <on>").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {why}", house.name);
            assert!(page.shows(why), "{}: {why}: {}", house.name, page.html);
            assert!(page.shows("Waiting") && page.shows("Approve: "), "{}: it still waits", house.name);
            assert!(!page.shows("As things stand"), "{}: said once", house.name);
            assert!(page.shows("go &lt;on&gt;"), "{}: what was typed is not lost", house.name);
            assert_eq!(partners(&house).await, before, "{}: {why}", house.name);
        };
        let mut closed = policy("res.partner", &always());
        closed.active = false;
        set_policy(&house, &closed).await;
        denied("Model policy: ").await;
        set_policy(&house, &policy("res.partner", &always())).await;

        let group = group::named(group::MCP_USER).unwrap().id;
        change(&house, async |on| groups::leave(on, user_id, group).await.unwrap()).await;
        denied("MCP security group: ").await;
        join(&house, user_id, group::MCP_USER).await;

        let contacts = group::named(group::CONTACTS).unwrap().id;
        change(&house, async |on| groups::leave(on, user_id, contacts).await.unwrap()).await;
        denied("Axanta access rights: ").await;
        join(&house, user_id, group::CONTACTS).await;

        let clock = house.clock.clone();
        change(&house, async |on| {
            key::revoke(on, &clock, &key_id).await.unwrap();
        })
        .await;
        denied("revoked").await;
        let log = house.log().await;
        let tried = log.iter().filter(|row| row.kind == "call" && row.outcome == "denied");
        assert_eq!(tried.count(), 4, "{}: only what was pressed stands in the log", house.name);
    }
}

#[tokio::test]
async fn what_expired_can_be_read_and_not_decided() {
    for mut house in houses().await {
        writer(&mut house, &always()).await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let id = ask(&house, "create_records", acme()).await;
        let before = partners(&house).await;
        house.clock.advance(2 * 3_600_000);
        house.state.current.refresh().await.unwrap();
        let page = admin.approval(&id).await;
        assert!(
            page.shows("it expired") && !page.shows("Approve: ") && !page.shows("Refuse: "),
            "{}",
            page.html
        );
        for page in [admin.approve(&id, "").await, admin.refuse(&id, "").await] {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
            assert!(page.shows("it has expired"), "{}: {}", house.name, page.html);
        }
        assert_eq!(partners(&house).await, before, "{}", house.name);
        assert!(admin.get(&format!("{PATH}?show=decided")).await.shows("Expired"), "{}", house.name);
        let told = call(&house, "create_records", acme()).await;
        assert_eq!(told["structuredContent"]["status"], "expired", "{told}");
    }
}

#[tokio::test]
async fn records_that_changed_meanwhile_are_shown_anew() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let made = call(&house, "create_records", acme()).await;
        let partner = made["structuredContent"]["ids"][0].as_i64().unwrap();
        let write = |city: &str| json!({"model": "res.partner", "ids": [partner], "values": {"city": city}});
        set_policy(&house, &policy("res.partner", &always())).await;
        let id = ask(&house, "update_records", write("Kiel")).await;
        set_policy(&house, &policy("res.partner", &json!({}))).await;
        call(&house, "update_records", write("Ulm")).await;
        let other = Browser::of(&house, "boss", MCP).await;
        let old = other.approval(&id).await;
        let page = admin.approval(&id).await;
        assert!(
            page.shows("It would do something else now than is shown here"),
            "{}: {}",
            house.name,
            page.html
        );
        assert!(!page.shows("Ulm"), "{}: nothing is shown anew by looking", house.name);
        let page = admin.approve(&id, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(page.shows("somebody changed the records since this was shown"), "{}", page.html);
        assert!(page.shows("Ulm") && page.shows("Kiel"), "{}: shown anew", house.name);
        // Whoever still looks at what it was before has seen something else.
        let late = other.press(&id, &old, "").await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert!(late.shows("it was shown anew since you opened this page"), "{}: {}", house.name, late.html);
        assert!(late.shows("Ulm") && late.shows("Waiting"), "{}: what it would do now", house.name);
        let blind = [("form", "approve")];
        let blind = other.post(&format!("{PATH}/{id}/approve"), &blind).await;
        assert_eq!(blind.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.name);
        assert_eq!(admin.approve(&id, "").await.status, StatusCode::SEE_OTHER, "{}", house.name);
        let entry = admin.approval(&id).await;
        assert!(entry.shows("Approved by admin"), "{}", house.name);
    }
}

#[tokio::test]
async fn values_that_the_reader_may_not_read_are_kept_back() {
    for mut house in houses().await {
        writer(&mut house, &json!({})).await;
        leads(&house, &json!({})).await;
        let seller = Browser::of(&house, "seller", &["MCP Administrator", "Sales / Administrator"]).await;
        let admin = Browser::of(&house, "admin", MCP).await;
        let lead = json!({"model": "crm.lead", "records": [{"name": "Secret chance"}]});
        let made = call(&house, "create_records", lead).await;
        let lead = made["structuredContent"]["ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
        leads(&house, &always()).await;
        let write = json!({"model": "crm.lead", "ids": [lead], "values": {"city": "Kiel"}});
        let id = ask(&house, "update_records", write).await;
        assert!(seller.approval(&id).await.shows("Secret chance"), "{}", house.name);
        assert!(seller.get(PATH).await.shows("Secret chance"), "{}", house.name);
        let page = admin.approval(&id).await;
        assert!(page.shows("1 record of Lead / Opportunity"), "{}: {}", house.name, page.html);
        assert!(!page.shows("Secret chance") && page.shows("Approve: "), "{}", house.name);
        assert!(!admin.get(PATH).await.shows("Secret chance"), "{}", house.name);
        assert_eq!(admin.get(&format!("{PATH}/none")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn records_that_rules_keep_from_the_reader_are_kept_back() {
    for mut house in houses().await {
        let Writer { user_id, .. } = writer(&mut house, &json!({})).await;
        leads(&house, &json!({})).await;
        let seller = Browser::of(&house, "seller", &["MCP Administrator", "Sales / Administrator"]).await;
        let own = Browser::of(&house, "own", &["MCP Administrator", "Sales / User: Own Documents"]).await;
        let lead = |name: &str| json!({"model": "crm.lead", "records": [{"name": name, "user_id": user_id}]});
        let made = call(&house, "create_records", lead("Secret chance")).await;
        let id = made["structuredContent"]["ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
        leads(&house, &always()).await;
        let write = json!({"model": "crm.lead", "ids": [id], "values": {"city": "Kiel"}});
        let written = ask(&house, "update_records", write).await;
        let created = ask(&house, "create_records", lead("Another chance")).await;
        for (id, name) in [(&written, "Secret chance"), (&created, "Created")] {
            assert!(seller.approval(id).await.shows(name), "{}: {name}", house.name);
            let page = own.approval(id).await;
            assert!(page.shows("1 record of Lead / Opportunity"), "{}: {}", house.name, page.html);
            assert!(!page.shows(name) && page.shows("Approve: "), "{}: {name}", house.name);
        }
        assert!(seller.get(PATH).await.shows("Secret chance"), "{}", house.name);
        assert!(!own.get(PATH).await.shows("Secret chance"), "{}", house.name);
        // Nor does the journal tell, of what is gone neither.
        leads(&house, &json!({})).await;
        let gone = done(&house, "delete_records", json!({"model": "crm.lead", "ids": [id]})).await;
        let entry = format!("/technical/mcp/logs/{gone}");
        let page = seller.get(&entry).await;
        assert!(page.shows("Secret chance"), "{}: {}", house.name, page.html);
        let page = own.get(&entry).await;
        assert!(!page.shows("Secret chance"), "{}: {}", house.name, page.html);
        assert!(page.shows("1 record of Lead / Opportunity"), "{}: {}", house.name, page.html);
    }
}

async fn change(house: &House, act: impl AsyncFnOnce(crate::store::On<'_>)) {
    let mut tx = house.state.db.begin().await.unwrap();
    act(tx.on()).await;
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

async fn join(house: &House, user_id: i64, name: &str) {
    let id = group::named(name).unwrap().id;
    change(house, async |on| groups::join(on, user_id, id).await.unwrap()).await;
    let mut conn = house.state.db.read().await.unwrap();
    assert!(user::by_id(conn.on(), user_id).await.unwrap().unwrap().has_group(name));
}
