//! Records that the caller may not see are as if they were not there, whatever is asked of them; the log knows better.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scene, controls, open, principal, refined, scenes};
use crate::identity::group;
use crate::policy::{Rule, Scope};
use crate::tools::Context;

/// An id that no record has.
const NONE: i64 = 99_999_999;

impl Scene {
    /// Somebody who sells and sees their own documents, under this policy of orders.
    fn seller(&self, orders: Rule) -> Context {
        let mut who = principal(super::USER, Scope::Write);
        who.user.groups = [group::SALES_OWN_DOCUMENTS, group::MCP_USER].map(str::to_owned).into();
        who.user.companies.truncate(1);
        let mut orders = orders;
        orders.methods.insert("action_confirm".to_owned());
        let rules = [orders, open("sale.order.line"), open("res.partner")];
        Context { controls: Arc::new(controls(rules)), principal: Arc::new(who), ..self.context.clone() }
    }

    /// What each tool says of the order `id`, which must be that it does not do it.
    async fn said(&self, context: &Context, id: i64) -> Vec<(&'static str, String)> {
        let line = json!([[1, id, {"name": "x"}]]);
        let mut all = Vec::new();
        for (tool, more) in [
            ("read_records", json!({})),
            ("update_records", json!({"values": {"client_order_ref": "x"}})),
            ("update_records", json!({"values": {"client_order_ref": "x"}, "dry_run": true})),
            ("update_records", json!({"values": {"order_line": line}})),
            ("call_method", json!({"method": "action_confirm"})),
            ("render_report", json!({"report": "sale.report_saleorder", "format": "html"})),
        ] {
            let mut asked = json!({"model": "sale.order", "ids": [id]});
            asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all.push((tool, self.call_as(context, tool, &asked).await.unwrap_err()));
            if tool == "read_records" {
                asked["ids"] = json!([id, NONE + 1]);
                all.push((tool, self.call_as(context, tool, &asked).await.unwrap_err()));
            }
        }
        all
    }
}

fn without(said: Vec<(&'static str, String)>, id: i64) -> Vec<(&'static str, String)> {
    said.into_iter().map(|(tool, text)| (tool, text.replace(&id.to_string(), "#"))).collect()
}

#[tokio::test]
async fn no_tool_tells_a_hidden_record_from_one_that_is_not_there() {
    for scene in scenes().await {
        let others = format!(
            "SELECT MAX(id) FROM sale_order WHERE company_id = 1 AND state = 'draft' AND user_id <> {}",
            super::USER
        );
        let kept = scene.number(&others).await;
        let foreign = scene.number("SELECT MAX(id) FROM sale_order WHERE company_id = 2").await;
        let seller = scene.seller(open("sale.order"));
        let missing = without(scene.said(&seller, NONE).await, NONE);
        for (tool, said) in &missing {
            assert!(said.starts_with("sale.order has no record with id #"), "{}: {tool}: {said}", scene.test);
            assert!(said.contains("search_records finds what you may see"), "{said}");
        }
        for hidden in [kept, foreign] {
            assert_eq!(without(scene.said(&seller, hidden).await, hidden), missing, "{}", scene.test);
        }
        // Nor does the domain of a policy tell.
        let narrowed = scene.seller(refined("sale.order", &json!({"domain": [["id", "=", 1]]})));
        let own =
            format!("SELECT MAX(id) FROM sale_order WHERE user_id = {} AND company_id = 1", super::USER);
        let own = scene.number(&own).await;
        assert_eq!(without(scene.said(&narrowed, own).await, own), missing, "{}", scene.test);
        // Whoever reads the log is told which gate it was.
        let log = scene.log().await;
        let gates = |gate: &str| log.iter().filter(|row| row.gate.as_deref() == Some(gate)).count();
        assert_eq!(gates("record_rules"), 2 * missing.len(), "{}", scene.test);
        assert_eq!(gates("policy"), missing.len(), "{}", scene.test);
        let failed = log.iter().filter(|row| row.outcome == "failed").count();
        assert_eq!(failed, missing.len(), "{}: what is not there", scene.test);
    }
}

#[tokio::test]
async fn lines_that_are_hidden_do_not_tell_of_themselves() {
    for scene in scenes().await {
        let order = json!({"model": "sale.order", "records": [{"partner_id": 5, "user_id": super::USER, "order_line": [
            {"product_id": 1}, {"product_id": 1}
        ]}]});
        let made = scene.call_as(&scene.seller(open("sale.order")), "create_records", &order).await.unwrap();
        let id = made["ids"][0].as_i64().unwrap();
        let line = scene.number(&format!("SELECT MAX(id) FROM sale_order_line WHERE order_id = {id}")).await;
        let mut seller = scene.seller(open("sale.order"));
        let few = refined("sale.order.line", &json!({"domain": [["id", "<", line]]}));
        seller.controls = Arc::new(controls([open("sale.order"), few, open("res.partner")]));
        let command = async |command: Value| {
            let asked = json!({"model": "sale.order", "ids": [id], "values": {"order_line": [command]}});
            scene.call_as(&seller, "update_records", &asked).await.unwrap_err()
        };
        for code in [1, 2] {
            let of = async |line: i64| {
                command(json!([code, line, {"name": "x"}])).await.replace(&line.to_string(), "#")
            };
            assert_eq!(of(line).await, of(NONE).await, "{}", scene.test);
        }
        let said = command(json!([5, 0, 0])).await;
        assert!(
            said.contains("keep some of its lines from you") && !said.contains(&line.to_string()),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_gone_is_told_to_whom_it_would_have_been_shown() {
    for scene in scenes().await {
        let (order, _) = scene.quotation().await;
        let delete = json!({"model": "sale.order", "ids": [order], "idempotency_key": "gone"});
        let told = async |rules: Vec<Rule>| {
            let told = scene.call_as(&scene.ruled(rules), "delete_records", &delete).await;
            let told = told.unwrap_or_else(|said| panic!("{}: {said}", scene.test));
            assert_eq!(told["status"], "done", "{}: {told}", scene.test);
            let notes = told["notes"][0].as_str().unwrap_or_default().to_owned();
            (told["changes"].as_array().unwrap().len(), notes)
        };
        assert_eq!(told(vec![]).await, (3, String::new()), "{}: the order and its lines", scene.test);
        let only = |model: &str, path: &str, id: i64| refined(model, &json!({"domain": [[path, "=", id]]}));
        // The order that the lines link to is gone with them.
        let path = "order_id.partner_id";
        assert_eq!(told(vec![only("sale.order.line", path, 5)]).await.0, 3, "{}", scene.test);
        let (shown, note) = told(vec![only("sale.order.line", path, 6)]).await;
        assert_eq!(shown, 1, "{}", scene.test);
        assert!(note.starts_with("2 more records change with it"), "{}: {note}", scene.test);
        let (shown, note) = told(vec![only("sale.order", "id", NONE)]).await;
        assert_eq!(shown, 2, "{}: {note}", scene.test);
        assert_eq!(told(vec![only("sale.order", "partner_id", 5)]).await.0, 3, "{}", scene.test);
    }
}
