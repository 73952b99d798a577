//! What makes no sense: times that nobody means, prices below nothing, transfers to nowhere, stock of others.

use serde_json::{Value, json};

use super::super::row::Values as _;
use super::cast::cast;
use super::stock::agrees;
use super::{benches, call, caller, create, everybody, write};
use crate::identity::group::{INVENTORY, SALES_ADMINISTRATOR};

#[tokio::test]
async fn times_that_nobody_means() {
    for bench in benches().await {
        let (who, cast) = (everybody(), cast(&bench).await);
        let order = |field: &str, time: &str| {
            let mut record = json!({"partner_id": cast.german});
            record.as_object_mut().unwrap().insert(field.to_owned(), json!(time));
            create(&[record])
        };
        for (field, time) in [
            ("date_order", "0001-01-01"),
            ("date_order", "1899-12-31 12:00:00"),
            ("commitment_date", "9999-12-31"),
            ("validity_date", "2200-01-01"),
        ] {
            let said = bench.refusal(&who, "sale.order", order(field, time)).await;
            assert!(
                said.contains(&format!("{field} ("))
                    && said.contains("takes days from 1900-01-01 to 2199-12-31"),
                "{said}"
            );
        }
        for (field, time) in [("date_order", "1900-01-01"), ("validity_date", "2199-12-31")] {
            bench.change(&who, "sale.order", order(field, time)).await.unwrap();
        }
        let said = bench.refusal(&who, "account.move", create(&[json!({"date": "9999-12-31"})])).await;
        assert!(said.contains("date (Accounting Date)") && said.contains("9999-12-31 is beyond"), "{said}");
        let said =
            bench.refusal(&who, "sale.order", write(&[cast.own], &json!({"date_order": "0001-01-01"}))).await;
        assert!(said.contains("0001-01-01 is beyond; check its year"), "{said}");
    }
}

#[tokio::test]
async fn prices_and_chances() {
    for bench in benches().await {
        let (who, cast) = (everybody(), cast(&bench).await);
        for (model, record, part) in [
            (
                "product.product",
                json!({"name": "x", "categ_id": 1, "list_price": -1}),
                "list_price (Sales Price): -1 is below",
            ),
            (
                "product.product",
                json!({"name": "x", "categ_id": 1, "standard_price": -0.01}),
                "standard_price (Cost): -0.01",
            ),
            (
                "crm.lead",
                json!({"name": "x", "expected_revenue": -1_000_000}),
                "expected_revenue (Expected Revenue): -1000000",
            ),
            (
                "crm.lead",
                json!({"name": "x", "probability": 500}),
                "probability (Probability): 500 is not per cent",
            ),
            ("crm.lead", json!({"name": "x", "probability": -1}), "it takes 0 to 100"),
        ] {
            let said = bench.refusal(&who, model, create(std::slice::from_ref(&record))).await;
            assert!(said.contains(part), "{said}");
        }
        let said =
            bench.refusal(&who, "product.product", write(&[cast.goods], &json!({"list_price": -5}))).await;
        assert!(said.contains("it takes 0 or more"), "{said}");
        bench.change(&who, "crm.lead", write(&[cast.lead], &json!({"probability": 100}))).await.unwrap();
    }
}

#[tokio::test]
async fn an_order_that_would_pay_the_customer() {
    for bench in benches().await {
        let (who, cast) = (everybody(), cast(&bench).await);
        let line = |price: i64| json!({"product_id": cast.goods, "price_unit": price, "tax_rate": 0});
        let order = json!({"partner_id": cast.german, "order_line": [line(-90)]});
        let order = bench.made("sale.order", order).await;
        let said = bench.refusal(&who, "sale.order", call("action_confirm", &[order])).await;
        assert!(
            said.contains("can't have a total below zero (-90)") && said.contains("credit note"),
            "{said}"
        );
        // What is taken off something is no such thing.
        let more = json!({"order_line": [line(100)]});
        bench.change(&who, "sale.order", write(&[order], &more)).await.unwrap();
        bench.change(&who, "sale.order", call("action_confirm", &[order])).await.unwrap();
        let last =
            bench.number(&format!("SELECT MAX(id) FROM sale_order_line WHERE order_id = {order}")).await;
        let said = bench.refusal(&who, "sale.order.line", write(&[last], &json!({"price_unit": 10}))).await;
        assert!(said.contains("below zero (-80)"), "{said}");
        bench.change(&who, "sale.order.line", write(&[last], &json!({"price_unit": 95}))).await.unwrap();
        agrees(&bench).await;
    }
}

#[tokio::test]
async fn a_transfer_that_leads_nowhere() {
    for bench in benches().await {
        let (who, cast) = (everybody(), cast(&bench).await);
        let shelf = bench.rows("stock.location", "warehouse_id = 1 AND name = 'Shelf 1'").await.remove(0);
        let shelf = shelf.number("id");
        let transfer =
            |moved: Value| json!({"picking_type": "internal", "warehouse_id": 1, "movement_ids": [moved]});
        let moved =
            json!({"product_id": cast.goods, "quantity": 1, "location_id": shelf, "location_dest_id": shelf});
        let said = bench.refusal(&who, "stock.picking", create(&[transfer(moved)])).await;
        assert!(said.contains("location_dest_id (To)") && said.contains("is where the goods are"), "{said}");
        let gathered = json!({"product_id": cast.goods, "quantity": 1});
        bench.change(&who, "stock.picking", create(&[transfer(gathered)])).await.unwrap();
    }
}

#[tokio::test]
async fn stock_of_another_company_keeps_its_value() {
    for bench in benches().await {
        let shared = "SELECT MIN(q.product_id) FROM stock_quant q JOIN product_product p ON p.id = q.product_id \
            WHERE q.company_id = 2 AND q.value > 0 AND p.company_id IS NULL";
        let product = bench.number(shared).await;
        let worth = format!(
            "SELECT CAST(SUM(value) AS BIGINT) FROM stock_quant WHERE company_id = 2 AND product_id = {product}"
        );
        let before = bench.number(&worth).await;
        let cheap = || write(&[product], &json!({"standard_price": 0.01}));
        let groups = [INVENTORY, SALES_ADMINISTRATOR];
        let said = bench.refusal(&caller(10, &groups, &[1]), "product.product", cheap()).await;
        assert!(
            said.contains("standard_price (Cost)") && said.contains("a company that you do not work in"),
            "{said}"
        );
        assert_eq!(bench.number(&worth).await, before);
        let other = json!({"list_price": 1});
        bench.change(&caller(10, &groups, &[1]), "product.product", write(&[product], &other)).await.unwrap();
        bench.change(&caller(10, &groups, &[1, 2]), "product.product", cheap()).await.unwrap();
        assert!(bench.number(&worth).await < before);
        agrees(&bench).await;
    }
}
