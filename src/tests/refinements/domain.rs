//! The domain of a policy holds for every record that is reached, whichever way.

use serde_json::{Value, json};

use super::{Person, ids, stages};

const SOLD: &str = r#"{"domain":[["state","=","sale"]]}"#;

async fn total(person: &Person, model: &str, domain: Value) -> i64 {
    person.told("count_records", json!({"model": model, "domain": domain})).await["total"].as_i64().unwrap()
}

#[tokio::test]
async fn no_question_reaches_past_it() {
    for stage in stages().await {
        let (open, person) = (stage.under(&[]), stage.under(&[("sale.order", SOLD)]));
        let sold = total(&open, "sale.order", json!([["state", "=", "sale"]])).await;
        let all = total(&open, "sale.order", json!([])).await;
        assert!(0 < sold && sold < all, "{sold} of {all}");
        for domain in [
            json!([]),
            json!([[1, "=", 1]]),
            json!(["|", ["id", ">", 0], [1, "=", 1]]),
            json!(["|", ["state", "!=", "sale"], ["state", "=", "sale"]]),
            json!(["!", ["id", "<", 0]]),
            json!(["!", ["state", "=", "cancel"]]),
            json!(["!", "&", ["state", "=", "sale"], ["id", "<", 0]]),
            json!([["id", "=?", null]]),
            json!([["id", "child_of", "S"]]),
            json!(r#"["|", ("id", ">", 0), (1, "=", 1)]"#),
        ] {
            let counted = total(&person, "sale.order", domain.clone()).await;
            assert!(counted <= sold, "{} {domain}: {counted} of {sold}", stage.name);
            let asked = json!({"model": "sale.order", "domain": domain, "fields": ["state"], "limit": 200});
            let found = person.told("search_records", asked).await;
            for record in found["records"].as_array().unwrap() {
                assert_eq!(record["state"], "sale", "{} {domain}", stage.name);
            }
            let asked = json!({"model": "sale.order", "domain": domain, "group_by": ["state"]});
            let groups = person.told("aggregate_records", asked).await["groups"].clone();
            for group in groups.as_array().unwrap() {
                assert_eq!(group["state"], "sale", "{} {domain}", stage.name);
            }
        }
    }
}

#[tokio::test]
async fn it_holds_by_id() {
    for stage in stages().await {
        let (open, person) = (stage.under(&[]), stage.under(&[("sale.order", SOLD)]));
        let find =
            |sign: &str| json!({"model": "sale.order", "domain": [["state", sign, "sale"]], "limit": 1});
        let inside = ids(&open.told("search_records", find("=")).await)[0];
        let outside = ids(&open.told("search_records", find("!=")).await)[0];
        person.told("read_records", json!({"model": "sale.order", "ids": [inside]})).await;
        let refused =
            person.refused("read_records", json!({"model": "sale.order", "ids": [inside, outside]})).await;
        let expected = format!("sale.order has no record with id {outside} that you may see.");
        assert!(refused.starts_with(&expected) && !refused.contains("state"), "{}: {refused}", stage.name);
    }
}

#[tokio::test]
async fn it_holds_behind_links_too() {
    for stage in stages().await {
        let (open, person) = (stage.under(&[]), stage.under(&[("sale.order", SOLD)]));
        let lines = json!([["order_id.state", "=", "sale"]]);
        let sold = total(&open, "sale.order.line", lines).await;
        for domain in [
            json!([["order_id.id", ">", 0]]),
            json!([["order_id", "any", []]]),
            json!([["order_id", "any", ["|", ["state", "=", "draft"], [1, "=", 1]]]]),
            json!(["!", ["order_id", "not any", []]]),
        ] {
            let counted = total(&person, "sale.order.line", domain.clone()).await;
            assert_eq!(counted, sold, "{} {domain}", stage.name);
        }
        // A group behind the link is that of nothing for the others.
        let asked = json!({"model": "sale.order.line", "group_by": ["order_id.state"]});
        let groups = person.told("aggregate_records", asked).await["groups"].clone();
        for group in groups.as_array().unwrap() {
            assert!(
                matches!(group["order_id.state"].as_str(), None | Some("sale")),
                "{} {group}",
                stage.name
            );
        }
        // Links to many records name those alone that it lets through.
        let few = stage.under(&[("sale.order.line", r#"{"domain":[["id","<",5]]}"#)]);
        let asked = json!({"model": "sale.order", "fields": ["order_line"], "limit": 200});
        let found = few.told("search_records", asked).await;
        let linked =
            found["records"].as_array().unwrap().iter().flat_map(|r| r["order_line"].as_array().unwrap());
        assert!(linked.clone().all(|id| id.as_i64() < Some(5)), "{}", stage.name);
        assert_eq!(total(&few, "sale.order", json!([["order_line", "any", [["id", ">=", 5]]]])).await, 0);
    }
}

#[tokio::test]
async fn it_may_look_at_what_is_hidden_and_at_models_without_a_policy() {
    for stage in stages().await {
        let refined = r#"{"fields":{"hidden":["state"]},"domain":[["state","=","sale"],["partner_id.country_id.code","!=","XX"]]}"#;
        let (open, person) = (stage.under(&[]), stage.under(&[("sale.order", refined)]));
        let sold = total(&open, "sale.order", json!([["state", "=", "sale"]])).await;
        assert_eq!(total(&person, "sale.order", json!([])).await, sold, "{}", stage.name);
        assert!(
            person
                .refused("count_records", json!({"model": "sale.order", "domain": [["state", "=", "sale"]]}))
                .await
                .contains("no field `state`")
        );
    }
}

#[tokio::test]
async fn one_that_makes_no_sense_shows_nothing_and_tells_nothing() {
    for stage in stages().await {
        let person = stage.under(&[("sale.order", r#"{"domain":[["gone_field","=",1]]}"#)]);
        for (tool, asked) in [
            ("search_records", json!({"model": "sale.order"})),
            ("count_records", json!({"model": "sale.order"})),
            ("aggregate_records", json!({"model": "sale.order"})),
            ("read_records", json!({"model": "sale.order", "ids": [1]})),
            ("search_records", json!({"model": "sale.order.line", "domain": [["order_id.name", "=", "x"]]})),
        ] {
            let refused = person.refused(tool, asked).await;
            assert!(refused.starts_with("Model policy: ") && !refused.contains("gone_field"), "{refused}");
        }
    }
}

#[tokio::test]
async fn sums_that_are_kept_answer_within_it() {
    for stage in stages().await {
        let open = stage.under(&[("stock.movement", "{}")]);
        let asked = |domain: Value| {
            json!({"model": "stock.movement", "domain": domain, "group_by": ["warehouse_id"],
                "aggregates": ["quantity:sum", "value:sum"]})
        };
        for extra in [
            json!([["product_id", "in", [1, 2, 3]]]),
            json!([["product_id.name", "ilike", "a"]]),
            json!([["id", ">", 500]]),
            json!([["date", ">=", "2026-06-15"]]),
            json!(["|", ["picking_type", "=", "incoming"], ["id", "<", 100]]),
        ] {
            let person = stage.under(&[("stock.movement", &json!({"domain": extra}).to_string())]);
            let narrowed = person.told("aggregate_records", asked(json!([]))).await;
            let wanted = open.told("aggregate_records", asked(extra.clone())).await;
            assert_eq!(narrowed["groups"], wanted["groups"], "{} {extra}", stage.name);
            assert_ne!(narrowed["groups"], open.told("aggregate_records", asked(json!([]))).await["groups"]);
        }
    }
}
