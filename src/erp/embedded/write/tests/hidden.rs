//! What stands in the way of a change is told without what a policy hides.

use serde_json::json;

use super::cast::cast;
use super::{Bench, benches, call, create, everybody, open_policies, permit_under, write};
use crate::erp::What;
use crate::model::Operation;
use crate::policy::{Refinements, Rule};

/// What is said of a change that policy lets a caller do to `model`, under rules that are `changed`.
async fn told(bench: &Bench, model: &str, what: What, changed: impl Fn(&mut Rule)) -> String {
    let (operation, method) = match &what {
        What::Call { method, .. } => (Operation::MethodCall, Some(method.clone())),
        _ => (Operation::Write, None),
    };
    let mut rules = open_policies();
    rules.iter_mut().for_each(changed);
    let permit = permit_under(rules, model, operation, method.as_deref());
    bench.change_under(&permit, &everybody(), what).await.unwrap_err().to_string()
}

fn hides(model: &str, fields: &[&str]) -> impl Fn(&mut Rule) {
    let refined = Refinements::read(&json!({"fields": {"hidden": fields}}).to_string());
    move |rule| {
        if rule.model == model {
            rule.refinements = Some(refined.clone());
        }
    }
}

fn shut(model: &str) -> impl Fn(&mut Rule) {
    move |rule| {
        if rule.model == model {
            rule.allowed = rule.allowed.without(Operation::Read);
        }
    }
}

#[tokio::test]
async fn quantities_and_transfers() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let line = json!({"product_id": cast.goods, "product_uom_qty": 7});
        let order = bench.made("sale.order", json!({"partner_id": cast.german, "order_line": [line]})).await;
        let done = bench.change(&everybody(), "sale.order", call("action_confirm", &[order])).await.unwrap();
        let picking = done.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
        let line = bench.number(&format!("SELECT id FROM sale_order_line WHERE order_id = {order}")).await;
        bench.change(&everybody(), "stock.picking", call("button_validate", &[picking])).await.unwrap();

        let less = || write(&[line], &json!({"product_uom_qty": 2}));
        let said = told(&bench, "sale.order.line", less(), |_| {}).await;
        assert!(said.contains("can't be less than its qty_delivered, 7"), "{said}");
        let said =
            told(&bench, "sale.order.line", less(), hides("sale.order.line", &["qty_delivered"])).await;
        assert!(said.contains("can't be less than what came of it already"), "{said}");

        let cancel = || call("action_cancel", &[order]);
        let said = told(&bench, "sale.order", cancel(), |_| {}).await;
        assert!(said.contains("were delivered already, by "), "{said}");
        let said = told(&bench, "sale.order", cancel(), shut("stock.picking")).await;
        assert!(said.contains("were delivered already; set"), "{said}");
    }
}

#[tokio::test]
async fn sums_of_the_books() {
    for bench in benches().await {
        let account = bench.number("SELECT MIN(id) FROM account_account WHERE company_id = 1").await;
        let items = json!([{"account_id": account, "debit": 31}, {"account_id": account, "credit": 13}]);
        let entry = create(&[json!({"line_ids": items})]);
        let entry = bench.change(&everybody(), "account.move", entry).await.unwrap().ids[0];
        let post = || call("action_post", &[entry]);
        let said = told(&bench, "account.move", post(), |_| {}).await;
        assert!(said.contains("debit is 18 EUR more than credit (31 against 13)"), "{said}");
        let said =
            told(&bench, "account.move", post(), hides("account.move.line", &["debit", "balance"])).await;
        assert!(said.ends_with("does not balance."), "{said}");
    }
}
