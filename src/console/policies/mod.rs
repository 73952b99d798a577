//! Technical > MCP > Model Policies: the matrix, its form, and the rule that what is technical takes two steps.

mod form;
mod matrix;
mod refine;
mod wanted;

pub use form::{create, delete, save};
pub use matrix::change;

use std::sync::Arc;

use app::components::Paging;
use app::pages::technical::policies::{
    self as page, Kind, ModelName, Policies, PolicyForm, PolicyLine, PolicyList, Wish,
};
use app::refusal::Refusal;
use async_trait::async_trait;

use super::Shared;
use super::error::Problem;
use super::seen::fingerprint;
use super::visitor::Visitor;
use crate::model::{Model, ModelKind, Operation};
use crate::policy::{Rule, Ruleset};
use crate::settings::load_rules;
use crate::store::policies::changed_at;

/// Rows of a page: seven boxes each, so that the page stays small.
const ROWS: usize = 40;

/// What the screens show.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(Arc::clone(&visitor.console))
    }

    async fn rules(&self) -> Result<Ruleset, Problem> {
        Ok(load_rules(self.0.state.db.read().await?.on()).await?)
    }

    async fn models(&self) -> Result<Arc<[Arc<Model>]>, Problem> {
        Ok(self.0.state.services.erp.models().await?)
    }

    async fn matrix(&self, wish: Wish) -> Result<PolicyList, Problem> {
        let (models, rules) = (self.models().await?, self.rules().await?);
        let mut names: Vec<ModelName> = models.iter().map(|model| name(model)).collect();
        let gone = rules.iter().filter(|rule| models.iter().all(|model| model.name != rule.model));
        names.extend(gone.map(|rule| unknown(&rule.model)));
        names.retain(|model| matches(model, &wish.search) && is_shown(model, &rules, &wish.show));
        sort(&mut names);
        let total = names.len();
        let offset = usize::try_from(wish.offset).unwrap_or(usize::MAX).min(total);
        let rows: Vec<PolicyLine> = names
            .into_iter()
            .skip(offset)
            .take(ROWS)
            .map(|name| {
                let model = models.iter().find(|model| *model.name == *name.name).map(|model| &**model);
                PolicyLine { policy: rules.rule(&name.name).map(|rule| policy(rule, model)), model: name }
            })
            .collect();
        Ok(PolicyList {
            paging: Paging {
                offset: offset as u64,
                shown: rows.len() as u64,
                total: Some(total as u64),
                size: ROWS as u64,
            },
            seen: seen(
                &rules,
                rows.iter().filter(|row| !is_locked(row.model.kind)).map(|row| row.model.name.as_str()),
            ),
            none: rules.iter().next().is_none(),
            rows,
        })
    }

    async fn one(&self, wanted: String) -> Result<PolicyForm, Problem> {
        let (models, rules) = (self.models().await?, self.rules().await?);
        let (model, rule) = (models.iter().find(|model| *model.name == *wanted), rules.rule(&wanted));
        if model.is_none() && rule.is_none() {
            return Err(Refusal::NotFound(format!("model {wanted}")).into());
        }
        let mut conn = self.0.state.db.read().await?;
        let is_allowed = |method: &str| rule.is_some_and(|rule| rule.methods.contains(method));
        let known =
            |method: &str| model.is_some_and(|model| model.methods.iter().any(|known| known.name == method));
        let mut methods: Vec<(String, String, bool)> = model
            .iter()
            .flat_map(|model| model.methods.iter())
            .map(|method| (method.name.to_string(), method.label.to_string(), is_allowed(&method.name)))
            .collect();
        // One that was allowed and is gone can be unticked.
        let gone = rule.iter().flat_map(|rule| rule.methods.iter()).filter(|method| !known(method));
        methods.extend(gone.map(|method| (method.clone(), "No longer in Axanta".to_owned(), true)));
        Ok(PolicyForm {
            model: model.map_or_else(|| unknown(&wanted), |model| name(model)),
            description: model.map(|model| model.description.to_string()).unwrap_or_default(),
            fields: model
                .iter()
                .flat_map(|model| model.fields.iter())
                .filter(|field| field.name != "id")
                .map(|field| field.label.to_string())
                .collect(),
            policy: rule.map(|rule| policy(rule, model.map(|model| &**model))),
            refined: refine::shown(model.map(|model| &**model), rule),
            methods,
            seen: fingerprint(&rule.map(Rule::to_json)),
            changed_at: changed_at(conn.on(), &wanted).await?,
        })
    }
}

#[async_trait]
impl Policies for Desk {
    async fn list(&self, wish: Wish) -> Result<PolicyList, Refusal> {
        Ok(self.matrix(wish).await?)
    }

    async fn form(&self, model: String) -> Result<PolicyForm, Refusal> {
        Ok(self.one(model).await?)
    }

    async fn without(&self, search: String) -> Result<Vec<ModelName>, Refusal> {
        let (models, rules) = (self.models().await?, self.rules().await?);
        let mut names: Vec<ModelName> = models
            .iter()
            .filter(|model| rules.rule(&model.name).is_none())
            .map(|model| name(model))
            .filter(|model| matches(model, &search))
            .collect();
        sort(&mut names);
        Ok(names)
    }
}

fn name(model: &Model) -> ModelName {
    let kind = match model.kind {
        ModelKind::Business => Kind::Business,
        ModelKind::Reporting => Kind::Reporting,
        ModelKind::Technical => Kind::Technical,
    };
    ModelName { name: model.name.to_string(), label: model.label.to_string(), kind }
}

fn unknown(model: &str) -> ModelName {
    ModelName { name: model.to_owned(), label: model.to_owned(), kind: Kind::Unknown }
}

fn policy(rule: &Rule, model: Option<&Model>) -> page::Policy {
    page::Policy {
        allowed: Operation::ALL.map(|o| rule.allowed.contains(o)),
        active: rule.active,
        refined: rule.refinements.is_some(),
        fault: rule.fault().is_some(),
        idle: model.map(|model| rule.idle(model)).unwrap_or_default(),
    }
}

fn matches(model: &ModelName, search: &str) -> bool {
    let search = search.trim().to_lowercase();
    model.label.to_lowercase().contains(&search) || model.name.to_lowercase().contains(&search)
}

fn is_shown(model: &ModelName, rules: &Ruleset, show: &str) -> bool {
    match show {
        "without" => rules.rule(&model.name).is_none(),
        "restricted" => model.kind == Kind::Technical,
        "all" => true,
        _ => rules.rule(&model.name).is_some(),
    }
}

fn sort(names: &mut [ModelName]) {
    names.sort_by_cached_key(|model| (model.label.to_lowercase(), model.name.clone()));
}

/// Whether the boxes of the matrix don't change it: its form does.
const fn is_locked(kind: Kind) -> bool {
    matches!(kind, Kind::Technical | Kind::Unknown)
}

/// Fingerprint of what is stored for these models.
fn seen<'a>(rules: &Ruleset, models: impl Iterator<Item = &'a str>) -> String {
    fingerprint(&stored(rules, models))
}

fn stored<'a>(
    rules: &Ruleset,
    models: impl Iterator<Item = &'a str>,
) -> Vec<(&'a str, Option<serde_json::Value>)> {
    models.map(|model| (model, rules.rule(model).map(Rule::to_json))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_has_the_operations_of_the_policy() {
        let ours = Operation::ALL.map(|o| (o.name(), o.label()));
        assert_eq!(page::OPERATIONS.map(|o| (o.name, o.label)), ours);
    }
}
