//! What stands in the way of a change is told without what a policy hides.

use serde_json::{Value, json};

use super::super::row::Values as _;
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
    match bench.change_under(&permit, &everybody(), what).await {
        Err(error) => error.to_string(),
        Ok(effect) => panic!("{}: {model} was not refused: {effect:?}", bench.test.name),
    }
}

fn hides(model: &str, fields: &[&str]) -> impl Fn(&mut Rule) {
    let refined = Refinements::read(&json!({"fields": {"hidden": fields}}).to_string());
    move |rule| {
        if rule.model == model {
            rule.refinements = Some(refined.clone());
        }
    }
}

fn only(model: &str, domain: &Value) -> impl Fn(&mut Rule) {
    let refined = Refinements::read(&json!({"domain": domain}).to_string());
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

#[tokio::test]
async fn what_lies_in_stock() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let delivery = |quantity: i64| {
            json!({"picking_type": "outgoing", "warehouse_id": 1,
                "movement_ids": [{"product_id": cast.goods, "quantity": quantity}]})
        };
        let there = format!(
            "SELECT CAST(SUM(quantity - reserved_quantity) / 1000 AS BIGINT) FROM stock_quant \
             WHERE product_id = {} AND warehouse_id = 1",
            cast.goods
        );
        let there = bench.number(&there).await;
        let all = bench.made("stock.picking", delivery(900_000)).await;
        let nothing = bench.made("product.product", json!({"name": "None of it", "categ_id": 1})).await;
        let empty = json!({"picking_type": "outgoing", "warehouse_id": 1,
            "movement_ids": [{"product_id": nothing, "quantity": 5}]});
        let empty = bench.made("stock.picking", empty).await;
        let validate = |id: i64| call("button_validate", &[id]);
        let said = told(&bench, "stock.picking", validate(empty), |_| {}).await;
        assert!(said.contains("0 unit of 5 are at"), "{said}");
        let excluded = json!([["product_id", "not in", [cast.goods, nothing]]]);
        let (quant, field) = ("stock.quant", "quantity");
        let said = told(&bench, "stock.picking", validate(empty), hides(quant, &[field])).await;
        assert!(said.contains("not enough of None of it is there") && !said.contains("are at"), "{said}");
        for said in [
            told(&bench, "stock.picking", validate(empty), only(quant, &excluded)).await,
            told(&bench, "stock.picking", validate(empty), shut(quant)).await,
        ] {
            assert!(said.contains("not enough of None of it is there"), "{said}");
        }
        // Done in part, it does not say how much there was either.
        let mut rules = open_policies();
        rules.iter_mut().for_each(only(quant, &excluded));
        let permit = permit_under(rules, "stock.picking", Operation::MethodCall, Some("button_validate"));
        let done = bench.change_under(&permit, &everybody(), validate(all)).await.unwrap();
        let said = done.answer.unwrap().to_string();
        assert!(said.contains("not enough of") && !said.contains(&there.to_string()), "{there}: {said}");
    }
}

#[tokio::test]
async fn prices_of_lines_beyond_a_policy() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let line = |price: i64| json!({"product_id": cast.goods, "price_unit": price});
        let of = async |prices: &[i64]| {
            let lines: Vec<Value> = prices.iter().map(|price| line(*price)).collect();
            let record =
                json!({"partner_id": cast.german, "company_id": 1, "currency_id": 1, "order_line": lines});
            bench.made("sale.order", record).await
        };
        let (mixed, near, small) = (of(&[50, 500]).await, of(&[99]).await, of(&[50]).await);
        // A dollar is less than a euro.
        let dollars = |id: i64| write(&[id], &json!({"currency_id": 2}));
        let cheap = json!([["price_unit", "<", 100]]);
        let before = bench.rows("sale.order.line", &format!("order_id = {mixed}")).await;
        let said = told(&bench, "sale.order", dollars(mixed), only("sale.order.line", &cheap)).await;
        assert!(said.contains("keep some of its lines from you"), "{said}");
        assert_eq!(bench.rows("sale.order.line", &format!("order_id = {mixed}")).await, before);
        let said = told(&bench, "sale.order", dollars(near), only("sale.order.line", &cheap)).await;
        assert!(said.contains("would lie outside of the records that its policy lets be reached"), "{said}");
        let mut rules = open_policies();
        rules.iter_mut().for_each(only("sale.order.line", &cheap));
        let permit = permit_under(rules, "sale.order", Operation::Write, None);
        bench.change_under(&permit, &everybody(), dollars(small)).await.unwrap();
        let repriced = bench.rows("sale.order.line", &format!("order_id = {small}")).await.remove(0);
        assert!(repriced.number("price_unit") > 5_000, "{repriced:?}");
    }
}

#[tokio::test]
async fn states_and_the_like() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let line = json!({"product_id": cast.goods});
        let order = bench.made("sale.order", json!({"partner_id": cast.german, "order_line": [line]})).await;
        let confirm = || call("action_confirm", &[order]);
        let mut rules = open_policies();
        rules.iter_mut().for_each(hides("sale.order", &["state", "picking_ids"]));
        let permit = permit_under(rules, "sale.order", Operation::MethodCall, Some("action_confirm"));
        let done = bench.change_under(&permit, &everybody(), confirm()).await.unwrap();
        assert_eq!(done.answer, Some(json!({})));
        let said = told(&bench, "sale.order", confirm(), |_| {}).await;
        assert!(said.contains(", Sales Order)"), "{said}");
        let said = told(&bench, "sale.order", confirm(), hides("sale.order", &["state"])).await;
        assert!(!said.contains("Sales Order)"), "{said}");

        let product = json!({"name": "Old", "categ_id": 1, "active": false});
        let archived = bench.made("product.product", product).await;
        let product = json!({"name": "Own", "categ_id": 1, "sale_ok": false});
        let unsold = bench.made("product.product", product).await;
        let draft = bench.made("sale.order", json!({"partner_id": cast.german})).await;
        let with = |product: i64| write(&[draft], &json!({"order_line": [{"product_id": product}]}));
        for (product, field, told_of) in
            [(archived, "active", "is archived"), (unsold, "sale_ok", "(sale_ok is false)")]
        {
            let said = told(&bench, "sale.order", with(product), |_| {}).await;
            assert!(said.contains(told_of), "{said}");
            let said = told(&bench, "sale.order", with(product), hides("product.product", &[field])).await;
            assert!(!said.contains(told_of) && said.contains("choose another"), "{said}");
        }
        let partner = json!({"name": "Former", "active": false});
        let former = bench.made("res.partner", partner).await;
        let said = told(&bench, "sale.order", write(&[draft], &json!({"partner_id": former})), |_| {}).await;
        assert!(said.contains("is archived"), "{said}");
        let to = write(&[draft], &json!({"partner_id": former}));
        let said = told(&bench, "sale.order", to, hides("res.partner", &["active"])).await;
        assert!(said.contains("is not in use; choose another"), "{said}");

        let bank =
            bench.number("SELECT MIN(id) FROM account_journal WHERE type = 'bank' AND company_id = 1").await;
        let entry = json!({"move_type": "out_invoice", "partner_id": cast.german, "company_id": 1});
        let entry = bench.made("account.move", entry).await;
        let into = || write(&[entry], &json!({"journal_id": bank}));
        let said = told(&bench, "account.move", into(), |_| {}).await;
        assert!(said.contains("is of type bank"), "{said}");
        let said = told(&bench, "account.move", into(), hides("account.journal", &["type"])).await;
        assert!(said.contains("is of another type"), "{said}");
    }
}
