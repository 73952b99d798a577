//! What `get_context` answers is written once and kept: never for another user, another day, or older controls.

use serde_json::{Value, json};

use crate::settings::remove_rule;
use crate::store::control;
use crate::tests::house::{House, houses};

const DAY: i64 = 86_400_000;

async fn context(house: &House, key: &str) -> Value {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("mcp-protocol-version", "2025-11-25")];
    let call = json!({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_context"}});
    let answer = house.post(&headers, &call).await;
    answer.json["result"]["structuredContent"].clone()
}

fn readable(context: &Value) -> Vec<&str> {
    let models = context["reporting_models"].as_array().unwrap();
    models.iter().filter(|m| m["readable"] == true).map(|m| m["model"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_user_is_told_of_themselves_and_the_present() {
    for house in houses().await {
        let first = context(&house, &house.key).await;
        let other = context(&house, &house.other_key).await;
        assert_eq!((&first["user"]["login"], &other["user"]["login"]), (&json!("demo"), &json!("other")));
        assert_eq!(readable(&first), ["report.sales.analysis"], "{}", house.name);
        assert!(readable(&other).is_empty(), "without a Sales group");
        assert_eq!(first, context(&house, &house.key).await);

        house.clock.advance(1_000);
        let later = context(&house, &house.key).await;
        assert_ne!(first["now"], later["now"]);
        assert_eq!(first["today"], later["today"]);

        house.clock.advance(31 * DAY);
        let next_month = context(&house, &house.key).await;
        assert_ne!(first["today"], next_month["today"]);
        assert_eq!(first["periods"]["this_month"], next_month["periods"]["last_month"], "{}", house.name);
    }
}

#[tokio::test]
async fn a_change_holds_for_the_next_call() {
    for house in houses().await {
        context(&house, &house.key).await;
        house.set("max_records", "37").await;
        house.set("rate_limit", "41").await;
        house.set("instructions", "Say \"Axanta\".").await;
        let changed = context(&house, &house.key).await;
        assert_eq!(
            (&changed["max_records"], &changed["key"]["calls_per_minute"], &changed["instructions"]),
            (&json!(37), &json!(41), &json!("Say \"Axanta\".")),
            "{}",
            house.name
        );
        assert_eq!(readable(&changed), ["report.sales.analysis"]);

        let mut tx = house.state.db.begin().await.unwrap();
        remove_rule(tx.on(), "report.sales.analysis").await.unwrap();
        control::bump(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        house.state.current.refresh().await.unwrap();
        assert!(readable(&context(&house, &house.key).await).is_empty(), "{}", house.name);
    }
}
