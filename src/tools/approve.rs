//! A change that a person approved, run as the one who asked for it, and decided anew.

use std::sync::Arc;
use std::time::Duration;

use super::{Context, Services, ToolError, admit, fetch, write};
use crate::audit::{Entry, Kind};
use crate::changes::{Answer, Approved, Asked, ChangeError};
use crate::erp::{Caller, What};
use crate::identity::Principal;
use crate::model::Complaint;
use crate::policy::{Permit, Quota, Wish, decide};
use crate::settings::Controls;
use crate::store::approvals::ApprovalRow;

/// A change that waits, as it would be asked for now.
struct Wished {
    context: Context,
    what: What,
    tool: &'static str,
    company_ids: Vec<i64>,
}

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
    let wished = Wished::of(services, controls, principal, row, request_id)?;
    let entry = Entry {
        kind: Kind::Call,
        tool: Some(wished.tool),
        model: Some(row.model.clone()),
        detail: Some(row.payload.clone()),
        reason: Some(format!("approved by {} ({})", approved.by.login, row.id)),
        ..wished.context.entry("tools/call")
    };
    let mut pending = services.audit.begin(entry).await?;
    let done = async {
        let permit = wished.permit(&row.model)?;
        let who = wished.who()?;
        Ok(services.changes.approve(&wished.asked(&permit, &who), &mut pending, approved).await?)
    };
    match done.await {
        Ok((answer, _)) => {
            pending.written(crate::audit::Outcome::Allowed);
            Ok(answer)
        }
        Err::<_, ToolError>(error) => {
            let said = error.to_string();
            pending.finish(|entry| match error.gate() {
                Some(step) => entry.refused(step),
                None => entry.failed(said),
            });
            Err(error)
        }
    }
}

/// What approving a change would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// It would run exactly as it was shown.
    AsShown,
    /// It would be shown anew: records changed since.
    Anew,
    /// It was not tried: it is large, or others are being done.
    Untried,
}

/// Most records of a change that is tried for whoever only looks at it.
const TRIED: usize = 200;
/// How long it may take to try it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Judges a change that waits as [`approve`] would, tries it and throws it away. `Err` is what would deny it.
pub async fn foresee(
    services: &Arc<Services>,
    controls: &Arc<Controls>,
    principal: Arc<Principal>,
    approved: &Approved<'_>,
) -> Result<Foreseen, ToolError> {
    let row = approved.row;
    let wished = Wished::of(services, controls, principal, row, "")?;
    let permit = wished.permit(&row.model)?;
    let who = wished.who()?;
    if wished.what.touches() > TRIED {
        return Ok(Foreseen::Untried);
    }
    let asked = wished.asked(&permit, &who);
    match tokio::time::timeout(PATIENCE, services.changes.foresee(&asked, approved)).await {
        Ok(tried) => Ok(if tried? { Foreseen::AsShown } else { Foreseen::Anew }),
        Err(_) => Ok(Foreseen::Untried),
    }
}

impl Wished {
    fn of(
        services: &Arc<Services>,
        controls: &Arc<Controls>,
        principal: Arc<Principal>,
        row: &ApprovalRow,
        request_id: &str,
    ) -> Result<Self, ToolError> {
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
            Complaint::new(format!(
                "this version has no tool {}, which the change was asked for by",
                row.tool
            ))
        })?;
        Ok(Self { context, what, tool, company_ids })
    }

    /// Passes the gates, as they stand now.
    fn permit(&self, model: &str) -> Result<Permit, ToolError> {
        let (context, what) = (&self.context, &self.what);
        fetch::is_connected(context).map_err(ToolError::Denied)?;
        admit(context, Quota::Within).map_err(ToolError::Denied)?;
        let wish = Wish { model: Some(model), operation: what.operation(), method: what.method() };
        let decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
        let permit = decision.permit().map_err(|step| ToolError::Denied(step.clone()))?;
        write::within_limits(context, permit, what)?;
        Ok(permit.clone())
    }

    fn who(&self) -> Result<Caller, ToolError> {
        Ok(self.context.caller(Some(&self.company_ids), None)?)
    }

    fn asked<'a>(&'a self, permit: &'a Permit, who: &'a Caller) -> Asked<'a> {
        Asked {
            tool: self.tool,
            what: &self.what,
            dry_run: false,
            idempotency_key: None,
            who,
            permit,
            principal: &self.context.principal,
            client: self.context.client.as_deref(),
            budget: super::page::budget(&self.context),
            most: self.context.controls.settings.max_records,
        }
    }
}
