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

/// Every way in which an order of two lines loses, gets or changes them: three records each time.
fn ways(order: i64, lines: &[i64]) -> Vec<(&'static str, Value)> {
    let [first, second] = lines else { panic!("{lines:?}") };
    let within =
        |commands: Value| ("update_records", write("sale.order", &[order], &json!({"order_line": commands})));
    let alone = |values: Value| ("update_records", write("sale.order.line", lines, &values));
    let update = |id: &i64| json!([1, id, {"name": "Other words"}]);
    vec![
        alone(json!({"price_unit": 3})),
        within(json!([update(first), update(second)])),
        within(json!([{"id": first, "name": "x"}, {"id": second, "name": "y"}])),
        within(json!([[2, first, 0], [2, second, 0]])),
        within(json!([[3, first, 0], [3, second, 0]])),
        within(json!([5, 0, 0])),
        within(json!([[5, 0, 0]])),
        within(json!([[6, 0, []]])),
        within(json!([[0, 0, {"product_id": 1}], {"product_id": 1}])),
        (
            "create_records",
            json!({"model": "sale.order.line", "records": [
                {"order_id": order, "product_id": 1}, {"order_id": order, "product_id": 1}
            ]}),
        ),
        ("delete_records", json!({"model": "sale.order.line", "ids": lines})),
        ("delete_records", json!({"model": "sale.order", "ids": [order]})),
        (
            "create_records",
            json!({"model": "sale.order", "records": [
                {"partner_id": 5, "order_line": [{"product_id": 1}, {"product_id": 1}]}
            ]}),
        ),
    ]
}

#[tokio::test]
async fn a_document_counts_with_the_lines_that_are_written_whichever_way_they_are() {
    for scene in scenes().await {
        let all = ["create", "write", "delete"];
        let over = |records: u32| {
            refined("sale.order", &json!({"approval": {"operations": all, "over_records": records}}))
        };
        let (order, lines) = scene.quotation().await;
        for (tool, asked) in ways(order, &lines) {
            for (records, expected) in [(2, "pending_approval"), (3, "dry_run")] {
                let mut asked = asked.clone();
                asked["dry_run"] = json!(expected == "dry_run");
                let (status, why) = scene.status(over(records), tool, &asked).await;
                assert_eq!(status, expected, "{}: {tool} {asked}: {why}", scene.test);
                if records == 2 {
                    assert!(
                        why.ends_with("on more than 2 records; these are 3."),
                        "{}: {asked}: {why}",
                        scene.test
                    );
                }
            }
        }
        // More than it was: those three are done, at once.
        for (tool, asked) in ways(order, &lines).into_iter().take(2) {
            assert_eq!(scene.status(over(3), tool, &asked).await.0, "done", "{}: {asked}", scene.test);
        }
    }
}

#[tokio::test]
async fn limits_count_lines_whichever_way_they_are_written() {
    for scene in scenes().await {
        let (order, lines) = scene.quotation().await;
        let orders = "SELECT COUNT(*) FROM sale_order_line";
        let before = scene.number(orders).await;
        for (tool, asked) in ways(order, &lines) {
            let alone = asked["model"] == "sale.order.line";
            // The limit of the order counts all three, that of its lines the two of them.
            let few = |model: &str, most: u32| scene.ruled([refined(model, &json!({"max_records": most}))]);
            for (model, most, refused) in [
                ("sale.order", 2, !alone),
                ("sale.order", 3, false),
                ("sale.order.line", 1, true),
                ("sale.order.line", 2, false),
            ] {
                let mut asked = asked.clone();
                asked["dry_run"] = json!(!refused);
                let told = scene.call_as(&few(model, most), tool, &asked).await;
                assert_eq!(told.is_err(), refused, "{}: {model} {most}: {asked}: {told:?}", scene.test);
                if let Err(said) = told {
                    assert!(
                        said.starts_with("Record limits: ")
                            && said.contains(&format!("are more than {most}")),
                        "{said}"
                    );
                    assert!(said.contains(&format!("the record limit of the policy of {model}")), "{said}");
                }
            }
        }
        assert_eq!(scene.number(orders).await, before, "{}: nothing was changed", scene.test);
    }
}

#[tokio::test]
async fn contacts_that_a_command_clears_count() {
    for scene in scenes().await {
        let firm = json!({"model": "res.partner", "records": [
            {"name": "Firm", "is_company": true, "child_ids": [{"name": "A"}, {"name": "B"}, {"name": "C"}]}
        ]});
        let made = scene.call("create_records", &firm).await.unwrap();
        let clear = json!({"model": "res.partner", "ids": made["ids"], "values": {"child_ids": [[5, 0, 0]]}});
        let few = scene.under([refined("res.partner", &json!({"max_records": 3}))]);
        let said = scene.call_as(&few, "update_records", &clear).await.unwrap_err();
        assert!(said.starts_with("Record limits: 4 records in one change"), "{}: {said}", scene.test);
        let over = |n: u32| {
            refined("res.partner", &json!({"approval": {"operations": ["write"], "over_records": n}}))
        };
        for (most, expected) in [(3, "pending_approval"), (4, "done")] {
            let told = scene.call_as(&scene.under([over(most)]), "update_records", &clear).await.unwrap();
            assert_eq!(told["status"], expected, "{}: {told}", scene.test);
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
