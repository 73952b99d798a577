//! Sales orders: made, priced, changed, confirmed, cancelled.

use serde_json::json;

use super::super::row::Values as _;
use super::cast::cast;
use super::{Bench, NOW, benches, call, everybody, some, write};
use crate::erp::{Cell, What};

#[tokio::test]
async fn an_order_with_lines_is_priced_taxed_and_added_up() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let order = bench
            .made(
                "sale.order",
                json!({
                    "partner_id": cast.german,
                    "order_line": [
                        [0, 0, {"product_id": cast.goods, "product_uom_qty": 2.5}],
                        {"product_id": cast.service, "discount": 10},
                    ],
                }),
            )
            .await;
        let row = bench.row("sale.order", order).await;
        assert_eq!(row.word("name"), format!("S{order:05}"));
        assert_eq!(
            some(&row, &["state", "company_id", "warehouse_id", "user_id", "date_order", "invoice_status"]),
            ["draft".into(), Cell::Int(1), Cell::Int(1), Cell::Int(10), Cell::Int(NOW), Cell::from("no")]
        );
        let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
        assert_eq!(lines.iter().map(|line| line.number("sequence")).collect::<Vec<_>>(), [10, 20]);
        let [goods, service] = lines.as_slice() else { panic!("{lines:?}") };
        let product = bench.row("product.product", cast.goods).await;
        assert_eq!(goods.word("name"), product.word("name"));
        assert_eq!(goods.number("price_unit"), product.number("list_price"));
        assert_eq!(goods.number("tax_rate"), 1_900);
        let subtotal = (goods.number("price_unit") * 5 + 1) / 2;
        assert_eq!(goods.number("price_subtotal"), subtotal);
        assert_eq!(service.number("product_uom_qty"), 1_000);
        assert_eq!(service.number("discount_amount"), (service.number("price_unit") + 5) / 10);
        for (total, part) in [
            ("amount_untaxed", "price_subtotal"),
            ("amount_tax", "price_tax"),
            ("amount_total", "price_total"),
            ("margin", "margin"),
        ] {
            assert_eq!(row.number(total), goods.number(part) + service.number(part), "{total}");
        }
    }
}

#[tokio::test]
async fn confirming_opens_a_delivery_and_cancelling_takes_it_back() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let order = bench
            .made(
                "sale.order",
                json!({"partner_id": cast.german, "order_line": [
                    {"product_id": cast.goods, "product_uom_qty": 3}, {"product_id": cast.service}]}),
            )
            .await;
        let reserved = format!(
            "SELECT CAST(SUM(reserved_quantity) AS BIGINT) FROM stock_quant WHERE product_id = {} AND warehouse_id = 1",
            cast.goods
        );
        let before = bench.number(&reserved).await;
        let effect =
            bench.change(&everybody(), "sale.order", call("action_confirm", &[order])).await.unwrap();
        let answer = effect.answer.unwrap();
        assert_eq!(answer["state"], "sale");
        let picking = answer["picking_ids"][0].as_i64().unwrap();
        assert!(!effect.posts && effect.lasting.is_none());
        assert_eq!(bench.number(&reserved).await, before + 3_000);
        let row = bench.row("sale.order", order).await;
        assert_eq!(some(&row, &["state", "delivery_status"]), ["sale".into(), Cell::from("pending")]);
        let moves = bench.rows("stock.movement", &format!("picking_id = {picking}")).await;
        assert_eq!(moves.iter().map(|row| row.number("quantity")).sum::<i64>(), 3_000);
        let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
        assert!(lines.iter().all(|line| line.word("state") == "sale"));

        let said = bench.refusal(&everybody(), "sale.order", call("action_confirm", &[order])).await;
        assert!(said.contains(&format!("(S{order:05}, Sales Order) is confirmed already")), "{said}");
        bench.change(&everybody(), "sale.order", call("action_cancel", &[order])).await.unwrap();
        assert_eq!(bench.number(&reserved).await, before);
        assert_eq!(bench.row("stock.picking", picking).await.word("state"), "cancel");
        let row = bench.row("sale.order", order).await;
        assert_eq!(some(&row, &["state", "delivery_status"]), ["cancel".into(), Cell::Null]);
        let said = bench.refusal(&everybody(), "sale.order", What::Delete(vec![order])).await;
        assert!(said.contains("1 of stock.picking"), "{said}");
    }
}

/// A confirmed order of three pieces, and its delivery.
async fn confirmed(bench: &Bench, partner: i64, product: i64) -> (i64, i64) {
    let order = bench
        .made(
            "sale.order",
            json!({"partner_id": partner, "order_line": [{"product_id": product, "product_uom_qty": 3}]}),
        )
        .await;
    let effect = bench.change(&everybody(), "sale.order", call("action_confirm", &[order])).await.unwrap();
    (order, effect.answer.unwrap()["picking_ids"][0].as_i64().unwrap())
}

#[tokio::test]
async fn open_transfers_follow_the_quantities_of_a_confirmed_order() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let (order, first) = confirmed(&bench, cast.german, cast.goods).await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await[0].number("id");
        let planned = async |condition: &str| {
            let sql = format!(
                "SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM stock_movement WHERE state <> 'cancel' \
                 AND picking_id IN (SELECT id FROM stock_picking WHERE sale_id = {order}) {condition}"
            );
            bench.number(&sql).await
        };
        let more = json!({"order_line": [[1, line, {"product_uom_qty": 5}]]});
        bench.change(&everybody(), "sale.order", write(&[order], &more)).await.unwrap();
        assert_eq!(planned("").await, 5_000, "{}", bench.test.name);
        assert_eq!(planned(&format!("AND picking_id = {first}")).await, 3_000);
        // Less: what was open is cancelled, and one transfer is left for all.
        let less = json!({"product_uom_qty": 1});
        bench.change(&everybody(), "sale.order.line", write(&[line], &less)).await.unwrap();
        assert_eq!(planned("").await, 1_000);
        assert_eq!(bench.row("stock.picking", first).await.word("state"), "cancel");
        // A price moves nothing.
        let price = json!({"price_unit": 7});
        bench.change(&everybody(), "sale.order.line", write(&[line], &price)).await.unwrap();
        assert_eq!(planned("").await, 1_000);
        assert_eq!(bench.row("sale.order", order).await.number("amount_untaxed"), 700);
    }
}

#[tokio::test]
async fn what_is_delivered_is_noted_and_stands_in_the_way_of_cancelling() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let (order, picking) = confirmed(&bench, cast.german, cast.goods).await;
        let add = json!({"order_line": [{"product_id": cast.service}]});
        bench.change(&everybody(), "sale.order", write(&[order], &add)).await.unwrap();
        let effect =
            bench.change(&everybody(), "stock.picking", call("button_validate", &[picking])).await.unwrap();
        assert!(effect.posts && effect.lasting.is_some());
        let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
        assert_eq!(lines.iter().map(|line| line.number("qty_delivered")).collect::<Vec<_>>(), [3_000, 1_000]);
        let row = bench.row("sale.order", order).await;
        assert_eq!(
            some(&row, &["delivery_status", "invoice_status"]),
            [Cell::from("full"), Cell::from("to invoice")]
        );
        let said = bench.refusal(&everybody(), "sale.order", call("action_cancel", &[order])).await;
        assert!(said.contains("goods of it were delivered already"), "{said}");
        let less = write(&[lines[0].number("id")], &json!({"product_uom_qty": 2}));
        let said = bench.refusal(&everybody(), "sale.order.line", less).await;
        assert!(said.contains("can't be less than its qty_delivered, 3"), "{said}");
    }
}

#[tokio::test]
async fn what_changes_on_the_order_follows_into_its_lines() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let order = bench
            .made(
                "sale.order",
                json!({"partner_id": cast.german, "order_line": [{"product_id": cast.goods}]}),
            )
            .await;
        let before = bench.rows("sale.order.line", &format!("order_id = {order}")).await.remove(0);
        let new = json!({"partner_id": cast.american, "user_id": 11, "currency_id": 2});
        bench.change(&everybody(), "sale.order", write(&[order], &new)).await.unwrap();
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await.remove(0);
        assert_eq!(
            some(&line, &["order_partner_id", "salesman_id", "currency_id"]),
            [Cell::Int(cast.american), Cell::Int(11), Cell::Int(2)]
        );
        let (euros, dollars) = (before.number("price_unit"), line.number("price_unit"));
        assert!((euros..euros * 6 / 5).contains(&dollars), "{euros} {dollars}");
        assert_eq!(line.number("price_subtotal"), line.number("price_unit"));
        assert_eq!(bench.row("sale.order", order).await.number("amount_total"), line.number("price_total"));
    }
}

#[tokio::test]
async fn an_export_bears_no_tax_and_is_priced_in_the_currency_of_the_customer() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        bench
            .change(&everybody(), "res.partner", write(&[cast.american], &json!({"currency_id": 2})))
            .await
            .unwrap();
        let order = bench
            .made(
                "sale.order",
                json!({"partner_id": cast.american, "order_line": [{"product_id": cast.goods}]}),
            )
            .await;
        let line = bench.rows("sale.order.line", &format!("order_id = {order}")).await.remove(0);
        let euros = bench.row("product.product", cast.goods).await.number("list_price");
        assert_eq!((line.number("tax_rate"), line.number("currency_id")), (0, 2));
        assert!(line.number("price_unit") > euros, "{} {euros}", line.number("price_unit"));
        assert_eq!(line.number("margin"), line.number("price_subtotal") - line.number("purchase_price"));
    }
}

#[tokio::test]
async fn services_alone_are_rendered_when_they_are_ordered_and_several_orders_go_together() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let made = |product: i64| json!({"partner_id": cast.german, "order_line": [{"product_id": product}]});
        let service = bench.made("sale.order", made(cast.service)).await;
        let goods = bench.made("sale.order", made(cast.goods)).await;
        let empty = bench.made("sale.order", json!({"partner_id": cast.german})).await;
        let said =
            bench.refusal(&everybody(), "sale.order", call("action_confirm", &[service, goods, empty])).await;
        assert!(said.contains("has no lines with a quantity"), "{said}");
        assert_eq!(bench.row("sale.order", service).await.word("state"), "draft");
        let both = call("action_confirm", &[service, goods, service]);
        let effect = bench.change(&everybody(), "sale.order", both).await.unwrap();
        assert_eq!(effect.ids, [service, goods]);
        assert_eq!(effect.answer.unwrap()["picking_ids"].as_array().unwrap().len(), 1);
        let row = bench.row("sale.order", service).await;
        assert_eq!(
            some(&row, &["state", "delivery_status", "invoice_status"]),
            ["sale".into(), Cell::from("full"), Cell::from("to invoice")]
        );
    }
}

#[tokio::test]
async fn services_that_are_ordered_later_are_rendered_unless_the_first_goods_are_waited_for() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let rendered = async |order: i64| {
            let lines = bench.rows("sale.order.line", &format!("order_id = {order}")).await;
            let status = bench.row("sale.order", order).await.word("invoice_status").to_owned();
            (lines.iter().map(|line| line.number("qty_delivered")).collect::<Vec<_>>(), status)
        };
        let add = json!({"order_line": [{"product_id": cast.service}]});
        let services = json!({"partner_id": cast.german, "order_line": [{"product_id": cast.service}]});
        let services = bench.made("sale.order", services).await;
        bench.change(&everybody(), "sale.order", call("action_confirm", &[services])).await.unwrap();
        bench.change(&everybody(), "sale.order", write(&[services], &add)).await.unwrap();
        assert_eq!(rendered(services).await, (vec![1_000, 1_000], "to invoice".to_owned()));

        let (order, picking) = confirmed(&bench, cast.german, cast.goods).await;
        bench.change(&everybody(), "sale.order", write(&[order], &add)).await.unwrap();
        assert_eq!(rendered(order).await.0, [0, 0], "the goods are not there yet");
        bench.change(&everybody(), "stock.picking", call("button_validate", &[picking])).await.unwrap();
        bench.change(&everybody(), "sale.order", write(&[order], &add)).await.unwrap();
        assert_eq!(rendered(order).await, (vec![3_000, 1_000, 1_000], "to invoice".to_owned()));
        assert_eq!(bench.row("sale.order", order).await.word("delivery_status"), "full");
    }
}
