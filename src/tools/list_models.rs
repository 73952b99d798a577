//! `list_models`: the models this connection can use, and for what.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Context, Output, Tool, ToolError, call, page, reading, tool};
use crate::audit::Pending;
use crate::model::{Model, ModelKind, Operation};
use crate::policy::{Permit, Wish};

pub(super) static TOOL: Tool = tool::<Arguments>("list_models", None, || {
    reading::<Arguments>(
        "list_models",
        "List models",
        "Lists the models that this connection can use, with what it may do with each. Models that no policy \
         exposes, or that the user has no access right to, are not listed.",
        json!({
            "type": "object",
            "properties": {"models": {"type": "array", "items": {
                "type": "object",
                "properties": {
                    "model": {"type": "string"},
                    "name": {"type": "string", "description": "What people call it"},
                    "description": {"type": "string"},
                    "reporting": {"type": "boolean", "description": "Made for analytical questions"},
                    "operations": {"type": "array", "items": {"type": "string"}},
                    "refinements": {"type": "array", "items": {"type": "string"}, "description": "What its policy limits besides"}
                },
                "required": ["model", "name", "operations"]
            }},
            "has_more": {"type": "boolean"},
            "next_offset": {"type": "integer", "description": "Offset of the next page, where there is one"},
            "notes": {"type": "array", "items": {"type": "string"}, "description": "What was cut"}},
            "required": ["models", "has_more"]
        }),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Only models whose name, label or description contains this text
    #[serde(default)]
    #[schemars(extend("examples" = ["sales"]))]
    query: Option<String>,
    /// Models to leave out first: `next_offset` of the page before
    #[serde(default)]
    offset: Option<i64>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Serialize)]
struct Reply<'a> {
    models: &'a [ModelReply<'a>],
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
struct ModelReply<'a> {
    model: &'a str,
    name: &'a str,
    description: &'a str,
    reporting: bool,
    operations: Vec<Operation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refinements: Vec<String>,
}

fn matches(model: &Model, query: Option<&str>) -> bool {
    let Some(query) = query.map(str::trim).filter(|q| !q.is_empty()) else { return true };
    let query = query.to_lowercase();
    [&model.name, &model.label, &model.description].iter().any(|text| text.to_lowercase().contains(&query))
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: None, operation: Operation::Read, method: None }
    }

    fn model(&self) -> Option<&str> {
        None
    }

    async fn run(&self, context: &Context, _: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let who = context.caller(None, self.lang.as_deref())?;
        let erp = &context.services.erp;
        let all = erp.models().await?;
        let mut models = Vec::new();
        for model in all.iter().filter(|m| matches(m, self.query.as_deref())) {
            let mut operations = Vec::new();
            for operation in context.useful(model) {
                let judged = erp.judge(&who, model, operation).await?;
                if call::first_failed(&judged).is_none() {
                    operations.push(operation);
                }
            }
            if !operations.is_empty() {
                models.push(ModelReply {
                    model: &model.name,
                    name: &model.label,
                    description: &model.description,
                    reporting: model.kind == ModelKind::Reporting,
                    operations,
                    refinements: context.controls.rules.sentences(model),
                });
            }
        }
        let listed = page::list(&models, page::offset(self.offset)?, page::budget(context))?;
        let rows = u32::try_from(listed.items.len()).ok();
        let text = match models.as_slice() {
            [] => "No model is open to this connection. Model policies are set in Technical > MCP > Model Policies; \
                   explain_access says what is missing."
                .to_owned(),
            some => format!("{} models are open to this connection.", some.len()),
        };
        let reply = Reply {
            models: listed.items,
            has_more: listed.next.is_some(),
            next_offset: listed.next,
            notes: listed.note.into_iter().collect(),
        };
        Ok(Output::new(&reply, text, rows)?)
    }
}
