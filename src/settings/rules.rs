//! Model policies between the store and the decision.

use crate::model::Operation;
use crate::policy::{Refinements, Rule, Ruleset};
use crate::store::policies::PolicyRow;
use crate::store::{self, On};

use super::SettingsError;

/// Every model policy, as the decision wants them.
pub async fn load_rules(on: On<'_>) -> Result<Ruleset, SettingsError> {
    store::policies::all(on).await?.into_iter().map(rule).collect()
}

/// Sets a model's policy at `now` (epoch milliseconds), in place of the one it may have had.
pub async fn set_rule(on: On<'_>, rule: &Rule, now: i64) -> Result<(), SettingsError> {
    let may = |operation| rule.allowed.contains(operation);
    let row = PolicyRow {
        model: rule.model.clone(),
        can_read: may(Operation::Read),
        can_create: may(Operation::Create),
        can_write: may(Operation::Write),
        can_delete: may(Operation::Delete),
        can_method_call: may(Operation::MethodCall),
        can_export: may(Operation::Export),
        can_report: may(Operation::Report),
        methods: serde_json::json!(rule.methods).to_string(),
        active: rule.active,
        refinements: rule.refinements.as_ref().map(|refined| refined.to_json().to_string()),
        changed_at: now,
    };
    Ok(store::policies::put(on, &row).await?)
}

/// Takes a model's policy away; false if it had none.
pub async fn remove_rule(on: On<'_>, model: &str) -> Result<bool, SettingsError> {
    Ok(store::policies::remove(on, model).await?)
}

fn rule(row: PolicyRow) -> Result<Rule, SettingsError> {
    let allowed = [
        (Operation::Read, row.can_read),
        (Operation::Create, row.can_create),
        (Operation::Write, row.can_write),
        (Operation::Delete, row.can_delete),
        (Operation::MethodCall, row.can_method_call),
        (Operation::Export, row.can_export),
        (Operation::Report, row.can_report),
    ];
    let methods = serde_json::from_str(&row.methods).map_err(|e| SettingsError::Corrupt {
        what: "policy",
        name: row.model.clone(),
        why: e.to_string(),
    })?;
    Ok(Rule {
        model: row.model,
        allowed: allowed.into_iter().filter_map(|(operation, may)| may.then_some(operation)).collect(),
        methods,
        active: row.active,
        refinements: row.refinements.as_deref().map(Refinements::read),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::OperationSet;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn each_operation_comes_back_as_itself() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for operation in Operation::ALL {
                let rule = Rule {
                    model: "sale.order".into(),
                    allowed: OperationSet::NONE.with(operation),
                    methods: ["action_confirm".to_owned()].into(),
                    active: true,
                    refinements: Some(Refinements { max_records: Some(7), ..Refinements::default() }),
                };
                set_rule(tx.on(), &rule, 1).await.unwrap();
                let rules = load_rules(tx.on()).await.unwrap();
                assert_eq!(rules.rule("sale.order"), Some(&rule), "{}", test.name);
            }
            assert!(remove_rule(tx.on(), "sale.order").await.unwrap());
            assert!(!remove_rule(tx.on(), "sale.order").await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_policy_that_makes_no_sense_is_not_taken() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let rule = Rule {
                model: "sale.order".into(),
                allowed: OperationSet::NONE,
                methods: [].into(),
                active: true,
                refinements: None,
            };
            set_rule(tx.on(), &rule, 1).await.unwrap();
            let mut row = store::policies::all(tx.on()).await.unwrap().remove(0);
            row.methods = "action_confirm".into();
            store::policies::put(tx.on(), &row).await.unwrap();
            assert!(load_rules(tx.on()).await.unwrap_err().to_string().contains("sale.order"));
            row.methods = "[]".into();
            row.can_read = true;
            row.refinements = Some(r#"{"hide":["email"]}"#.into());
            store::policies::put(tx.on(), &row).await.unwrap();
            let rules = load_rules(tx.on()).await.unwrap();
            assert!(!rules.allows("sale.order", Operation::Read), "{}", test.name);
            assert!(rules.rule("sale.order").unwrap().fault().unwrap().contains("hide"));
        }
    }
}
