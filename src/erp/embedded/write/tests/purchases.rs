//! Purchase orders, and sales of the shops.

use serde_json::json;

use super::super::row::Values as _;
use super::cast::cast;
use super::{NOW, benches, call, everybody, some, write};
use crate::erp::Cell;

#[tokio::test]
async fn a_confirmed_purchase_makes_its_receipt_and_notes_what_came() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let vendor = bench
            .number("SELECT MIN(id) FROM res_partner WHERE supplier_rank > 0 AND active AND country_id = 1")
            .await;
        let order = bench
            .made(
                "purchase.order",
                json!({"partner_id": vendor, "order_line": [
                    {"product_id": cast.goods, "product_qty": 10}, {"product_id": cast.other, "price_unit": 1}]}),
            )
            .await;
        let row = bench.row("purchase.order", order).await;
        assert_eq!(row.word("name"), format!("P{order:05}"));
        let week = Cell::Int(NOW + 7 * 86_400_000);
        assert_eq!(
            some(&row, &["state", "date_planned", "user_id"]),
            ["draft".into(), week.clone(), Cell::Int(10)]
        );
        let lines = bench.rows("purchase.order.line", &format!("order_id = {order}")).await;
        let cost = bench.row("product.product", cast.goods).await.number("standard_price");
        assert_eq!(lines[0].number("price_unit"), cost);
        assert_eq!((lines[0].number("tax_rate"), lines[0].number("price_subtotal")), (1_900, cost * 10));
        assert_eq!(some(&lines[1], &["price_subtotal", "date_planned"]), [Cell::Int(100), week]);
        assert_eq!(row.number("amount_untaxed"), cost * 10 + 100);

        let later = json!({"date_planned": "2027-01-04 08:00:00"});
        bench.change(&everybody(), "purchase.order", write(&[order], &later)).await.unwrap();
        let planned = bench.row("purchase.order", order).await.number("date_planned");
        let lines = bench.rows("purchase.order.line", &format!("order_id = {order}")).await;
        assert!(lines.iter().all(|line| line.number("date_planned") == planned), "{lines:?}");

        let confirm = call("button_confirm", &[order]);
        let effect = bench.change(&everybody(), "purchase.order", confirm).await.unwrap();
        let picking = effect.answer.unwrap()["picking_ids"][0].as_i64().unwrap();
        let receipt = bench.row("stock.picking", picking).await;
        assert_eq!(
            some(&receipt, &["picking_type", "purchase_id", "scheduled_date"]),
            ["incoming".into(), Cell::Int(order), Cell::Int(planned)]
        );
        let row = bench.row("purchase.order", order).await;
        assert_eq!(
            some(&row, &["state", "receipt_status", "date_approve"]),
            ["purchase".into(), Cell::from("pending"), Cell::Int(NOW)]
        );
        bench.change(&everybody(), "stock.picking", call("button_validate", &[picking])).await.unwrap();
        let row = bench.row("purchase.order", order).await;
        assert_eq!(
            some(&row, &["receipt_status", "invoice_status"]),
            ["full".into(), Cell::from("to invoice")]
        );
        let lines = bench.rows("purchase.order.line", &format!("order_id = {order}")).await;
        assert_eq!(lines.iter().map(|l| l.number("qty_received")).collect::<Vec<_>>(), [10_000, 1_000]);
    }
}

#[tokio::test]
async fn of_a_sale_at_the_till_only_its_customer_and_employee_change() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let sale =
            bench.number("SELECT MIN(id) FROM pos_order WHERE state = 'done' AND company_id = 1").await;
        let memo = json!({"partner_id": cast.german, "user_id": 11});
        bench.change(&everybody(), "pos.order", write(&[sale], &memo)).await.unwrap();
        let row = bench.row("pos.order", sale).await;
        assert_eq!((row.number("partner_id"), row.number("user_id")), (cast.german, 11));
    }
}
