//! Orders of customers and orders made to vendors: two sides of one thing. What either does by itself stands here
//! once; [`SALE`] and [`PURCHASE`] say how its models and fields are called.

mod act;
mod back;
mod billed;
mod cancel;
mod head;
mod invoice;
mod line;
mod lock;
mod rates;
mod totals;

use super::super::row::Values as _;
use super::super::work::Work;
use super::Wish;
use crate::erp::{ErpError, Row};
use crate::model::{FieldKind, Model};

pub(in super::super) use act::{confirm, moved};
pub(super) use back::{line_back, planned_twice, reopened};
pub(super) use billed::billed;
pub(in super::super) use cancel::{cancel, draft};
pub(in super::super) use invoice::create_invoice;
pub(super) use rates::rates;
pub(super) use totals::total;

/// Names of one side.
pub(in super::super) struct Side {
    /// Model of the orders.
    pub order: &'static str,
    /// Model of their lines.
    pub line: &'static str,
    /// What numbers begin with.
    letter: char,
    /// State of a confirmed order.
    confirmed: &'static str,
    /// States of one that can be confirmed.
    open: &'static [&'static str],
    /// States of one that can be set back to a draft.
    redrafted: &'static [&'static str],
    /// Method that confirms one.
    to_confirm: &'static str,
    /// Method that cancels one.
    to_cancel: &'static str,
    /// Method that sets one back to a draft.
    to_draft: &'static str,
    /// Ordered quantity of a line.
    quantity: &'static str,
    /// What of it was delivered or received.
    moved: &'static str,
    /// Field of a line that says whose order it is.
    partner: &'static str,
    /// Where goods stand.
    status: &'static str,
    /// Field of transfers and entries that links to the order.
    pub link: &'static str,
    /// `picking_type` of its transfers.
    kind: &'static str,
    /// Field of a product that says whether it may be ordered.
    allowed: &'static str,
    /// Price of a product.
    price: &'static str,
}

/// Orders of customers.
pub(in super::super) const SALE: Side = Side {
    order: "sale.order",
    line: "sale.order.line",
    letter: 'S',
    confirmed: "sale",
    open: &["draft", "sent"],
    redrafted: &["cancel", "sent"],
    to_confirm: "action_confirm",
    to_cancel: "action_cancel",
    to_draft: "action_draft",
    quantity: "product_uom_qty",
    moved: "qty_delivered",
    partner: "order_partner_id",
    status: "delivery_status",
    link: "sale_id",
    kind: "outgoing",
    allowed: "sale_ok",
    price: "list_price",
};

/// Orders made to vendors.
pub(in super::super) const PURCHASE: Side = Side {
    order: "purchase.order",
    line: "purchase.order.line",
    letter: 'P',
    confirmed: "purchase",
    open: &["draft", "sent", "to approve"],
    redrafted: &["cancel"],
    to_confirm: "button_confirm",
    to_cancel: "button_cancel",
    to_draft: "button_draft",
    quantity: "product_qty",
    moved: "qty_received",
    partner: "partner_id",
    status: "receipt_status",
    link: "purchase_id",
    kind: "incoming",
    allowed: "purchase_ok",
    price: "standard_price",
};

impl Side {
    /// The side that a model of orders or of lines belongs to.
    pub(super) fn of(model: &str) -> Option<&'static Self> {
        [&SALE, &PURCHASE].into_iter().find(|side| side.order == model || side.line == model)
    }

    const fn sells(&self) -> bool {
        matches!(self.letter, 'S')
    }

    /// What became of what was invoiced.
    const fn past(&self) -> &'static str {
        if self.sells() { "invoiced" } else { "billed" }
    }

    /// What became of what was moved.
    const fn moved_word(&self) -> &'static str {
        if self.sells() { "delivered" } else { "received" }
    }

    fn is_confirmed(&self, order: &Row) -> bool {
        order.word("state") == self.confirmed
    }
}

/// Fills in what a new order or line was not given.
pub(super) async fn defaults(
    work: &mut Work<'_>,
    side: &Side,
    model: &Model,
    row: &mut Row,
) -> Result<(), ErpError> {
    if model.name == side.order {
        head::defaults(work, side, row).await
    } else {
        line::defaults(work, side, row).await
    }
}

/// Refuses what the state of the order does not allow.
pub(super) async fn guard(
    work: &mut Work<'_>,
    side: &Side,
    model: &Model,
    before: &Row,
    wish: Wish<'_>,
) -> Result<(), ErpError> {
    if model.name == side.order {
        lock::order(work, side, model, before, wish).await
    } else {
        lock::line(work, side, before, wish).await
    }
}

/// Adds to the changes what follows from them.
pub(super) async fn derive(
    work: &mut Work<'_>,
    side: &Side,
    model: &Model,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    if model.name == side.order { Ok(()) } else { line::derive(work, side, before, changes).await }
}

/// Writes what follows from an order or line that was made or changed.
pub(super) async fn settle(work: &mut Work<'_>, side: &Side, model: &Model, id: i64) -> Result<(), ErpError> {
    if model.name == side.order {
        return head::settle(work, side, id).await;
    }
    if let Some(line) = work.one(side.line, id).await? {
        work.follow(side.order, line.number("order_id"));
    }
    Ok(())
}

/// Writes what follows from an order or line that is gone.
pub(super) fn deleted(work: &mut Work<'_>, side: &Side, model: &Model, before: &Row) {
    if model.name == side.line {
        work.follow(side.order, before.number("order_id"));
    }
}

/// `sale.order 7 (S00007, Quotation)`, for whoever is shown its state
fn named(work: &Work<'_>, model: &Model, order: &Row) -> String {
    let mut name = work.called(&model.name, order);
    if work.shows(&model.name, "state") {
        name = format!("{name}, {}", state(model, order));
    }
    format!("{} {} ({name})", model.name, order.number("id"))
}

/// Its state as people read it.
fn state<'a>(model: &'a Model, order: &'a Row) -> &'a str {
    let state = order.word("state");
    match model.field("state").map(|field| &field.kind) {
        Some(FieldKind::Selection(choices)) => {
            choices.iter().find(|(value, _)| *value == *state).map_or(state, |(_, label)| label.as_ref())
        }
        _ => state,
    }
}
