//! What is told of a change that waits: to whoever approves it, and to whoever asked.

use serde_json::{Value, json};

use super::{acme, open, refined, scenes};
use crate::erp::About;
use crate::policy::Rule;
use crate::store::{approvals, on_db, users};

fn waits(model: &str, operation: &str) -> Rule {
    let mut rule = refined(model, &json!({"approval": {"operations": [operation]}}));
    rule.methods.extend(["action_confirm", "action_post"].map(str::to_owned));
    rule
}

impl super::Scene {
    async fn about(&self, waits: &Value) -> Vec<About> {
        let id = waits["approval"]["id"].as_str().unwrap_or_else(|| panic!("{waits}"));
        let row = approvals::by_id(self.test.db.read().await.unwrap().on(), id).await.unwrap().unwrap();
        serde_json::from_str(&row.about).unwrap()
    }
}

#[tokio::test]
async fn a_name_that_is_only_tried_is_no_name() {
    for scene in scenes().await {
        let context = scene.ruled([waits("account.move", "method_call"), waits("sale.order", "create")]);
        let line = json!([[0, 0, {"product_id": 1, "quantity": 2, "price_unit": 100}]]);
        let invoice = json!({"model": "account.move", "records": [
            {"move_type": "out_invoice", "partner_id": 5, "line_ids": line}]});
        let made = scene.call_as(&context, "create_records", &invoice).await.unwrap();
        let post = json!({"model": "account.move", "method": "action_post", "ids": made["ids"]});
        let waiting = scene.call_as(&context, "call_method", &post).await.unwrap();
        let total = scene
            .number(&format!("SELECT amount_total FROM account_move WHERE id = {}", made["ids"][0]))
            .await;
        let about = scene.about(&waiting).await;
        let [one] = about.as_slice() else { panic!("{about:?}") };
        assert_eq!((one.name.as_deref(), one.total), (None, Some(total)), "{}: {one:?}", scene.test);
        assert!(one.of.is_some() && one.currency.is_some() && one.id == made["ids"][0].as_i64(), "{one:?}");
        let id = waiting["approval"]["id"].as_str().unwrap();
        scene
            .approve(id, 1, vec![waits("account.move", "method_call"), open("account.move.line")])
            .await
            .unwrap();
        let done = scene.about(&waiting).await;
        assert!(
            done[0].name.as_deref().is_some_and(|name| name.starts_with("INV/")),
            "{}: {done:?}",
            scene.test
        );

        let order = json!({"model": "sale.order", "records": [{"partner_id": 5, "order_line": [
            [0, 0, {"product_id": 1, "product_uom_qty": 3, "price_unit": 50, "tax_rate": 0}]]}]});
        let waiting = scene.call_as(&context, "create_records", &order).await.unwrap();
        let [one] = &scene.about(&waiting).await[..] else { panic!("one is asked for") };
        assert_eq!((one.id, one.name.as_deref(), one.total), (None, None, Some(15_000)), "{}", scene.test);
        // What was meant for it takes another's number: it is called by its own.
        let (other, _) = scene.quotation().await;
        let id = waiting["approval"]["id"].as_str().unwrap();
        scene.approve(id, 1, vec![waits("sale.order", "create"), open("sale.order.line")]).await.unwrap();
        let done = scene.about(&waiting).await;
        assert!(
            done[0].id.is_some_and(|id| id != other) && done[0].name.is_some(),
            "{}: {done:?}",
            scene.test
        );
        let sql = format!(
            "SELECT COUNT(*) FROM sale_order WHERE id = {} AND name = '{}'",
            done[0].id.unwrap(),
            done[0].name.as_deref().unwrap()
        );
        assert_eq!(scene.number(&sql).await, 1, "{}: {done:?}", scene.test);
        // What whoever asks gave a name is called so from the start.
        let context = scene.under([waits("res.partner", "create")]);
        let waiting = scene.call_as(&context, "create_records", &acme()).await.unwrap();
        assert_eq!(scene.about(&waiting).await[0].name.as_deref(), Some("Acme"), "{}", scene.test);
    }
}

#[tokio::test]
async fn whoever_generated_the_key_counts_as_the_one_who_asks() {
    for scene in scenes().await {
        let key = format!("key{}", super::USER);
        let sql = "INSERT INTO mcp_keys (id, user_id, name, scope, hash, hint, created_at, created_by) \
            VALUES ($1, $2, 'laptop', 'write', 'h', 'axk_', 0, $2)";
        let mut tx = scene.test.db.begin().await.unwrap();
        let maker = users::insert(tx.on(), &users::NewUser::named("maker")).await.unwrap();
        on_db!(tx.on(), c => sqlx::query(sql).bind(&key).bind(maker).execute(&mut *c).await.map(drop))
            .unwrap();
        tx.commit().await.unwrap();
        let rule =
            || refined("res.partner", &json!({"approval": {"operations": ["create"], "four_eyes": true}}));
        let waiting = scene.call_as(&scene.under([rule()]), "create_records", &acme()).await.unwrap();
        let id = waiting["approval"]["id"].as_str().unwrap();
        let before = scene.partners().await;
        let own = scene.approve(id, maker, vec![rule()]).await.unwrap_err();
        assert!(own.contains("generated the key"), "{}: {own}", scene.test);
        assert_eq!(scene.partners().await, before, "{}", scene.test);
        scene.approve(id, 2, vec![rule()]).await.unwrap();
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
    }
}

#[tokio::test]
async fn a_trial_says_that_it_would_wait() {
    for scene in scenes().await {
        let mut wish = acme();
        wish["dry_run"] = json!(true);
        let tried = scene
            .call_as(&scene.under([waits("res.partner", "create")]), "create_records", &wish)
            .await
            .unwrap();
        let notes = tried["notes"].to_string();
        assert!(
            notes.contains("it would wait until a person approves it. The policy of res.partner demands"),
            "{tried}"
        );
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_approvals").await, 0, "{}", scene.test);
        let tried = scene.call("create_records", &wish).await.unwrap();
        assert!(!tried["notes"].to_string().contains("approves"), "{}: {tried}", scene.test);
    }
}

#[tokio::test]
async fn what_was_hidden_since_it_was_asked_for_is_not_told_again() {
    for scene in scenes().await {
        let write =
            json!({"model": "res.partner", "ids": 5, "values": {"city": "Kiel"}, "idempotency_key": "k"});
        let first = scene
            .call_as(&scene.under([waits("res.partner", "write")]), "update_records", &write)
            .await
            .unwrap();
        assert!(first["changes"].to_string().contains("Kiel"), "{first}");
        let hiding = refined(
            "res.partner",
            &json!({"approval": {"operations": ["write"]},
            "fields": {"hidden": ["city"]}}),
        );
        let again = scene.call_as(&scene.under([hiding]), "update_records", &write).await.unwrap();
        assert_eq!(
            (&again["status"], &again["approval"]["id"]),
            (&json!("pending_approval"), &first["approval"]["id"])
        );
        assert!(!again["changes"].to_string().contains("city"), "{}: {again}", scene.test);
    }
}

#[tokio::test]
async fn one_change_holds_only_so_much_text() {
    for scene in scenes().await {
        let ids: Vec<i64> = (2..60).collect();
        let long = "x".repeat(40_000);
        let write = json!({"model": "res.partner", "ids": ids, "values": {"comment": long}});
        let said = scene.call("update_records", &write).await.unwrap_err();
        assert!(
            said.contains("the texts of these 58 records come to 2265 KB") && said.contains("1024 KB"),
            "{said}"
        );
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, 0, "{}", scene.test);
        // What was there before counts as much: twenty at a time are written, forty are not emptied at once.
        let (some, others) = (&ids[..20], &ids[20..40]);
        for part in [some, others] {
            let part = json!({"model": "res.partner", "ids": part, "values": {"comment": long}});
            scene.call("update_records", &part).await.unwrap();
        }
        let clear = json!({"model": "res.partner", "ids": ids[..40], "values": {"comment": null}});
        let said = scene.call("update_records", &clear).await.unwrap_err();
        assert!(said.contains("KB of text"), "{}: {said}", scene.test);
        let one = json!({"model": "res.partner", "ids": [2], "values": {"comment": "y".repeat(50_000)}});
        assert_eq!(scene.call("update_records", &one).await.unwrap()["status"], "done", "{}", scene.test);
    }
}
