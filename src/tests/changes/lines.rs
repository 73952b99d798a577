//! Lines that are written by themselves: a change of the document that they are of, weighed by its policy.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scene, controls, open, principal, refined, scenes};
use crate::identity::group;
use crate::policy::{Rule, Scope};
use crate::tools::Context;

/// A line that may still be written: its model, the document's, a select of its id, and values.
struct Pair {
    line: &'static str,
    document: &'static str,
    find: &'static str,
    values: fn() -> Value,
}

const PAIRS: [Pair; 4] = [
    Pair {
        line: "sale.order.line",
        document: "sale.order",
        find: "SELECT MIN(l.id) FROM sale_order_line l JOIN sale_order d ON d.id = l.order_id WHERE d.state = 'draft'",
        values: || json!({"name": "Other words"}),
    },
    Pair {
        line: "purchase.order.line",
        document: "purchase.order",
        find: "SELECT MIN(l.id) FROM purchase_order_line l JOIN purchase_order d ON d.id = l.order_id WHERE d.state = 'draft'",
        values: || json!({"name": "Other words"}),
    },
    Pair {
        line: "account.move.line",
        document: "account.move",
        find: "SELECT MIN(l.id) FROM account_move_line l JOIN account_move d ON d.id = l.move_id
            WHERE d.state = 'draft' AND d.move_type = 'out_invoice' AND l.display_type = 'product'",
        values: || json!({"name": "Other words"}),
    },
    Pair {
        line: "stock.movement",
        document: "stock.picking",
        find: "SELECT MIN(l.id) FROM stock_movement l JOIN stock_picking d ON d.id = l.picking_id WHERE d.state = 'draft'",
        values: || json!({"quantity": 1.5}),
    },
];

impl Scene {
    /// Somebody with every right, under these policies and ones that allow all else.
    pub(super) fn ruled(&self, rules: impl IntoIterator<Item = Rule>) -> Context {
        let mut who = principal(super::USER, Scope::Write);
        who.user.groups = [
            group::SALES_ADMINISTRATOR,
            group::PURCHASE,
            group::INVENTORY,
            group::ACCOUNTING,
            group::POINT_OF_SALE,
            group::MCP_USER,
        ]
        .map(str::to_owned)
        .into();
        let all = PAIRS.iter().flat_map(|pair| [pair.line, pair.document]);
        let rules: Vec<Rule> = all.map(open).chain(rules).collect();
        Context { controls: Arc::new(controls(rules)), principal: Arc::new(who), ..self.context.clone() }
    }

    async fn status(&self, rule: Rule, tool: &str, arguments: &Value) -> (Value, String) {
        let told = self.call_as(&self.ruled([rule]), tool, arguments).await;
        let told = told.unwrap_or_else(|said| panic!("{}: {arguments}: {said}", self.test));
        (told["status"].clone(), told["approval"]["reason"].as_str().unwrap_or_default().to_owned())
    }

    /// A quotation of the demo company with two lines, and their ids.
    pub(super) async fn quotation(&self) -> (i64, Vec<i64>) {
        let order = json!({"model": "sale.order", "records": [{"partner_id": 5, "order_line": [
            [0, 0, {"product_id": 1, "product_uom_qty": 1, "price_unit": 100, "tax_rate": 0}],
            [0, 0, {"product_id": 1, "product_uom_qty": 3, "price_unit": 50, "tax_rate": 0}]
        ]}]});
        let made = self.call_as(&self.ruled([]), "create_records", &order).await.unwrap();
        let id = made["ids"][0].as_i64().unwrap();
        let of = |end: &str| format!("SELECT {end}(id) FROM sale_order_line WHERE order_id = {id}");
        (id, vec![self.number(&of("MIN")).await, self.number(&of("MAX")).await])
    }
}

fn write(model: &str, ids: &[i64], values: &Value) -> Value {
    json!({"model": model, "ids": ids, "values": values, "dry_run": false})
}

#[tokio::test]
async fn the_policy_of_every_document_is_asked_for_its_lines() {
    for scene in scenes().await {
        for pair in &PAIRS {
            let id = scene.number(pair.find).await;
            let always = || refined(pair.document, &json!({"approval": {"operations": ["write"]}}));
            let change = write(pair.line, &[id], &(pair.values)());
            let (status, why) = scene.status(always(), "update_records", &change).await;
            assert_eq!(status, "pending_approval", "{}: {}", scene.test, pair.line);
            assert_eq!(why, format!("The policy of {} demands approval of Write.", pair.document));
            let gone = json!({"model": pair.line, "ids": [id]});
            let (status, _) = scene.status(always(), "delete_records", &gone).await;
            assert_eq!(status, "pending_approval", "{}: {} deleted", scene.test, pair.line);
            let create = refined(pair.document, &json!({"approval": {"operations": ["create", "delete"]}}));
            let (status, _) = scene.status(create, "update_records", &change).await;
            assert_eq!(status, "done", "{}: {}: neither made nor deleted", scene.test, pair.line);
        }
    }
}

#[tokio::test]
async fn an_amount_weighs_where_the_order_itself_stays_as_it_is() {
    for scene in scenes().await {
        let (order, lines) = scene.quotation().await;
        let above = |amount: &str| {
            refined("sale.order", &json!({"approval": {"operations": ["write"], "over_amount": amount}}))
        };
        let untaxed = format!("SELECT amount_total FROM sale_order WHERE id = {order}");
        assert_eq!(scene.number(&untaxed).await, 25_000, "{}", scene.test);
        let halved = write("sale.order.line", &lines[..1], &json!({"product_uom_qty": 2, "price_unit": 50}));
        let (status, why) = scene.status(above("200"), "update_records", &halved).await;
        assert_eq!(status, "pending_approval", "{}", scene.test);
        assert!(why.contains("sale.order demands approval of Write above an amount of 200.00"), "{why}");
        let (status, _) = scene.status(above("250"), "update_records", &halved).await;
        assert_eq!(status, "done", "{}: no more than that", scene.test);
        let made = json!({"model": "sale.order.line", "records": [
            {"order_id": order, "product_id": 1, "product_uom_qty": 1, "price_unit": 0}
        ]});
        let (status, _) = scene.status(above("200"), "create_records", &made).await;
        assert_eq!(status, "pending_approval", "{}: a line that is added", scene.test);
        // What only sets what was there already changes nothing.
        let (status, _) = scene.status(above("200"), "update_records", &halved).await;
        assert_eq!(status, "done", "{}: as it was", scene.test);
    }
}

#[tokio::test]
async fn a_document_counts_once_with_the_lines_that_are_written() {
    for scene in scenes().await {
        let (order, lines) = scene.quotation().await;
        let over = |records: u32| {
            refined("sale.order", &json!({"approval": {"operations": ["write"], "over_records": records}}))
        };
        // Both lines and their order, whose total follows: three records, whichever way they are written.
        let both = |price: i64| write("sale.order.line", &lines, &json!({"price_unit": price}));
        let within = |price: i64| {
            let commands: Vec<Value> = lines.iter().map(|id| json!([1, id, {"price_unit": price}])).collect();
            write("sale.order", &[order], &json!({"order_line": commands}))
        };
        for (records, expected) in [(2, "pending_approval"), (3, "done")] {
            let price = i64::from(records);
            let (status, why) = scene.status(over(records), "update_records", &both(price)).await;
            assert_eq!(status, expected, "{}: {records} by themselves: {why}", scene.test);
            let (status, why) = scene.status(over(records), "update_records", &within(price + 10)).await;
            assert_eq!(status, expected, "{}: {records} by commands: {why}", scene.test);
        }
    }
}

#[tokio::test]
async fn what_is_delivered_is_no_change_that_somebody_makes_to_the_order() {
    for scene in scenes().await {
        let (order, _) = scene.quotation().await;
        let confirm = json!({"model": "sale.order", "method": "action_confirm", "ids": [order]});
        let mut callable = open("sale.order");
        callable.methods.insert("action_confirm".to_owned());
        scene.call_as(&scene.ruled([callable]), "call_method", &confirm).await.unwrap();
        let picking =
            scene.number(&format!("SELECT MIN(id) FROM stock_picking WHERE sale_id = {order}")).await;
        let note = write("stock.picking", &[picking], &json!({"note": "Ring twice"}));
        let always = refined("sale.order", &json!({"approval": {"operations": ["write"]}}));
        let (status, _) = scene.status(always, "update_records", &note).await;
        assert_eq!(status, "done", "{}: a note on the delivery", scene.test);
        let movement =
            scene.number(&format!("SELECT MIN(id) FROM stock_movement WHERE picking_id = {picking}")).await;
        let moved = write("stock.movement", &[movement], &json!({"quantity": 2}));
        let guarded = refined("stock.picking", &json!({"approval": {"operations": ["write"]}}));
        let (status, _) = scene.status(guarded, "update_records", &moved).await;
        assert_eq!(status, "pending_approval", "{}: a movement of it", scene.test);
    }
}
