//! What an order adds up to, and what the quantities of its lines make of it.

use std::collections::BTreeMap;

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::{amount, bad};
use super::super::stock::{self, Part};
use super::{Side, act, named};
use crate::erp::embedded::trade::{invoice_status, moved_status};
use crate::erp::{ErpError, Row};
use crate::model::Model;

/// Adds an order up from its lines; nothing where it is gone.
pub(in super::super) async fn total(work: &mut Work<'_>, side: &Side, id: i64) -> Result<(), ErpError> {
    let Some(order) = work.one(side.order, id).await? else { return Ok(()) };
    let model = work.model(side.order)?;
    let lines = work.find(side.line, "order_id", id).await?;
    let sum = |name: &str| lines.iter().map(|line| line.number(name)).sum::<i64>();
    let mut changes = Row::new();
    changes.put("amount_untaxed", sum("price_subtotal"));
    changes.put("amount_tax", sum("price_tax"));
    changes.put("amount_total", sum("price_total"));
    if side.sells() {
        changes.put("margin", sum("margin"));
    }
    if side.is_confirmed(&order) {
        let newly = work.original(side.order, id).is_some_and(|before| !side.is_confirmed(before));
        let total = changes.number("amount_total");
        if total < 0 && (newly || total < order.number("amount_total")) {
            return Err(below_nothing(work, &model, &order, total));
        }
        let quantities: Vec<(i64, i64, i64)> = lines
            .iter()
            .map(|line| (line.number(side.quantity), line.number(side.moved), line.number("qty_invoiced")))
            .collect();
        changes.put("invoice_status", invoice_status(&quantities));
        changes.put(side.status, moved_status(&quantities));
    }
    work.update(&model, &order, &changes).await?;
    if !work.takes_back() && is_replanned(work, side, &order, &lines) {
        replan(work, side, &order, &lines).await?;
        act::render_more(work, side, id, &lines).await?;
    }
    Ok(())
}

/// Of an order that was confirmed with such a total the other side would be paid.
fn below_nothing(work: &Work<'_>, model: &Model, order: &Row, total: i64) -> ErpError {
    let total =
        if work.shows(&model.name, "amount_total") { format!(" ({})", amount(total)) } else { String::new() };
    bad(format!(
        "{}: a confirmed order can't have a total below zero{total}; correct the prices and discounts of its lines, or \
         leave out what is to be paid back: a credit note does that",
        named(work, model, order)
    ))
}

/// Whether other quantities were ordered of an order that was confirmed before.
fn is_replanned(work: &Work<'_>, side: &Side, order: &Row, lines: &[Row]) -> bool {
    let id = order.number("id");
    let confirmed = |row: &Row| side.is_confirmed(row);
    confirmed(order)
        && work.original(side.order, id).is_none_or(confirmed)
        && lines.iter().any(|line| {
            let id = line.number("id");
            work.has_touched(side.line, id)
                && work
                    .original(side.line, id)
                    .is_none_or(|before| before.int(side.quantity) != line.int(side.quantity))
        })
}

/// Lets open transfers move what is ordered and not moved yet: another transfer for what is more, and one instead of
/// those that are open where something is less.
async fn replan(work: &mut Work<'_>, side: &Side, order: &Row, lines: &[Row]) -> Result<(), ErpError> {
    let id = order.number("id");
    let mut left: BTreeMap<i64, i64> = BTreeMap::new();
    for line in act::goods(work, lines).await? {
        let more = line.number(side.quantity) - line.number(side.moved);
        *left.entry(line.number("product_id")).or_insert(0) += more.max(0);
    }
    let mut planned = planned(work, side, id).await?;
    if planned.iter().any(|(product, quantity)| left.get(product).is_none_or(|left| left < quantity)) {
        stock::cancel_transfers(work, side.link, id).await?;
        planned.clear();
    }
    let parts: Vec<Part> = left
        .into_iter()
        .map(|(product, left)| Part { product, quantity: left - planned.get(&product).unwrap_or(&0) })
        .filter(|part| part.quantity > 0)
        .collect();
    if !parts.is_empty() {
        act::open(work, side, order, parts).await?;
    }
    Ok(())
}

/// What open transfers of an order are to move, by product.
pub(super) async fn planned(
    work: &mut Work<'_>,
    side: &Side,
    order: i64,
) -> Result<BTreeMap<i64, i64>, ErpError> {
    let is_open = |row: &Row| !matches!(row.word("state"), "done" | "cancel");
    let mut all = BTreeMap::new();
    for picking in work.find("stock.picking", side.link, order).await?.iter().filter(|row| is_open(row)) {
        for movement in work.find("stock.movement", "picking_id", picking.number("id")).await? {
            if is_open(&movement) {
                *all.entry(movement.number("product_id")).or_insert(0) += movement.number("quantity");
            }
        }
    }
    Ok(all)
}
