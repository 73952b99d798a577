//! Gates on the way: policy, access rights and record rules of every model that is reached.

use serde_json::json;

use super::{ALL, aggregate_query, benches, caller, permit, search_query};
use crate::erp::{Erp, ErpError};
use crate::policy::{Gate, Verdict};

fn gate(error: &ErpError) -> (Gate, String) {
    match error {
        ErpError::Denied(step) => (step.gate, step.message()),
        other => panic!("not denied: {other}"),
    }
}

#[tokio::test]
async fn every_hop_needs_policy() {
    for bench in benches().await {
        let permit = permit("t.thing", &["t.thing"]);
        let who = caller(1);
        for domain in [
            json!([["owner_id.town", "=", "x"]]),
            json!([["owner_id", "any", [["town", "=", "x"]]]]),
            json!([["owner_id", "child_of", 1]]),
        ] {
            let error = bench.erp.search(&permit, &who, &search_query(&domain, &[], "")).await.unwrap_err();
            let (gate, said) = gate(&error);
            assert_eq!(gate, Gate::Policy);
            assert!(said.contains("`owner_id") && said.contains("t.owner"), "{said}");
        }
        for domain in [
            json!([["line_ids", "=", 10]]),
            json!([["line_ids", "=", false]]),
            json!([["line_ids", "ilike", "x"]]),
        ] {
            let error = bench.erp.count(&permit, &who, &super::domain(&domain)).await.unwrap_err();
            assert!(gate(&error).1.contains("t.line"));
        }
        let grouped = aggregate_query(&json!([]), &["owner_id.town"], &[], "");
        let error = bench.erp.aggregate(&permit, &who, &grouped).await.unwrap_err();
        assert!(gate(&error).1.contains("t.owner"));
        // A link's own name is shown as the ERP shows it, so it may be asked for; its links to many are not.
        let by_name = search_query(&json!([["owner_id", "ilike", "gmbh"]]), &["owner_id"], "owner_id");
        let found = bench.erp.search(&permit, &who, &by_name).await.unwrap();
        assert_eq!(
            found.json.get(),
            r#"[{"id":2,"owner_id":{"id":2,"name":"acme GmbH"}},{"id":6,"owner_id":{"id":2,"name":"acme GmbH"}}]"#
        );
        let lines = search_query(&json!([]), &["line_ids"], "");
        assert_eq!(gate(&bench.erp.search(&permit, &who, &lines).await.unwrap_err()).0, Gate::Policy);
        // Nobody asked for them by name: they are left out.
        let usual = search_query(&json!([["id", "=", 1]]), &[], "");
        let found = bench.erp.search(&permit, &who, &usual).await.unwrap();
        assert_eq!(found.json.get(), r#"[{"id":1,"name":"Alpha","n":5}]"#);
    }
}

#[tokio::test]
async fn rights_shut_before_anything_is_read() {
    for bench in benches().await {
        let mut who = caller(1);
        who.groups = std::sync::Arc::new(["none".to_owned()]);
        let error = bench
            .erp
            .search(&permit("t.thing", ALL), &who, &search_query(&json!([]), &[], ""))
            .await
            .unwrap_err();
        assert_eq!(gate(&error).0, Gate::AccessRights);
        let model = bench.erp.model("t.secret").await.unwrap();
        let steps = bench.erp.judge(&caller(1), &model, crate::model::Operation::Read).await.unwrap();
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].verdict, Verdict::Failed);
        let model = bench.erp.model("t.line").await.unwrap();
        let steps = bench.erp.judge(&caller(1), &model, crate::model::Operation::Read).await.unwrap();
        assert_eq!(
            steps.iter().map(|s| s.verdict).collect::<Vec<_>>(),
            [Verdict::Passed, Verdict::LeftToErp]
        );
        assert!(steps[1].reason.ends_with("Some are hidden."), "{}", steps[1].reason);
    }
}

#[tokio::test]
async fn rules_hide_records_everywhere() {
    for bench in benches().await {
        let who = caller(2);
        let permit = permit("t.thing", ALL);
        let found =
            bench.erp.search(&permit, &who, &search_query(&json!([]), &["name"], "id")).await.unwrap();
        assert_eq!(super::ids(&found), [1, 5], "{}", bench.test.name);
        assert_eq!(bench.erp.count(&permit, &who, &super::domain(&json!([]))).await.unwrap(), 2);
        let grouped = aggregate_query(&json!([]), &[], &["n:count"], "");
        let groups = bench.erp.aggregate(&permit, &who, &grouped).await.unwrap();
        assert_eq!(groups.json.get(), r#"[{"n:count":2,"__count":2}]"#);
        // The parent of 2 is 1, which the user sees; the parent of 4 is 2, which the user does not.
        let up = search_query(&json!([["parent_id.name", "!=", false]]), &["name"], "id");
        assert_eq!(super::ids(&bench.erp.search(&permit, &caller(1), &up).await.unwrap()), [2, 3, 4]);
        let error = bench.read(&who, &[1, 2], &["name"]).await.unwrap_err();
        assert_eq!(error.gate().unwrap().gate, Gate::RecordRules, "{}: for the log", bench.test.name);
        assert!(
            error.to_string().starts_with("t.thing has no record with id 2 that you may see."),
            "{error}"
        );
    }
}

#[tokio::test]
async fn unknown_models_are_named() {
    for bench in benches().await {
        let error = bench.erp.model("t.ownr").await.unwrap_err().to_string();
        assert!(error.contains("t.ownr") && error.contains("t.owner"), "{error}");
    }
}
