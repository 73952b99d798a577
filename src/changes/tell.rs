//! What is told of a change to whoever asked for it.

use serde_json::value::to_raw_value;

use super::ChangeError;
use super::answer::{Answer, Reply, Status, Undo, Waiting, fitting};
use super::perform::Asked;
use super::visible::Visible;
use crate::erp::{Effect, What};

/// What an answer refers to.
#[derive(Clone, Copy)]
pub(super) enum Kept<'a> {
    /// The change, in the journal.
    Change(&'a str),
    /// Nothing, but it would wait for a person's word: the rules that demand it.
    Demand(&'a str),
    /// The change that waits.
    Approval { id: &'a str, why: &'a str, expires_at: i64, key: &'a str },
}

impl<'a> Kept<'a> {
    fn waiting(self) -> Option<Waiting<'a>> {
        match self {
            Self::Change(_) | Self::Demand(_) => None,
            Self::Approval { id, why, expires_at, key } => {
                Some(Waiting { idempotency_key: Some(key), ..Waiting::until(expires_at, id, why) })
            }
        }
    }
}

/// The change as whoever asked is told of it.
pub(super) fn tell(
    asked: &Asked<'_>,
    status: Status,
    (effect, visible): (&Effect, &Visible),
    kept: Option<Kept<'_>>,
) -> Result<Answer, ChangeError> {
    let rest = match status {
        Status::DryRun => "try it on fewer records to see the others",
        Status::Done => "what was done to the others stands in the log; read_records reads them",
        _ => "whoever approves it sees all of them",
    };
    let mut shown = fitting(visible, asked.budget, rest)?;
    if let Some(Kept::Demand(why)) = kept {
        shown.notes.push(format!("Done for real, it would wait until a person approves it. {why}"));
    }
    // An id that was thrown away again must not be used.
    let made = status == Status::Done || !matches!(asked.what, What::Create(_));
    let reply = Reply {
        status,
        ids: if made { &effect.ids } else { &[] },
        // What it answers is told when it is done: the records that it names are not there yet.
        result: effect.answer.as_ref().filter(|_| status != Status::PendingApproval),
        change_id: match kept {
            Some(Kept::Change(id)) => Some(id),
            _ => None,
        },
        approval: kept.and_then(Kept::waiting),
        shown,
        undo: Undo::of(effect),
    };
    let records = u32::try_from(effect.ids.len()).unwrap_or(u32::MAX);
    let text = format!("{}{}", said(asked, status, effect, &reply), reply.shown.warning());
    Ok(Answer { structured: to_raw_value(&reply)?, text, records })
}

/// What a person would say of it.
fn said(asked: &Asked<'_>, status: Status, effect: &Effect, reply: &Reply<'_>) -> String {
    let model = asked.model();
    let records = asked.what.records();
    let noun = if records == 1 { "record" } else { "records" };
    let verb = match (asked.what, status) {
        (What::Create(_), Status::Done) => format!("Created {records} {noun} of {model}: {:?}.", effect.ids),
        (What::Write { .. }, Status::Done) => format!("Changed {records} {noun} of {model}."),
        (What::Delete(_), Status::Done) => format!("Deleted {records} {noun} of {model}."),
        (What::Call { method, .. }, Status::Done) => {
            format!("Called {method} on {records} {noun} of {model}.")
        }
        (_, Status::DryRun) => {
            format!("Tried on {records} {noun} of {model} and thrown away: nothing was changed.")
        }
        (_, Status::Refused | Status::Expired) => "Nothing was changed.".to_owned(),
        (_, Status::PendingApproval) => {
            let waiting = reply.approval.as_ref();
            format!(
                "Nothing was changed yet: a person has to approve it in Technical > MCP > Approvals ({}). The same call \
                 with idempotency_key {:?} tells what became of it.",
                waiting.map_or("", |waiting| waiting.reason),
                waiting.and_then(|waiting| waiting.idempotency_key).unwrap_or_default()
            )
        }
    };
    match &effect.lasting {
        Some(why) if status == Status::Done => format!("{verb} It can't be undone: {why}."),
        Some(why) => format!("{verb} Once done, it can't be undone: {why}."),
        None => verb,
    }
}
