//! What may be written to an order, by the state it is in.

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::Wish;
use super::super::say::{bad, quantity};
use super::{Side, named};
use crate::erp::{ErpError, Row};
use crate::model::Model;

/// What stands on an order that others were made from.
const FIXED: [&str; 5] = ["partner_id", "company_id", "currency_id", "warehouse_id", "date_order"];
/// What an invoice was made from.
const INVOICED: [&str; 4] = ["price_unit", "discount", "tax_rate", "product_id"];
/// One hundred per cent.
const ALL: i64 = 10_000;

pub(super) async fn order(
    work: &mut Work<'_>,
    side: &Side,
    model: &Model,
    before: &Row,
    wish: Wish<'_>,
) -> Result<(), ErpError> {
    match wish {
        Wish::Create => {
            active(work, before, "partner_id", "res.partner").await?;
            active(work, before, "warehouse_id", "stock.warehouse").await
        }
        Wish::Delete if matches!(before.word("state"), "draft" | "cancel") => Ok(()),
        Wish::Delete => Err(bad(format!(
            "{} can't be deleted: only drafts and cancelled orders can; call {} first",
            named(work, model, before),
            side.to_cancel
        ))),
        Wish::Change { changes, .. } => {
            let open = side.open.contains(&before.word("state"));
            if let Some(fixed) = FIXED.into_iter().find(|name| !open && changes.contains_key(*name)) {
                let label = model.field(fixed).map_or(fixed, |field| field.label.as_ref());
                return Err(bad(format!(
                    "{}: {fixed} ({label}) can't be changed any more; make a new order instead",
                    named(work, model, before)
                )));
            }
            if changes.contains_key("partner_id") {
                active(work, changes, "partner_id", "res.partner").await?;
            }
            if changes.contains_key("warehouse_id") {
                active(work, changes, "warehouse_id", "stock.warehouse").await?;
            }
            Ok(())
        }
    }
}

pub(super) async fn line(
    work: &mut Work<'_>,
    side: &Side,
    before: &Row,
    wish: Wish<'_>,
) -> Result<(), ErpError> {
    let model = work.model(side.order)?;
    let Some(order) = work.one(side.order, before.number("order_id")).await? else { return Ok(()) };
    let whose = named(work, &model, &order);
    if order.word("state") == "cancel" {
        return Err(bad(format!(
            "{whose} is cancelled: its lines can't be changed; call {} on the order first",
            side.to_draft
        )));
    }
    match wish {
        Wish::Create => {
            values(side, before)?;
            product(work, side, before).await
        }
        Wish::Change { changes, .. } => {
            if changes.contains_key("order_id") {
                return Err(bad(format!(
                    "order_id (Order Reference): line {} stays with {whose}; make a new line in the other order",
                    before.number("id")
                )));
            }
            let mut after = before.clone();
            after.extend(changes.clone());
            values(side, &after)?;
            if side.is_confirmed(&order) {
                confirmed(work, side, &whose, (before, changes))?;
            }
            if changes.contains_key("product_id") && !changes.contains_key("uom") {
                after.remove("uom");
            }
            if changes.contains_key("product_id") || changes.contains_key("uom") {
                product(work, side, &after).await?;
            }
            Ok(())
        }
        Wish::Delete if side.is_confirmed(&order) => Err(bad(format!(
            "{whose} is confirmed: its lines can't be deleted; set {} of line {} to what was moved of it already",
            side.quantity,
            before.number("id")
        ))),
        Wish::Delete => Ok(()),
    }
}

/// A line of a confirmed order keeps its product, and is not less than what came of it already.
fn confirmed(
    work: &Work<'_>,
    side: &Side,
    whose: &str,
    (before, changes): (&Row, &Row),
) -> Result<(), ErpError> {
    let id = before.number("id");
    if changes.contains_key("product_id") || changes.contains_key("uom") {
        return Err(bad(format!(
            "{whose} is confirmed: line {id} keeps its product and unit; \
             set its {} to what was moved already and add a line for the other product",
            side.quantity
        )));
    }
    let (moved, invoiced) = (before.number(side.moved), before.number("qty_invoiced"));
    let least = moved.max(invoiced);
    if changes.int(side.quantity).is_some_and(|quantity| quantity < least) {
        let what = if moved >= invoiced { side.moved } else { "qty_invoiced" };
        let least = if work.shows(side.line, what) {
            format!("its {what}, {}", quantity(least))
        } else {
            "what came of it already".to_owned()
        };
        return Err(bad(format!("{}: line {id} of {whose} can't be less than {least}", side.quantity)));
    }
    if let Some(name) = INVOICED.into_iter().find(|name| invoiced > 0 && changes.contains_key(*name)) {
        return Err(bad(format!(
            "{name}: line {id} of {whose} is invoiced already; correct it with a credit note"
        )));
    }
    Ok(())
}

fn values(side: &Side, line: &Row) -> Result<(), ErpError> {
    if line.number(side.quantity) < 0 {
        return Err(bad(format!("{} can't be negative", side.quantity)));
    }
    for rate in ["discount", "tax_rate"] {
        if !(0..=ALL).contains(&line.number(rate)) {
            return Err(bad(format!("{rate} is per cent: 0 to 100")));
        }
    }
    Ok(())
}

/// The product may be ordered, in the unit that it is counted in.
async fn product(work: &mut Work<'_>, side: &Side, line: &Row) -> Result<(), ErpError> {
    let id = line.number("product_id");
    let Some(product) = work.one("product.product", id).await? else { return Ok(()) };
    let name = work.called("product.product", &product);
    if !product.is("active") {
        let why = if work.shows("product.product", "active") { "is archived" } else { "is not in use" };
        return Err(bad(format!("product_id: product {id} ({name}) {why}; choose another")));
    }
    if !product.is(side.allowed) {
        let what = if side.sells() { "sold" } else { "purchased" };
        let why = if work.shows("product.product", side.allowed) {
            format!(" ({} is false)", side.allowed)
        } else {
            String::new()
        };
        return Err(bad(format!("product_id: product {id} ({name}) can't be {what}{why}; choose another")));
    }
    if line.has("uom") && line.word("uom") != product.word("uom") {
        let unit = if work.shows("product.product", "uom") { product.word("uom") } else { "another unit" };
        return Err(bad(format!(
            "uom: product {id} ({name}) is counted in {unit}; leave uom away and give {} in it",
            side.quantity
        )));
    }
    Ok(())
}

async fn active(work: &mut Work<'_>, row: &Row, field: &str, relation: &str) -> Result<(), ErpError> {
    let id = row.number(field);
    match work.one(relation, id).await? {
        Some(found) if !found.is("active") && !work.shows(relation, "active") => Err(bad(format!(
            "{field}: {relation} {id} ({}) is not in use; choose another",
            work.called(relation, &found)
        ))),
        Some(found) if !found.is("active") => Err(bad(format!(
            "{field}: {relation} {id} ({}) is archived; choose another, or set its active to true first",
            work.called(relation, &found)
        ))),
        _ => Ok(()),
    }
}
