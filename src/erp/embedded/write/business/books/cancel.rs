//! `button_cancel`: a draft that will not be posted.

use serde_json::{Value, json};

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::{bad, called, invoices};
use crate::erp::{ErpError, Row};

/// Cancels drafts: they are kept, and nothing counts them any more. One that was posted once keeps its number.
pub(in super::super) async fn button_cancel(
    work: &mut Work<'_>,
    ids: &[i64],
) -> Result<Option<Value>, ErpError> {
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(head) = work.one("account.move", *id).await? else { continue };
        match head.word("state") {
            "posted" => {
                return Err(bad(format!(
                    "{} can't be cancelled: it is posted; call button_draft on account.move {id} first, which takes it \
                     out of the books",
                    called(work, &head)
                )));
            }
            "cancel" => return Err(bad(format!("{} is cancelled already", called(work, &head)))),
            _ => {}
        }
        one(work, &head).await?;
        answers.push(json!({ "id": id, "name": called(work, &head), "state": "cancel" }));
    }
    Ok(Some(json!({ "entries": answers })))
}

async fn one(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let mut changes = Row::new();
    changes.put("state", "cancel");
    // Nobody owes anything of it.
    changes.put("amount_residual", 0);
    let model = work.model("account.move")?;
    work.update(&model, head, &changes).await?;
    let model = work.model("account.move.line")?;
    for line in work.find("account.move.line", "move_id", head.number("id")).await? {
        let mut changes = Row::new();
        changes.put("parent_state", "cancel");
        work.update(&model, &line, &changes).await?;
    }
    invoices::tell_order(work, head).await
}
