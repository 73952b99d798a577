//! Sales orders: made, priced, changed, confirmed, cancelled.

use serde_json::json;

use super::super::row::Values as _;
use super::{Bench, NOW, benches, call, everybody, some};
use crate::erp::{Cell, What};

/// A customer in Germany, one in the United States, goods that are there, a service.
struct Cast {
    german: i64,
    american: i64,
    goods: i64,
    other: i64,
    service: i64,
}

async fn cast(bench: &Bench) -> Cast {
    let partner = |country| {
        format!(
            "SELECT MIN(id) FROM res_partner WHERE customer_rank > 0 AND active AND country_id = {country}"
        )
    };
    let goods = "SELECT product_id FROM stock_quant WHERE warehouse_id = 1 GROUP BY product_id \
        HAVING SUM(quantity - reserved_quantity) > 20000 ORDER BY product_id LIMIT 1";
    Cast {
        german: bench.number(&partner(1)).await,
        american: bench.number(&partner(14)).await,
        goods: bench.number(goods).await,
        other: bench.number(&format!("{goods} OFFSET 1")).await,
        service: bench.number("SELECT MIN(id) FROM product_product WHERE type = 'service'").await,
    }
}

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
