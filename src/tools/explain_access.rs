//! `explain_access`: every gate between this connection and an operation, with its verdict.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Context, Output, Tool, ToolError, reading, tool};
use crate::audit::Pending;
use crate::model::Operation;
use crate::policy::{Permit, Quota, Step, Verdict, Wish, decide};

pub(super) static TOOL: Tool = tool::<Arguments>("explain_access", None, || {
    reading::<Arguments>(
        "explain_access",
        "Explain access",
        "Says whether this connection may do an operation on a model, which gate decides, and who can change it.",
        json!({
            "type": "object",
            "properties": {
                "model": {"type": "string"},
                "operation": {"type": "string"},
                "allowed": {"type": "boolean"},
                "gate": {"type": "string", "description": "The gate that denies"},
                "message": {"type": "string"},
                "refinements": {"type": "array", "items": {"type": "string"}, "description": "What the model's policy limits besides"},
                "steps": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "gate": {"type": "string"},
                        "verdict": {"type": "string", "enum": ["passed", "failed", "left_to_erp"]},
                        "reason": {"type": "string"}
                    },
                    "required": ["gate", "verdict", "reason"]
                }}
            },
            "required": ["model", "operation", "allowed", "message", "steps"]
        }),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. res.partner
    #[schemars(extend("examples" = ["res.partner"]))]
    model: String,
    /// One of read, create, write, delete, `method_call`, export, report
    #[schemars(extend("examples" = ["write"]))]
    operation: String,
    /// Method, where the operation is `method_call`
    #[serde(default)]
    method: Option<String>,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Serialize)]
struct Reply<'a> {
    model: &'a str,
    operation: Operation,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refinements: Vec<String>,
    steps: &'a [Step],
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: None, operation: Operation::Read, method: None }
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    async fn run(&self, context: &Context, _: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let operation: Operation = self.operation.to_lowercase().parse().map_err(|error| {
            crate::model::Complaint::new(format!("{error}"))
                .near(&self.operation, Operation::ALL.map(Operation::name))
                .example(json!({"model": self.model, "operation": "write"}).to_string())
        })?;
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        let wish = Wish { model: Some(&self.model), operation, method: self.method.as_deref() };
        let mut refinements = Vec::new();
        let mut decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
        if decision.permit().is_ok() {
            let model = context.services.erp.model(&self.model).await?;
            refinements = context.controls.rules.sentences(&model);
            for step in context.services.erp.judge(&who, &model, operation).await? {
                let failed = step.verdict == Verdict::Failed;
                decision = decision.then(step);
                if failed {
                    break;
                }
            }
        }
        let (allowed, gate, message) = match decision.permit() {
            Ok(_) => (true, None, format!("{operation} on {} is allowed.", self.model)),
            Err(step) => (false, Some(step.gate.name()), step.message()),
        };
        let mut text = message.clone();
        for said in &refinements {
            text.push(' ');
            text.push_str(said);
        }
        let steps = &decision.steps;
        let reply = Reply { model: &self.model, operation, allowed, gate, message, refinements, steps };
        Ok(Output::new(&reply, text, None)?)
    }
}
