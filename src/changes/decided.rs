//! What is answered to the client that asks again under the same idempotency key: what was done, as far as it may be
//! seen now, and what became of a change that waited.

use serde::Deserialize;
use serde_json::value::to_raw_value;

use super::answer::{Answer, Reply, Shown, Status, Undo, Waiting, fitting};
use super::perform::Asked;
use super::tell::{Kept, tell};
use super::visible::visible;
use super::{ChangeError, Changes, journal};
use crate::erp::{Difference, Effect, Image, Seen, What};
use crate::store::approvals::{self, ApprovalRow};
use crate::store::idempotency::AnswerRow;

/// What of a kept answer tells what it was of.
#[derive(Deserialize)]
struct Of {
    approval: Option<KeptApproval>,
    change_id: Option<String>,
}

#[derive(Deserialize)]
struct KeptApproval {
    id: String,
}

impl Changes {
    /// The answer that holds now; `None` where nothing is known any more but the one that was kept.
    pub(super) async fn since(
        &self,
        asked: &Asked<'_>,
        kept: &AnswerRow,
    ) -> Result<Option<Answer>, ChangeError> {
        let Of { approval, change_id } = serde_json::from_str(&kept.answer)?;
        if let Some(id) = change_id {
            return self.done(asked, &id, None).await;
        }
        let Some(approval) = approval else { return Ok(None) };
        let row = approvals::by_id(self.db.read().await?.on(), &approval.id).await?;
        let Some(row) = row else { return Ok(None) };
        match row.state.as_str() {
            "approved" => match &row.change_id {
                Some(id) => self.done(asked, id, Some(&row)).await,
                None => Ok(None),
            },
            "refused" => Ok(Some(undone(Status::Refused, &row)?)),
            _ if row.expires_at <= self.clock.millis() => Ok(Some(undone(Status::Expired, &row)?)),
            _ => self.waits(asked, &row).await.map(Some),
        }
    }

    /// That it still waits, and what it would do, as far as whoever asks may see it now.
    async fn waits(&self, asked: &Asked<'_>, row: &ApprovalRow) -> Result<Answer, ChangeError> {
        let images: Vec<Image> = serde_json::from_str(&row.images)?;
        let differences: Vec<Difference> = serde_json::from_str(&row.differences)?;
        let (erp, reader) = (self.erp.as_ref(), (asked.permit, asked.who));
        let mut conn = self.db.read().await?;
        let seen = Seen { images: &images, done: false };
        let visible = visible(erp, conn.on(), reader, &seen, &differences).await?;
        let ids = match asked.what {
            What::Create(_) => Vec::new(),
            What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. } => ids.clone(),
        };
        let effect = Effect { ids, lasting: row.lasting.clone(), ..Effect::default() };
        let key = asked.idempotency_key.unwrap_or(&row.id);
        let kept = Kept::Approval { id: &row.id, why: &row.why, expires_at: row.expires_at, key };
        tell(asked, Status::PendingApproval, (&effect, &visible), Some(kept))
    }

    /// What was done, as far as whoever asks may see it now.
    async fn done(
        &self,
        asked: &Asked<'_>,
        id: &str,
        approval: Option<&ApprovalRow>,
    ) -> Result<Option<Answer>, ChangeError> {
        let mut conn = self.db.read().await?;
        let Some(change) = journal::by_id(conn.on(), id).await? else { return Ok(None) };
        let seen = Seen { images: &change.images, done: true };
        let (erp, reader) = (self.erp.as_ref(), (asked.permit, asked.who));
        let visible = visible(erp, conn.on(), reader, &seen, &change.differences).await?;
        let rest = "what was done to the others stands in the log; read_records reads them";
        let shown = fitting(&visible, asked.budget, rest)?;
        let warning = shown.warning();
        let taken_back = change.undone_by.is_some();
        let reason = if taken_back { Some("it was undone already") } else { change.lasting.as_deref() };
        let reply = Reply {
            status: Status::Done,
            ids: &change.ids,
            result: change.answer.as_ref(),
            change_id: Some(id),
            approval: approval.map(decision),
            shown,
            undo: Undo { possible: reason.is_none(), reason },
        };
        let undone = if taken_back { " Somebody undid it since." } else { "" };
        let text = match approval {
            Some(row) => format!("Approved by {} and done.{undone}{}{warning}", by(row), word(row)),
            None => {
                format!("Nothing was done again; it was done when this was called before.{undone}{warning}")
            }
        };
        Ok(Some(Answer { structured: to_raw_value(&reply)?, text, records: asked.records() }))
    }
}

/// That nothing was done, and never will be.
fn undone(status: Status, row: &ApprovalRow) -> Result<Answer, ChangeError> {
    let reply = Reply {
        status,
        ids: &[],
        result: None,
        change_id: None,
        approval: Some(decision(row)),
        shown: Shown::default(),
        undo: Undo { possible: false, reason: Some("nothing was changed") },
    };
    let text = if status == Status::Refused {
        format!("Nothing was changed: {} refused it.{}", by(row), word(row))
    } else {
        "Nothing was changed: nobody approved it in time. Ask again under a new idempotency_key if it is still wanted."
            .to_owned()
    };
    Ok(Answer { structured: to_raw_value(&reply)?, text, records: 0 })
}

fn decision(row: &ApprovalRow) -> Waiting<'_> {
    Waiting {
        decided_by: row.decided_login.as_deref(),
        word: row.word.as_deref(),
        ..Waiting::until(row.expires_at, &row.id, &row.why)
    }
}

fn by(row: &ApprovalRow) -> &str {
    row.decided_login.as_deref().unwrap_or("somebody")
}

fn word(row: &ApprovalRow) -> String {
    row.word.as_ref().map(|word| format!(" They said: {word:?}.")).unwrap_or_default()
}
