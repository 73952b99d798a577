//! `action_cancel`: what was planned is not moved, and what was kept for it is free again.

use serde_json::{Value, json};

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::{bad, plan, transfers};
use crate::erp::{ErpError, Row};

/// What is said of a transfer that an order made, which knows nothing of its end.
const OF_ORDER: &str = "its order stays as it is, and nothing moves what this transfer was to move: another quantity \
                        on a line of the order plans it anew, and cancelling the order ends it";

/// Cancels open transfers, and answers what became of each.
pub(in super::super) async fn action_cancel(
    work: &mut Work<'_>,
    ids: &[i64],
) -> Result<Option<Value>, ErpError> {
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(head) = work.one("stock.picking", *id).await? else { continue };
        let name = work.called("stock.picking", &head);
        match head.word("state") {
            "done" => {
                return Err(bad(format!(
                    "{name} can't be cancelled: it is done, goods were moved; \
                     a new transfer the other way brings them back"
                )));
            }
            "cancel" => return Err(bad(format!("{name} is cancelled already"))),
            _ => {}
        }
        one(work, &head).await?;
        answers.push(if head.has("sale_id") || head.has("purchase_id") {
            json!({ "id": id, "name": name, "state": "cancel", "message": OF_ORDER })
        } else {
            json!({ "id": id, "name": name, "state": "cancel" })
        });
    }
    Ok(Some(json!({ "transfers": answers })))
}

/// Cancels the open transfers of an order, whose id stands in `field` (`sale_id` or `purchase_id`): what they reserved
/// is free again. What was done stays.
pub(in super::super) async fn cancel_transfers(
    work: &mut Work<'_>,
    field: &'static str,
    order: i64,
) -> Result<(), ErpError> {
    for picking in work.find("stock.picking", field, order).await? {
        if !transfers::is_closed(&picking) {
            one(work, &picking).await?;
        }
    }
    Ok(())
}

/// An open transfer and its movements.
async fn one(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let model = work.model("stock.movement")?;
    for movement in work.find("stock.movement", "picking_id", head.number("id")).await? {
        plan::unreserve(work, &movement).await?;
        let mut changes = Row::new();
        changes.put("state", "cancel");
        work.update(&model, &movement, &changes).await?;
    }
    let mut changes = Row::new();
    changes.put("state", "cancel");
    let model = work.model("stock.picking")?;
    work.update(&model, head, &changes).await
}
