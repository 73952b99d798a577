//! How far somebody reaches: what a user can do through MCP, model by model.

use crate::erp::{Caller, Erp, ErpError};
use crate::identity::User;
use crate::model::Operation;
use crate::policy::{Ruleset, Scope, Verdict};

/// What can be done with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Technical name.
    pub model: String,
    /// What people call it.
    pub label: String,
    /// Operations that policy, scope and the user's access rights allow; at least one.
    pub operations: Vec<Operation>,
}

/// The models on which policies, `scope` and the user's access rights allow something, in the ERP's order.
pub async fn reach(
    erp: &dyn Erp,
    rules: &Ruleset,
    user: &User,
    scope: Scope,
) -> Result<Vec<Reach>, ErpError> {
    let who = Caller::from(user);
    let mut all = Vec::new();
    for model in erp.models().await?.iter() {
        let Some(rule) = rules.rule(&model.name).filter(|rule| rule.holds()) else { continue };
        let mut operations = Vec::new();
        for operation in rule.allowed.iter().filter(|operation| scope.covers(*operation)) {
            let steps = erp.judge(&who, model, operation).await?;
            if steps.iter().all(|step| step.verdict != Verdict::Failed) {
                operations.push(operation);
            }
        }
        if !operations.is_empty() {
            all.push(Reach { model: model.name.to_string(), label: model.label.to_string(), operations });
        }
    }
    Ok(all)
}
