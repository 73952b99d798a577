//! The matrix as it is sent: several policies at once.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::OriginalUri;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::error::Problem;
use super::super::seen::unchanged;
use super::super::visitor::Visitor;
use super::{stored, wanted};
use crate::policy::{Rule, Ruleset};
use crate::settings::{load_rules, remove_rule, set_rule};
use crate::web::Submission;

/// More than the rows and boxes of any list of models.
const MOST_FIELDS: usize = 10_000;

/// `POST /technical/mcp/policies`
pub async fn change(
    visitor: Visitor,
    OriginalUri(uri): OriginalUri,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let here = uri.path_and_query().map_or("/technical/mcp/policies", |path| path.as_str());
    let state = &visitor.console.state;
    let models = state.services.erp.models().await?;
    // Each once, and no more than there can be, before anybody else has to wait for this.
    let mut once = BTreeSet::new();
    let rows: Vec<String> =
        sent.all("row").take(MOST_FIELDS).filter(|row| once.insert(*row)).map(str::to_owned).collect();
    let mut acting = visitor.begin().await?;
    let rules = load_rules(acting.on()).await?;
    unchanged(&mut sent, &stored(&rules, rows.iter().map(String::as_str)));
    let wanted = match wanted::wanted(&sent, &rules, &models) {
        Ok(wanted) => wanted,
        Err(problem) => {
            sent.wrong_in_all(problem);
            wanted::Wanted::default()
        }
    };
    if !sent.is_right() {
        drop(acting);
        return visitor.again(here, sent).await;
    }
    if wanted.0.is_empty() {
        drop(acting);
        return visitor.done(here, "Nothing was changed.").await;
    }
    for (model, rule) in &wanted.0 {
        match rule {
            Some(rule) => set_rule(acting.on(), rule, state.clock.millis()).await?,
            None => {
                remove_rule(acting.on(), model).await?;
            }
        }
    }
    let (method, target, detail) = act(&rules, &wanted.0);
    acting.commit(method, &target, detail).await?;
    let idle: Vec<&str> = models
        .iter()
        .filter(|model| {
            wanted.0.get(&*model.name).and_then(Option::as_ref).is_some_and(|r| !r.idle(model).is_empty())
        })
        .map(|model| model.label.as_ref())
        .collect();
    let mut said = match wanted.0.len() {
        1 => format!("The policy of {target} is saved; it holds for the next call."),
        n => format!("{n} policies are saved; they hold for the next call."),
    };
    if !idle.is_empty() {
        said = format!("{said} Part of it has no effect; open it to see why: {}.", idle.join(", "));
    }
    visitor.done(here, said).await
}

/// What the log says of it.
fn act(rules: &Ruleset, wanted: &BTreeMap<String, Option<Rule>>) -> (&'static str, String, Value) {
    let change = |model: &str, rule: &Option<Rule>| json!({"from": rules.rule(model).map(Rule::to_json), "to": rule.as_ref().map(Rule::to_json)});
    let method = if wanted.values().all(Option::is_none) { "policy.remove" } else { "policy.set" };
    let target = wanted.keys().cloned().collect::<Vec<_>>().join(", ");
    let mut changes: Map<String, Value> =
        wanted.iter().map(|(model, rule)| (model.clone(), change(model, rule))).collect();
    let detail = match (changes.len(), changes.remove(&target)) {
        (0 | 1, Some(one)) => one,
        _ => Value::Object(changes),
    };
    (method, target, detail)
}
