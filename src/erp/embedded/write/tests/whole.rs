//! All of a change or none of it.

use serde_json::{Value, json};

use super::cast::cast;
use super::{benches, call, create, everybody};

/// Counts and sequences that a change must leave alone when it fails.
const TRACES: [&str; 6] = [
    "SELECT COUNT(*) FROM res_partner",
    "SELECT COUNT(*) FROM sale_order",
    "SELECT COUNT(*) FROM sale_order_line",
    "SELECT COUNT(*) FROM stock_picking",
    "SELECT CAST(SUM(next_id) AS BIGINT) FROM erp_sequences",
    "SELECT CAST(SUM(reserved_quantity) AS BIGINT) FROM stock_quant",
];

#[tokio::test]
async fn a_bad_third_record_leaves_nothing_of_the_first_two() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let good = json!({"partner_id": cast.german, "order_line": [{"product_id": cast.goods}]});
        let empty = bench.made("sale.order", json!({"partner_id": cast.german})).await;
        let ready = bench.made("sale.order", good.clone()).await;
        let mut before = Vec::new();
        for sql in TRACES {
            before.push(bench.number(sql).await);
        }
        let bad: Value = json!({"partner_id": cast.german, "order_line": [{"product_id": 99_999_999}]});
        let said = bench.refusal(&everybody(), "sale.order", create(&[good.clone(), good, bad])).await;
        assert!(said.contains("records[2].order_line[0]: product_id"), "{said}");
        bench.refusal(&everybody(), "sale.order", call("action_confirm", &[ready, empty])).await;
        let partners = create(&[json!({"name": "A"}), json!({"name": "B"}), json!({"name": ""})]);
        let said = bench.refusal(&everybody(), "res.partner", partners).await;
        assert!(said.contains("records[2]") && said.contains("name (Name, char)"), "{said}");
        for (sql, before) in TRACES.into_iter().zip(before) {
            assert_eq!(bench.number(sql).await, before, "{}: {sql}", bench.test.name);
        }
    }
}

#[tokio::test]
async fn a_thousand_records_are_made_within_the_time_that_a_change_may_take() {
    for bench in benches().await {
        let cast = cast(&bench).await;
        let leads: Vec<Value> =
            (0..1_000).map(|n| json!({"name": format!("Lead {n}"), "partner_id": cast.german})).collect();
        let effect = bench.change(&everybody(), "crm.lead", create(&leads)).await.unwrap();
        assert_eq!((effect.ids.len(), effect.images.len()), (1_000, 1_000));
    }
}
