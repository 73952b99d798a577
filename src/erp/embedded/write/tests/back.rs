//! Whatever was done, taken back step by step, leaves every table as it was.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::super::super::registry::{models, table};
use super::super::row::Values as _;
use super::{Bench, NOW, call, create, everybody, write};
use crate::erp::embedded::{Embedded, demo};
use crate::erp::{Erp as _, Image, Undo, What};
use crate::model::ModelKind;
use crate::store::testing::{TestDb, copies};
use crate::store::{Db, on_db};

/// A company with hardly anything in it, so that all of it can be compared.
const TINY: &str = "
INSERT INTO res_users (id, login, name, company_id, lang, tz, active, created_at) VALUES
    (10, 'ten', 'Ten', 1, 'en_US', 'UTC', TRUE, 0), (11, 'eleven', 'Eleven', 1, 'en_US', 'UTC', TRUE, 0);
INSERT INTO product_category (id, name, complete_name) VALUES (1, 'All', 'All');
INSERT INTO res_currency_rate (id, name, currency_id, rate) VALUES (1, 0, 2, 1000000);
INSERT INTO product_product (id, name, categ_id, type, uom, list_price, standard_price, currency_id, sale_ok, purchase_ok, create_date, active) VALUES
    (1, 'Chair', 1, 'consu', 'unit', 1999, 1000, 1, TRUE, TRUE, 0, TRUE),
    (2, 'Cable', 1, 'consu', 'm', 333, 111, 2, TRUE, TRUE, 0, TRUE),
    (3, 'Advice', 1, 'service', 'hour', 9000, 5000, 1, TRUE, FALSE, 0, TRUE);
INSERT INTO stock_location (id, name, complete_name, usage, location_id, warehouse_id, company_id, active) VALUES
    (1, 'Vendors', 'Vendors', 'supplier', NULL, NULL, NULL, TRUE),
    (2, 'Customers', 'Customers', 'customer', NULL, NULL, NULL, TRUE),
    (3, 'Stock', 'Stock', 'internal', NULL, NULL, 1, TRUE);
INSERT INTO stock_warehouse (id, name, code, company_id, tz, lot_stock_id, active) VALUES (1, 'Main', 'WH', 1, 'UTC', 3, TRUE);
UPDATE stock_location SET warehouse_id = 1 WHERE id = 3;
INSERT INTO account_account (id, code, name, account_type, reconcile, company_id, active) VALUES
    (1, '1200', 'Receivable', 'asset_receivable', TRUE, 1, TRUE), (2, '2100', 'Tax', 'liability_current', FALSE, 1, TRUE),
    (3, '4000', 'Income', 'income', FALSE, 1, TRUE);
INSERT INTO account_journal (id, name, code, type, default_account_id, company_id, currency_id, active) VALUES
    (1, 'Invoices', 'INV', 'sale', 3, 1, 1, TRUE);
INSERT INTO stock_quant (id, product_id, location_id, warehouse_id, company_id, quantity, reserved_quantity, uom, value, currency_id, in_date) VALUES
    (1, 1, 3, 1, 1, 9000, 0, 'unit', 9000, 1, 0)";

async fn tiny() -> Vec<Bench> {
    let all: Vec<TestDb> = copies("tiny company", async |db: &Db| {
        let mut tx = db.begin().await.unwrap();
        demo::companies(tx.on()).await.unwrap();
        for statement in TINY.split(";\n") {
            on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(statement)).execute(&mut *c).await.map(drop))
                .unwrap();
        }
        tx.commit().await.unwrap();
    })
    .await;
    all.into_iter().map(|test| Bench { erp: Embedded::new(test.db.clone()), test }).collect()
}

/// What is tried next; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Partner(u8, Option<usize>),
    Rename(usize, Value),
    Lead(Value),
    Decide(usize, Value),
    Order(usize, Vec<Value>),
    Reorder(usize, Value),
    Line(usize, Value),
    Buy(usize, i64),
    Bill(usize, i64),
    Drop(&'static str, usize),
    Call(&'static str, &'static str, usize),
}

fn line() -> impl Strategy<Value = Value> {
    (1..4_i64, 0..6_i64, 0..3_i64).prop_map(
        |(product, quantity, tenths)| json!({"product_id": product, "product_uom_qty": quantity, "discount": tenths * 10}),
    )
}

fn step() -> impl Strategy<Value = Step> {
    let place = 0..6_usize;
    let renamed = prop_oneof![
        Just(json!({"name": "Renamed", "city": "Köln", "country_id": 1})),
        Just(json!({"active": false})),
        Just(json!({"is_company": true, "parent_id": null})),
        Just(json!({"child_ids": [[0, 0, {"name": "Child"}], {"name": "Second"}]})),
        Just(json!({"child_ids": [[5, 0, 0]]})),
    ];
    let decided = prop_oneof![
        Just(json!({"stage": "won"})),
        Just(json!({"stage": "lost", "lost_reason": "price"})),
        Just(json!({"stage": "qualified", "expected_revenue": 12.5, "user_id": 11})),
    ];
    let reordered = prop_oneof![
        Just(json!({"user_id": 11, "note": "Second\nline"})),
        Just(json!({"currency_id": 2})),
        Just(json!({"order_line": [[5, 0, 0]]})),
        line().prop_map(|line| json!({"order_line": [[0, 0, line]], "client_order_ref": "ref"})),
    ];
    let dropped = prop_oneof![
        Just("res.partner"),
        Just("crm.lead"),
        Just("sale.order"),
        Just("sale.order.line"),
        Just("purchase.order"),
        Just("account.move"),
    ];
    let called = prop_oneof![
        3 => Just(("sale.order", "action_confirm")),
        1 => Just(("sale.order", "action_cancel")),
        2 => Just(("sale.order", "action_draft")),
        3 => Just(("sale.order", "action_create_invoice")),
        2 => Just(("purchase.order", "button_confirm")),
        2 => Just(("purchase.order", "button_cancel")),
        1 => Just(("purchase.order", "button_draft")),
        2 => Just(("stock.picking", "action_cancel")),
        2 => Just(("account.move", "button_cancel")),
        // Of what is cancelled: nothing is posted here, as it could not be taken back.
        1 => Just(("account.move", "button_draft")),
    ];
    prop_oneof![
        2 => (any::<u8>(), proptest::option::of(place.clone())).prop_map(|(n, parent)| Step::Partner(n, parent)),
        2 => (place.clone(), renamed).prop_map(|(at, values)| Step::Rename(at, values)),
        1 => (0..900_i64).prop_map(|n| Step::Lead(json!({"name": "Lead", "expected_revenue": n}))),
        1 => (place.clone(), decided).prop_map(|(at, values)| Step::Decide(at, values)),
        3 => (place.clone(), proptest::collection::vec(line(), 0..3)).prop_map(|(at, lines)| Step::Order(at, lines)),
        2 => (place.clone(), reordered).prop_map(|(at, values)| Step::Reorder(at, values)),
        2 => (place.clone(), 0..6_i64).prop_map(|(at, n)| Step::Line(at, json!({"product_uom_qty": n, "price_unit": 3.33}))),
        2 => (dropped, place.clone()).prop_map(|(model, at)| Step::Drop(model, at)),
        1 => (place.clone(), 1..5_i64).prop_map(|(at, quantity)| Step::Buy(at, quantity)),
        1 => (place.clone(), 1..5_i64).prop_map(|(at, quantity)| Step::Bill(at, quantity)),
        5 => (called, place).prop_map(|((model, method), at)| Step::Call(model, method, at)),
    ]
}

impl Bench {
    /// The id of one of the records that are there; 0 where there is none.
    async fn one_of(&self, model: &str, at: usize) -> i64 {
        let ids: Vec<i64> = self.rows(model, "TRUE").await.iter().filter_map(|row| row["id"].int()).collect();
        ids.get(at % ids.len().max(1)).copied().unwrap_or_default()
    }

    async fn wish(&self, step: &Step) -> (&'static str, What) {
        match step {
            Step::Partner(n, above) => {
                let above = match above {
                    Some(at) => Some(self.one_of("res.partner", *at).await).filter(|id| *id > 0),
                    None => None,
                };
                ("res.partner", create(&[json!({"name": format!("Partner {n}"), "parent_id": above})]))
            }
            Step::Rename(at, values) => {
                ("res.partner", write(&[self.one_of("res.partner", *at).await], values))
            }
            Step::Lead(values) => ("crm.lead", create(&[values.clone(), values.clone()])),
            Step::Decide(at, values) => ("crm.lead", write(&[self.one_of("crm.lead", *at).await], values)),
            Step::Order(at, lines) => {
                let partner = self.one_of("res.partner", *at).await;
                ("sale.order", create(&[json!({"partner_id": partner, "order_line": lines})]))
            }
            Step::Reorder(at, values) => {
                ("sale.order", write(&[self.one_of("sale.order", *at).await], values))
            }
            Step::Line(at, values) => {
                ("sale.order.line", write(&[self.one_of("sale.order.line", *at).await], values))
            }
            Step::Drop(model, at) => (model, What::Delete(vec![self.one_of(model, *at).await])),
            Step::Buy(at, quantity) => {
                let partner = self.one_of("res.partner", *at).await;
                let line = json!({"product_id": 1, "product_qty": quantity});
                ("purchase.order", create(&[json!({"partner_id": partner, "order_line": [line]})]))
            }
            Step::Bill(at, quantity) => {
                let partner = self.one_of("res.partner", *at).await;
                let line = json!({"product_id": 1, "quantity": quantity});
                let record = json!({"move_type": "out_invoice", "partner_id": partner, "line_ids": [line]});
                ("account.move", create(&[record]))
            }
            Step::Call(model, method, at) => (model, call(method, &[self.one_of(model, *at).await])),
        }
    }

    /// Every row of every table, sequences aside; sums that came and went are nothing.
    async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        let kept = |model: &&std::sync::Arc<crate::model::Model>| {
            model.kind != ModelKind::Technical && !model.name.starts_with("report.")
        };
        for model in models().iter().filter(kept) {
            for row in self.rows(&model.name, "TRUE").await {
                all.push(format!("{} {row:?}", table(&model.name)));
            }
        }
        let sums =
            "SELECT COUNT(*) FROM stock_movement_rollup WHERE movements <> 0 OR quantity <> 0 OR value <> 0";
        all.push(format!("sums {}", self.number(sums).await));
        all
    }

    /// Does the steps that can be done, takes them back last first, and answers how many there were.
    async fn there_and_back(&self, steps: &[Step]) -> usize {
        let mut done: Vec<(&'static str, Vec<Image>, Vec<String>)> = Vec::new();
        for step in steps {
            let before = self.everything().await;
            let (model, what) = self.wish(step).await;
            match self.change(&everybody(), model, what).await {
                Ok(effect) => done.push((model, effect.images, before)),
                Err(refused) => {
                    let said = refused.to_string();
                    assert!(!said.contains("could not answer"), "{}: {step:?} {refused:?}", self.test.name);
                    assert_eq!(self.everything().await, before, "{step:?} was refused and left something");
                }
            }
        }
        let count = done.len();
        while let Some((model, images, before)) = done.pop() {
            let mut tx = self.test.db.begin().await.unwrap();
            let undo = Undo { at: NOW + 1, model, images: &images };
            let undone = self.erp.undo(tx.on(), &everybody(), &undo).await;
            assert!(undone.is_ok(), "{}: {undone:?} of {images:?}", self.test.name);
            tx.commit().await.unwrap();
            assert_eq!(self.everything().await, before, "{}", self.test.name);
        }
        count
    }
}

#[test]
fn what_is_undone_in_reverse_leaves_every_table_as_it_was() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let benches = runtime.block_on(tiny());
    for bench in &benches {
        let done = AtomicUsize::new(0);
        let mut runner =
            TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let ran = runner.run(&proptest::collection::vec(step(), 4..14), |more| {
            // Something to act on.
            let line = json!({"product_id": 1, "product_uom_qty": 2});
            let mut steps = vec![Step::Partner(0, None), Step::Lead(json!({"name": "First"}))];
            steps.extend([Step::Order(0, vec![line.clone(), line.clone()]), Step::Order(0, vec![line])]);
            steps.extend([Step::Buy(0, 3), Step::Bill(0, 2), Step::Call("sale.order", "action_confirm", 1)]);
            steps.extend(more);
            done.fetch_add(runtime.block_on(bench.there_and_back(&steps)), Ordering::Relaxed);
            Ok(())
        });
        assert!(ran.is_ok(), "{}: {ran:?}", bench.test.name);
        let done = done.load(Ordering::Relaxed);
        assert!(done > 24 * 6, "{}: only {done} changes were possible", bench.test.name);
    }
}

#[tokio::test]
async fn what_somebody_changed_since_is_not_taken_back() {
    for bench in tiny().await {
        let made =
            bench.change(&everybody(), "res.partner", create(&[json!({"name": "Ann"})])).await.unwrap();
        let id = made.ids[0];
        let undo = async |images: &[Image]| {
            let mut tx = bench.test.db.begin().await.unwrap();
            let undo = Undo { at: NOW + 1, model: "res.partner", images };
            bench.erp.undo(tx.on(), &everybody(), &undo).await.map(drop).map_err(|error| error.to_string())
        };
        let order = bench.made("sale.order", json!({"partner_id": id})).await;
        let said = undo(&made.images).await.unwrap_err();
        assert!(said.contains("others link to it since: 1 of sale.order"), "{said}");
        bench.change(&everybody(), "sale.order", What::Delete(vec![order])).await.unwrap();
        bench.change(&everybody(), "res.partner", write(&[id], &json!({"name": "Eve"}))).await.unwrap();
        let said = undo(&made.images).await.unwrap_err();
        assert!(said.contains("somebody changed name (Name) since"), "{said}");

        // What a deleted record linked to is gone as well.
        let child = bench.made("res.partner", json!({"name": "Child", "parent_id": id})).await;
        let gone = bench.change(&everybody(), "res.partner", What::Delete(vec![child])).await.unwrap();
        bench.change(&everybody(), "res.partner", What::Delete(vec![id])).await.unwrap();
        let said = undo(&gone.images).await.unwrap_err();
        assert!(said.contains("what its parent_id (Related Company) led to was deleted since"), "{said}");
    }
}

#[tokio::test]
async fn what_a_document_has_gone_past_is_not_taken_back() {
    for bench in tiny().await {
        let everybody = everybody();
        let undo = async |model: &str, images: &[Image]| {
            let mut tx = bench.test.db.begin().await.unwrap();
            let undo = Undo { at: NOW + 1, model, images };
            bench.erp.undo(tx.on(), &everybody, &undo).await.map(drop).map_err(|error| error.to_string())
        };
        let partner = bench.made("res.partner", json!({"name": "Ann"})).await;
        let lines = json!([{"product_id": 1, "product_uom_qty": 1}]);
        let order = bench.made("sale.order", json!({"partner_id": partner, "order_line": lines})).await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await[0].number("id");
        let more = json!({"order_line": [[1, line, {"product_uom_qty": 2}]]});
        let raised = bench.change(&everybody, "sale.order", write(&[order], &more)).await.unwrap();
        let confirmed =
            bench.change(&everybody, "sale.order", call("action_confirm", &[order])).await.unwrap();
        let said = undo("sale.order", &raised.images).await.unwrap_err();
        assert!(said.contains("somebody changed state"), "the delivery follows what was ordered: {said}");
        // Fewer are moved, and then the order is cancelled: nothing is reserved that could be freed again.
        let less = json!({"order_line": [[1, line, {"product_uom_qty": 1}]]});
        let lowered = bench.change(&everybody, "sale.order", write(&[order], &less)).await.unwrap();
        bench.change(&everybody, "sale.order", call("action_cancel", &[order])).await.unwrap();
        for images in [&confirmed.images, &lowered.images] {
            assert!(undo("sale.order", images).await.is_err(), "{}", bench.test.name);
        }
        let reserved = "SELECT CAST(COALESCE(SUM(reserved_quantity), 0) AS BIGINT) FROM stock_quant";
        assert_eq!(bench.number(reserved).await, 0, "{}", bench.test.name);
    }
}
