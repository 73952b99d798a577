//! How many records, and questions that must be narrowed.

use serde_json::{Value, json};

use super::{Stage, ids, stages};

const NARROW: &str = r#"{"narrowing":true}"#;

#[tokio::test]
async fn the_lower_limit_holds_and_is_said() {
    for stage in stages().await {
        let person = stage.under(&[("sale.order", r#"{"max_records":3}"#)]);
        for asked in [json!({"model": "sale.order"}), json!({"model": "sale.order", "limit": 50})] {
            let found = person.told("search_records", asked).await;
            assert_eq!(ids(&found).len(), 3, "{}", stage.name);
            assert!(found["notes"][0].as_str().unwrap().contains("the policy of sale.order"), "{found}");
            assert_eq!((&found["has_more"], &found["next_offset"]), (&json!(true), &json!(3)));
        }
        let first =
            ids(&stage.under(&[]).told("search_records", json!({"model": "sale.order", "limit": 5})).await);
        let read = person.told("read_records", json!({"model": "sale.order", "ids": first})).await;
        assert_eq!(ids(&read), first[..3]);
        assert!(read["notes"][0].as_str().unwrap().contains("the policy of sale.order"), "{read}");
        let groups = person
            .told("aggregate_records", json!({"model": "sale.order", "group_by": ["partner_id"]}))
            .await;
        assert_eq!(groups["groups"].as_array().unwrap().len(), 3);
        let other = person.told("search_records", json!({"model": "res.partner"})).await;
        assert!(ids(&other).len() > 3);
    }
}

fn asking(domain: &Value) -> [(&'static str, Value); 3] {
    [
        ("search_records", json!({"model": "stock.movement", "domain": domain})),
        ("count_records", json!({"model": "stock.movement", "domain": domain})),
        (
            "aggregate_records",
            json!({"model": "stock.movement", "domain": domain, "group_by": ["warehouse_id"]}),
        ),
    ]
}

#[tokio::test]
async fn a_wide_question_is_refused_with_what_would_do() {
    for stage in stages().await {
        let person = stage.under(&[("stock.movement", NARROW)]);
        for domain in [
            json!([]),
            json!([["state", "=", "done"]]),
            json!(["|", ["product_id", "=", 1], ["state", "=", "done"]]),
            json!([["date", "<", "2026-07-01"]]),
            json!([["product_id", "=?", false]]),
        ] {
            for (tool, asked) in asking(&domain) {
                let refused = person.refused(tool, asked).await;
                for name in [
                    "date",
                    "product_id",
                    "warehouse_id",
                    "company_id",
                    "picking_id",
                    "Example: [[",
                    "about ",
                ] {
                    assert!(refused.contains(name), "{} {tool}: {refused}", stage.name);
                }
            }
        }
        for domain in [
            json!([["date", ">=", "2026-07-01"]]),
            json!([["product_id", "=", 1]]),
            json!(["|", ["product_id", "=", 1], ["warehouse_id", "=", 1]]),
            json!([["picking_id", "=", 1]]),
        ] {
            for (tool, asked) in asking(&domain) {
                person.told(tool, asked).await;
            }
        }
    }
}

#[tokio::test]
async fn it_says_about_how_many_would_be_read() {
    for stage in stages().await {
        let open = stage.under(&[("stock.movement", "{}")]);
        let there =
            open.told("count_records", json!({"model": "stock.movement"})).await["total"].as_i64().unwrap();
        let refused = stage
            .under(&[("stock.movement", NARROW)])
            .refused("count_records", json!({"model": "stock.movement"}))
            .await;
        let about: i64 = refused.split("about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(about >= there && about < there * 2, "{}: {about} for {there}", stage.name);
    }
}

async fn first(stage: &Stage) -> i64 {
    let open = stage.under(&[("stock.movement", "{}")]);
    ids(&open.told("search_records", json!({"model": "stock.movement", "limit": 1})).await)[0]
}

#[tokio::test]
async fn ids_are_narrow_enough() {
    for stage in stages().await {
        let id = first(&stage).await;
        let person = stage.under(&[("stock.movement", NARROW)]);
        person.told("read_records", json!({"model": "stock.movement", "ids": [id]})).await;
        person
            .told("search_records", json!({"model": "stock.movement", "domain": [["id", "in", [id]]]}))
            .await;
    }
}

#[tokio::test]
async fn movements_are_narrowed_unless_somebody_says_otherwise() {
    for stage in stages().await {
        // A rule as it is made anew.
        let made = crate::policy::Rule::new("stock.movement").refinements.unwrap();
        let person = stage.under(&[("stock.movement", &made.to_json().to_string())]);
        person.refused("search_records", json!({"model": "stock.movement"})).await;
        let said = person.told("list_models", json!({"query": "movement"})).await.to_string();
        assert!(said.contains("must filter on"), "{said}");
        let said =
            person.told("explain_access", json!({"model": "stock.movement", "operation": "read"})).await;
        assert!(said["refinements"][0].as_str().unwrap().contains("warehouse_id"), "{said}");
    }
}

#[tokio::test]
async fn a_policy_that_can_not_be_read_denies() {
    for stage in stages().await {
        let person = stage.under(&[("sale.order", r#"{"narow":true}"#)]);
        let refused = person.refused("search_records", json!({"model": "sale.order"})).await;
        assert!(refused.starts_with("Model policy: ") && refused.contains("can't be read"), "{refused}");
        let listed = person.told("list_models", json!({})).await.to_string();
        assert!(!listed.contains("\"sale.order\""), "{listed}");
    }
}
