//! A change that a person approved, run as the one who asked for it, and decided anew.

use std::sync::Arc;

use super::{Context, Services, ToolError, admit, write};
use crate::audit::{Entry, Kind};
use crate::changes::{Answer, Approved, Asked, ChangeError};
use crate::erp::{ErpError, What};
use crate::identity::Principal;
use crate::model::{Complaint, Operation};
use crate::policy::{Quota, Wish, decide};
use crate::settings::Controls;

/// Runs a change that waits, as `principal`, who asked for it and as they stand now. Everything that would be judged if
/// they asked now is judged: gates, policy, rights, record rules, limits.
pub async fn approve(
    services: &Arc<Services>,
    controls: &Arc<Controls>,
    principal: Arc<Principal>,
    approved: &Approved<'_>,
    request_id: &str,
) -> Result<Answer, ToolError> {
    approved.check()?;
    let row = approved.row;
    let context = Context {
        services: Arc::clone(services),
        controls: Arc::clone(controls),
        principal,
        request_id: request_id.to_owned(),
        client: row.client.clone(),
        session: None,
    };
    let what: What = serde_json::from_str(&row.payload).map_err(ChangeError::from)?;
    let company_ids: Vec<i64> = serde_json::from_str(&row.company_ids).map_err(ChangeError::from)?;
    let tool = super::ALL.into_iter().find(|tool| tool.name == row.tool);
    let tool = tool.map(|tool| tool.name).ok_or_else(|| {
        Complaint::new(format!("this version has no tool {}, which the change was asked for by", row.tool))
    })?;
    let entry = Entry {
        kind: Kind::Call,
        tool: Some(tool),
        model: Some(row.model.clone()),
        detail: Some(row.payload.clone()),
        reason: Some(format!("approved by {} ({})", approved.by.login, row.id)),
        ..context.entry("tools/call")
    };
    let mut pending = services.audit.begin(entry).await?;
    let done = run(&context, &what, (tool, &company_ids), &mut pending, approved).await;
    match done {
        Ok(answer) => {
            pending.written(crate::audit::Outcome::Allowed);
            Ok(answer)
        }
        Err(error) => {
            let said = error.to_string();
            pending.finish(|entry| match &error {
                ToolError::Denied(step) | ToolError::Erp(ErpError::Denied(step)) => entry.refused(step),
                _ => entry.failed(said),
            });
            Err(error)
        }
    }
}

async fn run(
    context: &Context,
    what: &What,
    (tool, company_ids): (&'static str, &[i64]),
    pending: &mut crate::audit::Pending,
    approved: &Approved<'_>,
) -> Result<Answer, ToolError> {
    admit(context, Quota::Within).map_err(ToolError::Denied)?;
    let operation: Operation = what.operation();
    let wish = Wish { model: Some(&approved.row.model), operation, method: what.method() };
    let decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
    let permit = decision.permit().map_err(|step| ToolError::Denied(step.clone()))?;
    write::within_limits(context, permit, what)?;
    let who = context.caller(Some(company_ids), None)?;
    let asked = Asked {
        tool,
        what,
        dry_run: false,
        idempotency: None,
        who: &who,
        permit,
        principal: &context.principal,
        client: context.client.as_deref(),
        budget: super::page::budget(context),
    };
    let (answer, _) = context.services.changes.approve(&asked, pending, approved).await?;
    Ok(answer)
}
