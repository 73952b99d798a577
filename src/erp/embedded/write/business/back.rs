//! Records that are put back as they were: whether that is allowed by now, and what follows from it.

use std::sync::Arc;

use super::super::row::Values as _;
use super::super::work::Work;
use super::orders::{self, Side};
use super::{Wish, books, deleted, derive, guard, settle, stock};
use crate::erp::{ErpError, Image, Row};
use crate::model::Model;

/// Fields that say how far a document has come, its lines' included.
const STATES: [&str; 2] = ["state", "parent_state"];

/// Refuses to put a record back where a change of the same fields would be refused. `now` is the record as it is, or as
/// it was where it is gone; `back` are the fields that would be set, where it stays. What the system
/// alone sets follows from what people write, and is judged there.
///
/// A method that took a document from one state to another did more than people may write by themselves, and so does
/// whoever takes it back: there it counts what the document came to since.
pub(in super::super) async fn allowed_back(
    work: &mut Work<'_>,
    model: &Model,
    now: &Row,
    back: Option<&Row>,
) -> Result<(), ErpError> {
    let refused = match model.name.as_ref() {
        "stock.picking" | "stock.movement" => stock::sealed(work, now, back).await?,
        "account.move" | "account.move.line" => books::sealed(work, now, back).await?,
        name => {
            let Some(back) = back else { return Ok(()) };
            if !STATES.iter().any(|state| back.contains_key(*state)) {
                let mut written = back.clone();
                written.retain(|name, _| model.field(name).is_some_and(|field| !field.readonly));
                let wish = Wish::Change { changes: &written, touches_lines: false };
                return if written.is_empty() { Ok(()) } else { guard(work, model, now, wish).await };
            }
            match Side::of(name) {
                Some(side) if model.name == side.order => orders::reopened(work, side, now, back).await?,
                _ => None,
            }
        }
    };
    refused.map_or(Ok(()), |why| Err(super::say::bad(why)))
}

/// Writes what follows from a record that is as it was again. `set` are the fields that were set, of a record that
/// stayed; `with_document`: it came back together with the document that it is a line of.
pub(in super::super) async fn put_back(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    (id, set): (i64, Option<&Row>),
    with_document: bool,
) -> Result<(), ErpError> {
    let Some(row) = work.load(model, &[id]).await?.remove(&id) else { return Ok(()) };
    match model.name.as_ref() {
        "product.product" | "account.move" => {
            // It is set already: only what else is to be added up counts here.
            let mut set = set.cloned().unwrap_or_default();
            derive(work, model, &row, &mut set).await?;
        }
        "account.move.line" if with_document => return Ok(()),
        "stock.movement" => stock::fits(work, &row).await?,
        name => {
            if let Some(side) = Side::of(name).filter(|side| model.name == side.line) {
                orders::line_back(work, side, &row).await?;
            }
        }
    }
    settle(work, model, id).await
}

/// Writes what follows from a record that a change had made, and that is gone again. What was reserved for a movement is
/// counted back with what lies where.
pub(in super::super) async fn gone_again(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    row: &Row,
) -> Result<(), ErpError> {
    if model.name == "stock.movement" { Ok(()) } else { deleted(work, model, row).await }
}

/// Why transfers of orders can't be open again: others move the same goods by now, or they are not wanted any more.
pub(in super::super) async fn planned_twice(
    work: &mut Work<'_>,
    images: &[Image],
) -> Result<Option<String>, ErpError> {
    for image in images.iter().filter(|image| image.model == "stock.movement") {
        let was_open = |row: &Row| !matches!(row.word("state"), "done" | "cancel");
        if !image.before.as_ref().is_some_and(was_open) || image.after.as_ref().is_some_and(was_open) {
            continue;
        }
        let Some(movement) = work.one("stock.movement", image.id).await? else { continue };
        let picking = work.one("stock.picking", movement.number("picking_id")).await?.unwrap_or_default();
        for side in [&orders::SALE, &orders::PURCHASE] {
            let Some(order) = picking.int(side.link) else { continue };
            if let Some(why) = orders::planned_twice(work, side, order, movement.number("product_id")).await?
            {
                let name = work.called("stock.picking", &picking);
                return Ok(Some(format!("{name} can't be open again: {why}")));
            }
        }
    }
    Ok(None)
}
