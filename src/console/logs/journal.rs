//! What an entry of the log changed in the ERP, and the act that takes it back.

use app::pages::technical::logs::{Journalled, Other, PATH, UNDO, Undo};
use app::refusal::Refusal;
use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use super::super::Shared;
use super::super::differences::{Readable, shown};
use super::super::error::Problem;
use super::super::visitor::Visitor;
use crate::changes::{self, Change, ChangeError};
use crate::erp::{Caller, Difference, DifferenceKind, ErpError};
use crate::identity::User;
use crate::store::Conn;
use crate::web::Submission;

/// What the entry of that id changed, if it did, as the reader may see it.
pub(super) async fn of(
    console: &Shared,
    reader: &User,
    log_id: &str,
    offset: u64,
) -> Result<Option<Journalled>, Problem> {
    let state = &console.state;
    let mut conn = state.db.read().await?;
    let Some(change) = changes::of_log(conn.on(), log_id).await? else { return Ok(None) };
    let undoes = other(&mut conn, change.undoes.as_deref()).await?;
    let undone = other(&mut conn, change.undone_by.as_deref()).await?;
    let who = Caller::from(reader);
    let mut readable = Readable::by(state.services.erp.as_ref(), &who);
    readable.find(conn.on(), change.images.clone(), true).await?;
    drop(conn);
    let undo = match (undone, &change.lasting) {
        (Some(by), _) => Undo::Done(by),
        (None, Some(why)) => Undo::Lasting(why.clone()),
        (None, None) => possible(&change.differences),
    };
    Ok(Some(Journalled {
        what: what(&change, &readable),
        undo,
        undoes,
        differences: shown(&readable, change.differences, offset),
    }))
}

async fn other(conn: &mut Conn, id: Option<&str>) -> Result<Option<Other>, ChangeError> {
    let Some(id) = id else { return Ok(None) };
    let change = changes::by_id(conn.on(), id).await?;
    Ok(change.map(|change| Other { id: change.log_id, login: change.login, at: change.at }))
}

fn possible(differences: &[Difference]) -> Undo {
    let count = |kind| differences.iter().filter(|difference| difference.kind == kind).count();
    Undo::Possible {
        created: count(DifferenceKind::Created),
        changed: count(DifferenceKind::Changed),
        deleted: count(DifferenceKind::Deleted),
    }
}

/// What was changed, by its name where it is one record that the reader may read.
fn what(change: &Change, readable: &Readable<'_>) -> String {
    let own: Vec<_> = change.differences.iter().filter(|one| one.model == change.model).collect();
    match own.as_slice() {
        [] => change.model.clone(),
        [one] if !one.name.is_empty() && readable.shows(&one.model, one.id) => {
            format!("{} {}", one.label, one.name)
        }
        [one] => format!("{} {}", one.label, one.id),
        [first, ..] => format!("{} records of {}", own.len(), first.label),
    }
}

/// `POST /technical/mcp/logs/{id}/undo`
pub async fn undo(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let path = format!("{PATH}/{id}");
    let (who, login) = (Caller::from(&*visitor.user), visitor.user.login.as_str());
    let desk = &visitor.console.state.services.changes;
    let mut acting = visitor.begin().await?;
    let Some(change) = changes::of_log(acting.on(), &id).await? else {
        return Err(Refusal::NotFound("change".to_owned()).into());
    };
    let log_id = acting.log_id().to_owned();
    let error = match changes::undo(desk, acting.on(), (&who, login), &change.id, &log_id).await {
        Ok(change) => {
            let detail = json!({"change": change.id, "entry": id, "done_for": change.login});
            acting.upon(&change.model);
            acting.commit("change.undo", &change.model, detail).await?;
            return visitor.done(&path, "It is undone: the records are as they were before.").await;
        }
        Err(error) => error,
    };
    // Nothing of it stays.
    drop(acting);
    let why = match error {
        ChangeError::Erp(ErpError::Unavailable(_)) | ChangeError::Journal(_) | ChangeError::Unknown(_) => {
            return Err(error.into());
        }
        ChangeError::Erp(ErpError::Denied(step)) | ChangeError::Denied(step) => {
            format!("Nothing was undone: {}", step.message())
        }
        other => format!("{}.", other.to_string().trim_end_matches('.')),
    };
    sent = sent.of_form(UNDO);
    sent.wrong_in_all(why);
    visitor.again(&path, sent).await
}
