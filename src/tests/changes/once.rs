//! A repeated call does not write twice.

use serde_json::json;

use super::{acme, scenes};

#[tokio::test]
async fn a_repeated_call_is_answered_again_and_done_once() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let mut wish = acme();
        wish["idempotency_key"] = json!("acme-1");
        let first = scene.call("create_records", &wish).await.unwrap();
        let second = scene.call("create_records", &wish).await.unwrap();
        assert_eq!((first, scene.partners().await), (second, before + 1), "{}", scene.test);
        wish["records"][0]["name"] = json!("Other");
        let said = scene.call("create_records", &wish).await.unwrap_err();
        assert!(said.contains("`acme-1` was used for another call"), "{said}");
        wish["idempotency_key"] = json!("");
        assert!(scene.call("create_records", &wish).await.unwrap_err().contains("1 to 200"));
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
        assert_eq!(scene.log().await.len(), 4, "{}: each call is logged", scene.test);
    }
}

#[tokio::test]
async fn two_at_once_are_done_once() {
    for scene in scenes().await {
        let before = scene.partners().await;
        let mut wish = acme();
        wish["idempotency_key"] = json!("acme-1");
        let call = || scene.call("create_records", &wish);
        let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
        let first = a.unwrap();
        for other in [b, c, d] {
            assert_eq!(other.unwrap(), first, "{}", scene.test);
        }
        assert_eq!(scene.partners().await, before + 1, "{}", scene.test);
        assert_eq!(scene.number("SELECT COUNT(*) FROM mcp_changes").await, 1);
        assert_eq!(scene.log().await.len(), 4, "{}", scene.test);
    }
}

#[tokio::test]
async fn what_failed_is_not_remembered() {
    for scene in scenes().await {
        let mut wish = json!({"model": "res.partner", "ids": 999_999, "values": {"city": "Kiel"}});
        wish["idempotency_key"] = json!("k");
        let said = scene.call("update_records", &wish).await.unwrap_err();
        assert!(said.contains("no record with id 999999"), "{said}");
        wish["ids"] = json!(1);
        assert_eq!(scene.call("update_records", &wish).await.unwrap()["status"], "done", "{}", scene.test);
    }
}

#[tokio::test]
async fn two_at_once_are_done_once_where_the_first_stands_in_the_way_of_the_second() {
    for scene in scenes().await {
        let done = scene.call("create_records", &acme()).await.unwrap();
        let wish = json!({"model": "res.partner", "ids": done["ids"], "idempotency_key": "gone"});
        let (a, b) = tokio::join!(scene.call("delete_records", &wish), scene.call("delete_records", &wish));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((&a["ids"], &a["change_id"]), (&b["ids"], &b["change_id"]), "{}", scene.test);
    }
}

#[tokio::test]
async fn what_is_answered_again_is_what_may_be_seen_now() {
    for scene in scenes().await {
        let mut wish = acme();
        wish["idempotency_key"] = json!("acme-1");
        scene.call("create_records", &wish).await.unwrap();
        let hidden = json!({"fields": {"hidden": ["name"]}});
        let context = scene.under([super::refined("res.partner", &hidden)]);
        let again = scene.call_as(&context, "create_records", &wish).await.unwrap();
        assert!(again["change_id"].is_string() && !again.to_string().contains("Acme"), "{again}");
        let shut = crate::policy::Rule {
            allowed: crate::policy::OperationSet::NONE.with(crate::model::Operation::Create),
            ..crate::policy::Rule::new("res.partner")
        };
        let context = scene.under([shut]);
        let again = scene.call_as(&context, "create_records", &wish).await.unwrap();
        assert_eq!(again["changes"], json!([]), "{again}");
    }
}
