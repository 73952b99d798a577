//! What language models get wrong in the arguments of tools: every tool, every argument, every usual mistake.

use serde_json::{Value, json};

use super::refinements::{Person, ids, stages};
use crate::tools::{ALL, Tool};

/// Words of the language that the server is written in; nobody who calls it knows them.
const OURS: [&str; 13] = [
    "i64",
    "u32",
    "usize",
    "invalid type",
    "invalid value",
    "unknown variant",
    "unknown field",
    "missing field",
    "expected",
    "EOF",
    "at line",
    "struct",
    "Vec<",
];

/// A call that is right, on sales orders.
fn right(tool: &Tool) -> Value {
    let schema = &tool.definition().input_schema;
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut call = json!({});
    for name in required.iter().filter_map(Value::as_str) {
        call[name] = match name {
            "model" => json!("sale.order"),
            "ids" => json!([1]),
            "fields" => json!(["name"]),
            "records" => json!([{"partner_id": 1}]),
            "values" => json!({"client_order_ref": "x"}),
            "method" => json!("action_confirm"),
            "report" => json!("sale.report_saleorder"),
            "operation" => json!("read"),
            "format" => json!("csv"),
            other => panic!("{}: {other}", tool.name),
        };
    }
    call
}

/// What can't be meant where a schema asks for something.
fn mistakes(name: &str, schema: &Value) -> Vec<Value> {
    let items = schema["items"]["type"].as_str();
    match (schema["type"].as_str().unwrap(), items) {
        ("array", Some("integer")) => vec![
            json!("Acme"),
            json!(["Acme"]),
            json!([7.5]),
            json!([true]),
            json!([null]),
            json!({"name": "Acme"}),
            json!([1e20]),
        ],
        ("array", Some("string")) => {
            vec![json!(true), json!([true]), json!([{"name": "a"}]), json!({"a": 1})]
        }
        ("array", Some("object")) => vec![json!("Acme"), json!(7), json!(["Acme"]), json!([7]), json!(true)],
        // A domain has rules of its own.
        ("array", _) => vec![],
        ("integer", _) => vec![json!("ten"), json!(true), json!(7.5), json!([1, 2]), json!({"a": 1})],
        ("boolean", _) => vec![json!("yes"), json!(2), json!([true]), json!({"a": 1})],
        ("object", _) => vec![json!("Acme"), json!(7), json!([7]), json!([{"a": 1}, {"a": 2}])],
        ("string", _) if name == "order" => vec![json!(true), json!({"a": 1})],
        ("string", _) => vec![json!(true), json!({"a": 1}), json!(["a", "b"])],
        (other, _) => panic!("{name}: {other}"),
    }
}

async fn refused(person: &Person, tool: &Tool, asked: &Value) -> String {
    let told = person.ask(tool.name, asked).await;
    assert!(told.is_error, "{} {asked}: {}", tool.name, told.json);
    for ours in OURS {
        assert!(!told.text.contains(ours), "{} {asked}: {}", tool.name, told.text);
    }
    told.text
}

#[tokio::test]
async fn every_mistake_is_told_with_its_argument_and_an_example_of_the_model() {
    for stage in stages().await {
        let person = stage.under(&[]);
        for tool in ALL {
            let schema = &tool.definition().input_schema;
            let properties = schema["properties"].as_object().unwrap();
            let required: Vec<&str> = schema
                .get("required")
                .and_then(Value::as_array)
                .map(|all| all.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            for (name, schema) in properties {
                let mut wrong = mistakes(name, schema);
                if required.contains(&name.as_str()) {
                    wrong.push(Value::Null);
                }
                for wrong in wrong {
                    let mut asked = right(tool);
                    asked[name] = wrong;
                    let said = refused(&person, tool, &asked).await;
                    let begins = said.starts_with(&format!("the argument `{name}"));
                    assert!(begins && said.contains(tool.name), "{asked}: {said}");
                    assert!(said.contains("; it takes ") && said.contains("Example: {"), "{asked}: {said}");
                    let on_model = said.contains(r#""model":"sale.order""#);
                    assert!(on_model || name == "model" || !properties.contains_key("model"), "{said}");
                }
            }
            let mut asked = right(tool);
            asked["zzz"] = json!(1);
            let said = refused(&person, tool, &asked).await;
            assert!(said.contains(&format!("{} has no argument `zzz`", tool.name)), "{said}");
            for missing in required {
                let mut asked = right(tool);
                asked.as_object_mut().unwrap().remove(missing);
                let said = refused(&person, tool, &asked).await;
                assert!(said.contains(&format!("needs the argument `{missing}`: ")), "{said}");
            }
            for wrong in [json!([]), json!("sale.order"), json!(7), Value::Null] {
                let said = refused(&person, tool, &wrong).await;
                assert!(said.contains("must be a JSON object"), "{said}");
            }
            if properties.contains_key("domain") {
                for wrong in
                    [json!("no domain"), json!(7), json!(true), json!({"name": "a"}), json!([["name"]])]
                {
                    let mut asked = right(tool);
                    asked["domain"] = wrong;
                    let said = refused(&person, tool, &asked).await;
                    assert!(said.contains("domain") && said.contains("Example: "), "{said}");
                }
                let mut asked = right(tool);
                asked["filters"] = json!([]);
                let said = refused(&person, tool, &asked).await;
                assert!(said.contains("Did you mean domain?"), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn examples_have_what_the_model_has_and_the_caller_may_know() {
    for stage in stages().await {
        let person = stage.under(&[]);
        for (tool, asked, part) in [
            (
                "create_records",
                json!({"model": "sale.order", "records": "x"}),
                r#""records":[{"partner_id":7}]"#,
            ),
            (
                "create_records",
                json!({"model": "crm.lead", "records": "x"}),
                r#""records":[{"name":"text"}]"#,
            ),
            ("update_records", json!({"model": "sale.order", "ids": "x", "values": {}}), r#""partner_id":7"#),
            (
                "render_report",
                json!({"model": "sale.order", "report": "a", "ids": "x"}),
                "sale.report_saleorder",
            ),
            ("search_records", json!({"model": "sale.order", "limit": "x"}), r#"[["date_order",">=""#),
            ("aggregate_records", json!({"model": "sale.order", "limit": "x"}), r#"["amount_untaxed:sum"]"#),
        ] {
            let said = person.refused(tool, asked).await;
            assert!(said.contains(part), "{said}");
        }
        let person =
            stage.under(&[("sale.order", r#"{"fields":{"hidden":["date_order","amount_untaxed"]}}"#)]);
        let said = person.refused("aggregate_records", json!({"model": "sale.order", "limit": "x"})).await;
        assert!(!said.contains("date_order") && !said.contains("amount_untaxed"), "{said}");
    }
}

#[tokio::test]
async fn what_can_mean_one_thing_alone_is_done() {
    for stage in stages().await {
        let person = stage.under(&[]);
        let asked = json!({"model": "sale.order", "domain": "[('state', '=', 'draft')]", "limit": "1", "offset": 0.0,
            "fields": "name, partner_id", "order": ["id"], "lang": null});
        let found = person.told("search_records", asked).await;
        let id = ids(&found)[0];
        for written in [json!([id.to_string()]), json!(id), json!(id.to_string()), json!([{"id": id}])] {
            let read = person.told("read_records", json!({"model": "sale.order", "ids": written})).await;
            assert_eq!(ids(&read), [id], "{written}");
        }
        let asked = json!({"model": "sale.order", "ids": [id], "values": "{\"client_order_ref\":\"PO-7\"}",
            "dry_run": "true"});
        assert_eq!(person.told("update_records", asked).await["status"], "dry_run");
    }
}

#[tokio::test]
async fn required_is_what_a_create_must_name() {
    for stage in stages().await {
        let described = stage.under(&[]).told("describe_model", json!({"model": "sale.order"})).await;
        let fields = described["fields"].as_array().unwrap();
        let required: Vec<&Value> =
            fields.iter().filter(|field| field["required"] == true).map(|field| &field["name"]).collect();
        assert_eq!(required, ["partner_id"], "{}", stage.name);
        let of = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
        assert_eq!(of("date_order")["default"], "now");
        assert_eq!(of("amount_total")["default"], Value::Null);
    }
}
