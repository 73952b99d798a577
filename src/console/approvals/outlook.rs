//! What approving a change would come to, told before anybody presses Approve.

use std::sync::Arc;

use app::pages::technical::approvals::Outlook;

use super::super::error::Problem;
use crate::audit::Actor;
use crate::changes::{Approved, ChangeError};
use crate::erp::{ErpError, listed};
use crate::identity::{Principal, User};
use crate::policy::Step;
use crate::state::AppState;
use crate::store::approvals::ApprovalRow;
use crate::tools::{self, Foreseen, ToolError};

/// Judged, tried and thrown away, as it stands now for whoever asked.
pub(super) async fn of(state: &AppState, row: &ApprovalRow, reader: &User) -> Result<Outlook, Problem> {
    let Some(principal) = asker(state, row).await? else { return Ok(Outlook::Shut(gone(row))) };
    let controls = state.current.refresh().await?;
    let by = Actor { user_id: Some(reader.id), login: reader.login.clone() };
    let approved = Approved { row, by: &by, word: None, seen: None };
    let foreseen = tools::foresee(&state.services, &controls, Arc::new(principal), &approved).await;
    Ok(match foreseen {
        Ok(Foreseen::AsShown) => Outlook::AsShown,
        Ok(Foreseen::Anew) => Outlook::Anew,
        // What fails just now is no reason, and is told where it matters.
        Ok(Foreseen::Untried)
        | Err(ToolError::Erp(ErpError::Unavailable(_) | ErpError::TooSlow(_) | ErpError::Busy)) => {
            Outlook::Untried
        }
        // The form itself says that somebody else has to approve.
        Err(_) if approved.check().is_err() => Outlook::Untried,
        Err(error) => Outlook::Shut(why(&error, row)),
    })
}

/// Whoever asked, as they stand now; `None` where nobody can be judged by their rights any more.
pub(super) async fn asker(state: &AppState, row: &ApprovalRow) -> Result<Option<Principal>, Problem> {
    let principal = Principal::of(&state.db, &row.key_id, row.grant_id.as_deref()).await?;
    Ok(principal.filter(|principal| principal.user.id == row.user_id))
}

/// That nobody can be judged any more.
pub(super) fn gone(row: &ApprovalRow) -> String {
    format!(
        "{}, the key {} or its connection is not there any more, so that nobody can be judged by their rights.",
        row.login, row.key_name
    )
}

/// Why it is not done, to the one who approves.
pub(super) fn why(error: &ToolError, row: &ApprovalRow) -> String {
    let denied = |step: &Step| format!("{} may not do it any more: {}", row.login, step.message());
    match error {
        missing @ ToolError::Erp(ErpError::MissingRecords { model, ids, .. }) => match missing.gate() {
            Some(step) => denied(step),
            None => format!("{model} {} is not there any more.", listed(ids)),
        },
        ToolError::Denied(step)
        | ToolError::Erp(ErpError::Denied(step))
        | ToolError::Change(ChangeError::Denied(step)) => denied(step),
        other => format!("{}.", other.to_string().trim_end_matches('.')),
    }
}
