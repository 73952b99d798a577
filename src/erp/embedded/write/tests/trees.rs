//! Trees end: they have no circles, and are not deeper than anybody follows them.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::super::row::Values as _;
use super::{Bench, benches, create, everybody, write};
use crate::store::on_db;

/// A chain of so many records, the highest first.
async fn chain(bench: &Bench, model: &str, records: usize) -> Vec<i64> {
    let mut all: Vec<i64> = Vec::new();
    for at in 0..records {
        all.push(bench.made(model, json!({"name": format!("k{at}"), "parent_id": all.last()})).await);
    }
    all
}

#[tokio::test]
async fn a_tree_is_not_deeper_than_twenty_below_its_root() {
    for bench in benches().await {
        for model in ["res.partner", "product.category"] {
            let who = everybody();
            let deep = chain(&bench, model, 21).await;
            let (root, deepest) = (deep[0], deep[20]);
            let said =
                bench.refusal(&who, model, create(&[json!({"name": "k21", "parent_id": deepest})])).await;
            assert!(said.contains("more than 20"), "{said}");
            // A chain closed to a circle, from its longest on.
            for at in [20, 19, 1, 0] {
                let said = bench.refusal(&who, model, write(&[root], &json!({"parent_id": deep[at]}))).await;
                assert!(said.contains("can't be above itself"), "{at}: {said}");
            }
            // What hangs under a record counts too.
            let short = chain(&bench, model, 3).await;
            let values = json!({"parent_id": deep[18]});
            let said = bench.refusal(&who, model, write(&[short[0]], &values)).await;
            assert!(said.contains("more than 20"), "{said}");
            let values = json!({"child_ids": [[4, short[0], 0]]});
            if model == "res.partner" {
                let said = bench.refusal(&who, model, write(&[deep[18]], &values)).await;
                assert!(said.contains("more than 20"), "{said}");
            }
            let values = json!({"parent_id": deep[17]});
            bench.change(&who, model, write(&[short[0]], &values)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_circle_that_is_there_already_ends() {
    for bench in benches().await {
        for (model, table) in [("res.partner", "res_partner"), ("product.category", "product_category")] {
            let who = everybody();
            let ring = chain(&bench, model, 3).await;
            let mut tx = bench.test.db.begin().await.unwrap();
            let close = format!("UPDATE {table} SET parent_id = {} WHERE id = {}", ring[2], ring[0]);
            on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(close)).execute(&mut *c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            bench.change(&who, model, write(&[ring[0]], &json!({"name": "Renamed"}))).await.unwrap();
            let said =
                bench.refusal(&who, model, create(&[json!({"name": "k", "parent_id": ring[1]})])).await;
            assert!(said.contains("more than 20"), "{said}");
            // Opened again, it is as good as any other.
            bench.change(&who, model, write(&[ring[0]], &json!({"parent_id": null}))).await.unwrap();
            assert_eq!(bench.row(model, ring[0]).await.int("parent_id"), None);
            bench.change(&who, model, write(&[ring[2]], &json!({"name": "Last"}))).await.unwrap();
        }
    }
}
