//! The one way to run a tool: find it, understand its arguments, decide, run, log.

use serde_json::value::RawValue;

use super::{ALL, Action, Answer, Context, Output, Tool, ToolError, example};
use crate::audit::{Entry, Kind, LogUnavailable, Outcome, Pending};
use crate::erp::ErpError;
use crate::files::FilesError;
use crate::model::{Complaint, Model, Operation, complaint};
use crate::policy::{Gate, Quota, Step, Verdict, Wish, decide};
use crate::reports::ReportError;

/// No tool of that name.
#[derive(Debug, thiserror::Error)]
#[error("unknown tool `{name}`{}", nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
pub struct UnknownTool {
    /// As it was called.
    pub name: String,
    /// The tool with the nearest name.
    pub nearest: Option<String>,
}

/// Judges the gates that refuse a request as a whole: MCP Server, key, rate limit, user, group. `quota` is
/// [`Quota::Within`] for requests that do not count. `Err` is the gate that is shut.
pub fn admit(context: &Context, quota: Quota) -> Result<(), Step> {
    let wish = Wish { model: None, operation: Operation::Read, method: None };
    let decision = decide(&context.request(wish, quota), &context.controls.rules);
    decision.permit().map(drop).map_err(Step::clone)
}

/// The tools this principal is shown: those that scope and some policy give them.
pub fn listed(context: &Context) -> impl Iterator<Item = &'static Tool> {
    ALL.into_iter().filter(|tool| tool.operation.is_none_or(|operation| context.may_somewhere(operation)))
}

/// The tool of that name, and the operation that it needs on some model, if it needs one.
pub fn operation(name: &str) -> Option<(&'static str, Operation)> {
    let tool = ALL.into_iter().find(|tool| tool.name == name)?;
    Some((tool.name, tool.operation?))
}

/// Runs the tool `name` for a request that was admitted ([`admit`]), and logs it. `Err` only where there is no
/// such tool; everything the model can act on is an answer with `is_error`.
pub async fn call(
    context: &Context,
    name: &str,
    arguments: Option<&RawValue>,
) -> Result<Result<Answer, LogUnavailable>, UnknownTool> {
    let Some(tool) = ALL.into_iter().find(|tool| tool.name == name) else {
        return Err(UnknownTool {
            name: name.to_owned(),
            nearest: complaint::nearest(name, ALL.map(|tool| tool.name)).into_iter().next(),
        });
    };
    let entry = Entry {
        kind: Kind::Call,
        tool: Some(tool.name),
        detail: arguments.map(|raw| raw.get().to_owned()),
        ..context.entry("tools/call")
    };
    let mut pending = match context.services.audit.begin(entry).await {
        Ok(pending) => pending,
        Err(unavailable) => return Ok(Err(unavailable)),
    };
    let result = run(context, tool, arguments, &mut pending).await;
    Ok(Ok(finish(pending, result)))
}

async fn run(
    context: &Context,
    tool: &Tool,
    arguments: Option<&RawValue>,
    pending: &mut Pending,
) -> Result<Output, ToolError> {
    let action = match (tool.parse)(tool, arguments) {
        Ok(action) => action,
        Err(complaint) => return Err(complaint.example(example::of(context, tool, arguments).await).into()),
    };
    pending.note(|entry| {
        entry.model = action.model().map(str::to_owned);
        entry.target = action.target();
    });
    must_exist(context, action.as_ref()).await?;
    let decision = decide(&context.request(action.wish(context), Quota::Within), &context.controls.rules);
    let permit = decision.permit().map_err(|step| ToolError::Denied(step.clone()))?;
    action.run(context, permit, pending).await
}

/// A model that the ERP does not have is a mistake to mend, not a matter of rights. Only names that this
/// principal may read are suggested.
async fn must_exist(context: &Context, action: &dyn Action) -> Result<(), ToolError> {
    let Some(name) = action.model() else { return Ok(()) };
    match context.services.erp.model(name).await {
        Ok(model) => method_exists(context, action, &model),
        Err(ErpError::UnknownModel(mut complaint)) => {
            let known = context.controls.rules.models_allowing(Operation::Read);
            complaint.nearest = complaint::nearest(name, known);
            complaint.example.get_or_insert_with(|| "list_models {} lists the models you can use".to_owned());
            Err(ToolError::Erp(ErpError::UnknownModel(complaint)))
        }
        Err(other) => Err(other.into()),
    }
}

/// So is a method that the model does not have; only those that policy lets be called are suggested.
fn method_exists(context: &Context, action: &dyn Action, model: &Model) -> Result<(), ToolError> {
    let Some(method) = action.wish(context).method else { return Ok(()) };
    if model.methods.iter().any(|known| known.name == method) {
        return Ok(());
    }
    let rule = context.controls.rules.rule(&model.name);
    let callable = rule.iter().flat_map(|rule| rule.methods.iter()).map(String::as_str);
    Err(Complaint::new(format!("{} has no business method `{method}`", model.name))
        .near(method, callable)
        .example(format!(r#"describe_model {{"model":"{}"}} lists the methods you may call"#, model.name))
        .into())
}

fn finish(pending: Pending, result: Result<Output, ToolError>) -> Answer {
    match result {
        Ok(output) => {
            let answered = output.structured.get().len() + output.text.len();
            let bytes = output.moved.and_then(|moved| usize::try_from(moved).ok()).unwrap_or(answered);
            match output.logged {
                Some(outcome) => pending.written(outcome),
                None => pending.finish(|entry| {
                    entry.outcome = Outcome::Allowed;
                    entry.rows = output.rows;
                    entry.bytes = Some(bytes);
                }),
            }
            Answer { structured: Some(output.structured), text: output.text, is_error: false }
        }
        Err(error) => {
            let text = error.to_string();
            pending.finish(|entry| {
                entry.bytes = Some(text.len());
                match error.gate() {
                    Some(step) => entry.refused(step),
                    None => entry.failed(text.clone()),
                }
            });
            if let ToolError::Erp(ErpError::Unavailable(cause)) = &error {
                tracing::error!(%cause, "the ERP could not answer");
            }
            if let ToolError::Report(fault @ (ReportError::Typesetting(_) | ReportError::Answer(_))) = &error
            {
                tracing::error!(cause = ?fault, "a document could not be printed");
            }
            if let ToolError::Files(
                cause @ (FilesError::Random(_) | FilesError::Database(_) | FilesError::Sheet(_)),
            ) = &error
            {
                tracing::error!(%cause, "a file could not be stored");
            }
            Answer { structured: None, text, is_error: true }
        }
    }
}

/// The step that denies, of those the ERP judged; access rights and record rules, in order.
pub(super) fn first_failed(steps: &[Step]) -> Option<&Step> {
    Gate::ALL.iter().find_map(|gate| steps.iter().find(|s| s.gate == *gate && s.verdict == Verdict::Failed))
}
