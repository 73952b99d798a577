//! Tools, resources, prompts and completion, as a principal sees them.

use serde_json::{Value, json};

use crate::store::mcp_prompts::{PromptRow, put};
use crate::tests::house::{House, houses};

fn names(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

async fn modern(house: &House, method: &str, params: Value) -> Value {
    let answer = house.modern(method, params).await;
    assert_eq!(answer.code(), 0, "{}: {}", house.name, answer.json);
    answer.json["result"].clone()
}

#[tokio::test]
async fn lists_are_in_one_order_and_private_to_the_principal() {
    for house in houses().await {
        for (method, member) in [
            ("tools/list", "tools"),
            ("resources/list", "resources"),
            ("resources/templates/list", "resourceTemplates"),
            ("prompts/list", "prompts"),
        ] {
            let first = modern(&house, method, json!({})).await;
            assert_eq!(first, modern(&house, method, json!({})).await, "{}", house.name);
            assert_eq!(first["cacheScope"], "private");
            assert_eq!(first["resultType"], "complete");
            assert!(first["ttlMs"].is_u64() && !first[member].as_array().unwrap().is_empty(), "{first}");
            let legacy = house.legacy(method, json!({})).await.json["result"].clone();
            assert_eq!(legacy[member], first[member]);
            assert_eq!(legacy.as_object().unwrap().len(), 1, "{legacy}");
        }
        let tools = names(&modern(&house, "tools/list", json!({})).await["tools"], "name");
        assert_eq!(tools[..3], ["get_context", "list_models", "describe_model"]);
    }
}

#[tokio::test]
async fn resources_are_read_under_policy_and_logged() {
    for house in houses().await {
        let listed = modern(&house, "resources/list", json!({})).await;
        assert_eq!(names(&listed["resources"], "uri"), ["axanta://instructions", "axanta://models"]);
        let read = async |uri: &str| house.modern("resources/read", json!({"uri": uri})).await;
        let models = read("axanta://models").await.json["result"]["contents"][0].clone();
        assert_eq!(models["mimeType"], "application/json", "{}", house.name);
        assert!(models["text"].as_str().unwrap().contains("models"));
        let refused = read("axanta://model/res.users").await;
        assert_eq!(refused.code(), -32602);
        assert!(refused.message().starts_with("Model policy: res.users"), "{}", refused.message());
        for uri in [
            "axanta://record/res.partner",
            "axanta://record/res.partner/x",
            "axanta://nope",
            "file:///etc/passwd",
        ] {
            let answer = read(uri).await;
            assert_eq!((answer.code(), &answer.json["error"]["data"]["uri"]), (-32602, &json!(uri)));
        }
        assert_eq!(read("axanta://record/res.partner/999999").await.code(), -32602);
        let log = house.log().await;
        let denied = log.iter().find(|row| row.gate.as_deref() == Some("policy")).unwrap();
        assert_eq!((denied.model.as_deref(), denied.outcome.as_str()), (Some("res.users"), "denied"));
    }
}

#[tokio::test]
async fn prompts_name_the_reporting_model_of_settings() {
    for house in houses().await {
        house.set("reporting_models.sales", "sale.order").await;
        let listed = modern(&house, "prompts/list", json!({})).await;
        let shipped = [
            "sales_report",
            "retail_sales_report",
            "financial_report",
            "on_hand_inventory",
            "stock_movement_report",
        ];
        assert_eq!(names(&listed["prompts"], "name"), shipped, "{}", house.name);
        let arguments = json!({"name": "sales_report", "arguments": {"period": "2026 {model}"}});
        let prompt = modern(&house, "prompts/get", arguments).await;
        assert_eq!(prompt["messages"][0]["role"], "user");
        let text = prompt["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains("2026 {model}") && text.contains("on sale.order"), "{text}");
    }
}

#[tokio::test]
async fn prompts_that_administrators_write_are_offered_too() {
    for house in houses().await {
        let row = PromptRow {
            name: "sales_report".into(),
            title: "Ours".into(),
            description: "Our own".into(),
            arguments: r#"[{"name":"region","description":"Where","required":true},{"name":"tone"}]"#.into(),
            template: "Sell in {region}{tone}.".into(),
            active: true,
        };
        let mut tx = house.state.db.begin().await.unwrap();
        put(tx.on(), &row).await.unwrap();
        put(tx.on(), &PromptRow { name: "off".into(), active: false, ..row }).await.unwrap();
        tx.commit().await.unwrap();
        let listed = modern(&house, "prompts/list", json!({})).await["prompts"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 5, "{}", house.name);
        assert_eq!(listed[4]["title"], "Ours");
        assert_eq!(listed[4]["arguments"][0], json!({"name":"region","description":"Where","required":true}));
        let get = async |arguments: Value| {
            house.legacy("prompts/get", json!({"name": "sales_report", "arguments": arguments})).await
        };
        let filled = get(json!({"region": "Graz"})).await;
        assert_eq!(filled.json["result"]["messages"][0]["content"]["text"], "Sell in Graz.");
        assert!(get(json!({})).await.message().contains("region"));
        assert_eq!(get(json!({"region": 7})).await.code(), -32602);
        assert_eq!(house.legacy("prompts/get", json!({"name": "off"})).await.code(), -32602);
    }
}

#[tokio::test]
async fn completion_offers_what_may_be_read_and_nothing_else() {
    for house in houses().await {
        let complete = async |reference: Value, name: &str, value: &str, context: Value| {
            let params =
                json!({"ref": reference, "argument": {"name": name, "value": value}, "context": context});
            modern(&house, "completion/complete", params).await["completion"]["values"].clone()
        };
        let template = json!({"type": "ref/resource", "uri": "axanta://model/{model}"});
        assert_eq!(
            complete(template.clone(), "model", "res.", Value::Null).await,
            json!(["res.partner"]),
            "{}",
            house.name
        );
        assert_eq!(complete(template, "model", "user", Value::Null).await, json!([]));
        let prompt = json!({"type": "ref/prompt", "name": "sales_report"});
        let fields = complete(prompt.clone(), "group_by", "date", Value::Null).await;
        assert_eq!(fields[0], "date");
        let named = json!({"arguments": {"model": "res.users"}});
        assert_eq!(complete(prompt.clone(), "field", "", named).await, json!([]));
        assert_eq!(complete(prompt, "period", "last q", Value::Null).await, json!(["last quarter"]));
    }
}
