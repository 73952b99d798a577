//! `action_create_invoice`: what was moved of an order and is not invoiced yet, as a draft. Invoiced is what was
//! delivered, and billed what was received. The name is that which Odoo's `purchase.order` gives it in public.

use serde_json::{Value, json};

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::books;
use super::super::say::bad;
use super::{Side, act, named};
use crate::erp::embedded::moment;
use crate::erp::{ErpError, Row};

/// Days until a vendor is paid where nothing else is agreed.
const VENDOR_TERM: i64 = 30;
/// Documents that a refusal names.
const NAMED: usize = 5;

/// Makes a draft invoice or bill for each of the orders.
pub(in super::super::super) async fn create_invoice(
    work: &mut Work<'_>,
    side: &Side,
    ids: &[i64],
) -> Result<Value, ErpError> {
    let model = work.model(side.order)?;
    let mut invoices = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(order) = work.one(side.order, *id).await? else { continue };
        let whose = named(work, &model, &order);
        if !side.is_confirmed(&order) {
            return Err(bad(format!(
                "{whose} can't be {}: only confirmed orders are; call {} on it first",
                side.past(),
                side.to_confirm
            )));
        }
        let before = act::lines_of(work, side, *id).await?;
        act::render_more(work, side, *id, &before).await?;
        let lines = act::lines_of(work, side, *id).await?;
        let due: Vec<Row> = lines.iter().filter_map(|line| item(side, line)).collect();
        if due.is_empty() {
            return Err(nothing(work, side, &whose, (*id, &lines)).await?);
        }
        let head = head(work, side, &order);
        invoices.push(books::draft(work, head, due).await?);
        work.follow(side.order, *id);
    }
    Ok(json!({ "invoice_ids": invoices }))
}

/// What the invoice has of its order.
fn head(work: &Work<'_>, side: &Side, order: &Row) -> Row {
    let today = moment::local_date(work.who.tz, work.now).map_or(0, moment::days);
    let term =
        if side.sells() { order.word("payment_term").parse().unwrap_or_default() } else { VENDOR_TERM };
    let mut head = Row::new();
    head.put("move_type", if side.sells() { "out_invoice" } else { "in_invoice" });
    head.put("partner_id", order.int("partner_id"));
    head.put("company_id", order.int("company_id"));
    head.put("currency_id", order.int("currency_id"));
    head.put("invoice_date", today);
    head.put("invoice_date_due", today + term);
    head.put("invoice_user_id", order.int("user_id"));
    head.put("invoice_origin", order.word("name"));
    head.put(side.link, order.number("id"));
    head
}

/// What of a line was moved and is not invoiced, as an item of an invoice.
fn item(side: &Side, line: &Row) -> Option<Row> {
    let quantity = line.number(side.moved) - line.number("qty_invoiced");
    (quantity > 0).then(|| {
        let mut item = Row::new();
        item.put("product_id", line.int("product_id"));
        item.put("name", line.word("name"));
        item.put("quantity", quantity);
        item.put("price_unit", line.number("price_unit"));
        item.put("discount", line.number("discount"));
        item
    })
}

/// Why there is nothing to invoice: nothing was moved yet, or there is an invoice of it, which is named.
async fn nothing(
    work: &mut Work<'_>,
    side: &Side,
    whose: &str,
    (order, lines): (i64, &[Row]),
) -> Result<ErpError, ErpError> {
    let (invoiced, moved) = (side.past(), side.moved_word());
    if !lines.iter().any(|line| line.number(side.moved) > 0 || line.number("qty_invoiced") > 0) {
        let open: Vec<String> = work
            .find("stock.picking", side.link, order)
            .await?
            .iter()
            .filter(|picking| !matches!(picking.word("state"), "done" | "cancel"))
            .filter_map(|picking| {
                let name = work.called_to_readers("stock.picking", picking)?;
                Some(format!("{name} (stock.picking {})", picking.number("id")))
            })
            .take(NAMED)
            .collect();
        let remedy = match open.as_slice() {
            [] => String::new(),
            open => format!("; button_validate does it: {}", open.join(", ")),
        };
        return Ok(bad(format!(
            "{whose} can't be {invoiced} yet: {invoiced} is what was {moved}, and nothing of it was{remedy}"
        )));
    }
    let mut by = Vec::new();
    for entry in work.find("account.move", side.link, order).await? {
        if entry.word("state") == "cancel" || entry.word("move_type").ends_with("refund") {
            continue;
        }
        let id = entry.number("id");
        by.extend(work.called_to_readers("account.move", &entry).map(|name| {
            if entry.word("name") == "/" {
                format!("draft account.move {id}")
            } else {
                format!("{name} (account.move {id})")
            }
        }));
    }
    by.truncate(NAMED);
    let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
    let is_whole = lines.iter().all(|line| line.number("qty_invoiced") >= line.number(side.quantity));
    Ok(bad(if is_whole {
        format!("{whose} has nothing left to be {invoiced}: all of it is {invoiced} already{by}")
    } else {
        format!(
            "{whose} has nothing left to be {invoiced}: what was {moved} of it is {invoiced} already{by}; the rest can \
             be once it is {moved}"
        )
    }))
}
