//! What makes no sense whatever the state of a record: prices below nothing, days in the wrong order, amounts in a
//! currency that nobody can convert, books in another currency than those that are there.

use super::super::money::{books, dealt};
use super::super::row::Values;
use super::super::work::Work;
use super::Wish;
use super::say::{amount, bad, day};
use crate::erp::{ErpError, Row};
use crate::model::Model;

/// Models whose amounts are in a currency that is chosen.
const IN_MONEY: [&str; 5] = ["sale.order", "purchase.order", "account.move", "crm.lead", "product.product"];
/// Amounts that are never below nothing.
const FROM_NOTHING: [(&str, &str); 3] = [
    ("product.product", "list_price"),
    ("product.product", "standard_price"),
    ("crm.lead", "expected_revenue"),
];
/// Certain, in hundredths of a per cent.
const CERTAIN: i64 = 10_000;

/// Checks what is written of a record.
pub(super) async fn check(
    work: &mut Work<'_>,
    model: &Model,
    before: &Row,
    wish: Wish<'_>,
) -> Result<(), ErpError> {
    let none = Row::new();
    let changes = match wish {
        Wish::Create => None,
        Wish::Change { changes, .. } => Some(changes),
        Wish::Delete => return Ok(()),
    };
    let written = |name: &str| changes.is_none_or(|changes| changes.contains_key(name));
    let after: Row = before
        .iter()
        .chain(changes.unwrap_or(&none))
        .map(|(name, cell)| (name.clone(), cell.clone()))
        .collect();
    let name = model.name.as_ref();
    let label = |field: &str| model.field(field).map(|field| field.label.to_string()).unwrap_or_default();
    for (_, field) in FROM_NOTHING.into_iter().filter(|(of, field)| *of == name && written(field)) {
        if after.number(field) < 0 {
            let (label, shown) = (label(field), amount(after.number(field)));
            return Err(bad(format!("{field} ({label}): {shown} is below zero; it takes 0 or more")));
        }
    }
    if name == "crm.lead" && written("probability") && !(0..=CERTAIN).contains(&after.number("probability")) {
        let shown = amount(after.number("probability"));
        return Err(bad(format!("probability (Probability): {shown} is not per cent; it takes 0 to 100")));
    }
    let days = after.int("invoice_date").zip(after.int("invoice_date_due"));
    if let Some(days) = days.filter(|_| written("invoice_date") || written("invoice_date_due")) {
        due(work, days)?;
    }
    if IN_MONEY.contains(&name)
        && (written("currency_id") || written("company_id"))
        && let Some(currency) = after.int("currency_id")
    {
        let company = after.int("company_id").or(work.who.company_ids.first().copied()).unwrap_or_default();
        dealt(work, company, currency).await?;
    }
    if name == "res.company" && written("currency_id") && changes.is_some() {
        return books_stay(work, before).await;
    }
    Ok(())
}

/// Refuses an invoice that was due before it was written: (its day, the day on which it is due).
pub(super) fn due(work: &Work<'_>, (written, until): (i64, i64)) -> Result<(), ErpError> {
    if until >= written {
        return Ok(());
    }
    let shown = |field: &str, at: i64| {
        if work.shows("account.move", field) { format!(" ({})", day(at)) } else { String::new() }
    };
    Err(bad(format!(
        "invoice_date_due (Due Date){} lies before invoice_date (Invoice Date){}; an invoice is due on its day or later",
        shown("invoice_date_due", until),
        shown("invoice_date", written)
    )))
}

/// What is booked and what stock is worth stands in the currency of the company, and would mean something else.
async fn books_stay(work: &mut Work<'_>, company: &Row) -> Result<(), ErpError> {
    let id = company.number("id");
    for (held, what) in
        [("account.move", "entries"), ("stock.quant", "stock"), ("stock.movement", "movements of stock")]
    {
        let model = work.model(held)?;
        if !work.select(&model, "company_id = $1 LIMIT 1", &[id]).await?.is_empty() {
            let own = books(work, id).await?;
            let own = work.one("res.currency", own).await?.unwrap_or_default();
            let own = if work.shows("res.company", "currency_id") {
                format!(", {}", work.called("res.currency", &own))
            } else {
                String::new()
            };
            return Err(bad(format!(
                "currency_id (Currency): res.company {id} has {what} in the currency of its books{own}, which would mean \
                 other amounts in another; make a new company for books in another currency"
            )));
        }
    }
    Ok(())
}
