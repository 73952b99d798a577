//! Transfers: planned, reserved, done in whole or in part, cancelled, taken back; and sums that are kept.

use serde_json::{Value, json};

use super::super::row::Values as _;
use super::{Bench, NOW, benches, call, create, everybody, some, write};
use crate::erp::embedded::demo;
use crate::erp::{Cell, Effect, Erp, ErpError, Row, Undo, What};

/// Runs what the demo company keeps to, and the sums of its movements, after the test's changes.
pub(super) async fn agrees(bench: &Bench) {
    for (rule, _, broken) in demo::tests::RULES {
        // The test's now is a minute later than the company's, and what is deleted leaves its number.
        if !rule.contains("after now") && !rule.contains("sequences") {
            assert_eq!(bench.number(broken).await, 0, "{}: {rule}", bench.test.name);
        }
    }
    let month = match bench.test.name {
        "sqlite" => {
            "(CAST(strftime('%Y', date / 1000, 'unixepoch') AS INTEGER) - 1970) * 12 \
             + CAST(strftime('%m', date / 1000, 'unixepoch') AS INTEGER) - 1"
        }
        _ => {
            "CAST((EXTRACT(YEAR FROM to_timestamp(date / 1000) AT TIME ZONE 'UTC') - 1970) * 12 \
             + EXTRACT(MONTH FROM to_timestamp(date / 1000) AT TIME ZONE 'UTC') - 1 AS BIGINT)"
        }
    };
    let keys = "company_id, month, product_id, warehouse_id, picking_type, state, currency_id";
    let counted = format!(
        "SELECT {keys}, COUNT(*) AS movements, SUM(quantity) AS quantity, SUM(value) AS value \
         FROM (SELECT *, {month} AS month FROM stock_movement) m GROUP BY {keys}"
    );
    let kept =
        format!("SELECT {keys}, movements, quantity, value FROM stock_movement_rollup WHERE movements <> 0");
    for (one, other) in [(&counted, &kept), (&kept, &counted)] {
        let differ =
            format!("SELECT COUNT(*) FROM (SELECT * FROM ({one}) a EXCEPT SELECT * FROM ({other}) b) d");
        assert_eq!(bench.number(&differ).await, 0, "{}: sums of movements", bench.test.name);
    }
}

/// Twenty of something new on a shelf in Berlin.
async fn stocked(bench: &Bench) -> Row {
    let product =
        json!({"name": "Lamp", "categ_id": 1, "standard_price": 12.5, "list_price": 20, "currency_id": 1});
    let product = bench.made("product.product", product).await;
    let place = shelf(bench, "Shelf 1").await;
    let receipt = json!({
        "picking_type": "incoming", "warehouse_id": 1, "location_dest_id": place,
        "movement_ids": [{"product_id": product, "quantity": 20}],
    });
    let receipt = bench.made("stock.picking", receipt).await;
    validate(bench, receipt).await.unwrap();
    let row = bench.rows("stock.quant", &format!("product_id = {product}")).await.remove(0);
    assert_eq!(
        some(
            &row,
            &[
                "location_id",
                "quantity",
                "reserved_quantity",
                "value",
                "in_date",
                "company_id",
                "warehouse_id"
            ]
        ),
        [place, 20_000, 0, 25_000, NOW, 1, 1].map(Cell::Int)
    );
    row
}

async fn shelf(bench: &Bench, name: &str) -> i64 {
    bench
        .number(&format!("SELECT MIN(id) FROM stock_location WHERE warehouse_id = 1 AND name = '{name}'"))
        .await
}

/// On hand and reserved.
async fn there(bench: &Bench, location: i64, product: i64) -> (i64, i64) {
    let rows =
        bench.rows("stock.quant", &format!("location_id = {location} AND product_id = {product}")).await;
    assert!(rows.len() <= 1, "{rows:?}");
    rows.first().map_or((0, 0), |row| (row.number("quantity"), row.number("reserved_quantity")))
}

async fn open(bench: &Bench, kind: &str, movements: Value) -> i64 {
    let record = json!({"picking_type": kind, "warehouse_id": 1, "movement_ids": movements});
    bench.made("stock.picking", record).await
}

async fn validate(bench: &Bench, picking: i64) -> Result<Effect, ErpError> {
    bench.change(&everybody(), "stock.picking", call("button_validate", &[picking])).await
}

async fn undo(bench: &Bench, model: &str, effect: &Effect) -> Result<Effect, ErpError> {
    let mut tx = bench.test.db.begin().await.unwrap();
    let back = Undo { at: NOW, model, images: &effect.images };
    let done = bench.erp.undo(tx.on(), &everybody(), &back).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// A sales order for so much of a product, confirmed: what confirming did, and its delivery.
async fn confirmed(bench: &Bench, product: i64, quantity: i64) -> (i64, Effect, i64) {
    let partner = bench.number("SELECT MIN(id) FROM res_partner WHERE customer_rank > 0 AND active").await;
    let order = json!({
        "partner_id": partner, "company_id": 1, "warehouse_id": 1,
        "order_line": [{"product_id": product, "product_uom_qty": quantity}],
    });
    let order = bench.made("sale.order", order).await;
    let effect = bench.change(&everybody(), "sale.order", call("action_confirm", &[order])).await.unwrap();
    let picking = bench.number(&format!("SELECT MAX(id) FROM stock_picking WHERE sale_id = {order}")).await;
    (order, effect, picking)
}

#[tokio::test]
async fn goods_change_shelves_once() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product) = (quant.number("location_id"), quant.number("product_id"));
        let to = shelf(&bench, "Shelf 2").await;
        let moves = json!([[0, 0, {"product_id": product, "quantity": 3, "location_id": from, "location_dest_id": to}]]);
        let last = bench.rows("stock.picking", "name LIKE 'BER/INT/%'").await;
        let last = last.iter().filter_map(|row| row.word("name")[8..].parse::<i64>().ok()).max().unwrap();
        let picking = open(&bench, "internal", moves).await;
        let row = bench.row("stock.picking", picking).await;
        assert_eq!(row.word("name"), format!("BER/INT/{:05}", last + 1));
        assert_eq!(
            some(&row, &["state", "company_id", "scheduled_date", "user_id", "priority"]),
            ["draft".into(), Cell::Int(1), Cell::Int(NOW), Cell::Int(10), "0".into()]
        );
        let before = quant.number("quantity");
        assert_eq!(there(&bench, from, product).await, (before, 0), "a draft reserves nothing");
        agrees(&bench).await;

        let effect = validate(&bench, picking).await.unwrap();
        assert!(effect.posts && effect.lasting.unwrap().contains("goods were moved"));
        assert!(
            effect.images.iter().any(|image| image.model == "stock.quant"),
            "what was done is journalled"
        );
        assert_eq!(effect.answer.unwrap()["transfers"][0]["state"], "done");
        assert_eq!(there(&bench, from, product).await, (before - 3_000, 0));
        assert_eq!(there(&bench, to, product).await, (3_000, 0));
        let row = bench.row("stock.picking", picking).await;
        assert_eq!(some(&row, &["state", "date_done"]), ["done".into(), Cell::Int(NOW)]);
        agrees(&bench).await;

        let said = validate(&bench, picking).await.unwrap_err().to_string();
        assert!(said.contains("done already"), "{said}");
        assert_eq!(there(&bench, to, product).await, (3_000, 0), "moved once");
    }
}

#[tokio::test]
async fn what_is_done_stays_by_whatever_way() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let picking = open(&bench, "outgoing", json!([{"product_id": product, "quantity": 2}])).await;
        let edit = bench
            .change(&who, "stock.picking", write(&[picking], &json!({"scheduled_date": "2026-12-24"})))
            .await
            .unwrap();
        validate(&bench, picking).await.unwrap();
        let movement = bench.rows("stock.movement", &format!("picking_id = {picking}")).await[0].number("id");
        for (model, what) in [
            ("stock.picking", write(&[picking], &json!({"origin": "mine"}))),
            ("stock.picking", write(&[picking], &json!({"movement_ids": [[1, movement, {"quantity": 1}]]}))),
            ("stock.picking", write(&[picking], &json!({"movement_ids": [[2, movement, 0]]}))),
            (
                "stock.picking",
                write(&[picking], &json!({"movement_ids": [{"product_id": product, "quantity": 1}]})),
            ),
            ("stock.picking", What::Delete(vec![picking])),
            ("stock.movement", write(&[movement], &json!({"quantity": 1}))),
            ("stock.movement", What::Delete(vec![movement])),
            (
                "stock.movement",
                create(&[json!({"picking_id": picking, "product_id": product, "quantity": 1})]),
            ),
        ] {
            let said = bench.refusal(&who, model, what).await;
            assert!(said.contains("is done: goods were moved"), "{said}");
        }
        let said = undo(&bench, "stock.picking", &edit).await.unwrap_err().to_string();
        assert!(said.contains("is done: goods were moved"), "{said}");
        // Not even its movement can be lent to another transfer.
        let other = open(&bench, "outgoing", json!([])).await;
        let said = bench
            .refusal(&who, "stock.picking", write(&[other], &json!({"movement_ids": [[4, movement]]})))
            .await;
        assert!(said.contains("is done: goods were moved"), "{said}");
        bench
            .change(&who, "stock.picking", write(&[picking], &json!({"note": "left at the door"})))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_missing_becomes_a_back_order() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let moves = json!([{"product_id": product, "quantity": all / 1000 + 4}]);
        let picking = open(&bench, "outgoing", moves).await;
        let answer = validate(&bench, picking).await.unwrap().answer.unwrap();
        let done = &answer["transfers"][0];
        let said = done["message"].as_str().unwrap();
        assert!(said.contains("4 missing") && said.contains(&format!("{} unit", all / 1000)), "{said}");
        assert_eq!(there(&bench, from, product).await, (0, 0), "an empty place is none");
        let later = done["back_order"]["id"].as_i64().unwrap();
        let row = bench.row("stock.picking", later).await;
        assert_eq!(
            some(&row, &["state", "backorder_id", "picking_type", "name"]),
            [
                "waiting".into(),
                Cell::Int(picking),
                "outgoing".into(),
                done["back_order"]["name"].as_str().unwrap().into()
            ]
        );
        let moves = bench.rows("stock.movement", &format!("picking_id = {later}")).await;
        assert_eq!((moves.len(), moves[0].number("quantity"), moves[0].word("state")), (1, 4_000, "waiting"));
        agrees(&bench).await;

        let said = validate(&bench, later).await.unwrap_err().to_string();
        assert!(said.contains("0 unit of 4 are at BER/Stock, 4 missing"), "{said}");
        assert_eq!(bench.row("stock.picking", later).await, row, "nothing was done");
        // Goods come in, to where they are taken from.
        let receipt = json!({
            "picking_type": "incoming", "warehouse_id": 1, "location_dest_id": from,
            "movement_ids": [{"product_id": product, "quantity": 5}],
        });
        let receipt = bench.made("stock.picking", receipt).await;
        validate(&bench, receipt).await.unwrap();
        validate(&bench, later).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (1_000, 0));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_delivery_goes_from_order_to_customer() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (order, effect, picking) = confirmed(&bench, product, 4).await;
        assert_eq!(effect.lasting, None);
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "assigned");
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        agrees(&bench).await;
        validate(&bench, picking).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all - 4_000, 0));
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await.remove(0);
        assert_eq!(line.number("qty_delivered"), 4_000);
        let row = bench.row("sale.order", order).await;
        assert_eq!(some(&row, &["delivery_status", "invoice_status"]), ["full".into(), "to invoice".into()]);
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_receipt_is_taken_in_and_noted_on_its_order() {
    for bench in benches().await {
        let open = "picking_type = 'incoming' AND state = 'assigned' AND purchase_id IS NOT NULL \
                    AND company_id = 1 AND backorder_id IS NULL";
        let picking = bench.rows("stock.picking", open).await.remove(0);
        let id = picking.number("id");
        let moves = bench.rows("stock.movement", &format!("picking_id = {id}")).await;
        let (product, place) = (moves[0].number("product_id"), picking.number("location_dest_id"));
        let before = there(&bench, place, product).await;
        validate(&bench, id).await.unwrap();
        let after = there(&bench, place, product).await;
        assert_eq!(after.0 - before.0, moves[0].number("quantity"));
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn confirming_is_taken_back_though_others_reserved_since() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (_, first, picking) = confirmed(&bench, product, 4).await;
        let (_, _, _) = confirmed(&bench, product, 2).await;
        assert_eq!(there(&bench, from, product).await, (all, 6_000));
        undo(&bench, "sale.order", &first).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 2_000), "what others reserved stays");
        assert_eq!(bench.row("stock.picking", picking).await, Row::new());
        agrees(&bench).await;
        let said = undo(&bench, "sale.order", &first).await.unwrap_err().to_string();
        assert!(said.contains("not as this change left it"), "{said}");
    }
}

#[tokio::test]
async fn what_others_reserved_since_is_not_reserved_twice() {
    for bench in benches().await {
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (order, _, picking) = confirmed(&bench, product, 4).await;
        let cancel = bench.change(&everybody(), "sale.order", call("action_cancel", &[order])).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0));
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "cancel");
        agrees(&bench).await;
        let (other, _, _) = confirmed(&bench, product, all / 1000).await;
        let said = undo(&bench, "sale.order", &cancel).await.unwrap_err().to_string();
        assert!(said.contains("reserved"), "{said}");
        assert_eq!(there(&bench, from, product).await, (all, all));
        // Without the other, it is as it was.
        bench.change(&everybody(), "sale.order", call("action_cancel", &[other])).await.unwrap();
        undo(&bench, "sale.order", &cancel).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "assigned");
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_delivery_that_was_done_is_not_unconfirmed() {
    for bench in benches().await {
        let product = stocked(&bench).await.number("product_id");
        let (_, effect, picking) = confirmed(&bench, product, 1).await;
        validate(&bench, picking).await.unwrap();
        let said = undo(&bench, "sale.order", &effect).await.unwrap_err().to_string();
        assert!(said.contains("not as this change left it"), "{said}");
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn open_transfers_are_planned_anew_when_they_change() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let (from, product, all) =
            (quant.number("location_id"), quant.number("product_id"), quant.number("quantity"));
        let (_, _, picking) = confirmed(&bench, product, 4).await;
        let movement = bench.rows("stock.movement", &format!("picking_id = {picking}")).await[0].number("id");
        let more = bench
            .change(&who, "stock.movement", write(&[movement], &json!({"quantity": 6.5})))
            .await
            .unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 6_500));
        agrees(&bench).await;
        undo(&bench, "stock.movement", &more).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        let another = create(&[json!({"picking_id": picking, "product_id": product, "quantity": 1})]);
        let another = bench.change(&who, "stock.movement", another).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 5_000));
        bench.change(&who, "stock.movement", What::Delete(another.ids)).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 4_000));
        agrees(&bench).await;
        let too_much = json!({"movement_ids": [[1, movement, {"quantity": all}]]});
        bench.change(&who, "stock.picking", write(&[picking], &too_much)).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0), "all or nothing is reserved");
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "waiting");
        agrees(&bench).await;
        let said = bench.refusal(&who, "stock.picking", What::Delete(vec![picking])).await;
        assert!(said.contains("cancel the order"), "{said}");
        bench.change(&who, "stock.movement", What::Delete(vec![movement])).await.unwrap();
        assert_eq!(there(&bench, from, product).await, (all, 0));
    }
}

#[tokio::test]
async fn drafts_go_with_their_movements() {
    for bench in benches().await {
        let product = stocked(&bench).await.number("product_id");
        let picking = open(&bench, "internal", json!([{"product_id": product, "quantity": 1}])).await;
        let gone = bench.change(&everybody(), "stock.picking", What::Delete(vec![picking])).await.unwrap();
        assert!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.is_empty());
        agrees(&bench).await;
        undo(&bench, "stock.picking", &gone).await.unwrap();
        assert_eq!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.len(), 1);
        agrees(&bench).await;
        bench
            .change(&everybody(), "stock.picking", write(&[picking], &json!({"movement_ids": [[5]]})))
            .await
            .unwrap();
        assert!(bench.rows("stock.movement", &format!("picking_id = {picking}")).await.is_empty());
    }
}

#[tokio::test]
async fn what_can_not_be_moved_is_refused() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let service = bench.number("SELECT MIN(id) FROM product_product WHERE type = 'service'").await;
        let abroad = bench
            .number("SELECT MIN(id) FROM stock_location WHERE company_id = 2 AND usage = 'internal'")
            .await;
        let input = shelf(&bench, "Input").await;
        let one = json!({"product_id": product, "quantity": 1});
        for (record, part) in [
            (json!({"picking_type": "adjustment"}), "incoming, outgoing or internal"),
            (json!({"picking_type": "internal", "warehouse_id": 999}), "there is no stock.warehouse"),
            (
                json!({"picking_type": "internal", "location_dest_id": abroad, "warehouse_id": 1}),
                "belongs to company 2",
            ),
            (json!({"picking_type": "incoming", "location_id": input}), "is of usage internal"),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 0}]}),
                "more than 0",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": -1}]}),
                "more than 0",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product}]}),
                "quantity (Quantity",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": service, "quantity": 1}]}),
                "a service",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": 99_999, "quantity": 1}]}),
                "no product.product",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1, "location_id": input}]}),
                "does not lie in BER/Stock",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1, "picking_type": "incoming"}]}),
                "from its transfer",
            ),
            (
                json!({"picking_type": "outgoing", "movement_ids": [{"product_id": product, "quantity": 1_000_000_000_000_i64}]}),
                "digits too many",
            ),
            (json!({"picking_type": "outgoing", "state": "done"}), "set by the system"),
        ] {
            let said = bench.refusal(&who, "stock.picking", create(std::slice::from_ref(&record))).await;
            assert!(said.contains(part), "{record}: {said}");
        }
        let said = bench.refusal(&who, "stock.movement", create(&[one])).await;
        assert!(said.contains("belongs to a transfer"), "{said}");
        let empty = open(&bench, "internal", json!([])).await;
        let said = validate(&bench, empty).await.unwrap_err().to_string();
        assert!(said.contains("nothing to move"), "{said}");
        let said =
            bench.refusal(&who, "stock.picking", write(&[empty], &json!({"picking_type": "outgoing"}))).await;
        assert!(said.contains("make a new transfer"), "{said}");
        let said =
            bench.refusal(&who, "stock.quant", write(&[quant.number("id")], &json!({"quantity": 1}))).await;
        assert!(said.contains("stock.quant"), "{said}");
    }
}

#[tokio::test]
async fn stock_is_worth_what_its_product_costs() {
    for bench in benches().await {
        let who = everybody();
        let quant = stocked(&bench).await;
        let product = quant.number("product_id");
        let dearer = json!({"standard_price": 20});
        let dearer = bench.change(&who, "product.product", write(&[product], &dearer)).await.unwrap();
        assert_eq!(bench.row("stock.quant", quant.number("id")).await.number("value"), 40_000);
        undo(&bench, "product.product", &dearer).await.unwrap();
        assert_eq!(bench.row("stock.quant", quant.number("id")).await, quant);
        for other in [json!({"uom": "kg"}), json!({"type": "service"})] {
            let said = bench.refusal(&who, "product.product", write(&[product], &other)).await;
            assert!(said.contains("was moved already"), "{said}");
        }
    }
}
