//! An undo is a change like others: it writes nothing that could not be written by now, and what follows from it is
//! written too.

use serde_json::{Value, json};

use super::super::row::Values as _;
use super::cast::cast;
use super::stock::agrees;
use super::{Bench, NOW, benches, call, create, everybody, some, write};
use crate::erp::{Cell, Effect, Erp as _, Row, Undo, What};

async fn done(bench: &Bench, model: &str, what: What) -> Effect {
    bench.change(&everybody(), model, what).await.unwrap()
}

/// Changes one record, to be taken back later.
async fn set(bench: &Bench, model: &str, id: i64, values: Value) -> Effect {
    done(bench, model, write(&[id], &values)).await
}

async fn gone(bench: &Bench, model: &str, id: i64) -> Effect {
    done(bench, model, What::Delete(vec![id])).await
}

/// Takes a change back; what is said where that is refused.
async fn back(bench: &Bench, model: &str, effect: &Effect) -> Result<(), String> {
    let mut tx = bench.test.db.begin().await.unwrap();
    let undo = Undo { at: NOW, model, images: &effect.images };
    let undone = bench.erp.undo(tx.on(), &everybody(), &undo).await;
    match undone {
        Ok(_) => tx.commit().await.unwrap(),
        Err(error) => return Err(error.to_string()),
    }
    agrees(bench).await;
    Ok(())
}

/// Demands that taking a change back is refused, and says why, and leaves the record as it is.
async fn refused(bench: &Bench, (model, id): (&str, i64), effect: &Effect, part: &str) {
    let before = bench.row(model, id).await;
    let said = back(bench, model, effect).await.expect_err(part);
    assert!(said.contains(part) && said.contains("Nothing was undone"), "{}: {said}", bench.test.name);
    assert!(!said.contains(".."), "{said}");
    assert_eq!(bench.row(model, id).await, before, "{}", bench.test.name);
}

async fn product(bench: &Bench, more: Value) -> i64 {
    let mut record =
        json!({"name": "Lamp", "categ_id": 1, "standard_price": 10, "list_price": 20, "currency_id": 1});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bench.made("product.product", record).await
}

async fn received(bench: &Bench, product: i64, quantity: i64) {
    let shelf = "SELECT MIN(id) FROM stock_location WHERE warehouse_id = 1 AND name = 'Shelf 1'";
    let receipt = json!({
        "picking_type": "incoming", "warehouse_id": 1, "location_dest_id": bench.number(shelf).await,
        "movement_ids": [{"product_id": product, "quantity": quantity}],
    });
    let receipt = bench.made("stock.picking", receipt).await;
    done(bench, "stock.picking", call("button_validate", &[receipt])).await;
}

async fn order(bench: &Bench, lines: Value) -> i64 {
    let partner = cast(bench).await.german;
    let order = json!({"partner_id": partner, "company_id": 1, "warehouse_id": 1, "order_line": lines});
    bench.made("sale.order", order).await
}

async fn line_of(bench: &Bench, order: i64, product: i64) -> i64 {
    bench
        .rows("sale.order.line", &format!("order_id = {order} AND product_id = {product}"))
        .await
        .remove(0)
        .number("id")
}

#[tokio::test]
async fn a_product_that_was_moved_since_keeps_unit_and_type() {
    for bench in benches().await {
        let goods = product(&bench, json!({})).await;
        let unit = set(&bench, "product.product", goods, json!({"uom": "kg"})).await;
        back(&bench, "product.product", &unit).await.unwrap();
        let unit = set(&bench, "product.product", goods, json!({"uom": "kg"})).await;
        received(&bench, goods, 10).await;
        refused(
            &bench,
            ("product.product", goods),
            &unit,
            "uom of Lamp can't be changed: it was moved already",
        )
        .await;
        let advice = product(&bench, json!({"type": "service"})).await;
        let kind = set(&bench, "product.product", advice, json!({"type": "consu"})).await;
        received(&bench, advice, 10).await;
        refused(&bench, ("product.product", advice), &kind, "type of Lamp can't be changed").await;
    }
}

#[tokio::test]
async fn what_came_in_since_is_worth_the_cost_that_is_put_back() {
    for bench in benches().await {
        let goods = product(&bench, json!({})).await;
        received(&bench, goods, 100).await;
        let dearer = set(&bench, "product.product", goods, json!({"standard_price": 20})).await;
        received(&bench, goods, 100).await;
        let stock = async || {
            let rows = bench.rows("stock.quant", &format!("product_id = {goods}")).await;
            (
                rows.iter().map(|row| row.number("quantity")).sum::<i64>(),
                rows.iter().map(|row| row.number("value")).sum::<i64>(),
            )
        };
        assert_eq!(stock().await, (200_000, 400_000));
        back(&bench, "product.product", &dearer).await.unwrap();
        assert_eq!(bench.row("product.product", goods).await.number("standard_price"), 1_000);
        assert_eq!(stock().await, (200_000, 200_000), "{}", bench.test.name);
    }
}

#[tokio::test]
async fn a_cancelled_delivery_stays_so_where_another_was_planned_since() {
    for bench in benches().await {
        let goods = product(&bench, json!({})).await;
        received(&bench, goods, 100).await;
        for (ordered, more) in [(10, 11), (10, 0), (10, 4)] {
            let order = order(&bench, json!([{"product_id": goods, "product_uom_qty": ordered}])).await;
            let confirmed = done(&bench, "sale.order", call("action_confirm", &[order])).await;
            let delivery = confirmed.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
            let cancelled = done(&bench, "stock.picking", call("action_cancel", &[delivery])).await;
            let line = line_of(&bench, order, goods).await;
            let again = set(&bench, "sale.order.line", line, json!({"product_uom_qty": more})).await;
            let part = format!("has {more} left to be moved");
            refused(&bench, ("stock.picking", delivery), &cancelled, &part).await;
            // Without what was done since, it is open again.
            back(&bench, "sale.order.line", &again).await.unwrap();
            back(&bench, "stock.picking", &cancelled).await.unwrap();
            assert_eq!(bench.row("stock.picking", delivery).await.word("state"), "assigned");
        }
    }
}

#[tokio::test]
async fn a_line_that_was_invoiced_since_keeps_price_and_quantity() {
    for bench in benches().await {
        let drafts = "state = 'draft' AND move_type = 'out_invoice' AND sale_id IS NOT NULL";
        let entry = bench.rows("account.move", drafts).await.remove(0);
        let (id, order) = (entry.number("id"), entry.number("sale_id"));
        let items = format!("move_id = {id} AND display_type = 'product'");
        let item = bench.rows("account.move.line", &items).await.remove(0);
        let line = line_of(&bench, order, item.number("product_id")).await;
        let row = bench.row("sale.order.line", line).await;
        let (price, quantity) = (row.number("price_unit"), row.number("product_uom_qty"));
        gone(&bench, "account.move.line", item.number("id")).await;
        let dearer = json!({"price_unit": price / 100 + 1000});
        let dearer = set(&bench, "sale.order.line", line, dearer).await;
        let more = json!({"product_uom_qty": quantity / 1_000 + 5});
        let more = set(&bench, "sale.order.line", line, more).await;
        let invoiced = json!({
            "move_id": id, "product_id": item.number("product_id"), "quantity": quantity / 1_000 + 5,
            "price_unit": price / 100 + 1000,
        });
        done(&bench, "account.move.line", create(&[invoiced])).await;
        done(&bench, "account.move", call("action_post", &[id])).await;
        refused(&bench, ("sale.order.line", line), &more, "can't be less than its qty_invoiced").await;
        refused(&bench, ("sale.order.line", line), &dearer, "is invoiced already").await;
    }
}

#[tokio::test]
async fn no_circle_comes_of_an_undo() {
    for bench in benches().await {
        for model in ["res.partner", "product.category"] {
            let a = bench.made(model, json!({"name": "Above"})).await;
            let b = bench.made(model, json!({"name": "Below"})).await;
            set(&bench, model, a, json!({"parent_id": b})).await;
            let free = set(&bench, model, a, json!({"parent_id": null})).await;
            let under = set(&bench, model, b, json!({"parent_id": a})).await;
            refused(&bench, (model, a), &free, "can't be above itself").await;
            let renamed = set(&bench, model, a, json!({"name": "Renamed"})).await;
            back(&bench, model, &renamed).await.unwrap();
            back(&bench, model, &under).await.unwrap();
            back(&bench, model, &free).await.unwrap();
            assert_eq!(bench.row(model, a).await.int("parent_id"), Some(b));
        }
    }
}

#[tokio::test]
async fn what_another_company_uses_since_stays_shared() {
    for bench in benches().await {
        let partner = bench.made("res.partner", json!({"name": "Both", "company_id": 1})).await;
        let shared = set(&bench, "res.partner", partner, json!({"company_id": null})).await;
        let abroad = cast(&bench).await.foreign_warehouse;
        let theirs = json!({"partner_id": partner, "company_id": 2, "warehouse_id": abroad});
        let theirs = bench.made("sale.order", theirs).await;
        let part = "records of another company link to res.partner";
        refused(&bench, ("res.partner", partner), &shared, part).await;
        gone(&bench, "sale.order", theirs).await;
        back(&bench, "res.partner", &shared).await.unwrap();
        assert_eq!(bench.row("res.partner", partner).await.int("company_id"), Some(1));
    }
}

#[tokio::test]
async fn a_line_comes_back_only_to_the_order_that_it_was_taken_from() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let free = product(&bench, json!({"list_price": 0, "standard_price": 0})).await;
        let lines = json!([
            {"product_id": cast.goods, "product_uom_qty": 1},
            {"product_id": free, "product_uom_qty": 5, "price_unit": 0, "purchase_price": 0},
        ]);
        // Confirmed since: nothing would be planned for it.
        let confirmed = order(&bench, lines.clone()).await;
        let line = line_of(&bench, confirmed, free).await;
        let taken = gone(&bench, "sale.order.line", line).await;
        done(&bench, "sale.order", call("action_confirm", &[confirmed])).await;
        refused(&bench, ("sale.order.line", line), &taken, "state (").await;
        // Of another company, customer or currency since.
        let other = order(&bench, lines).await;
        let line = line_of(&bench, other, free).await;
        let taken = gone(&bench, "sale.order.line", line).await;
        let abroad = json!({"partner_id": cast.american, "currency_id": 2});
        let moved = set(&bench, "sale.order", other, abroad).await;
        refused(&bench, ("sale.order.line", line), &taken, "order_partner_id (").await;
        back(&bench, "sale.order", &moved).await.unwrap();
        back(&bench, "sale.order.line", &taken).await.unwrap();
        // What it comes to by now is added up.
        let cheaper = set(&bench, "sale.order.line", line, json!({"discount": 10})).await;
        set(&bench, "sale.order.line", line, json!({"price_unit": 100})).await;
        let before = bench.row("sale.order", other).await.number("amount_untaxed");
        let said = back(&bench, "sale.order.line", &cheaper).await;
        assert_eq!(said, Ok(()), "{}", bench.test.name);
        let row = bench.row("sale.order.line", line).await;
        assert_eq!(some(&row, &["discount", "price_subtotal"]), [0, 50_000].map(Cell::Int));
        assert_eq!(bench.row("sale.order", other).await.number("amount_untaxed"), before + 5_000);
    }
}

#[tokio::test]
async fn a_category_comes_back_only_under_the_name_that_it_had() {
    for bench in benches().await {
        let above = bench.made("product.category", json!({"name": "A"})).await;
        let below = bench.made("product.category", json!({"name": "C", "parent_id": above})).await;
        let taken = gone(&bench, "product.category", below).await;
        let renamed = set(&bench, "product.category", above, json!({"name": "B"})).await;
        refused(&bench, ("product.category", below), &taken, "complete_name (").await;
        back(&bench, "product.category", &renamed).await.unwrap();
        back(&bench, "product.category", &taken).await.unwrap();
        assert_eq!(bench.row("product.category", below).await.word("complete_name"), "A / C");
        // Those below follow a name that is put back, as they follow one that is written.
        let renamed = set(&bench, "product.category", above, json!({"name": "B"})).await;
        let late = bench.made("product.category", json!({"name": "D", "parent_id": above})).await;
        back(&bench, "product.category", &renamed).await.unwrap();
        assert_eq!(bench.row("product.category", late).await.word("complete_name"), "A / D");
    }
}

#[tokio::test]
async fn items_made_since_follow_an_invoice_whose_currency_is_put_back() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let draft =
            json!({"move_type": "out_invoice", "partner_id": cast.german, "currency_id": 1, "company_id": 1});
        let draft = bench.made("account.move", draft).await;
        let dollars = set(&bench, "account.move", draft, json!({"currency_id": 2})).await;
        let lines = json!({"line_ids": [{"product_id": cast.goods, "quantity": 2, "price_unit": 50}]});
        set(&bench, "account.move", draft, lines).await;
        back(&bench, "account.move", &dollars).await.unwrap();
        let items: Vec<Row> = bench.rows("account.move.line", &format!("move_id = {draft}")).await;
        assert!(items.len() >= 2, "{items:?}");
        for item in &items {
            assert_eq!(item.number("currency_id"), 1, "{}", bench.test.name);
            assert_eq!(item.number("balance"), item.number("amount_currency"));
        }
        assert_eq!(items.iter().map(|item| item.number("balance")).sum::<i64>(), 0);
    }
}

#[tokio::test]
async fn a_movement_comes_back_only_to_a_transfer_that_still_has_what_it_moves() {
    for bench in benches().await {
        let (one, two) = (product(&bench, json!({})).await, product(&bench, json!({})).await);
        received(&bench, one, 10).await;
        received(&bench, two, 10).await;
        let line =
            json!([{"product_id": one, "product_uom_qty": 1}, {"product_id": two, "product_uom_qty": 1}]);
        let order = order(&bench, line).await;
        let confirmed = done(&bench, "sale.order", call("action_confirm", &[order])).await;
        let delivery = confirmed.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
        let movements = bench.rows("stock.movement", &format!("picking_id = {delivery}")).await;
        let (first, second) = (movements[0].number("id"), movements[1].number("id"));
        let taken = gone(&bench, "stock.movement", first).await;
        let more = set(&bench, "stock.movement", second, json!({"quantity": 900})).await;
        assert_eq!(bench.row("stock.picking", delivery).await.word("state"), "waiting");
        refused(&bench, ("stock.movement", first), &taken, "is waiting by now").await;
        back(&bench, "stock.movement", &more).await.unwrap();
        back(&bench, "stock.movement", &taken).await.unwrap();
        assert_eq!(bench.rows("stock.movement", &format!("picking_id = {delivery}")).await, movements);
    }
}
