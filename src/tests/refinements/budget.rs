//! Every list is cut between two of its rows, and says how to go on.

use serde_json::json;

use super::{ids, stages};

#[tokio::test]
async fn every_list_keeps_to_the_budget_and_can_be_gone_on_with() {
    for stage in stages().await {
        let mut person = stage.under(&[]);
        let whole = person.told("describe_model", json!({"model": "sale.order"})).await;
        person.set(|settings| settings.token_budget = 1_000);
        for (tool, mut asked, list) in [
            ("search_records", json!({"model": "sale.order", "limit": 100, "order": "id"}), "records"),
            ("describe_model", json!({"model": "sale.order"}), "fields"),
            ("list_models", json!({}), "models"),
        ] {
            let (mut rows, mut calls) = (0, 0);
            loop {
                let told = person.ask(tool, &asked).await;
                assert!(!told.is_error, "{}", told.text);
                let length = told.json.to_string().len() + told.text.len();
                assert!(length < 3_000 + 2_000, "{} {tool}: {length}", stage.name);
                rows += told.json[list].as_array().unwrap().len();
                calls += 1;
                if told.json["has_more"] == false || calls == 4 {
                    break;
                }
                assert!(
                    told.json["notes"][0].as_str().unwrap().contains("Token Budget"),
                    "{tool}: {}",
                    told.json
                );
                assert_eq!(told.json["next_offset"], rows, "{} {tool}", stage.name);
                asked["offset"] = json!(rows);
            }
            assert!(calls > 1, "{tool} fits at once");
            if tool == "describe_model" && calls < 4 {
                assert_eq!(rows, whole["fields"].as_array().unwrap().len());
            }
        }
        let all =
            ids(&stage.under(&[]).told("search_records", json!({"model": "sale.order", "limit": 60})).await);
        let read = person.told("read_records", json!({"model": "sale.order", "ids": all})).await;
        assert_eq!(read["has_more"], true, "{}", stage.name);
        assert!(read["notes"][0].as_str().unwrap().contains("in another call"), "{read}");
    }
}

#[tokio::test]
async fn without_fields_the_significant_ones_are_answered() {
    for stage in stages().await {
        let person = stage.under(&[]);
        for model in super::MODELS {
            let known = crate::erp::embedded::registry::model(model).unwrap();
            let found = person
                .told("search_records", json!({"model": model, "limit": 1, "domain": [["id", ">", 0]]}))
                .await;
            let Some(record) = found["records"][0].as_object() else { continue };
            let mut names: Vec<&str> = vec!["id"];
            names.extend(known.significant.iter().map(AsRef::as_ref).filter(|name| *name != "id"));
            let answered: Vec<&str> =
                record.keys().map(String::as_str).filter(|key| !key.ends_with("__total")).collect();
            let (mut names, mut answered) = (names.clone(), answered.clone());
            names.sort_unstable();
            answered.sort_unstable();
            assert_eq!(answered, names, "{} {model}", stage.name);
        }
    }
}
