//! Every list is cut between two of its rows, and says how to go on.

use serde_json::json;

use super::{ids, stages};
use crate::store::on_db;

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
async fn a_record_that_is_too_long_alone_is_cut_and_read_on() {
    let whole: String = "Line after line of what they wrote, \"in full\"; größer.\n".repeat(400);
    for stage in stages().await {
        let mut tx = stage.test.db.begin().await.unwrap();
        on_db!(tx.on(), c => sqlx::query("UPDATE crm_lead SET description = $1 WHERE id = (SELECT MIN(id) FROM crm_lead)")
            .bind(&whole).execute(&mut *c).await.map(drop))
        .unwrap();
        tx.commit().await.unwrap();
        let mut person = stage.under(&[]);
        let fields = json!(["name", "description", "create_date", "expected_revenue"]);
        let asked = json!({"model": "crm.lead", "fields": fields, "order": "id", "limit": 2});
        let known = person.told("search_records", asked.clone()).await;
        assert_eq!(known["records"][0]["description"], *whole.trim_end_matches(' '), "{}", stage.name);
        assert!(known.get("cut").is_none(), "{}", known["cut"]);
        person.set(|settings| settings.token_budget = 1_000);
        let told = person.ask("search_records", &asked).await;
        assert!(told.json.to_string().len() + told.text.len() < 3_000 + 1_500, "{}", stage.name);
        let record = &told.json["records"][0];
        for field in ["id", "name", "create_date", "expected_revenue"] {
            assert_eq!(record[field], known["records"][0][field], "{field}");
        }
        let length = whole.chars().count();
        let cut = &told.json["cut"][0];
        assert_eq!((&cut["field"], &cut["characters"]), (&json!("description"), &json!(length)));
        let note = told.json["notes"].to_string();
        assert!(
            note.contains("text_offset") && told.text.contains(&format!("of {length} characters")),
            "{}",
            told.text
        );
        assert_eq!((&told.json["has_more"], &told.json["next_offset"]), (&json!(true), &json!(1)));
        // What is said to do is done, until there is no more.
        let take = |shown: &serde_json::Value, from: u64, until: u64| -> String {
            let text = shown["records"][0]["description"].as_str().unwrap();
            text.chars().take(usize::try_from(until - from).unwrap()).collect()
        };
        let mut until = cut["until"].as_u64().unwrap();
        let mut read = take(&told.json, 0, until);
        let mut next = json!({"model": "crm.lead", "ids": [record["id"]], "fields": ["description"]});
        loop {
            next["text_offset"] = json!(until);
            let more = person.told("read_records", next.clone()).await;
            assert!(more.to_string().len() < 3_000 + 1_500, "{}", stage.name);
            let Some(cut) = more.get("cut").map(|cut| &cut[0]) else {
                read.push_str(more["records"][0]["description"].as_str().unwrap());
                break;
            };
            assert_eq!(cut["from"], until);
            let end = cut["until"].as_u64().unwrap();
            read.push_str(&take(&more, until, end));
            until = end;
        }
        assert!(read == whole, "{}", stage.name);
        for (wrong, part) in [
            (json!({"ids": [1, 2], "fields": ["description"], "text_offset": 5}), "one id and one field"),
            (json!({"ids": [1], "text_offset": 5}), "one id and one field"),
            (json!({"ids": [1], "fields": ["description"], "text_offset": -5}), "not below 0"),
            (json!({"ids": [1], "fields": ["expected_revenue"], "text_offset": 5}), "holds none"),
        ] {
            let mut asked = wrong;
            asked["model"] = json!("crm.lead");
            let said = person.refused("read_records", asked).await;
            assert!(said.contains(part), "{said}");
        }
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
