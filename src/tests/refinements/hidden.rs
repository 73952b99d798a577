//! A hidden field does not exist: no answer names it, whatever is asked and wherever.

use serde_json::{Value, json};

use super::{Person, stages};
use crate::erp::embedded::registry;
use crate::tests::house::houses;
use crate::tools::ALL;

/// Model, field, and a link that leads to the model from another.
type Hidden = (&'static str, &'static str, Option<(&'static str, &'static str)>);

/// Fields whose names and labels nothing else has: model, field, and a link that leads to the model from another.
const HIDDEN: [Hidden; 5] = [
    ("sale.order", "client_order_ref", Some(("sale.order.line", "order_id"))),
    ("res.partner", "email", Some(("sale.order", "partner_id"))),
    ("sale.order", "amount_untaxed", Some(("sale.order.line", "order_id"))),
    ("product.product", "default_code", Some(("sale.order.line", "product_id"))),
    ("product.product", "barcode", Some(("sale.order.line", "product_id"))),
];

/// Every place of every tool where a field of `model` can be named.
fn places(model: &str, field: &str, link: Option<(&str, &str)>) -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("describe_model", json!({"model": model})),
        ("describe_model", json!({"model": model, "fields": [field]})),
        ("describe_model", json!({"model": model, "fields": ["id", field]})),
        ("search_records", json!({"model": model})),
        ("search_records", json!({"model": model, "fields": [field]})),
        ("search_records", json!({"model": model, "fields": [format!("{field}.name")]})),
        ("search_records", json!({"model": model, "order": field})),
        ("search_records", json!({"model": model, "order": format!("{field} desc, id")})),
        ("search_records", json!({"model": model, "domain": [[format!("{field}.name"), "=", "x"]]})),
        ("read_records", json!({"model": model, "ids": [1]})),
        ("read_records", json!({"model": model, "ids": [1], "fields": [field]})),
        ("create_records", json!({"model": model, "records": [{field: "x"}], "dry_run": true})),
        ("update_records", json!({"model": model, "ids": [1], "values": {field: "x"}, "dry_run": true})),
        ("list_models", json!({})),
        ("list_models", json!({"query": field})),
        ("get_context", json!({})),
        ("explain_access", json!({"model": model, "operation": "read"})),
        ("explain_access", json!({"model": model, "operation": "write"})),
    ];
    for operator in ["=", "!=", "in", "ilike", ">=", "=?", "child_of", "any"] {
        let value = match operator {
            "in" => json!(["x"]),
            "any" => json!([["id", "=", 1]]),
            _ => json!("x"),
        };
        all.push(("search_records", json!({"model": model, "domain": [[field, operator, value]]})));
        all.push(("count_records", json!({"model": model, "domain": ["!", [field, operator, value]]})));
        all.push((
            "aggregate_records",
            json!({"model": model, "domain": ["|", ["id", "=", 1], [field, operator, value]]}),
        ));
    }
    for group in [field.to_owned(), format!("{field}:month"), format!("{field}.name")] {
        all.push(("aggregate_records", json!({"model": model, "group_by": [group]})));
    }
    for function in ["sum", "avg", "min", "max", "count", "count_distinct"] {
        let key = format!("{field}:{function}");
        all.push(("aggregate_records", json!({"model": model, "aggregates": [key]})));
        all.push(("aggregate_records", json!({"model": model, "having": [[key, ">", 1]]})));
        all.push(("aggregate_records", json!({"model": model, "order": key})));
    }
    if let Some((other, link)) = link {
        let path = format!("{link}.{field}");
        all.push(("search_records", json!({"model": other, "domain": [[path, "=", "x"]]})));
        all.push(("search_records", json!({"model": other, "domain": [[link, "any", [[field, "=", "x"]]]]})));
        all.push((
            "search_records",
            json!({"model": other, "domain": [[link, "not any", [[field, "=", "x"]]]]}),
        ));
        all.push(("search_records", json!({"model": other, "fields": [path]})));
        all.push(("search_records", json!({"model": other, "order": path})));
        all.push(("aggregate_records", json!({"model": other, "group_by": [path]})));
    }
    all
}

/// Whether anything in the answer tells of the field. What the caller wrote comes back and tells nothing; names that
/// are suggested stand without quotes.
fn tells(answer: &str, written: &str, field: &str, label: &str) -> bool {
    let rest = answer.replace(&format!("`{written}"), "").replace(&format!(".{written}`"), "");
    rest.contains(field) || rest.contains(&format!("\"{label}\"")) || rest.contains(&format!("`{label}`"))
}

async fn check(person: &Person, model: &str, field: &str, link: Option<(&str, &str)>) {
    let label = registry::model(model).unwrap().field(field).unwrap().label.to_string();
    let mut tools = std::collections::BTreeSet::new();
    // As it is, and so nearly so that the right name would be suggested.
    for written in [field.to_owned(), format!("{field}s")] {
        for (tool, asked) in places(model, &written, link) {
            tools.insert(tool);
            let told = person.ask(tool, &asked).await;
            let all = format!("{} {}", told.text, told.json);
            assert!(!tells(&all, &written, field, &label), "{tool} {asked} tells of {field}: {all}");
            let named = asked.to_string().replace("\"query\":", "").contains(&written);
            if named && !matches!(tool, "list_models") && asked.get("query").is_none() {
                assert!(told.is_error, "{tool} {asked} answers: {all}");
            }
        }
    }
    for tool in ALL.iter().filter(|tool| tool.operation.is_none_or(|o| !o.changes_data())) {
        let reads = !matches!(tool.name, "export_records" | "render_report");
        assert!(!reads || tools.contains(tool.name), "{} is not looked at", tool.name);
    }
}

#[tokio::test]
async fn no_tool_tells_of_a_hidden_field() {
    for stage in stages().await {
        for (model, field, link) in HIDDEN {
            let refined = json!({"fields": {"hidden": [field]}}).to_string();
            let person = stage.under(&[(model, &refined)]);
            check(&person, model, field, link).await;
        }
    }
}

#[tokio::test]
async fn what_is_not_allowed_is_hidden() {
    for stage in stages().await {
        let refined = json!({"fields": {"allowed": ["name", "partner_id", "order_line"]}}).to_string();
        let person = stage.under(&[("sale.order", &refined)]);
        let described = person.told("describe_model", json!({"model": "sale.order"})).await;
        let names: Vec<&str> =
            described["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["id", "name", "partner_id", "order_line"], "{}", stage.name);
        let found = person.told("search_records", json!({"model": "sale.order", "limit": 1})).await;
        let record = found["records"][0].as_object().unwrap();
        assert!(record.keys().all(|key| names.contains(&key.as_str())), "{record:?}");
        check(&person, "sale.order", "client_order_ref", Some(("sale.order.line", "order_id"))).await;
    }
}

#[tokio::test]
async fn it_is_answered_as_a_field_that_never_was() {
    for stage in stages().await {
        let person = stage.under(&[("sale.order", r#"{"fields":{"hidden":["client_order_ref"]}}"#)]);
        for (tool, asked) in places("sale.order", "client_order_ref", Some(("sale.order.line", "order_id"))) {
            if !asked.to_string().contains("client_order_ref") || asked.get("query").is_some() {
                continue;
            }
            let other = asked.to_string().replace("client_order_ref", "qqqqqq_qqqqq_qqq");
            let hidden = person.refused(tool, asked).await;
            let unknown = person.refused(tool, serde_json::from_str(&other).unwrap()).await;
            let without = |text: &str| text.split(" Did you mean").next().unwrap().to_owned();
            assert_eq!(
                without(&hidden).replace("client_order_ref", "qqqqqq_qqqqq_qqq"),
                without(&unknown),
                "{} {tool}",
                stage.name
            );
        }
    }
}

#[tokio::test]
async fn a_record_without_a_name_to_show_is_a_number() {
    for stage in stages().await {
        let open = stage.under(&[]);
        let person = stage.under(&[("res.partner", r#"{"fields":{"hidden":["name"]}}"#)]);
        let asked = json!({"model": "sale.order", "fields": ["partner_id"], "order": "id", "limit": 1});
        let known = open.told("search_records", asked.clone()).await["records"][0]["partner_id"].clone();
        let (id, name) = (known["id"].as_i64().unwrap(), known["name"].as_str().unwrap());
        let shown = person.told("search_records", asked).await["records"][0]["partner_id"].clone();
        assert_eq!(shown, json!({"id": id, "name": format!("res.partner #{id}")}), "{}", stage.name);
        // Nor can the name be guessed, by a filter on the link, on what it is called, or through a tree.
        for domain in [
            json!([["partner_id", "=", name]]),
            json!([["partner_id", "ilike", name]]),
            json!([["partner_id", "child_of", name]]),
            json!([["partner_id.display_name", "=", name]]),
            json!([["partner_id", "any", [["display_name", "=like", name]]]]),
        ] {
            let count = json!({"model": "sale.order", "domain": domain});
            assert!(open.told("count_records", count.clone()).await["total"].as_i64() > Some(0), "{domain}");
            assert_eq!(person.told("count_records", count).await["total"], 0, "{} {domain}", stage.name);
        }
        let grouped = json!({"model": "sale.order", "group_by": ["partner_id"], "order": "partner_id"});
        let groups = person.told("aggregate_records", grouped).await["groups"].clone();
        for group in groups.as_array().unwrap() {
            assert!(group["partner_id"]["name"].as_str().unwrap().starts_with("res.partner #"), "{group}");
        }
        let read = json!({"model": "res.partner", "ids": [id], "fields": ["display_name"]});
        let record = person.told("read_records", read).await["records"][0].clone();
        assert_eq!(record["display_name"], format!("res.partner #{id}"));
    }
}

#[tokio::test]
async fn a_hidden_name_is_neither_matched_nor_told_where_something_is_written() {
    for stage in stages().await {
        let open = stage.under(&[]);
        let hides = r#"{"fields":{"hidden":["name"]}}"#;
        let person = stage.under(&[("res.partner", hides), ("product.product", hides)]);
        let named = async |model: &str, name: &str, more: Value| {
            let mut record = json!({"name": name});
            record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            open.told("create_records", json!({"model": model, "records": [record]})).await["ids"][0].clone()
        };
        let partner = named("res.partner", "Zebra Trading", json!({})).await;
        let ordered = |mut values: Value| {
            values["user_id"] = Value::Null;
            json!({"model": "sale.order", "records": [values], "dry_run": true})
        };
        // A name is no link, whether it is right or not.
        let tried = async |name: &str| {
            let said = person.refused("create_records", ordered(json!({"partner_id": name}))).await;
            said.replace(name, "?")
        };
        assert_eq!(tried("Zebra Trading").await, tried("Nobody at all").await, "{}", stage.name);
        // Beside an id it says nothing, right or not.
        let made = async |link: Value| {
            person.told("create_records", ordered(json!({"partner_id": link}))).await["changes"].clone()
        };
        let known = made(partner.clone()).await;
        assert!(known.to_string().contains(&format!("res.partner #{partner}")), "{known}");
        for link in [json!({"id": partner, "name": "Zebra Trading"}), json!([partner, "Nobody at all"])] {
            assert_eq!(made(link).await, known, "{}", stage.name);
        }
        // What is refused of a record does not tell its name.
        let gone = named("res.partner", "Okapi Secret", json!({"active": false})).await;
        let product = named("product.product", "Okapi Secret", json!({"active": false, "categ_id": 1})).await;
        let line = json!({"product_id": product});
        for values in [json!({"partner_id": gone}), json!({"partner_id": partner, "order_line": [line]})] {
            let told = open.refused("create_records", ordered(values.clone())).await;
            assert!(told.contains("Okapi Secret") && told.contains("is archived"), "{told}");
            let told = person.refused("create_records", ordered(values)).await;
            assert!(!told.contains("Okapi") && told.contains("is archived"), "{told}");
        }
    }
}

#[tokio::test]
async fn the_way_back_along_a_hidden_link_is_hidden_too() {
    for stage in stages().await {
        let person = stage.under(&[("sale.order.line", r#"{"fields":{"hidden":["order_id"]}}"#)]);
        for asked in [
            json!({"model": "sale.order", "fields": ["order_line"]}),
            json!({"model": "sale.order", "domain": [["order_line", "any", [["id", "=", 1]]]]}),
        ] {
            assert!(person.refused("search_records", asked).await.contains("no field `order_line`"));
        }
        let family = stage.under(&[("product.category", r#"{"fields":{"hidden":["parent_id"]}}"#)]);
        let asked =
            json!({"model": "product.category", "fields": ["id"], "domain": [["id", "child_of", [1, 2, 3]]]});
        assert!(
            super::ids(&family.told("search_records", asked).await).iter().all(|id| *id <= 3),
            "{}",
            stage.name
        );
    }
}

#[tokio::test]
async fn resources_and_completion_know_nothing_of_it() {
    for house in houses().await {
        let mut tx = house.state.db.begin().await.unwrap();
        let rules = crate::settings::load_rules(tx.on()).await.unwrap();
        let mut rule = rules.rule("res.partner").unwrap().clone();
        rule.refinements = Some(crate::policy::Refinements::read(r#"{"fields":{"hidden":["email"]}}"#));
        crate::settings::set_rule(tx.on(), &rule, 1).await.unwrap();
        crate::store::control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        for uri in ["axanta://model/res.partner", "axanta://record/res.partner/1", "axanta://models"] {
            let answer = house.modern("resources/read", json!({"uri": uri})).await.json.to_string();
            assert!(!answer.contains("email") && !answer.contains("Email"), "{} {uri}: {answer}", house.name);
        }
        let complete = async |value: &str| {
            let params = json!({
                "ref": {"type": "ref/prompt", "name": "sales_report"},
                "argument": {"name": "field", "value": value},
                "context": {"arguments": {"model": "res.partner"}},
            });
            house.modern("completion/complete", params).await.json["result"]["completion"]["values"].clone()
        };
        assert_eq!(complete("ema").await, json!([]), "{}", house.name);
        assert!(complete("na").await.as_array().unwrap().contains(&json!("name")), "{}", house.name);
    }
}

#[tokio::test]
async fn amounts_are_not_put_together_where_their_currency_is_hidden() {
    for stage in stages().await {
        let hidden = r#"{"fields":{"hidden":["currency_id"]}}"#;
        let person = stage.under(&[
            ("sale.order", hidden),
            ("stock.movement", hidden),
            ("report.sales.analysis", hidden),
        ]);
        for (model, measure) in [
            ("sale.order", "amount_total:sum"),
            ("sale.order", "amount_total:avg"),
            ("sale.order", "amount_total:max"),
            ("stock.movement", "value:sum"),
            ("report.sales.analysis", "price_total:sum"),
        ] {
            for (groups, domain) in
                [(json!([]), json!([])), (json!(["company_id"]), json!([["company_id", "=", 1]]))]
            {
                let asked =
                    json!({"model": model, "group_by": groups, "domain": domain, "aggregates": [measure]});
                let said = person.refused("aggregate_records", asked).await;
                assert!(said.starts_with(&format!("`{measure}` puts amounts of money together")), "{said}");
                assert!(said.contains("MCP Administrator") && !said.contains("currency_id"), "{said}");
            }
        }
        let counted = json!({"model": "sale.order", "aggregates": ["amount_total:count", "__count"]});
        let groups = person.told("aggregate_records", counted).await["groups"].clone();
        assert_eq!(groups.as_array().unwrap().len(), 1, "{}: {groups}", stage.name);
        assert!(groups[0].get("currency").is_none(), "{groups}");
        let described =
            person.told("describe_model", json!({"model": "sale.order", "fields": ["amount_total"]})).await;
        assert!(described["fields"][0].get("aggregator").is_none(), "{described}");
        // Of lines, whose currency is shown, sums are as ever.
        let lines = json!({"model": "sale.order.line", "aggregates": ["price_total:sum"]});
        let groups = person.told("aggregate_records", lines).await["groups"].clone();
        assert!(groups.as_array().unwrap().iter().all(|group| group["currency"].is_string()), "{groups}");
    }
}
