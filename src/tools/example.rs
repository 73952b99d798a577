//! A call that would be right: of the tool that was called, on the model that was named, with fields that exist for
//! whoever calls.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Context, Tool};
use crate::erp::{Erp, Ungiven};
use crate::model::{Field, FieldKind, Model};
use crate::policy::Ruleset;

/// Fields of the example, where several are asked for.
const FIELDS: usize = 3;

/// The arguments of such a call, as JSON. Where no model was named that the caller may know of, it is on another one.
pub async fn of(context: &Context, tool: &Tool, arguments: Option<&RawValue>) -> String {
    let schema = &tool.definition().input_schema;
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return "{}".to_owned();
    };
    let is_required = |name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let model = named(context, arguments).await;
    let mut call = Map::new();
    for (name, schema) in properties {
        let usual = schema.get("examples").and_then(Value::as_array).and_then(|all| all.first()).cloned();
        let Some(usual) = usual else { continue };
        let value = match &model {
            None => Some(usual),
            Some(model) => {
                let sample =
                    Sample { model, rules: &context.controls.rules, erp: context.services.erp.as_ref() };
                match sample.of(name) {
                    Sampled::As(value) => Some(value),
                    Sampled::Usual => Some(usual),
                    Sampled::Nothing => is_required(name).then_some(usual),
                }
            }
        };
        call.extend(value.map(|value| (name.clone(), value)));
    }
    Value::Object(call).to_string()
}

/// The model that the arguments name, if this connection may do anything with it.
async fn named(context: &Context, arguments: Option<&RawValue>) -> Option<std::sync::Arc<Model>> {
    let given: Value = serde_json::from_str(arguments?.get()).ok()?;
    let name = given.get("model")?.as_str()?;
    context.operations(name).next()?;
    context.services.erp.model(name).await.ok()
}

/// What an example has for an argument.
enum Sampled {
    As(Value),
    /// What the schema says: it does not depend on the model.
    Usual,
    /// The model has nothing of the kind.
    Nothing,
}

struct Sample<'a> {
    model: &'a Model,
    rules: &'a Ruleset,
    erp: &'a dyn Erp,
}

impl<'a> Sample<'a> {
    fn of(&self, argument: &str) -> Sampled {
        let found = match argument {
            "model" => Some(json!(self.model.name)),
            "domain" => self.filter(),
            "fields" => Some(json!(self.usual().take(FIELDS).map(|f| f.name.as_ref()).collect::<Vec<_>>())),
            "group_by" => self.group().map(|key| json!([key])),
            "aggregates" => {
                let field = self.usual().find(|field| field.aggregator.is_some());
                field.and_then(|field| Some(json!([format!("{}:{}", field.name, field.aggregator?.name())])))
            }
            "records" => Some(json!([self.values(true)])),
            "values" => Some(self.values(false)),
            "method" => {
                let rule = self.rules.rule(&self.model.name);
                let mut methods = self.model.methods.iter().map(|method| method.name.as_ref());
                methods
                    .find(|method| rule.is_some_and(|rule| rule.methods.contains(*method)))
                    .map(|m| json!(m))
            }
            "report" => self.model.reports.first().map(|report| json!(report.name)),
            _ => return Sampled::Usual,
        };
        found.map_or(Sampled::Nothing, Sampled::As)
    }

    /// Fields that exist for the caller, the significant ones first.
    fn usual(&self) -> impl Iterator<Item = &'a Field> {
        let (model, rules) = (self.model, self.rules);
        let is_significant = move |field: &&Field| model.significant.contains(&field.name);
        let shown = move || rules.fields(model).filter(|field| field.name != "id" && !field.kind.is_x2many());
        shown().filter(is_significant).chain(shown().filter(move |field| !is_significant(field)))
    }

    fn filter(&self) -> Option<Value> {
        let day = |field: &&Field| matches!(field.kind, FieldKind::Date | FieldKind::Datetime);
        if let Some(field) = self.usual().filter(|field| field.searchable).find(day) {
            return Some(json!([[field.name, ">=", "2026-07-01"]]));
        }
        let choice = |field: &&Field| matches!(field.kind, FieldKind::Selection(_) | FieldKind::Char);
        let field = self.usual().filter(|field| field.searchable).find(choice)?;
        let operator = if matches!(field.kind, FieldKind::Char) { "ilike" } else { "=" };
        Some(json!([[field.name, operator, value(field)]]))
    }

    fn group(&self) -> Option<String> {
        let field = self.usual().find(|field| {
            field.groupable
                && !matches!(field.kind, FieldKind::Char | FieldKind::Integer | FieldKind::Boolean)
        })?;
        let days = matches!(field.kind, FieldKind::Date | FieldKind::Datetime);
        Some(if days { format!("{}:month", field.name) } else { field.name.to_string() })
    }

    /// What a new record needs, or one value that can be changed.
    fn values(&self, new: bool) -> Value {
        let may_be_set = |field: &&Field| !field.readonly;
        let mut fields: Vec<&Field> = Vec::new();
        if new {
            let needed = |field: &&Field| self.erp.ungiven(self.model, field) == Ungiven::Refused;
            fields = self.usual().filter(needed).collect();
        }
        if fields.is_empty() {
            fields = self.usual().filter(may_be_set).take(1).collect();
        }
        let values = fields.into_iter().map(|field| (field.name.to_string(), value(field)));
        Value::Object(values.collect())
    }
}

/// A value that a field may have.
fn value(field: &Field) -> Value {
    match &field.kind {
        FieldKind::Char | FieldKind::Text => json!("text"),
        FieldKind::Integer => json!(1),
        FieldKind::Float { .. } | FieldKind::Monetary { .. } => json!(12.5),
        FieldKind::Boolean => json!(true),
        FieldKind::Date => json!("2026-10-05"),
        FieldKind::Datetime => json!("2026-10-05 14:30:00"),
        FieldKind::Selection(choices) => json!(choices.first().map(|(value, _)| value)),
        FieldKind::Many2one { .. } => json!(7),
        FieldKind::One2many { .. } | FieldKind::Many2many { .. } => json!([]),
    }
}
