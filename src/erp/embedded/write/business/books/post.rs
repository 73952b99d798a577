//! `action_post` and `button_draft`: into the books, and out of them.

use chrono::Datelike;
use serde_json::{Value, json};

use super::super::super::money::dealt;
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::say::amount as said;
use super::super::{numbers, sense};
use super::{bad, called, chart, invoices, is_invoice, items, sells};
use crate::erp::embedded::moment;
use crate::erp::{ErpError, Row};

/// Days until a vendor is paid where nothing else is agreed.
const VENDOR_TERM: i64 = 30;
/// The whole, in hundredths of a per cent.
const ALL: i64 = 10_000;

/// Posts drafts, one after another.
pub(in super::super) async fn action_post(
    work: &mut Work<'_>,
    ids: &[i64],
) -> Result<Option<Value>, ErpError> {
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(head) = work.one("account.move", *id).await? else { continue };
        let name = post(work, &head).await?;
        let name = work.called_as("account.move", *id, &name);
        answers.push(json!({ "id": id, "name": name, "state": "posted" }));
        work.is_lasting(format!("it posts {name} in the books"));
    }
    Ok(Some(json!({ "entries": answers })))
}

async fn post(work: &mut Work<'_>, head: &Row) -> Result<String, ErpError> {
    match head.word("state") {
        "posted" => return Err(bad(format!("{} is posted already", called(work, head)))),
        "cancel" => {
            return Err(bad(format!(
                "{} is cancelled; call button_draft on account.move {} first",
                called(work, head),
                head.number("id")
            )));
        }
        _ => {}
    }
    let lines = work.find("account.move.line", "move_id", head.number("id")).await?;
    postable(work, head, &lines).await?;
    let day = head.number("date");
    let year = moment::date(day).map_or(0, |date| date.year());
    let series = chart::series(work, head, year).await?;
    let name = match head.word("name") {
        "/" => numbers::next(work, "account_move", &series, head.int("company_id")).await?,
        name if name.starts_with(&series) => name.to_owned(),
        name => {
            return Err(bad(format!(
                "{name} keeps its number, which does not begin with {series}: set its journal, and the year of its \
                 date, back to what they were"
            )));
        }
    };
    let mut changes = Row::new();
    changes.put("name", name.as_str());
    changes.put("state", "posted");
    let mut due = None;
    if is_invoice(head) {
        let written = head.int("invoice_date").unwrap_or(day);
        let until = match head.int("invoice_date_due") {
            Some(until) => until,
            None => written + term(work, head).await?,
        };
        sense::due(work, (written, until))?;
        changes.put("invoice_date", written);
        changes.put("invoice_date_due", until);
        changes.put("amount_residual", head.number("amount_total"));
        changes.put("payment_state", if head.number("amount_total") == 0 { "paid" } else { "not_paid" });
        due = Some(until);
    }
    let model = work.model("account.move")?;
    work.update(&model, head, &changes).await?;
    let model = work.model("account.move.line")?;
    for line in lines {
        let mut changes = Row::new();
        changes.put("parent_state", "posted");
        if is_open_item(work, &line).await? {
            changes.put("amount_residual", line.number("balance"));
        }
        if line.word("display_type") == "payment_term" {
            changes.put("date_maturity", due);
        }
        work.update(&model, &line, &changes).await?;
    }
    Ok(name)
}

/// Whether something is paid against an item: it stands on a receivable or payable.
async fn is_open_item(work: &mut Work<'_>, line: &Row) -> Result<bool, ErpError> {
    let account = work.one("account.account", line.number("account_id")).await?;
    Ok(account.is_some_and(|account| account.is("reconcile")))
}

/// Days until an invoice is due where it does not say.
async fn term(work: &mut Work<'_>, head: &Row) -> Result<i64, ErpError> {
    if !sells(head) {
        return Ok(VENDOR_TERM);
    }
    let order = match head.int("sale_id") {
        Some(order) => work.one("sale.order", order).await?,
        None => None,
    };
    Ok(order.and_then(|order| order.word("payment_term").parse().ok()).unwrap_or(0))
}

async fn postable(work: &mut Work<'_>, head: &Row, lines: &[Row]) -> Result<(), ErpError> {
    let name = called(work, head);
    if lines.is_empty() {
        return Err(bad(format!("{name} has no lines: add them through line_ids")));
    }
    dealt(work, head.number("company_id"), head.number("currency_id")).await?;
    if is_invoice(head) {
        if !head.has("partner_id") {
            return Err(bad(format!("{name} has no partner: set partner_id, whose invoice it is")));
        }
        if head.number("amount_total") < 0 {
            let total = said(head.number("amount_total"));
            let total = if work.shows("account.move", "amount_total") {
                format!(" ({total})")
            } else {
                String::new()
            };
            return Err(bad(format!("{name} has a total below zero{total}: make a credit note instead")));
        }
        // What is given away is worth nothing on purpose; a thousandth of something cheap is not.
        let priced = |line: &&Row| line.number("price_unit") != 0 && line.number("discount") < ALL;
        if lines.iter().all(|line| line.number("balance") == 0) && lines.iter().any(|line| priced(&line)) {
            return Err(bad(format!(
                "{name} comes to less than a cent: nothing of it would be booked; check quantity and price_unit of its lines"
            )));
        }
    }
    let sum = |field: &str| lines.iter().map(|line| line.number(field)).sum::<i64>();
    let (debit, credit) = (sum("debit"), sum("credit"));
    if debit == credit {
        return balanced_abroad(work, head, lines).await;
    }
    if !["debit", "credit", "balance"].iter().all(|side| work.shows("account.move.line", side)) {
        return Err(bad(format!("{name} does not balance")));
    }
    let currency = work.one("res.currency", head.number("company_currency_id")).await?.unwrap_or_default();
    let (more, less) = if debit > credit { ("debit", "credit") } else { ("credit", "debit") };
    Err(bad(format!(
        "{name} does not balance: {more} is {} {} more than {less} ({} against {})",
        said((debit - credit).abs()),
        work.called("res.currency", &currency),
        said(debit.max(credit)),
        said(debit.min(credit))
    )))
}

/// In a currency of its own an entry balances too: its amounts add up to nothing, or each is what its balance comes to
/// by the rate of the day, to the cent.
async fn balanced_abroad(work: &mut Work<'_>, head: &Row, lines: &[Row]) -> Result<(), ErpError> {
    let sum: i64 = lines.iter().map(|line| line.number("amount_currency")).sum();
    if sum == 0 || head.int("currency_id") == head.int("company_currency_id") {
        return Ok(());
    }
    let mut follow = true;
    for line in lines {
        let due = items::foreign(work, head, line.number("balance")).await?;
        follow &= (line.number("amount_currency") - due).abs() <= 1;
    }
    if follow {
        return Ok(());
    }
    let name = called(work, head);
    if !work.shows("account.move.line", "amount_currency") {
        return Err(bad(format!("{name} does not balance in its own currency")));
    }
    let currency = work.one("res.currency", head.number("currency_id")).await?.unwrap_or_default();
    let currency = work.called("res.currency", &currency);
    Err(bad(format!(
        "{name} does not balance in {currency}: the amount_currency of its items adds up to {} {currency}; it has to be 0. \
         Write them anew, or leave them away: they follow from debit and credit by the rate of the day",
        said(sum)
    )))
}

/// Takes posted entries out of the books, so that they can be mended, and lets cancelled ones be drafts again; each
/// keeps its number.
pub(in super::super) async fn button_draft(
    work: &mut Work<'_>,
    ids: &[i64],
) -> Result<Option<Value>, ErpError> {
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(head) = work.one("account.move", *id).await? else { continue };
        let name = called(work, &head);
        reset(work, &head).await?;
        answers.push(json!({ "id": id, "name": name, "state": "draft" }));
        if head.word("state") == "posted" {
            work.is_lasting(format!("it takes {name} out of the books; action_post puts it back"));
        }
    }
    Ok(Some(json!({ "entries": answers })))
}

async fn reset(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let name = called(work, head);
    if head.word("state") == "draft" {
        return Err(bad(format!(
            "{name} is a draft already: only what is posted or cancelled is reset to draft"
        )));
    }
    let was_posted = head.word("state") == "posted";
    let lines = work.find("account.move.line", "move_id", head.number("id")).await?;
    for line in lines.iter().filter(|_| was_posted) {
        if is_open_item(work, line).await? && line.number("amount_residual") != line.number("balance") {
            return Err(bad(format!(
                "{name} can't be reset to draft: it was paid, in whole or in part, or pays something itself; \
                 a credit note takes it back"
            )));
        }
    }
    let mut changes = Row::new();
    changes.put("state", "draft");
    if is_invoice(head) {
        changes.put("amount_residual", head.number("amount_total"));
        changes.put("payment_state", "not_paid");
    }
    let model = work.model("account.move")?;
    work.update(&model, head, &changes).await?;
    let model = work.model("account.move.line")?;
    for line in lines {
        let mut changes = Row::new();
        changes.put("parent_state", "draft");
        changes.put("amount_residual", 0);
        work.update(&model, &line, &changes).await?;
    }
    // What a cancelled one invoiced of its order counts again.
    if was_posted { Ok(()) } else { invoices::tell_order(work, head).await }
}
