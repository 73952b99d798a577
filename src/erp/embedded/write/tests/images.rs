//! What a change did, as it is kept and as people read it.

use serde_json::{Value, json};

use super::cast::cast;
use super::{Bench, NOW, benches, call, create, everybody, permit, write};
use crate::erp::{Change, Erp as _, What};

/// Does a change, and tells its images and differences.
async fn told(bench: &Bench, model: &str, what: What) -> (Vec<i64>, Value) {
    let permit = permit(model, &what);
    let mut tx = bench.test.db.begin().await.unwrap();
    let change = Change { at: NOW, approved: false, what };
    let effect = bench.erp.change(tx.on(), &permit, &everybody(), &change).await.unwrap();
    let differences = bench.erp.differences(tx.on(), &effect.images).await.unwrap();
    tx.commit().await.unwrap();
    let told = json!({
        "answer": effect.answer,
        "amount": effect.amount,
        "posts": effect.posts,
        "lasting": effect.lasting,
        "images": effect.images,
        "differences": differences,
    });
    (effect.ids, told)
}

#[tokio::test]
async fn the_life_of_an_order_is_told_record_by_record() {
    let mut all: Vec<Vec<(&str, Value)>> = Vec::new();
    for bench in benches().await {
        let cast = cast(&bench).await;
        let mut life = Vec::new();
        let record = json!({"partner_id": cast.german, "order_line": [
            {"product_id": cast.goods, "product_uom_qty": 2}, {"product_id": cast.service, "discount": 10}]});
        let (ids, created) = told(&bench, "sale.order", create(&[record])).await;
        life.push(("created", created));
        let line =
            bench.number(&format!("SELECT MIN(id) FROM sale_order_line WHERE order_id = {}", ids[0])).await;
        let more = json!({"order_line": [[1, line, {"product_uom_qty": 3}]], "client_order_ref": "PO-1"});
        life.push(("changed", told(&bench, "sale.order", write(&ids, &more)).await.1));
        life.push(("confirmed", told(&bench, "sale.order", call("action_confirm", &ids)).await.1));
        life.push(("cancelled", told(&bench, "sale.order", call("action_cancel", &ids)).await.1));
        let draft = bench.number("SELECT MAX(id) FROM sale_order WHERE state = 'draft'").await;
        life.push(("deleted", told(&bench, "sale.order", What::Delete(vec![draft])).await.1));
        all.push(life);
    }
    for life in &all {
        assert_eq!(*life, all[0]);
    }
    // The order is gone with its lines, and they still say which it was.
    let (_, gone) = all[0].last().unwrap();
    let gone = gone["differences"].as_array().unwrap();
    let order = gone.iter().find(|difference| difference["model"] == "sale.order").unwrap();
    let lines: Vec<&Value> =
        gone.iter().filter(|difference| difference["model"] == "sale.order.line").collect();
    assert!(order["name"].as_str().unwrap().starts_with('S') && !lines.is_empty(), "{gone:?}");
    for line in lines {
        let link =
            line["fields"].as_array().unwrap().iter().find(|field| field["name"] == "order_id").unwrap();
        assert_eq!(link["before"], json!({"id": order["id"], "name": order["name"]}));
    }
    for (step, told) in &all[0] {
        insta::assert_json_snapshot!(format!("order_{step}"), told);
    }
}
