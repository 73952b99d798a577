//! All of a change or none of it: the database breaks at every single write, one after another.

use serde_json::json;

use super::{Bench, benches, call, create, everybody};
use crate::erp::What;
use crate::store::testing::fuse;

/// Tables that a transfer or an entry writes.
const TABLES: [&str; 9] = [
    "stock_picking",
    "stock_movement",
    "stock_movement_rollup",
    "stock_quant",
    "account_move",
    "account_move_line",
    "purchase_order",
    "purchase_order_line",
    "erp_sequences",
];

/// The tables as numbers that any of the writes would change.
async fn content(bench: &Bench) -> Vec<i64> {
    let mut all = Vec::new();
    for sum in [
        "COUNT(*) * 1000003 + SUM(id * LENGTH(state)) FROM stock_picking",
        "COUNT(*) * 1000003 + SUM(id * LENGTH(state) + quantity + date / 1000) FROM stock_movement",
        "SUM(movements * LENGTH(state) + quantity + value) FROM stock_movement_rollup",
        "COUNT(*) * 1000003 + SUM(quantity * 3 + reserved_quantity * 7 + value) FROM stock_quant",
        "COUNT(*) * 1000003 + SUM(LENGTH(name) * id + LENGTH(state) + amount_total) FROM account_move",
        "COUNT(*) * 1000003 + SUM(LENGTH(parent_state) * id + debit * 3 + amount_residual) FROM account_move_line",
        "SUM(LENGTH(receipt_status) + LENGTH(invoice_status) * id) FROM purchase_order",
        "SUM(qty_received * id) FROM purchase_order_line",
        "SUM(next_id) FROM erp_sequences",
    ] {
        // A sum of BIGINT is no BIGINT on PostgreSQL.
        let (sum, table) = sum.split_once(" FROM ").unwrap();
        all.push(bench.number(&format!("SELECT CAST({sum} AS BIGINT) FROM {table}")).await);
    }
    all
}

/// Does a change with a fuse of every length, until it is long enough; answers how many writes that took.
async fn burn(bench: &Bench, model: &str, what: &What) -> i64 {
    let before = content(bench).await;
    for n in 0..500 {
        fuse::set(&bench.test, n).await;
        let done = bench.change(&everybody(), model, what.clone()).await;
        let after = content(bench).await;
        if done.is_ok() {
            assert_ne!(after, before, "{}: {what:?} did nothing", bench.test.name);
            fuse::set(&bench.test, fuse::ENOUGH).await;
            return n;
        }
        assert!(after == before, "{}: {what:?} left something behind at write {n}", bench.test.name);
    }
    panic!("{what:?} never came to an end")
}

#[tokio::test]
async fn a_change_that_breaks_leaves_nothing_behind() {
    for bench in benches().await {
        fuse::rig(&bench.test, &TABLES).await;
        let wanted_cancelled =
            "SELECT MAX(id) FROM stock_picking WHERE picking_type = 'outgoing' AND state = 'assigned'";
        let bought = "SELECT MAX(o.id) FROM purchase_order o WHERE o.state = 'purchase' AND NOT EXISTS \
                      (SELECT 1 FROM stock_picking p WHERE p.purchase_id = o.id AND p.state = 'done')";
        let invoiced = "SELECT MAX(id) FROM account_move WHERE state = 'draft' AND sale_id IS NOT NULL";
        let receipt = "SELECT MIN(id) FROM stock_picking WHERE picking_type = 'incoming' AND state = 'assigned' \
                       AND purchase_id IS NOT NULL";
        let receipt = bench.number(receipt).await;
        let writes = burn(&bench, "stock.picking", &call("button_validate", &[receipt])).await;
        assert!(writes >= 4, "{writes}");
        let partner =
            bench.number("SELECT MIN(id) FROM res_partner WHERE customer_rank > 0 AND active").await;
        let record = json!({
            "move_type": "out_invoice", "partner_id": partner,
            "line_ids": [{"product_id": 5, "quantity": 2}],
        });
        let writes = burn(&bench, "account.move", &create(&[record])).await;
        assert!(writes >= 4, "{writes}");
        let draft = bench.number("SELECT MAX(id) FROM account_move").await;
        let writes = burn(&bench, "account.move", &call("action_post", &[draft])).await;
        assert!(writes >= 4, "{writes}");
        let wanted =
            "SELECT MIN(id) FROM stock_picking WHERE picking_type = 'outgoing' AND state = 'assigned'";
        let wanted = bench.number(wanted).await;
        let writes = burn(&bench, "stock.picking", &call("button_validate", &[wanted])).await;
        assert!(writes >= 4, "{writes}");
        for (model, method, open) in [
            ("stock.picking", "action_cancel", wanted_cancelled),
            ("purchase.order", "button_cancel", bought),
            ("account.move", "button_cancel", invoiced),
        ] {
            let id = bench.number(open).await;
            let writes = burn(&bench, model, &call(method, &[id])).await;
            assert!(writes >= 3, "{method} {writes}");
        }
        super::stock::agrees(&bench).await;
    }
}
