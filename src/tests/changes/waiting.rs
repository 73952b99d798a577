//! Changes that a person has to approve.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scene, acme, controls, open, principal, refined, scenes};
use crate::audit::Actor;
use crate::changes::{self, Approved, mark, refuse};
use crate::identity::connection::{Connection, Standing};
use crate::identity::group;
use crate::policy::{Rule, Scope};
use crate::settings::{Module, Modules};
use crate::store::approvals::{ApprovalRow, by_id};
use crate::store::idempotency;
use crate::tools::{approve, foresee};

fn four_eyes() -> Rule {
    refined(
        "res.partner",
        &json!({"approval": {"operations": ["create", "write"], "four_eyes": true, "expires_hours": 1}}),
    )
}

impl Scene {
    async fn ask(&self, tool: &str, arguments: &Value) -> String {
        let waits = self.call_as(&self.under([four_eyes()]), tool, arguments).await.unwrap();
        assert_eq!(waits["status"], "pending_approval", "{waits}");
        waits["approval"]["id"].as_str().unwrap().to_owned()
    }

    async fn waiting(&self, id: &str) -> ApprovalRow {
        by_id(self.test.db.read().await.unwrap().on(), id).await.unwrap().unwrap()
    }

    /// Approves as `by`, under `rules` as they stand then.
    pub(super) async fn approve(&self, id: &str, by: i64, rules: Vec<Rule>) -> Result<(), String> {
        let row = self.waiting(id).await;
        let by = Actor { user_id: Some(by), login: format!("user{by}") };
        let seen = mark(&row);
        self.press(&Approved { row: &row, by: &by, word: Some("fine"), seen: Some(&seen) }, rules).await
    }

    /// Approves what was seen, under `rules` as they stand then.
    async fn press(&self, approved: &Approved<'_>, rules: Vec<Rule>) -> Result<(), String> {
        let row = approved.row;
        let mut who = principal(row.user_id, Scope::Write);
        let groups = who.user.groups.iter().cloned();
        who.user.groups = groups.chain([group::ACCOUNTING.to_owned()]).collect();
        approve(&self.services, &Arc::new(controls(rules)), Arc::new(who), approved, "approval")
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn what_was_shown_runs_once_as_the_one_who_asked() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let id = scene.ask("create_records", &acme()).await;
        assert_eq!(scene.partners().await, before, "{}: nothing yet", scene.test);
        let row = scene.waiting(&id).await;
        assert_eq!(row.why, "The policy of res.partner demands approval of Create.");
        assert!(row.differences.contains("Acme") && row.four_eyes);
        let own = scene.approve(&id, super::USER, vec![four_eyes()]).await.unwrap_err();
        assert!(own.contains("somebody else approves"), "{own}");
        let denied = scene.approve(&id, 1, vec![]).await.unwrap_err();
        assert!(denied.starts_with("Model policy: res.partner has no policy"), "decided anew: {denied}");
        let (a, b) =
            tokio::join!(scene.approve(&id, 1, vec![four_eyes()]), scene.approve(&id, 2, vec![four_eyes()]));
        assert_eq!(i32::from(a.is_ok()) + i32::from(b.is_ok()), 1, "{}: {a:?} {b:?}", scene.test);
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
        let row = scene.waiting(&id).await;
        assert_eq!((row.state.as_str(), row.word.as_deref()), ("approved", Some("fine")));
        let log = scene.log().await;
        let acts: Vec<&str> = log.iter().filter(|r| r.kind == "admin").map(|r| r.method.as_str()).collect();
        assert_eq!(acts, ["approval.approve"], "{}", scene.test);
        let done =
            log.iter().filter(|r| r.kind == "call" && r.outcome == "allowed" && r.row_count == Some(1));
        assert!(
            done.clone().count() == 1 && done.clone().all(|r| r.user_id == Some(super::USER)),
            "{}",
            scene.test
        );
    }
}

#[tokio::test]
async fn it_expires_and_can_be_refused() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let late = scene.ask("create_records", &acme()).await;
        let other = scene.ask("create_records", &acme()).await;
        let by = Actor { user_id: Some(1), login: "admin".into() };
        let refusing = async |id: &str| {
            let mut acting = crate::audit::Acting::begin(&scene.test.db, &scene.clock, &by).await.unwrap();
            refuse(&mut acting, &scene.clock, id, (1, "admin"), Some("no")).await?;
            acting.commit("approval.refuse", id, json!({})).await.unwrap();
            Ok::<(), crate::changes::ChangeError>(())
        };
        refusing(&other).await.unwrap();
        let said = scene.approve(&other, 1, vec![four_eyes()]).await.unwrap_err();
        assert!(said.contains("decided before, or it has expired"), "{said}");
        scene.clock.advance(3_600_000);
        assert!(scene.approve(&late, 1, vec![four_eyes()]).await.is_err(), "{}", scene.test);
        assert!(refusing(&late).await.is_err(), "{}", scene.test);
        assert_eq!(scene.partners().await, before, "{}", scene.test);
    }
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_shown_anew() {
    for scene in scenes().await {
        let write = |city: &str| json!({"model": "res.partner", "ids": 5, "values": {"city": city}});
        let id = scene.ask("update_records", &write("Kiel")).await;
        scene.call("update_records", &write("Ulm")).await.unwrap();
        let said = scene.approve(&id, 1, vec![four_eyes()]).await.unwrap_err();
        assert!(said.contains("It is shown anew"), "{said}");
        let row = scene.waiting(&id).await;
        assert!(row.differences.contains("Ulm") && row.state == "pending", "{}", row.differences);
        scene.approve(&id, 1, vec![four_eyes()]).await.unwrap();
        let kiel = "SELECT COUNT(*) FROM res_partner WHERE id = 5 AND city = 'Kiel'";
        assert_eq!(scene.number(kiel).await, 1, "{}", scene.test);
    }
}

#[tokio::test]
async fn rules_weigh_what_a_change_does_wherever_it_reaches() {
    for scene in scenes().await {
        let many =
            refined("res.partner", &json!({"approval": {"operations": ["create"], "over_records": 1}}));
        let context = scene.under([many]);
        let one = scene.call_as(&context, "create_records", &acme()).await.unwrap();
        assert_eq!(one["status"], "done", "{}", scene.test);
        let people = json!({"model": "res.partner", "records": [{"name": "A"}, {"name": "B"}]});
        let two = scene.call_as(&context, "create_records", &people).await.unwrap();
        assert_eq!(two["status"], "pending_approval", "{}", scene.test);
        // The rule of another model that is written on the way.
        let below = refined("res.partner", &json!({"approval": {"operations": ["write"]}}));
        let dear =
            refined("crm.lead", &json!({"approval": {"operations": ["create"], "over_amount": "1000"}}));
        let context = scene.under([below, dear, open("product.category")]);
        let lead = |revenue: i64| json!({"model": "crm.lead", "records": [{"name": "Chance", "expected_revenue": revenue}]});
        let cheap = scene.call_as(&context, "create_records", &lead(1000)).await.unwrap();
        assert_eq!(cheap["status"], "done", "{}", scene.test);
        let costly = scene.call_as(&context, "create_records", &lead(1001)).await.unwrap();
        assert!(
            costly["approval"]["reason"].as_str().unwrap().contains("above an amount of 1000.00"),
            "{costly}"
        );
        let firm = json!({"model": "res.partner", "records": [
            {"name": "Firm", "is_company": true, "child_ids": [[4, 9, 0]]}
        ]});
        let linked = scene.call_as(&context, "create_records", &firm).await.unwrap();
        // The asked model's operation is Create, which needs no approval; the contact that is moved is written.
        assert_eq!(linked["status"], "pending_approval", "{linked}");
    }
}

#[tokio::test]
async fn whoever_chose_no_key_is_given_one_to_ask_what_became_of_it() {
    for scene in scenes().await {
        let mut wish = json!({"model": "res.partner", "records": [{"name": "Acme"}]});
        let call =
            async |wish: &Value| scene.call_as(&scene.under([four_eyes()]), "create_records", wish).await;
        let first = call(&wish).await.unwrap();
        let id = first["approval"]["id"].as_str().unwrap();
        let key = first["approval"]["idempotency_key"].as_str().unwrap();
        wish["idempotency_key"] = json!(key);
        assert_eq!(call(&wish).await.unwrap(), first, "{}: it still waits, once", scene.test);
        scene.approve(id, 1, vec![four_eyes()]).await.unwrap();
        let told = call(&wish).await.unwrap();
        assert_eq!(
            (&told["status"], told["ids"].as_array().map(Vec::len)),
            (&json!("done"), Some(1)),
            "{told}"
        );
        assert_eq!(told["approval"].get("idempotency_key"), None, "{told}");
        wish["records"][0]["name"] = json!("Other");
        assert!(call(&wish).await.unwrap_err().contains("was used for another call"), "{}", scene.test);
        let log = scene.log().await;
        let first = log.iter().find(|row| row.tool.is_some()).unwrap();
        assert_eq!(changes::awaited(first.reason.as_deref().unwrap()), Some(id), "{}", scene.test);
    }
}

#[tokio::test]
async fn whoever_asks_again_under_the_same_key_is_told_what_became_of_it() {
    for scene in scenes().await {
        let with = |key: &str, name: &str| json!({"model": "res.partner", "records": [{"name": name}], "idempotency_key": key});
        let again = async |key: &str, name: &str| {
            scene.call_as(&scene.under([four_eyes()]), "create_records", &with(key, name)).await.unwrap()
        };
        let done = scene.ask("create_records", &with("a", "Acme")).await;
        let late = scene.ask("create_records", &with("b", "Late")).await;
        assert_eq!(again("a", "Acme").await["approval"]["id"], *done, "{}: it still waits", scene.test);
        let mut tx = scene.test.db.begin().await.unwrap();
        let past = scene.clock.millis() + 1;
        assert_eq!(idempotency::prune(tx.on(), past).await.unwrap(), 0, "kept while it can be decided");
        tx.commit().await.unwrap();
        scene.approve(&done, 1, vec![four_eyes()]).await.unwrap();
        let before = scene.partners().await;
        let told = again("a", "Acme").await;
        assert_eq!((&told["status"], &told["approval"]["word"]), (&json!("done"), &json!("fine")), "{told}");
        assert_eq!(told["ids"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!((&told["changes"][0]["name"], &told["undo"]["possible"]), (&json!("Acme"), &json!(true)));
        scene.clock.advance(3_600_000);
        let told = again("b", "Late").await;
        assert_eq!((&told["status"], &told["approval"]["id"]), (&json!("expired"), &json!(late)), "{told}");
        assert_eq!(scene.partners().await, before, "{}: nothing is done by asking", scene.test);
    }
}

#[tokio::test]
async fn what_is_made_is_what_was_shown_or_it_is_shown_anew() {
    for scene in scenes().await {
        let child = json!({"model": "res.partner", "records": [{"name": "Clerk", "parent_id": 5}]});
        let id = scene.ask("create_records", &child).await;
        // The entity that the new contact will belong to changes in between.
        let moved = json!({"model": "res.partner", "ids": 5, "values": {"name": "Renamed"}});
        scene.call("update_records", &moved).await.unwrap();
        let said = scene.approve(&id, 1, vec![four_eyes()]).await.unwrap_err();
        assert!(said.contains("it would do something else now than was shown"), "{}: {said}", scene.test);
        scene.approve(&id, 1, vec![four_eyes()]).await.unwrap();
    }
}

#[tokio::test]
async fn an_amount_weighs_before_as_well_as_after() {
    for scene in scenes().await {
        let dear =
            refined("crm.lead", &json!({"approval": {"operations": ["write"], "over_amount": "1000"}}));
        let lead = json!({"model": "crm.lead", "records": [{"name": "Chance", "expected_revenue": 5000}]});
        let made = scene.call("create_records", &lead).await.unwrap();
        let emptied = json!({"model": "crm.lead", "ids": made["ids"], "values": {"expected_revenue": 0}});
        let waits = scene.call_as(&scene.under([dear]), "update_records", &emptied).await.unwrap();
        assert_eq!(waits["status"], "pending_approval", "{}", scene.test);
    }
}

#[tokio::test]
async fn what_was_shown_runs_the_first_time_whatever_became_of_the_rules() {
    for scene in scenes().await {
        let write = |city: &str| json!({"model": "res.partner", "ids": 5, "values": {"city": city}});
        let at = async |city: &str| {
            let sql = format!("SELECT COUNT(*) FROM res_partner WHERE id = 5 AND city = '{city}'");
            scene.number(&sql).await
        };
        let id = scene.ask("update_records", &write("Kiel")).await;
        scene.approve(&id, 1, vec![open("res.partner")]).await.unwrap();
        assert_eq!(at("Kiel").await, 1, "{}: no rule of approval is left", scene.test);
        let id = scene.ask("update_records", &write("Ulm")).await;
        let other =
            refined("res.partner", &json!({"approval": {"operations": ["write"], "over_records": 0}}));
        scene.approve(&id, 1, vec![other]).await.unwrap();
        assert_eq!(at("Ulm").await, 1, "{}: another rule", scene.test);
        // What is not as it was shown is shown anew, rules or none.
        let id = scene.ask("update_records", &write("Jena")).await;
        scene.call("update_records", &write("Bonn")).await.unwrap();
        let said = scene.approve(&id, 1, vec![open("res.partner")]).await.unwrap_err();
        assert!(said.contains("It is shown anew"), "{}: {said}", scene.test);
    }
}

#[tokio::test]
async fn four_eyes_that_are_demanded_by_now_are_heeded() {
    for scene in scenes().await {
        let two = refined("res.partner", &json!({"approval": {"operations": ["create"]}}));
        let waits = scene.call_as(&scene.under([two]), "create_records", &acme()).await.unwrap();
        let id = waits["approval"]["id"].as_str().unwrap().to_owned();
        let before = scene.partners().await;
        let own = scene.approve(&id, super::USER, vec![four_eyes()]).await.unwrap_err();
        assert!(own.contains("somebody else approves"), "{}: {own}", scene.test);
        assert_eq!(scene.partners().await, before, "{}", scene.test);
        scene.approve(&id, 1, vec![four_eyes()]).await.unwrap();
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
    }
}

#[tokio::test]
async fn whoever_asked_is_told_what_the_approved_method_answered() {
    for scene in scenes().await {
        let (order, _) = scene.quotation().await;
        let mut rule = refined("sale.order", &json!({"approval": {"operations": ["method_call"]}}));
        rule.methods.insert("action_confirm".to_owned());
        let asked = json!({"model": "sale.order", "method": "action_confirm", "ids": [order], "idempotency_key": "k"});
        let context = scene.ruled([rule.clone()]);
        let waits = scene.call_as(&context, "call_method", &asked).await.unwrap();
        assert_eq!((&waits["status"], waits.get("result")), (&json!("pending_approval"), None));
        let id = waits["approval"]["id"].as_str().unwrap();
        scene.approve(id, 1, vec![rule, open("sale.order.line")]).await.unwrap();
        let told = scene.call_as(&context, "call_method", &asked).await.unwrap();
        let made = scene.number(&format!("SELECT MIN(id) FROM stock_picking WHERE sale_id = {order}")).await;
        assert_eq!(told["status"], "done", "{}: {told}", scene.test);
        assert_eq!(told["result"], json!({"state": "sale", "picking_ids": [made]}), "{}", scene.test);
        // So is whoever repeats what was done at once.
        let (order, _) = scene.quotation().await;
        let mut open = open("sale.order");
        open.methods.insert("action_confirm".to_owned());
        let context = scene.ruled([open]);
        let asked = json!({"model": "sale.order", "method": "action_confirm", "ids": [order], "idempotency_key": "l"});
        let first = scene.call_as(&context, "call_method", &asked).await.unwrap();
        let again = scene.call_as(&context, "call_method", &asked).await.unwrap();
        assert_eq!(first["result"], again["result"], "{}", scene.test);
    }
}

#[tokio::test]
async fn what_was_shown_anew_to_another_was_not_seen_by_this_one() {
    for scene in scenes().await {
        let write = |city: &str| json!({"model": "res.partner", "ids": 5, "values": {"city": city}});
        let id = scene.ask("update_records", &write("Kiel")).await;
        let by = Actor { user_id: Some(1), login: "admin".into() };
        let first = scene.waiting(&id).await;
        let seen = mark(&first);
        scene.call("update_records", &write("Ulm")).await.unwrap();
        // Another one tries: it is shown anew, to them alone.
        scene.approve(&id, 2, vec![four_eyes()]).await.unwrap_err();
        let now = scene.waiting(&id).await;
        for row in [&first, &now] {
            let stale = Approved { row, by: &by, word: None, seen: Some(&seen) };
            let said = scene.press(&stale, vec![four_eyes()]).await.unwrap_err();
            assert!(said.contains("it was shown anew since you opened this page"), "{}: {said}", scene.test);
        }
        let blind = Approved { row: &now, by: &by, word: None, seen: None };
        assert!(scene.press(&blind, vec![four_eyes()]).await.is_err(), "{}: nothing was seen", scene.test);
        let kiel = "SELECT COUNT(*) FROM res_partner WHERE id = 5 AND city = 'Kiel'";
        assert_eq!(scene.number(kiel).await, 0, "{}", scene.test);
        let seen = mark(&now);
        scene
            .press(&Approved { row: &now, by: &by, word: None, seen: Some(&seen) }, vec![four_eyes()])
            .await
            .unwrap();
        assert_eq!(scene.number(kiel).await, 1, "{}", scene.test);
    }
}

#[tokio::test]
async fn midnight_changes_nothing_that_was_shown() {
    for scene in scenes().await {
        let asks = |model: &str| refined(model, &json!({"approval": {"operations": ["create"]}}));
        let rules = || [asks("sale.order"), asks("account.move")];
        let order =
            json!({"model": "sale.order", "records": [{"partner_id": 5, "order_line": [{"product_id": 1}]}]});
        let invoice = json!({"model": "account.move", "records": [
            {"move_type": "out_invoice", "partner_id": 5, "line_ids": [{"product_id": 1, "price_unit": 9}]}
        ]});
        for asked in [order, invoice] {
            let context = scene.ruled(rules());
            let waits = scene.call_as(&context, "create_records", &asked).await.unwrap();
            assert_eq!(waits["status"], "pending_approval", "{}: {waits}", scene.test);
            scene.clock.advance(20 * 3_600_000);
            let row = scene.waiting(waits["approval"]["id"].as_str().unwrap()).await;
            let (by, seen) = (Actor { user_id: Some(1), login: "admin".into() }, mark(&row));
            let approved = Approved { row: &row, by: &by, word: None, seen: Some(&seen) };
            let done =
                approve(&scene.services, &context.controls, context.principal.clone(), &approved, "approval");
            done.await.unwrap_or_else(|error| panic!("{}: {error}: {}", scene.test, row.differences));
        }
    }
}

#[tokio::test]
async fn what_came_by_a_connection_goes_with_its_module() {
    for scene in scenes().await {
        let id = scene.ask("create_records", &acme()).await;
        let before = scene.partners().await;
        let row = scene.waiting(&id).await;
        let (by, seen) = (Actor { user_id: Some(1), login: "admin".into() }, mark(&row));
        let approved = Approved { row: &row, by: &by, word: None, seen: Some(&seen) };
        let mut who = principal(super::USER, Scope::Write);
        who.connection = Some(Connection {
            grant_id: "g".into(),
            client: "Codex".into(),
            scope: Scope::Write,
            most: Scope::Write,
            expires_at: i64::MAX,
            standing: Standing::Good,
        });
        let who = Arc::new(who);
        let mut under = controls([four_eyes()]);
        let error =
            approve(&scene.services, &Arc::new(under.clone()), Arc::clone(&who), &approved, "a").await;
        let said = error.map(drop).unwrap_err().to_string();
        assert!(said.contains("MCP Server - OAuth is not installed"), "{}: {said}", scene.test);
        let looked = foresee(&scene.services, &Arc::new(under.clone()), Arc::clone(&who), &approved).await;
        assert!(looked.is_err(), "{}: said before Approve", scene.test);
        assert_eq!(scene.partners().await, before, "{}", scene.test);
        let mut tx = scene.test.db.begin().await.unwrap();
        Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap();
        under.modules = Modules::load(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        approve(&scene.services, &Arc::new(under), who, &approved, "a").await.map(drop).unwrap();
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
    }
}
