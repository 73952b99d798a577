//! Documents that are cancelled, and drafts again.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::super::row::Values as _;
use super::cast::{Cast, cast};
use super::stock::agrees;
use super::{Bench, NOW, benches, call, everybody, some, write};
use crate::erp::{Cell, Effect, Erp as _, Undo, What};
use crate::store::on_db;

async fn done(bench: &Bench, model: &str, method: &str, id: i64) -> Effect {
    bench.change(&everybody(), model, call(method, &[id])).await.unwrap()
}

async fn refused(bench: &Bench, model: &str, method: &str, id: i64) -> String {
    bench.refusal(&everybody(), model, call(method, &[id])).await
}

async fn undone(bench: &Bench, model: &str, effect: &Effect) {
    let mut tx = bench.test.db.begin().await.unwrap();
    let undo = Undo { at: NOW, model, images: &effect.images };
    bench.erp.undo(tx.on(), &everybody(), &undo).await.unwrap();
    tx.commit().await.unwrap();
}

/// Four of something, bought; the order and the id of its receipt.
async fn bought(bench: &Bench, cast: &Cast) -> (i64, i64) {
    let line = json!({"product_id": cast.goods, "product_qty": 4});
    let order = bench.made("purchase.order", json!({"partner_id": cast.german, "order_line": [line]})).await;
    let effect = done(bench, "purchase.order", "button_confirm", order).await;
    (order, effect.answer.unwrap()["picking_ids"][0].as_i64().unwrap())
}

#[tokio::test]
async fn a_purchase_is_cancelled_with_its_receipt_and_ordered_after_all() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let (order, receipt) = bought(&bench, &cast).await;
        let effect = done(&bench, "purchase.order", "button_cancel", order).await;
        let row = bench.row("purchase.order", order).await;
        assert_eq!(some(&row, &["state", "receipt_status"]), ["cancel".into(), Cell::Null]);
        assert!(!effect.posts && effect.lasting.is_none());
        assert!(effect.amount >= Some(row.number("amount_total")), "{:?}", effect.amount);
        assert_eq!(bench.row("stock.picking", receipt).await.word("state"), "cancel");
        let said = refused(&bench, "purchase.order", "button_cancel", order).await;
        assert!(said.contains("is cancelled already"), "{said}");
        let said = refused(&bench, "purchase.order", "button_confirm", order).await;
        assert!(said.contains("call button_draft on it first"), "{said}");
        agrees(&bench).await;

        undone(&bench, "purchase.order", &effect).await;
        assert_eq!(bench.row("stock.picking", receipt).await.word("state"), "assigned");
        let said = refused(&bench, "purchase.order", "button_draft", order).await;
        assert!(said.contains("is confirmed: call button_cancel on it first"), "{said}");
        done(&bench, "purchase.order", "button_cancel", order).await;
        done(&bench, "purchase.order", "button_draft", order).await;
        let row = bench.row("purchase.order", order).await;
        assert_eq!(some(&row, &["state", "date_approve"]), ["draft".into(), Cell::Null]);
        let line = bench.rows("purchase.order.line", &format!("order_id = {order}")).await.remove(0);
        assert_eq!(line.word("state"), "draft");
        let fewer = json!({"product_qty": 2});
        bench.change(&everybody(), "purchase.order.line", write(&[line.number("id")], &fewer)).await.unwrap();
        let effect = done(&bench, "purchase.order", "button_confirm", order).await;
        let receipt = effect.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
        let moves = bench.rows("stock.movement", &format!("picking_id = {receipt}")).await;
        assert_eq!(moves.iter().map(|row| row.number("quantity")).sum::<i64>(), 2_000);
        agrees(&bench).await;

        done(&bench, "stock.picking", "button_validate", receipt).await;
        let said = refused(&bench, "purchase.order", "button_cancel", order).await;
        assert!(said.contains("goods of it were received already"), "{said}");
    }
}

#[tokio::test]
async fn a_purchase_with_a_bill_is_cancelled_after_its_bill() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let (order, _) = bought(&bench, &cast).await;
        let line = json!({"product_id": cast.goods, "quantity": 4, "price_unit": 5});
        let bill = json!({"move_type": "in_invoice", "partner_id": cast.german, "line_ids": [line]});
        let bill = bench.made("account.move", bill).await;
        let mut tx = bench.test.db.begin().await.unwrap();
        let link = format!("UPDATE account_move SET purchase_id = {order} WHERE id = {bill}");
        on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(link)).execute(&mut *c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let said = refused(&bench, "purchase.order", "button_cancel", order).await;
        assert!(said.contains("draft bill") && said.contains("button_cancel on that first"), "{said}");
        done(&bench, "account.move", "action_post", bill).await;
        let said = refused(&bench, "purchase.order", "button_cancel", order).await;
        assert!(said.contains("its bill BILL/2026/") && said.contains("is posted"), "{said}");
        done(&bench, "account.move", "button_draft", bill).await;
        done(&bench, "account.move", "button_cancel", bill).await;
        done(&bench, "purchase.order", "button_cancel", order).await;
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_cancelled_order_is_a_quotation_again_and_confirmed_anew() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let line = json!({"product_id": cast.goods, "product_uom_qty": 3});
        let order = bench.made("sale.order", json!({"partner_id": cast.german, "order_line": [line]})).await;
        done(&bench, "sale.order", "action_confirm", order).await;
        let said = refused(&bench, "sale.order", "action_draft", order).await;
        assert!(said.contains("is confirmed: call action_cancel on it first"), "{said}");
        done(&bench, "sale.order", "action_cancel", order).await;
        let effect = done(&bench, "sale.order", "action_draft", order).await;
        assert!(!effect.posts && effect.lasting.is_none());
        assert_eq!(effect.answer.as_ref().unwrap()["state"], "draft");
        let said = refused(&bench, "sale.order", "action_draft", order).await;
        assert!(said.contains("is a draft already"), "{said}");
        undone(&bench, "sale.order", &effect).await;
        assert_eq!(bench.row("sale.order", order).await.word("state"), "cancel");
        done(&bench, "sale.order", "action_draft", order).await;
        let more = json!({"order_line": [{"product_id": cast.service}]});
        bench.change(&everybody(), "sale.order", write(&[order], &more)).await.unwrap();
        let effect = done(&bench, "sale.order", "action_confirm", order).await;
        assert_eq!(effect.answer.unwrap()["picking_ids"].as_array().unwrap().len(), 1);
        agrees(&bench).await;

        let sent = bench.number("SELECT MIN(id) FROM sale_order WHERE state = 'sent'").await;
        done(&bench, "sale.order", "action_draft", sent).await;
        assert_eq!(bench.row("sale.order", sent).await.word("state"), "draft");
        let sent = bench.number("SELECT MIN(id) FROM purchase_order WHERE state = 'sent'").await;
        let said = refused(&bench, "purchase.order", "button_draft", sent).await;
        assert!(said.contains("can be changed as it is"), "{said}");
    }
}

#[tokio::test]
async fn a_cancelled_delivery_frees_what_it_kept_and_is_planned_anew() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let reserved = format!(
            "SELECT CAST(COALESCE(SUM(reserved_quantity), 0) AS BIGINT) FROM stock_quant WHERE product_id = {}",
            cast.goods
        );
        let before = bench.number(&reserved).await;
        let line = json!({"product_id": cast.goods, "product_uom_qty": 3});
        let order = bench.made("sale.order", json!({"partner_id": cast.german, "order_line": [line]})).await;
        let effect = done(&bench, "sale.order", "action_confirm", order).await;
        let delivery = effect.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
        assert_eq!(bench.number(&reserved).await, before + 3_000);
        let effect = done(&bench, "stock.picking", "action_cancel", delivery).await;
        assert!(!effect.posts && effect.lasting.is_none());
        let told = &effect.answer.as_ref().unwrap()["transfers"][0];
        assert_eq!(told["state"], "cancel");
        assert!(told["message"].as_str().unwrap().contains("its order stays as it is"), "{told}");
        assert_eq!(bench.number(&reserved).await, before);
        let moves = bench.rows("stock.movement", &format!("picking_id = {delivery}")).await;
        assert!(moves.iter().all(|row| row.word("state") == "cancel"), "{moves:?}");
        assert_eq!(bench.row("sale.order", order).await.word("state"), "sale");
        agrees(&bench).await;
        let said = refused(&bench, "stock.picking", "action_cancel", delivery).await;
        assert!(said.contains("is cancelled already"), "{said}");

        undone(&bench, "stock.picking", &effect).await;
        assert_eq!(bench.number(&reserved).await, before + 3_000);
        assert_eq!(bench.row("stock.picking", delivery).await.word("state"), "assigned");
        agrees(&bench).await;
        done(&bench, "stock.picking", "action_cancel", delivery).await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await[0].number("id");
        let more = json!({"product_uom_qty": 5});
        bench.change(&everybody(), "sale.order.line", write(&[line], &more)).await.unwrap();
        assert_eq!(bench.number(&reserved).await, before + 5_000);
        let open = format!("sale_id = {order} AND state = 'assigned'");
        let anew = bench.rows("stock.picking", &open).await[0].number("id");
        done(&bench, "stock.picking", "button_validate", anew).await;
        let said = refused(&bench, "stock.picking", "action_cancel", anew).await;
        assert!(said.contains("goods were moved; a new transfer the other way"), "{said}");
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_cancelled_invoice_counts_for_nothing_until_it_is_a_draft_again() {
    for bench in benches().await {
        let drafts = "state = 'draft' AND move_type = 'out_invoice' AND sale_id IS NOT NULL";
        let draft = bench.rows("account.move", drafts).await.remove(0);
        let (entry, order) = (draft.number("id"), draft.number("sale_id"));
        let items = format!("move_id = {entry}");
        let product = bench.rows("account.move.line", &items).await[0].number("product_id");
        let line = format!("order_id = {order} AND product_id = {product}");
        let invoiced = async || {
            bench.rows("sale.order.line", &line).await.iter().map(|l| l.number("qty_invoiced")).sum()
        };
        let before: i64 = invoiced().await;
        let effect = done(&bench, "account.move", "button_cancel", entry).await;
        assert!(!effect.posts && effect.lasting.is_none());
        assert!(effect.amount >= Some(1), "{:?}", effect.amount);
        let row = bench.row("account.move", entry).await;
        assert_eq!(some(&row, &["state", "amount_residual"]), ["cancel".into(), Cell::Int(0)]);
        let lines = bench.rows("account.move.line", &items).await;
        assert!(lines.iter().all(|line| line.word("parent_state") == "cancel"), "{lines:?}");
        assert!(invoiced().await < before);
        assert_eq!(bench.row("sale.order", order).await.word("invoice_status"), "to invoice");
        agrees(&bench).await;
        for said in [
            refused(&bench, "account.move", "action_post", entry).await,
            bench
                .refusal(&everybody(), "account.move", write(&[entry], &json!({"date": "2026-01-01"})))
                .await,
            bench.refusal(&everybody(), "account.move", What::Delete(vec![entry])).await,
        ] {
            assert!(said.contains(&format!("call button_draft on account.move {entry} first")), "{said}");
        }

        undone(&bench, "account.move", &effect).await;
        assert_eq!(bench.row("account.move", entry).await, draft);
        assert_eq!(invoiced().await, before);
        done(&bench, "account.move", "button_cancel", entry).await;
        let effect = done(&bench, "account.move", "button_draft", entry).await;
        assert!(!effect.posts && effect.lasting.is_none(), "it was not in the books");
        assert_eq!(bench.row("account.move", entry).await, draft);
        assert_eq!(invoiced().await, before);
        agrees(&bench).await;
        done(&bench, "account.move", "action_post", entry).await;
        let number = bench.row("account.move", entry).await.word("name").to_owned();
        let said = refused(&bench, "account.move", "button_cancel", entry).await;
        assert!(said.contains("is posted; call button_draft"), "{said}");
        // What was posted once keeps its number when it is cancelled.
        done(&bench, "account.move", "button_draft", entry).await;
        done(&bench, "account.move", "button_cancel", entry).await;
        assert_eq!(bench.row("account.move", entry).await.word("name"), number);
        agrees(&bench).await;
    }
}
