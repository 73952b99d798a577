//! What is refused, in words that name the field and the way to mend it: the same words on both databases.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::cast::{Cast, cast};
use super::{Bench, benches, call, caller, create, everybody, seller, write};
use crate::erp::{Caller, Values, What};
use crate::identity::group::{CONTACTS, SALES_ADMINISTRATOR};

/// What is tried: by whom, on which model, what.
type Case = (&'static str, Caller, &'static str, What);

/// Records in the states that refuse something.
struct States {
    /// A draft, and a line of it.
    draft: (i64, i64),
    /// A confirmed order, and a line of it.
    confirmed: (i64, i64),
    /// A cancelled order, and a line of it.
    cancelled: (i64, i64),
    archived: i64,
    unsold: i64,
    purchase: i64,
    /// A purchase that was received.
    received: i64,
    /// A transfer that is done.
    moved: i64,
    /// A posted and a cancelled entry.
    posted: i64,
    void: i64,
    till: i64,
    till_line: i64,
}

async fn states(bench: &Bench, cast: &Cast) -> States {
    let order = async || {
        let record = json!({"partner_id": cast.german, "order_line": [{"product_id": cast.goods}]});
        let order = bench.made("sale.order", record).await;
        let line = format!("SELECT MIN(id) FROM sale_order_line WHERE order_id = {order}");
        (order, bench.number(&line).await)
    };
    let (draft, confirmed, cancelled) = (order().await, order().await, order().await);
    let both = call("action_confirm", &[confirmed.0, cancelled.0]);
    bench.change(&everybody(), "sale.order", both).await.unwrap();
    bench.change(&everybody(), "sale.order", call("action_cancel", &[cancelled.0])).await.unwrap();
    let category = bench.number("SELECT MIN(id) FROM product_category").await;
    let product = |more: Value| {
        let mut record = json!({"name": "A thing", "categ_id": category});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    States {
        draft,
        confirmed,
        cancelled,
        archived: bench.made("product.product", product(json!({"active": false}))).await,
        unsold: bench.made("product.product", product(json!({"sale_ok": false}))).await,
        purchase: bench.number("SELECT MIN(id) FROM purchase_order WHERE state = 'purchase'").await,
        received: bench
            .number(
                "SELECT MIN(purchase_id) FROM stock_picking WHERE state = 'done' AND purchase_id IS NOT NULL",
            )
            .await,
        moved: bench.number("SELECT MIN(id) FROM stock_picking WHERE state = 'done'").await,
        posted: bench.number("SELECT MIN(id) FROM account_move WHERE state = 'posted'").await,
        void: bench.number("SELECT MIN(id) FROM account_move WHERE state = 'cancel'").await,
        till: bench.number("SELECT MIN(id) FROM pos_order WHERE state = 'invoiced'").await,
        till_line: bench.number("SELECT MIN(id) FROM pos_order_line").await,
    }
}

fn values(cast: &Cast, states: &States) -> Vec<Case> {
    let who = everybody;
    let order = |more: Value| {
        let mut record = json!({"partner_id": cast.german});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        create(&[record])
    };
    let line = |more: Value| {
        let mut line = json!({"product_id": cast.goods});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order(json!({"order_line": [line]}))
    };
    vec![
        ("required fields", who(), "product.product", create(&[json!({})])),
        ("required fields of a line", who(), "sale.order.line", create(&[json!({})])),
        (
            "several wrong values",
            who(),
            "crm.lead",
            create(&[json!({"nam": "x", "stage": "sold", "probability": "high"})]),
        ),
        (
            "a required field unset",
            who(),
            "sale.order",
            write(&[states.draft.0], &json!({"partner_id": null})),
        ),
        ("nothing to write", who(), "sale.order", write(&[states.draft.0], &json!({}))),
        ("no records", who(), "sale.order", create(&[])),
        ("too many records", who(), "crm.lead", What::Delete((1..=1_001).collect())),
        ("missing records", who(), "sale.order", write(&[99_999_998, 99_999_999], &json!({"note": "x"}))),
        ("a link to nothing", who(), "sale.order", create(&[json!({"partner_id": 99_999_999})])),
        ("a name for a link", who(), "sale.order", create(&[json!({"partner_id": "Müller GmbH"})])),
        ("read only", who(), "sale.order", order(json!({"state": "sale", "amount_total": 5}))),
        ("read only lines", who(), "sale.order", order(json!({"picking_ids": [[5, 0, 0]]}))),
        ("an id", who(), "sale.order", order(json!({"id": 7}))),
        ("no command", who(), "sale.order", order(json!({"order_line": 7}))),
        ("two meanings", who(), "sale.order", order(json!({"order_line": [4, 9]}))),
        (
            "a line of another order",
            who(),
            "sale.order",
            write(&[states.draft.0], &json!({"order_line": [[1, states.confirmed.1, {"discount": 5}]]})),
        ),
        (
            "a foreign warehouse",
            who(),
            "sale.order",
            order(json!({"company_id": 1, "warehouse_id": cast.foreign_warehouse})),
        ),
        (
            "no company of one's own",
            caller(10, &[SALES_ADMINISTRATOR], &[1]),
            "sale.order",
            order(json!({"company_id": 2})),
        ),
        ("a negative quantity", who(), "sale.order", line(json!({"product_uom_qty": -1}))),
        ("too much discount", who(), "sale.order", line(json!({"discount": 150}))),
        ("another unit", who(), "sale.order", line(json!({"uom": "m"}))),
        ("digits too many", who(), "sale.order", line(json!({"product_uom_qty": 1e9, "price_unit": 1e9}))),
        ("a price too large", who(), "sale.order", line(json!({"price_unit": 1e13}))),
        (
            "lines too large together",
            who(),
            "sale.order",
            order(json!({"order_line": [
                {"product_id": cast.goods, "price_unit": 8_000_000_000_i64, "tax_rate": 0},
                {"product_id": cast.goods, "price_unit": 8_000_000_000_i64, "tax_rate": 0}]})),
        ),
        ("a name on two lines", who(), "res.partner", create(&[json!({"name": "a\nb"})])),
        ("a name turned around", who(), "res.partner", create(&[json!({"name": "a\u{202e}b"})])),
        ("a note with a bell", who(), "res.partner", create(&[json!({"name": "a", "comment": "a\u{7}"})])),
        ("an archived product", who(), "sale.order", line(json!({"product_id": states.archived}))),
        ("a product that is not sold", who(), "sale.order", line(json!({"product_id": states.unsold}))),
        ("above itself", who(), "res.partner", write(&[cast.german], &json!({"parent_id": cast.german}))),
        (
            "made by hand",
            who(),
            "res.partner",
            create(&[json!({"name": "x", "child_ids": [[1, cast.american, {"name": "y"}]]})]),
        ),
    ]
}

fn documents(cast: &Cast, states: &States) -> Vec<Case> {
    let who = everybody;
    let ((draft, _), (confirmed, sold), (cancelled, dropped)) =
        (states.draft, states.confirmed, states.cancelled);
    let argued = What::Call {
        method: "action_confirm".to_owned(),
        ids: vec![draft],
        arguments: [("date".to_owned(), json!(1))].into_iter().collect::<Values>(),
    };
    vec![
        ("confirmed twice", who(), "sale.order", call("action_confirm", &[draft, confirmed])),
        ("confirmed after all", who(), "sale.order", call("action_confirm", &[cancelled])),
        ("cancelled twice", who(), "sale.order", call("action_cancel", &[cancelled])),
        ("arguments", who(), "sale.order", argued),
        ("no such method", who(), "purchase.order", call("button_approve", &[states.purchase])),
        ("a draft of a draft", who(), "sale.order", call("action_draft", &[draft])),
        ("a draft of a confirmed order", who(), "sale.order", call("action_draft", &[confirmed])),
        (
            "a purchase that came cancelled",
            who(),
            "purchase.order",
            call("button_cancel", &[states.received]),
        ),
        ("a draft of a purchase", who(), "purchase.order", call("button_draft", &[states.purchase])),
        ("goods moved cancelled", who(), "stock.picking", call("action_cancel", &[states.moved])),
        ("a posted entry cancelled", who(), "account.move", call("button_cancel", &[states.posted])),
        ("a cancelled entry cancelled", who(), "account.move", call("button_cancel", &[states.void])),
        ("a cancelled entry posted", who(), "account.move", call("action_post", &[states.void])),
        (
            "a cancelled entry changed",
            who(),
            "account.move",
            write(&[states.void], &json!({"date": "2026-01-01"})),
        ),
        ("bought twice", who(), "purchase.order", call("button_confirm", &[states.purchase])),
        ("a confirmed order deleted", who(), "sale.order", What::Delete(vec![confirmed])),
        ("a cancelled order with a transfer deleted", who(), "sale.order", What::Delete(vec![cancelled])),
        ("a purchase deleted", who(), "purchase.order", What::Delete(vec![states.purchase])),
        ("another customer", who(), "sale.order", write(&[confirmed], &json!({"partner_id": cast.american}))),
        ("another product", who(), "sale.order.line", write(&[sold], &json!({"product_id": cast.other}))),
        ("a sold line deleted", who(), "sale.order.line", What::Delete(vec![sold])),
        ("a cancelled line", who(), "sale.order.line", write(&[dropped], &json!({"discount": 1}))),
        (
            "a line for a cancelled order",
            who(),
            "sale.order",
            write(&[cancelled], &json!({"order_line": [{"product_id": cast.goods}]})),
        ),
        ("a line moved", who(), "sale.order.line", write(&[sold], &json!({"order_id": draft}))),
        ("a sale without a till", who(), "pos.order", create(&[json!({"partner_id": cast.german})])),
        ("a sale in another currency", who(), "pos.order", write(&[states.till], &json!({"currency_id": 3}))),
        (
            "another customer at the till",
            who(),
            "pos.order",
            write(&[states.till], &json!({"partner_id": cast.american})),
        ),
        ("a line at the till", who(), "pos.order.line", write(&[states.till_line], &json!({"qty": 77}))),
        ("a customer with orders deleted", who(), "res.partner", What::Delete(vec![cast.german])),
    ]
}

fn reach(cast: &Cast) -> Vec<Case> {
    let who = || seller(cast.seller);
    let contacts = || caller(10, &[CONTACTS], &[1]);
    let order = json!({"partner_id": cast.german});
    vec![
        ("somebody else's order", who(), "sale.order", write(&[cast.others], &json!({"note": "x"}))),
        ("given away", who(), "sale.order", write(&[cast.own], &json!({"user_id": cast.seller + 1}))),
        (
            "made for somebody else",
            who(),
            "sale.order",
            create(&[json!({"partner_id": cast.german, "user_id": cast.seller + 1})]),
        ),
        (
            "a line for somebody else's order",
            who(),
            "sale.order.line",
            create(&[json!({"order_id": cast.others, "product_id": cast.goods})]),
        ),
        (
            "somebody else's opportunity",
            who(),
            "sale.order",
            create(&[json!({"partner_id": cast.german, "opportunity_id": cast.lead})]),
        ),
        ("confirmed for somebody else", who(), "sale.order", call("action_confirm", &[cast.others])),
        ("no right to delete", who(), "sale.order", What::Delete(vec![cast.own])),
        ("no right at all", contacts(), "sale.order", create(&[order])),
        (
            "the other company",
            caller(10, &[SALES_ADMINISTRATOR], &[2]),
            "sale.order",
            write(&[cast.own], &json!({"note": "x"})),
        ),
        ("users", everybody(), "res.users", write(&[10], &json!({"name": "x"}))),
        ("analyses", everybody(), "report.sales.analysis", What::Delete(vec![1])),
    ]
}

#[tokio::test]
async fn refusals_say_what_is_wrong_and_how_to_mend_it() {
    let mut told: Vec<String> = Vec::new();
    for bench in benches().await {
        let cast = cast(&bench).await;
        let states = states(&bench, &cast).await;
        let mut text = String::new();
        let cases = [values(&cast, &states), documents(&cast, &states), reach(&cast)];
        for (title, who, model, what) in cases.into_iter().flatten() {
            let said = match bench.change(&who, model, what).await {
                Err(error) => error.to_string(),
                Ok(effect) => format!("NOT REFUSED: {effect:?}"),
            };
            assert!(!said.contains("could not answer"), "{}: {title}", bench.test.name);
            writeln!(text, "# {title}\n{said}\n").unwrap();
        }
        assert!(!text.contains("NOT REFUSED"), "{}: {text}", bench.test.name);
        told.push(text);
    }
    for text in &told {
        assert_eq!(*text, told[0]);
    }
    insta::assert_snapshot!("refusals", told[0]);
}
