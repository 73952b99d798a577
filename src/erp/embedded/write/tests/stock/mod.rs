//! Transfers: planned, reserved, done in whole or in part, cancelled, taken back; and sums that are kept.

mod reservations;
mod transfers;

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
