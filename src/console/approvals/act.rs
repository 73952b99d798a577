//! A change that waits, approved or refused.

use std::sync::Arc;

use app::pages::technical::approvals::{PATH, SEEN, WORD};
use app::refusal::Refusal;
use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use super::super::error::Problem;
use super::super::visitor::Visitor;
use super::outlook;
use crate::audit::Actor;
use crate::changes::{self, Approved, ChangeError};
use crate::erp::ErpError;
use crate::store::approvals::{self, ApprovalRow};
use crate::tools::{self, ToolError};
use crate::web::Submission;

/// `POST /technical/mcp/approvals/{id}/approve`
pub async fn approve(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let state = &visitor.console.state;
    let row = find(&visitor, &id).await?;
    let path = format!("{PATH}/{id}");
    let word = word(&mut sent);
    if !sent.is_right() {
        return visitor.again(&path, sent).await;
    }
    let Some(principal) = outlook::asker(state, &row).await? else {
        sent.wrong_in_all(format!("Nothing was changed: {}", outlook::gone(&row)));
        return visitor.again(&path, sent).await;
    };
    // What holds now decides, and not what held a second ago.
    let controls = state.current.refresh().await?;
    let by = Actor { user_id: Some(visitor.user.id), login: visitor.user.login.clone() };
    let seen = sent.text(SEEN).to_owned();
    let approved = Approved { row: &row, by: &by, word: word.as_deref(), seen: Some(&seen) };
    let request = visitor.request_id();
    match tools::approve(&state.services, &controls, Arc::new(principal), &approved, &request).await {
        Ok(_) => visitor.done(&path, "It is approved, and done.").await,
        Err(error) => {
            sent.wrong_in_all(said(&error, &row));
            visitor.again(&path, sent).await
        }
    }
}

/// `POST /technical/mcp/approvals/{id}/refuse`
pub async fn refuse(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let path = format!("{PATH}/{id}");
    let row = find(&visitor, &id).await?;
    let word = word(&mut sent);
    if !sent.is_right() {
        return visitor.again(&path, sent).await;
    }
    let clock = &visitor.console.state.clock;
    let by = (visitor.user.id, visitor.user.login.as_str());
    let mut acting = visitor.begin().await?;
    match changes::refuse(&mut acting, clock, &id, by, word.as_deref()).await {
        Ok(()) => {
            let detail = json!({"model": row.model, "asked_by": row.login, "word": word});
            acting.commit("approval.refuse", &id, detail).await?;
            visitor.done(&path, "It is refused; nothing was changed.").await
        }
        Err(ChangeError::Asked(complaint)) => {
            drop(acting);
            sent.wrong_in_all(complaint.to_string());
            visitor.again(&path, sent).await
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn find(visitor: &Visitor, id: &str) -> Result<ApprovalRow, Problem> {
    let mut conn = visitor.console.state.db.read().await?;
    let row = approvals::by_id(conn.on(), id).await?;
    row.ok_or_else(|| Refusal::NotFound("change".to_owned()).into())
}

/// What is said with the decision, if anything. Where it is too long, the form says so and nothing is decided.
fn word(sent: &mut Submission) -> Option<String> {
    let word = sent.lines("word").trim().to_owned();
    if word.chars().count() > WORD as usize {
        sent.wrong_in_all(format!("Nothing was decided: the word has more than {WORD} characters."));
    }
    Some(word).filter(|word| !word.is_empty())
}

/// Why it was not done, to the one who approves.
fn said(error: &ToolError, row: &ApprovalRow) -> String {
    match error {
        ToolError::Erp(ErpError::Unavailable(cause)) => {
            tracing::error!(error = cause as &dyn std::error::Error, "an approved change could not be done");
            "Nothing was changed: the business database could not answer. Try again in a moment.".to_owned()
        }
        ToolError::Change(ChangeError::Unknown(cause)) => {
            tracing::error!(error = cause as &dyn std::error::Error, "an approved change may not be written");
            "The database did not answer whether the change was written. Look at the state of this page before you \
             approve it again: once it is written, it is approved."
                .to_owned()
        }
        complaint @ ToolError::Arguments(_) => outlook::why(complaint, row),
        other => format!("Nothing was changed. {}", outlook::why(other, row)),
    }
}
