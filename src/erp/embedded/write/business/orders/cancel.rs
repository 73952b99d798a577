//! Orders that are not wanted any more, and those that are wanted again.

use serde_json::{Value, json};

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::bad;
use super::super::stock;
use super::{Side, head, named};
use crate::erp::{ErpError, Row};

/// Cancels orders, with what is still open of their transfers.
pub(in super::super::super) async fn cancel(
    work: &mut Work<'_>,
    side: &Side,
    ids: &[i64],
) -> Result<Value, ErpError> {
    let model = work.model(side.order)?;
    for id in ids {
        let Some(before) = work.one(side.order, *id).await? else { continue };
        let whose = named(work, &model, &before);
        if before.word("state") == "cancel" {
            return Err(bad(format!("{whose} is cancelled already")));
        }
        moved(work, side, *id, &whose).await?;
        invoiced(work, side, *id, &whose).await?;
        stock::cancel_transfers(work, side.link, *id).await?;
        let line_model = work.model(side.line)?;
        for line in work.find(side.line, "order_id", *id).await? {
            let mut changes = Row::new();
            changes.put(side.moved, 0);
            work.update(&line_model, &line, &changes).await?;
        }
        let mut changes = Row::new();
        changes.put("state", "cancel");
        changes.put("invoice_status", "no");
        changes.put(side.status, None::<&str>);
        work.update(&model, &before, &changes).await?;
        head::settle(work, side, *id).await?;
    }
    Ok(json!({ "state": "cancel" }))
}

/// Lets orders be drafts again, to be changed and confirmed anew.
pub(in super::super::super) async fn draft(
    work: &mut Work<'_>,
    side: &Side,
    ids: &[i64],
) -> Result<Value, ErpError> {
    let model = work.model(side.order)?;
    for id in ids {
        let Some(before) = work.one(side.order, *id).await? else { continue };
        let whose = named(work, &model, &before);
        match before.word("state") {
            state if side.redrafted.contains(&state) => {}
            "draft" => return Err(bad(format!("{whose} is a draft already"))),
            state if side.open.contains(&state) => {
                return Err(bad(format!("{whose} can be changed as it is: it is not confirmed yet")));
            }
            _ => {
                return Err(bad(format!(
                    "{whose} is confirmed: call {} on it first, which cancels what is open of its transfers",
                    side.to_cancel
                )));
            }
        }
        let mut changes = Row::new();
        changes.put("state", "draft");
        if !side.sells() {
            changes.put("date_approve", None::<i64>);
        }
        work.update(&model, &before, &changes).await?;
        head::settle(work, side, *id).await?;
    }
    Ok(json!({ "state": "draft" }))
}

/// An order of which something was moved is not cancelled: nobody would know whose goods they are.
async fn moved(work: &mut Work<'_>, side: &Side, order: i64, whose: &str) -> Result<(), ErpError> {
    let what = side.moved_word();
    for picking in work.find("stock.picking", side.link, order).await? {
        if picking.word("state") == "done" {
            let by = work.called_to_readers("stock.picking", &picking);
            let by = by.map(|name| format!(", by {name}")).unwrap_or_default();
            return Err(bad(format!(
                "{whose} can't be cancelled: goods of it were {what} already{by}; \
                 set the quantities of its lines to what was {what} instead"
            )));
        }
    }
    Ok(())
}

/// An order with an invoice is not cancelled: the books would not know why they have it.
async fn invoiced(work: &mut Work<'_>, side: &Side, order: i64, whose: &str) -> Result<(), ErpError> {
    let what = if side.sells() { "invoice" } else { "bill" };
    for entry in work.find("account.move", side.link, order).await? {
        let id = entry.number("id");
        let name = work.called_to_readers("account.move", &entry);
        let name = name.map(|name| format!(" {name} (account.move {id})")).unwrap_or_default();
        match (entry.word("state"), entry.word("payment_state")) {
            ("cancel", _) | ("posted", "reversed") => {}
            ("posted", _) if entry.word("move_type").ends_with("refund") => {}
            ("posted", _) => {
                return Err(bad(format!(
                    "{whose} can't be cancelled: its {what}{name} is posted; \
                     it needs a credit note first"
                )));
            }
            _ => {
                return Err(bad(format!(
                    "{whose} can't be cancelled: it has a draft {what}{name}; \
                     call button_cancel on that first, or delete it"
                )));
            }
        }
    }
    Ok(())
}
