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
