//! Transfers: what they are to move is planned and reserved, and moved when they are validated. Whoever makes
//! transfers for orders begins here.

mod cancel;
mod movements;
mod places;
mod plan;
mod quants;
mod transfers;
mod validate;

use super::super::row::Values;
use super::super::work::Work;
use super::Wish;
use super::say::bad;
use crate::erp::{ErpError, Row};

pub(super) use cancel::{action_cancel, cancel_transfers};
pub(super) use movements::{defaults as movement_defaults, derive as derive_movement};
pub(super) use movements::{
    deleted as movement_deleted, fits, guard as guard_movement, settle as settle_movement,
};
pub(super) use plan::reserve;
pub(super) use quants::revalue;
pub(super) use transfers::{defaults, guard, sealed, settle};
pub(super) use validate::validate;

/// A product that was moved is counted in its unit for good, and stays something that can be moved.
pub(super) async fn guard_product(
    work: &mut Work<'_>,
    before: &Row,
    wish: &Wish<'_>,
) -> Result<(), ErpError> {
    let Wish::Change { changes, .. } = wish else { return Ok(()) };
    let Some(name) = ["uom", "type"].iter().find(|name| changes.contains_key(**name)) else { return Ok(()) };
    let model = work.model("stock.movement")?;
    let moved = work.select(&model, "product_id = $1 LIMIT 1", &[before.number("id")]).await?;
    if moved.is_empty() {
        return Ok(());
    }
    Err(bad(format!(
        "{name} of {} can't be changed: it was moved already, and what lies in stock is counted by it; make a new \
         product and archive this one",
        work.called("product.product", before)
    )))
}

/// Stock is valued at what a product costs.
pub(super) fn derive_product(work: &mut Work<'_>, before: &Row, changes: &Row) {
    if changes.contains_key("standard_price") || changes.contains_key("currency_id") {
        work.follow("product.product", before.number("id"));
    }
}

/// A transfer to be made for an order.
pub(super) struct Opening<'a> {
    /// `outgoing` or `incoming`.
    pub kind: &'static str,
    /// Whose people do it.
    pub warehouse: i64,
    /// Customer or vendor.
    pub partner: Option<i64>,
    /// Number of the order.
    pub origin: &'a str,
    /// Epoch milliseconds at which it is due.
    pub scheduled: i64,
    /// Sales order.
    pub sale: Option<i64>,
    /// Purchase order.
    pub purchase: Option<i64>,
    /// What is to be moved; no services.
    pub parts: Vec<Part>,
}

/// A product to be moved.
pub(super) struct Part {
    /// Product.
    pub product: i64,
    /// Thousandths of its unit.
    pub quantity: i64,
}

/// Makes a transfer with its movements, and reserves what is there: `assigned` if all of it is, else `waiting` with
/// nothing reserved. Answers its id.
///
/// # Errors
/// [`ErpError::BadChange`] where the warehouse has no place to take goods from or to bring them to.
pub(super) async fn open_transfer(work: &mut Work<'_>, opening: &Opening<'_>) -> Result<i64, ErpError> {
    let warehouse = places::warehouse(work, opening.warehouse).await?;
    let company = warehouse.number("company_id");
    let (from, to) = places::route(work, opening.kind, &warehouse).await?;
    let mut row = Row::new();
    row.put("name", transfers::next_name(work, &warehouse, opening.kind).await?);
    row.put("picking_type", opening.kind);
    row.put("state", "confirmed");
    row.put("partner_id", opening.partner);
    row.put("scheduled_date", opening.scheduled);
    row.put("origin", opening.origin);
    row.put("location_id", from);
    row.put("location_dest_id", to);
    row.put("warehouse_id", opening.warehouse);
    row.put("company_id", company);
    row.put("user_id", work.who.user_id);
    row.put("sale_id", opening.sale);
    row.put("purchase_id", opening.purchase);
    row.put("priority", "0");
    let model = work.model("stock.picking")?;
    let id = work.insert(&model, row.clone()).await?;
    row.put("id", id);
    for part in &opening.parts {
        let movement = movements::planned(work, &row, part).await?;
        let model = work.model("stock.movement")?;
        work.insert(&model, movement).await?;
    }
    plan::reserve(work, id).await?;
    Ok(id)
}
