//! The form of one policy, as it is sent.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::error::Problem;
use super::super::seen::unchanged;
use super::super::visitor::Visitor;
use crate::model::{Complaint, Model, ModelKind, Operation};
use crate::policy::Rule;
use crate::settings::{load_rules, remove_rule, set_rule};
use crate::web::Submission;
use app::pages::technical::policies::{PATH, SEARCH};
use app::refusal::Refusal;

const NEW: &str = "/technical/mcp/policies/new";

/// `POST /technical/mcp/policies/new`
pub async fn create(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let name = sent.text("model").to_owned();
    let models = visitor.console.state.services.erp.models().await?;
    if sent.text("act") == SEARCH {
        return Ok(visitor.anew(NEW, sent).await);
    }
    let mut acting = visitor.begin().await?;
    let rules = load_rules(acting.on()).await?;
    let Some(model) = models.iter().find(|model| *model.name == *name) else {
        let problem = if name.is_empty() {
            "Choose the model that the policy is for.".to_owned()
        } else {
            let known = models.iter().map(|model| model.name.as_ref());
            Complaint::new(format!("There is no model {name}")).near(&name, known).to_string()
        };
        sent.wrong("model", problem);
        drop(acting);
        return visitor.again(NEW, sent).await;
    };
    if rules.rule(&name).is_some() {
        sent.wrong("model", format!("{} has a policy already: open it in Model Policies.", model.label));
        drop(acting);
        return visitor.again(NEW, sent).await;
    }
    let known = model;
    let model = Subject::of(model);
    let mut rule = read(&mut sent, &model, None);
    let erp = &*visitor.console.state.services.erp;
    rule.refinements = super::refine::read(&mut sent, erp, Some(&**known), rule.refinements.take());
    if !sent.is_right() || is_one_step_short(&mut sent, model.kind, &rule, None) {
        drop(acting);
        // The form of that model says what would be exposed, and has the box for the second step.
        let path = if rule.exposes_more(None) && model.kind == ModelKind::Technical {
            format!("{PATH}/{name}")
        } else {
            NEW.to_owned()
        };
        return visitor.again(&path, sent).await;
    }
    set_rule(acting.on(), &rule, visitor.console.state.clock.millis()).await?;
    acting.commit("policy.set", &name, detail(None, &rule, model.kind)).await?;
    if rule.allowed.contains(Operation::MethodCall) && !model.methods.is_empty() && rule.methods.is_empty() {
        let said = format!("The policy of {} is made. Now tick the methods that may be called.", model.label);
        return visitor.done(&format!("{PATH}/{name}"), said).await;
    }
    let next = next(&rule, Some(&**known));
    visitor.done(&next, format!("The policy of {} is made; it holds for the next call.", model.label)).await
}

/// What comes after a policy is stored: its form, where it has something to say of it, or else the list.
fn next(rule: &Rule, model: Option<&Model>) -> String {
    let idle = model.is_some_and(|model| !rule.idle(model).is_empty());
    if idle { format!("{PATH}/{}", rule.model) } else { PATH.to_owned() }
}

/// `POST /technical/mcp/policies/{model}`
pub async fn save(
    visitor: Visitor,
    Path(name): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let models = visitor.console.state.services.erp.models().await?;
    let model = models.iter().find(|model| *model.name == *name);
    let mut acting = visitor.begin().await?;
    let rules = load_rules(acting.on()).await?;
    let before = rules.rule(&name);
    if model.is_none() && before.is_none() {
        return Err(Refusal::NotFound(format!("model {name}")).into());
    }
    unchanged(&mut sent, &before.map(Rule::to_json));
    let known = model.map(|model| &**model);
    let model = model.map_or_else(|| Subject::gone(&name), |model| Subject::of(model));
    let mut rule = read(&mut sent, &model, before);
    let erp = &*visitor.console.state.services.erp;
    rule.refinements = super::refine::read(&mut sent, erp, known, rule.refinements.take());
    if !sent.is_right() || is_one_step_short(&mut sent, model.kind, &rule, before) {
        drop(acting);
        return visitor.again(&format!("{PATH}/{name}"), sent).await;
    }
    if before == Some(&rule) {
        drop(acting);
        return visitor.done(PATH, "Nothing was changed.").await;
    }
    set_rule(acting.on(), &rule, visitor.console.state.clock.millis()).await?;
    acting.commit("policy.set", &name, detail(before, &rule, model.kind)).await?;
    let next = next(&rule, known);
    visitor.done(&next, format!("The policy of {} is saved; it holds for the next call.", model.label)).await
}

/// `POST /technical/mcp/policies/{model}/delete`
pub async fn delete(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let rules = load_rules(acting.on()).await?;
    let Some(rule) = rules.rule(&name) else {
        drop(acting);
        return visitor.done(PATH, format!("{name} has no policy any more.")).await;
    };
    remove_rule(acting.on(), &name).await?;
    acting.commit("policy.remove", &name, json!({"from": rule.to_json()})).await?;
    let said = format!("The policy of {name} is deleted; nothing of it is exposed any more.");
    visitor.done(PATH, said).await
}

/// What of a model matters to its policy.
struct Subject {
    name: String,
    label: String,
    kind: ModelKind,
    methods: Vec<String>,
}

impl Subject {
    fn of(model: &Model) -> Self {
        Self {
            name: model.name.to_string(),
            label: model.label.to_string(),
            kind: model.kind,
            methods: model.methods.iter().map(|method| method.name.to_string()).collect(),
        }
    }

    /// A model that Axanta no longer has: what it is can't be known, so it is restricted.
    fn gone(name: &str) -> Self {
        let name = name.to_owned();
        Self { label: name.clone(), name, kind: ModelKind::Technical, methods: Vec::new() }
    }
}

/// The policy that was ticked together.
fn read(sent: &mut Submission, model: &Subject, before: Option<&Rule>) -> Rule {
    let allowed: Vec<Result<Operation, _>> = sent.all("allow").map(str::parse).collect();
    if let Some(Err(unknown)) = allowed.iter().find(|operation| operation.is_err()) {
        sent.wrong("allow", unknown.to_string());
    }
    let methods: Vec<String> = sent.all("method").map(str::to_owned).collect();
    for method in &methods {
        let is_known =
            model.methods.contains(method) || before.is_some_and(|rule| rule.methods.contains(method));
        if !is_known {
            sent.wrong("method", format!("{} has no method {method}.", model.name));
        }
    }
    let kept = before.cloned().unwrap_or_else(|| Rule::new(&model.name));
    Rule {
        allowed: allowed.into_iter().filter_map(Result::ok).collect(),
        methods: methods.into_iter().collect(),
        active: sent.ticked("active"),
        ..kept
    }
}

/// Whether a restricted model would be exposed without the second, explicit step; says so in the form.
fn is_one_step_short(sent: &mut Submission, kind: ModelKind, rule: &Rule, before: Option<&Rule>) -> bool {
    let short = kind == ModelKind::Technical && rule.exposes_more(before) && !sent.ticked("restricted_model");
    if short {
        sent.wrong("restricted_model", "Nothing was saved yet. Tick this to expose it all the same.");
    }
    short
}

fn detail(before: Option<&Rule>, rule: &Rule, kind: ModelKind) -> Value {
    let mut detail = json!({"from": before.map(Rule::to_json), "to": rule.to_json()});
    if kind == ModelKind::Technical
        && rule.exposes_more(before)
        && let Some(detail) = detail.as_object_mut()
    {
        detail.insert("restricted_model".to_owned(), Value::Bool(true));
    }
    detail
}
