//! `stock.movement`: what a transfer is to move. Most of it follows from the transfer and the product.

use super::super::super::reach;
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::Wish;
use super::super::say::quantity as said;
use super::quants::Good;
use super::transfers::closed;
use super::{Part, bad, places, plan};
use crate::erp::{ErpError, Row};

/// Fields that a movement has from its transfer: (its own, the transfer's).
const INHERITED: [(&str, &str); 5] = [
    ("warehouse_id", "warehouse_id"),
    ("company_id", "company_id"),
    ("picking_type", "picking_type"),
    ("partner_id", "partner_id"),
    ("date", "scheduled_date"),
];

/// A movement of an open transfer, not written yet.
pub(super) async fn planned(work: &mut Work<'_>, head: &Row, part: &Part) -> Result<Row, ErpError> {
    let mut row = Row::new();
    row.put("product_id", part.product);
    row.put("quantity", part.quantity);
    inherit(head, &mut row);
    weigh(work, &mut row).await?;
    Ok(row)
}

pub(in super::super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    let Some(picking) = row.int("picking_id") else {
        return Err(bad(
            "picking_id (Transfer): a movement belongs to a transfer; make the transfer with its movements: \
             create_records of stock.picking with movement_ids [[0,0,{\"product_id\":1,\"quantity\":1}]]",
        ));
    };
    let Some(head) = reach::one(work, "stock.picking", picking).await? else {
        return Err(bad(format!("picking_id (Transfer): there is no stock.picking with id {picking}")));
    };
    same_as_transfer(work, &head, row)?;
    inherit(&head, row);
    if row.has("product_id") && row.has("quantity") {
        weigh(work, row).await?;
    }
    Ok(())
}

/// What the transfer says may be said again, but not otherwise.
fn same_as_transfer(work: &Work<'_>, head: &Row, row: &Row) -> Result<(), ErpError> {
    for (own, theirs) in INHERITED {
        if row.has(own) && row.get(own) != head.get(theirs) {
            return Err(bad(format!(
                "{own}: a movement has it from its transfer {}, where {theirs} is changed for all of them",
                work.called("stock.picking", head)
            )));
        }
    }
    Ok(())
}

fn inherit(head: &Row, row: &mut Row) {
    for (own, theirs) in INHERITED {
        row.put(own, head.get(theirs).cloned().unwrap_or_default());
    }
    row.put("picking_id", head.number("id"));
    row.put("reference", head.word("name"));
    row.put("state", if head.word("state") == "draft" { "draft" } else { "confirmed" });
    row.put_if_unset("location_id", head.number("location_id"));
    row.put_if_unset("location_dest_id", head.number("location_dest_id"));
}

/// Unit, category and value of what is moved.
async fn weigh(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    let quantity = row.number("quantity");
    if quantity <= 0 {
        return Err(bad(format!(
            "quantity (Quantity): {} can't be moved, it takes more than 0; goods go back by a transfer the other way",
            said(quantity)
        )));
    }
    let good = Good::of(work, row.number("product_id"), row.number("company_id")).await?;
    row.put("uom", good.uom.as_str());
    row.put("categ_id", good.category);
    row.put("value", good.value(quantity)?);
    row.put("currency_id", good.currency);
    Ok(())
}

pub(in super::super) async fn guard(
    work: &mut Work<'_>,
    before: &Row,
    wish: &Wish<'_>,
) -> Result<(), ErpError> {
    if let Some(why) = closed(work, before).await? {
        return Err(bad(why));
    }
    if let Wish::Change { changes, .. } = wish {
        let fixed = INHERITED.iter().map(|(own, _)| *own).chain(["picking_id"]);
        if let Some(name) = fixed.into_iter().find(|name| changes.contains_key(*name)) {
            return Err(bad(format!(
                "{name}: movement {} has it from its transfer {}; change it there, or delete the movement and make \
                 another",
                before.number("id"),
                work.called("stock.movement", before)
            )));
        }
    }
    Ok(())
}

/// What is reserved for a movement that changes is free until its transfer is planned anew.
pub(in super::super) async fn derive(
    work: &mut Work<'_>,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    if changes.is_empty() {
        return Ok(());
    }
    if changes.contains_key("product_id") || changes.contains_key("quantity") {
        let mut after: Row = before.clone();
        after.extend(changes.clone());
        weigh(work, &mut after).await?;
        for name in ["uom", "categ_id", "value", "currency_id"] {
            changes.put(name, after.get(name).cloned().unwrap_or_default());
        }
    }
    if before.word("state") == "assigned" {
        plan::unreserve(work, before).await?;
        changes.put("state", "confirmed");
    }
    Ok(())
}

/// Refuses a movement that is put back where its transfer or its product became something else since.
pub(in super::super) async fn fits(work: &mut Work<'_>, row: &Row) -> Result<(), ErpError> {
    let Some(head) = work.one("stock.picking", row.number("picking_id")).await? else { return Ok(()) };
    let good = Good::of(work, row.number("product_id"), row.number("company_id")).await?;
    if good.uom != row.word("uom") {
        return Err(bad(format!(
            "{} is counted in {} by now, and not in {}",
            good.name,
            good.uom,
            row.word("uom")
        )));
    }
    if head.word("state") != row.word("state") {
        let name = work.called("stock.picking", &head);
        return Err(bad(format!(
            "{name} is {} by now, and the movement was {}; plan it anew",
            head.word("state"),
            row.word("state")
        )));
    }
    Ok(())
}

/// Checks that it stays within its transfer, which is planned anew when everything is written.
pub(in super::super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(row) = work.one("stock.movement", id).await? else { return Ok(()) };
    let Some(head) = work.one("stock.picking", row.number("picking_id")).await? else { return Ok(()) };
    for (field, label) in [("location_id", "From"), ("location_dest_id", "To")] {
        let (own, all) = (row.number(field), head.number(field));
        if !(places::is_within(work, own, all).await? && alike(work, own, all).await?) {
            return Err(bad(format!(
                "{field} ({label}): {} does not lie in {}, where {} goes; choose a location within it",
                places::name(work, own).await?,
                places::name(work, all).await?,
                work.called("stock.picking", &head)
            )));
        }
    }
    let (from, to) = (row.number("location_id"), row.number("location_dest_id"));
    if from == to && places::bins(work, from).await?.len() <= 1 {
        return Err(bad(format!(
            "location_dest_id (To): {} is where the goods are; choose another location than location_id, of the transfer \
             or of its movement",
            places::name(work, to).await?
        )));
    }
    work.follow("stock.picking", head.number("id"));
    Ok(())
}

/// Goods are counted at both of two locations, or at neither: a view within the stock holds nothing.
async fn alike(work: &mut Work<'_>, own: i64, all: i64) -> Result<bool, ErpError> {
    Ok(places::is_internal(work, own).await? == places::is_internal(work, all).await?)
}

pub(in super::super) async fn deleted(work: &mut Work<'_>, before: &Row) -> Result<(), ErpError> {
    plan::unreserve(work, before).await?;
    if let Some(picking) = before.int("picking_id") {
        work.follow("stock.picking", picking);
    }
    Ok(())
}
