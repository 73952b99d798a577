//! All of a change or none of it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cast::cast;
use super::{Bench, NOW, benches, call, create, everybody, permit, write};
use crate::erp::{Change, Erp, ErpError};

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

#[tokio::test]
async fn who_does_not_come_to_their_turn_is_told_so_and_not_that_they_changed_too_much() {
    for bench in benches().await.into_iter().filter(|bench| bench.test.name == "postgres") {
        let limit = Duration::from_millis(300);
        let impatient = bench.erp.clone().with_limit(limit);
        let what = write(&[5], &json!({"city": "Kiel"}));
        let asked = Change { at: NOW, approved: false, what };
        let tried = async || {
            let mut tx = bench.test.db.begin().await.unwrap();
            let begun = Instant::now();
            let said =
                impatient.change(tx.on(), &permit("res.partner", &asked.what), &everybody(), &asked).await;
            assert!(begun.elapsed() < limit * 8, "{:?}", begun.elapsed());
            said
        };
        // Another process changes something else, or somebody holds the record.
        let mut other = bench.test.db.begin().await.unwrap();
        super::super::turn(other.on(), limit).await.unwrap();
        assert!(matches!(tried().await, Err(ErpError::Busy)));
        other.rollback().await.unwrap();
        let mut other = bench.test.db.begin().await.unwrap();
        holds(&bench, other.on()).await;
        let said = tried().await.unwrap_err();
        assert!(
            matches!(said, ErpError::Busy) && said.to_string().contains("other changes are under way"),
            "{said}"
        );
        other.rollback().await.unwrap();
        assert!(tried().await.is_ok());
    }
}

async fn holds(bench: &Bench, on: crate::store::On<'_>) {
    let sql = "UPDATE res_partner SET city = city WHERE id = 5";
    let held = crate::store::on_db!(on, c => sqlx::query(sql).execute(&mut *c).await.map(|done| done.rows_affected()));
    assert_eq!(held.unwrap(), 1, "{}", bench.test.name);
}
