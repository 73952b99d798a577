//! A change and everything that is kept of it are one.

use std::sync::Arc;

use serde_json::json;

use super::{OPEN, USER, acme, controls, open, principal, refined, scenes};
use crate::changes::{of_log, undo};
use crate::erp::Caller;
use crate::policy::Scope;
use crate::settings::Settings;
use crate::tools::Context;

#[tokio::test]
async fn what_is_done_is_logged_and_journalled_with_it() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let done = scene.call("create_records", &acme()).await.unwrap();
        let id = done["ids"][0].as_i64().unwrap();
        assert_eq!((done["status"].as_str(), scene.partners().await), (Some("done"), before + 1));
        assert_eq!(done["undo"], json!({"possible": true}));
        let name =
            done["changes"][0]["fields"].as_array().unwrap().iter().find(|f| f["name"] == "name").unwrap();
        assert_eq!(*name, json!({"name": "name", "label": "Name", "before": null, "after": "Acme"}));
        let changed = scene
            .call("update_records", &json!({"model": "res.partner", "ids": id, "values": {"city": "Kiel"}}))
            .await
            .unwrap();
        assert_eq!(
            changed["changes"],
            json!([{"model": "res.partner", "label": "Contact", "id": id, "name": "Acme", "kind": "changed",
                "fields": [{"name": "city", "label": "City", "before": null, "after": "Kiel"}]}])
        );
        let log = scene.log().await;
        assert_eq!(log.len(), 2, "{}: once each", scene.test);
        for (row, tool) in log.iter().zip(["create_records", "update_records"]) {
            assert_eq!(
                (row.tool.as_deref(), row.outcome.as_str()),
                (Some(tool), "allowed"),
                "{}",
                scene.test
            );
            assert_eq!((row.row_count, row.model.as_deref()), (Some(1), Some("res.partner")));
            let mut conn = scene.test.db.read().await.unwrap();
            let change = of_log(conn.on(), &row.id).await.unwrap().unwrap();
            assert_eq!((change.login.as_str(), change.differences.len()), ("user10", 1), "{}", scene.test);
        }
    }
}

#[tokio::test]
async fn a_dry_run_shows_everything_and_leaves_nothing() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let mut wish = acme();
        wish["dry_run"] = json!(true);
        let tried = scene.call("create_records", &wish).await.unwrap();
        assert_eq!(
            (tried["status"].as_str(), &tried["ids"]),
            (Some("dry_run"), &json!([])),
            "{}",
            scene.test
        );
        assert_eq!(tried["changes"][0]["kind"], "created");
        let tried = scene
            .call("delete_records", &json!({"model": "crm.lead", "ids": [1, 2], "dry_run": true}))
            .await
            .unwrap();
        assert_eq!(tried["changes"].as_array().unwrap().len(), 2);
        assert_eq!(scene.partners().await, before);
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, 0, "{}", scene.test);
        assert_eq!(scene.number("SELECT COUNT(*) FROM crm_lead WHERE id IN (1, 2)").await, 2);
        assert_eq!(scene.log().await.len(), 2, "{}: tried, and said so", scene.test);
    }
}

#[tokio::test]
async fn all_of_it_or_none() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let records = json!([{"name": "A"}, {"name": "B"}, {"name": "C", "country_id": 999_999}]);
        let said = scene
            .call("create_records", &json!({"model": "res.partner", "records": records}))
            .await
            .unwrap_err();
        assert!(said.contains("records[2]") && said.contains("country_id"), "{said}");
        let said = scene
            .call("create_records", &json!({"model": "res.partner", "records": [{"nme": 1, "email": [1]}]}))
            .await
            .unwrap_err();
        assert!(said.contains("`nme`") && said.contains("email (Email)"), "all at once: {said}");
        let said =
            scene.call("create_records", &json!({"model": "res.partner", "records": []})).await.unwrap_err();
        assert!(said.contains("empty"), "{said}");
        assert_eq!(scene.partners().await, before, "{}", scene.test);
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, 0);
        let log = scene.log().await;
        assert!(log.len() == 3 && log.iter().all(|row| row.outcome == "failed"), "{}", scene.test);
    }
}

#[tokio::test]
async fn every_gate_holds_for_writing() {
    for scene in scenes().await {
        let reader = Context { principal: Arc::new(principal(USER, Scope::Read)), ..scene.context.clone() };
        let said = scene.call_as(&reader, "create_records", &acme()).await.unwrap_err();
        assert!(said.starts_with("MCP key scope: Create needs a key with Enable Write Tools"), "{said}");
        let said = scene
            .call("create_records", &json!({"model": "product.product", "records": [{}]}))
            .await
            .unwrap_err();
        assert!(said.starts_with("Model policy: product.product has no policy"), "{said}");
        let stock = scene.under([open("stock.picking")]);
        let said = scene
            .call_as(&stock, "delete_records", &json!({"model": "stock.picking", "ids": 1}))
            .await
            .unwrap_err();
        assert!(said.starts_with("Axanta access rights: stock.picking allows Delete only to"), "{said}");
        let mut few = controls(OPEN.map(open));
        few.settings = Settings { max_records: 1, ..few.settings };
        let few = Context { controls: Arc::new(few), ..scene.context.clone() };
        let two = json!({"model": "res.partner", "records": [{"name": "A"}, {"name": "B"}]});
        let said = scene.call_as(&few, "create_records", &two).await.unwrap_err();
        assert!(
            said.starts_with("Record limits: 2 records in one change, lines included, are more than 1"),
            "{said}"
        );
        let own = scene.under([refined("res.partner", &json!({"max_records": 1}))]);
        let said = scene.call_as(&own, "create_records", &two).await.unwrap_err();
        assert!(said.contains("the record limit of the policy of res.partner"), "{said}");
        let said = scene
            .call("call_method", &json!({"model": "crm.lead", "method": "write", "ids": 1}))
            .await
            .unwrap_err();
        assert!(said.contains("no business method `write`"), "{said}");
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, 0, "{}", scene.test);
    }
}

#[tokio::test]
async fn a_change_is_taken_back_once() {
    for scene in scenes().await {
        let done = scene.call("create_records", &acme()).await.unwrap();
        let (id, change) = (done["ids"][0].as_i64().unwrap(), done["change_id"].as_str().unwrap().to_owned());
        let user = &scene.context.principal.user;
        let who = Caller {
            user_id: user.id,
            groups: Arc::clone(&user.groups),
            company_ids: user.company_ids(),
            tz: user.tz,
            lang: user.lang.clone(),
        };
        let take_back = async |log_id: &str| {
            let mut tx = scene.test.db.begin().await.unwrap();
            let undone = undo(&scene.services.changes, tx.on(), (&who, "user10"), &change, log_id).await;
            match undone {
                Ok(_) => tx.commit().await.map_err(|e| e.to_string()),
                Err(error) => Err(error.to_string()),
            }
        };
        let update = json!({"model": "res.partner", "ids": id, "values": {"city": "Kiel"}});
        scene.call("update_records", &update).await.unwrap();
        let said = take_back("l1").await.unwrap_err();
        assert!(said.contains("somebody changed city (City) since"), "{said}");
        let update = json!({"model": "res.partner", "ids": id, "values": {"city": null}});
        scene.call("update_records", &update).await.unwrap();
        take_back("l2").await.unwrap();
        let left = scene.number(&format!("SELECT COUNT(*) FROM res_partner WHERE id = {id}")).await;
        assert_eq!(left, 0, "{}", scene.test);
        assert_eq!(take_back("l3").await.unwrap_err(), "This was undone already.", "{}", scene.test);
    }
}

#[tokio::test]
async fn what_a_policy_keeps_back_is_not_changed() {
    for scene in scenes().await {
        let kiel = refined("res.partner", &json!({"domain": [["city", "=", "Kiel"]]}));
        let context = scene.under([kiel]);
        let within = json!({"model": "res.partner", "records": [{"name": "Acme", "city": "Kiel"}]});
        let made = scene.call_as(&context, "create_records", &within).await.unwrap();
        let out = json!({"model": "res.partner", "ids": made["ids"], "values": {"city": "Ulm"}});
        let said = scene.call_as(&context, "update_records", &out).await.unwrap_err();
        assert!(said.starts_with("Model policy: with these values res.partner id"), "{}: {said}", scene.test);
        scene.call("update_records", &out).await.unwrap();
        for (tool, more) in
            [("update_records", json!({"values": {"city": "Kiel"}})), ("delete_records", json!({}))]
        {
            let mut wish = json!({"model": "res.partner", "ids": made["ids"]});
            wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let said = scene.call_as(&context, tool, &wish).await.unwrap_err();
            assert!(said.starts_with("res.partner has no record with id"), "{}: {said}", scene.test);
        }
    }
}
