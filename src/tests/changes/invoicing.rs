//! Orders invoiced through the tools: only where their policy lists the method, and tried before it is done.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{USER, open, principal, scenes};
use crate::identity::group;
use crate::policy::{Rule, Scope};
use crate::tools::Context;

const METHOD: &str = "action_create_invoice";

fn wish(order: i64, dry_run: bool) -> Value {
    json!({"model": "sale.order", "method": METHOD, "ids": [order], "dry_run": dry_run})
}

#[tokio::test]
async fn an_order_is_invoiced_where_its_policy_lists_the_method() {
    for scene in scenes().await {
        let order = scene
            .number("SELECT MIN(id) FROM sale_order WHERE invoice_status = 'to invoice' AND company_id = 1")
            .await;
        let invoices = async || {
            scene.number(&format!("SELECT COUNT(*) FROM account_move WHERE sale_id = {order}")).await
        };
        let before = invoices().await;
        let mut who = principal(USER, Scope::Write);
        who.user.groups = who.user.groups.iter().cloned().chain([group::ACCOUNTING.to_owned()]).collect();
        let who = Arc::new(who);
        let listing = |method: &str| Context {
            principal: Arc::clone(&who),
            ..scene.under([Rule { methods: [method.to_owned()].into(), ..open("sale.order") }])
        };
        let told = scene.call_as(&listing("action_confirm"), "call_method", &wish(order, false)).await;
        assert!(told.is_err_and(|said| said.contains(METHOD)), "{}", scene.test);

        let context = listing(METHOD);
        let model = json!({"model": "sale.order"});
        let offered = scene.call_as(&context, "describe_model", &model).await.unwrap();
        assert_eq!(offered["methods"][0]["name"], METHOD, "{offered}");
        let tried = scene.call_as(&context, "call_method", &wish(order, true)).await.unwrap();
        assert_eq!((&tried["status"], invoices().await), (&json!("dry_run"), before), "{tried}");
        let done = scene.call_as(&context, "call_method", &wish(order, false)).await.unwrap();
        assert_eq!((&done["status"], invoices().await), (&json!("done"), before + 1), "{done}");
        assert!(done.to_string().contains("invoice_ids"), "{done}");
        let again = scene.call_as(&context, "call_method", &wish(order, false)).await.unwrap_err();
        assert!(again.contains("nothing left to be invoiced"), "{again}");
    }
}
