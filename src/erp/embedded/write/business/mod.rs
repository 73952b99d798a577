//! What a model does by itself when its records are written: one file per application. Every write passes here, by
//! whatever way it came: with the record itself, as a line of its document, by a method.

mod back;
mod books;
mod contacts;
mod crm;
mod numbers;
mod orders;
mod pos;
mod products;
mod purchase;
mod sale;
mod say;
mod sense;
mod stock;

use std::sync::Arc;

use serde_json::Value;

use super::work::Work;
use crate::erp::{ErpError, Row, Values};
use crate::model::{Complaint, Model};
pub(super) use back::{allowed_back, gone_again, planned_twice, put_back};
use orders::Side;

/// Method of orders that makes their invoices; it leaves their state as it is.
const INVOICING: &str = "action_create_invoice";

/// What is wished for of a record.
#[derive(Clone, Copy)]
pub(super) enum Wish<'a> {
    /// That it comes to be; it links to nothing that the caller does not reach.
    Create,
    /// Other values.
    Change {
        /// Those that are not as they were.
        changes: &'a Row,
        /// Whether commands for its lines follow.
        touches_lines: bool,
    },
    /// That it goes.
    Delete,
}

/// Fills in what a new record of the model needs and was not given.
pub(super) async fn defaults(work: &mut Work<'_>, model: &Model, row: &mut Row) -> Result<(), ErpError> {
    match model.name.as_ref() {
        "res.partner" => contacts::defaults(work, row).await,
        "product.product" => products::defaults(work, row).await,
        "product.category" => products::name_category(work, row).await,
        "crm.lead" => crm::defaults(work, row).await,
        "pos.order" | "pos.order.line" => pos::defaults(model),
        "stock.picking" => stock::defaults(work, row).await,
        "stock.movement" => stock::movement_defaults(work, row).await,
        "account.move" => books::defaults(work, row).await,
        "account.move.line" => books::item_defaults(work, row).await,
        name => match Side::of(name) {
            Some(side) => orders::defaults(work, side, model, row).await,
            None => Ok(()),
        },
    }
}

/// Refuses what the state of a document does not allow, and what makes no sense in any.
pub(super) async fn guard(
    work: &mut Work<'_>,
    model: &Model,
    before: &Row,
    wish: Wish<'_>,
) -> Result<(), ErpError> {
    allowed(work, model, before, wish).await?;
    sense::check(work, model, before, wish).await
}

async fn allowed(work: &mut Work<'_>, model: &Model, before: &Row, wish: Wish<'_>) -> Result<(), ErpError> {
    match model.name.as_ref() {
        "pos.order" | "pos.order.line" => pos::guard(model, before, &wish),
        "product.product" => stock::guard_product(work, before, &wish).await,
        "stock.picking" => stock::guard(work, before, &wish).await,
        "stock.movement" => stock::guard_movement(work, before, &wish).await,
        "account.move" => books::guard(work, before, &wish),
        "account.move.line" => books::guard_item(work, before, &wish).await,
        name => match Side::of(name) {
            Some(side) => orders::guard(work, side, model, before, wish).await,
            None => Ok(()),
        },
    }
}

/// Adds to the changes of a record what follows from them.
pub(super) async fn derive(
    work: &mut Work<'_>,
    model: &Model,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    match model.name.as_ref() {
        "res.partner" => contacts::derive(work, before, changes).await,
        "product.category" => products::rename_category(work, before, changes).await,
        "crm.lead" => {
            crm::derive(work, before, changes);
            Ok(())
        }
        "product.product" => {
            stock::derive_product(work, before, changes);
            Ok(())
        }
        "stock.movement" => stock::derive_movement(work, before, changes).await,
        "account.move" => {
            books::derive(work, before, changes);
            Ok(())
        }
        "account.move.line" => books::derive_item(work, before, changes).await,
        name => match Side::of(name) {
            Some(side) => orders::derive(work, side, model, before, changes).await,
            None => Ok(()),
        },
    }
}

/// Writes what follows from a record that was made or changed, and from its lines.
pub(super) async fn settle(work: &mut Work<'_>, model: &Arc<Model>, id: i64) -> Result<(), ErpError> {
    match model.name.as_ref() {
        "res.partner" => contacts::settle(work, id).await,
        "product.category" => products::settle_category(work, id).await,
        "stock.picking" => stock::settle(work, id).await,
        "stock.movement" => stock::settle_movement(work, id).await,
        "account.move" => books::settle(work, id).await,
        "account.move.line" => books::settle_item(work, id).await,
        name => match Side::of(name) {
            Some(side) => orders::settle(work, side, model, id).await,
            None => Ok(()),
        },
    }
}

/// Writes what follows from a record that is gone.
pub(super) async fn deleted(work: &mut Work<'_>, model: &Arc<Model>, before: &Row) -> Result<(), ErpError> {
    match model.name.as_ref() {
        "stock.movement" => stock::movement_deleted(work, before).await,
        "account.move" => books::deleted(work, before).await,
        "account.move.line" => {
            books::item_deleted(work, before);
            Ok(())
        }
        name => {
            if let Some(side) = Side::of(name) {
                orders::deleted(work, side, model, before);
            }
            Ok(())
        }
    }
}

/// Adds a document up from its lines.
pub(super) async fn total(work: &mut Work<'_>, model: &str, id: i64) -> Result<(), ErpError> {
    match model {
        "product.product" => stock::revalue(work, id).await,
        // What is put back is reserved where it was.
        "stock.picking" if work.takes_back() => Ok(()),
        "stock.picking" => stock::reserve(work, id).await,
        "account.move" => books::total(work, id).await,
        name => match Side::of(name) {
            Some(side) => orders::total(work, side, id).await,
            None => Ok(()),
        },
    }
}

/// Calls a business method on records that are reached.
pub(super) async fn call(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    method: &str,
    ids: &[i64],
    arguments: &Values,
) -> Result<Option<Value>, ErpError> {
    if let Some(name) = arguments.keys().next() {
        return Err(ErpError::BadChange(Complaint::new(format!(
            "{}.{method} takes no arguments; `{name}` was given",
            model.name
        ))));
    }
    let answer = match (model.name.as_ref(), method) {
        ("account.move", "action_post") => books::action_post(work, ids).await,
        ("account.move", "button_draft") => books::button_draft(work, ids).await,
        ("account.move", "button_cancel") => books::button_cancel(work, ids).await,
        ("stock.picking", "button_validate") => stock::validate(work, ids).await,
        ("stock.picking", "action_cancel") => stock::action_cancel(work, ids).await,
        ("sale.order", "action_confirm") => sale::action_confirm(work, ids).await.map(Some),
        ("sale.order", "action_cancel") => sale::action_cancel(work, ids).await.map(Some),
        ("sale.order", "action_draft") => sale::action_draft(work, ids).await.map(Some),
        ("sale.order", INVOICING) => sale::action_create_invoice(work, ids).await.map(Some),
        ("purchase.order", "button_confirm") => purchase::button_confirm(work, ids).await.map(Some),
        ("purchase.order", "button_cancel") => purchase::button_cancel(work, ids).await.map(Some),
        ("purchase.order", "button_draft") => purchase::button_draft(work, ids).await.map(Some),
        ("purchase.order", INVOICING) => purchase::action_create_invoice(work, ids).await.map(Some),
        _ => {
            let known = model.methods.iter().map(|known| known.name.as_ref());
            Err(ErpError::BadChange(
                Complaint::new(format!("{} has no method `{method}`", model.name)).near(method, known),
            ))
        }
    };
    Ok(answer?.map(|answer| told(work, model, answer)))
}

/// What a method answers, without the fields of its model that policy hides.
fn told(work: &Work<'_>, model: &Model, answer: Value) -> Value {
    let hidden = |name: &str| model.field(name).is_some() && !work.shows(&model.name, name);
    match answer {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, _)| !hidden(name))
            .map(|(name, value)| (name, told(work, model, value)))
            .collect(),
        Value::Array(all) => all.into_iter().map(|each| told(work, model, each)).collect(),
        other => other,
    }
}

/// Whether records of the model are documents with a total.
pub(super) fn is_document(model: &str) -> bool {
    matches!(model, "sale.order" | "purchase.order" | "account.move" | "pos.order" | "crm.lead")
}

/// Whether records of `line` go with the record of `model` that they link to.
pub(super) fn owns(model: &str, line: &str) -> bool {
    line == format!("{model}.line") || (model == "stock.picking" && line == "stock.movement")
}

/// Where a field that the system sets comes from, as the end of a sentence.
pub(super) fn way_to_set(model: &Model, field: &str) -> String {
    match field {
        "state" if !model.methods.is_empty() => {
            let methods: Vec<&str> =
                model.methods.iter().map(|m| m.name.as_ref()).filter(|name| *name != INVOICING).collect();
            format!("; call_method changes it: {}", methods.join(", "))
        }
        "invoice_status" | "qty_invoiced" | "invoice_ids" if let Some(side) = Side::of(&model.name) => {
            format!("; it follows from the invoices of the order, which {INVOICING} of {} makes", side.order)
        }
        "sale_id" | "purchase_id" if model.name == "account.move" => {
            let order = if field == "sale_id" { "sale.order" } else { "purchase.order" };
            format!("; {INVOICING} of {order} makes the invoice of an order")
        }
        "id" => "; new records get theirs".to_owned(),
        "name" if model.name == "account.move" => {
            "; action_post gives it the next number of its journal".to_owned()
        }
        amount if model.name == "account.move" && amount.starts_with("amount_") => {
            "; it follows from line_ids".to_owned()
        }
        _ => String::new(),
    }
}
