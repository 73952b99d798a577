//! Drafts added up: the tax and the receivable or payable of an invoice, and the totals of every entry.

use std::collections::BTreeMap;

use super::super::super::super::trade::{Price, tax_name};
use super::super::super::money::{LARGEST, convert};
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::orders::{self, PURCHASE, SALE};
use super::super::say::amount as said;
use super::items::{self, DAY};
use super::{bad, chart, is_invoice, sells, sign};
use crate::erp::{ErpError, Row};

/// Adds a draft up; what is no draft stays as it is.
pub(in super::super) async fn total(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(head) = work.one("account.move", id).await? else { return Ok(()) };
    if head.word("state") != "draft" {
        return Ok(());
    }
    let model = work.model("account.move.line")?;
    for before in work.find("account.move.line", "move_id", id).await? {
        let mut row = before.clone();
        items::inherit(&head, &mut row);
        if is_invoice(&head) {
            row.put("partner_id", head.int("partner_id"));
        } else if row.int("currency_id") != before.int("currency_id") {
            // What it came to in another currency says nothing any more.
            let foreign = items::foreign(work, &head, row.number("balance")).await?;
            row.put("amount_currency", foreign);
        }
        work.update(&model, &before, &row).await?;
    }
    if !is_invoice(&head) {
        return entry(work, &head).await;
    }
    invoice(work, &head).await?;
    tell_order(work, &head).await
}

/// Lets the order of an invoice know what of it is invoiced.
pub(in super::super) async fn tell_order(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    for (link, side) in [("sale_id", &SALE), ("purchase_id", &PURCHASE)] {
        if let Some(order) = head.int(link) {
            orders::billed(work, side, order).await?;
        }
    }
    Ok(())
}

async fn entry(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let (mut total, mut booked) = (0, 0);
    for row in work.find("account.move.line", "move_id", head.number("id")).await? {
        total += row.number("amount_currency").max(0);
        booked += row.number("debit");
    }
    let mut changes = Row::new();
    changes.put("amount_untaxed", total);
    changes.put("amount_total", total);
    changes.put("amount_total_signed", booked);
    let model = work.model("account.move")?;
    work.update(&model, head, &changes).await
}

/// Sums of an invoice: without tax and tax in its own currency, and all that is booked so far in the company's.
#[derive(Default)]
struct Sums {
    untaxed: i64,
    /// By rate, in hundredths of a per cent.
    taxes: BTreeMap<i64, i64>,
    booked: i64,
    any: bool,
}

async fn invoice(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let mut sums = product_lines(work, head).await?;
    let mut taxes = Vec::new();
    let due: Vec<(i64, i64)> =
        sums.taxes.iter().map(|(rate, tax)| (*rate, *tax)).filter(|due| due.1 != 0).collect();
    for (rate, tax) in &due {
        // One item is counted on all the lines: it bears the rate that all of them have.
        let is_whole = due.len() > 1 || sums.taxes.len() == 1;
        let mut usual = Row::new();
        usual.put("name", tax_name(is_whole.then_some(*rate)));
        usual.put("sequence", 50);
        let taxed = convert_to_books(work, head, sign(head) * tax).await?;
        sums.booked += taxed;
        taxes.push((usual, (taxed, sign(head) * tax)));
    }
    computed_items(work, head, "tax", taxes).await?;
    let tax = due.iter().map(|due| due.1).sum::<i64>();
    let total = sums.untaxed + tax;
    let mut term = Row::new();
    term.put("sequence", 100);
    term.put("date_maturity", head.int("invoice_date_due"));
    let wanted = sums.any.then_some((term, (-sums.booked, -sign(head) * total)));
    computed_items(work, head, "payment_term", wanted.into_iter().collect()).await?;
    let mut changes = Row::new();
    changes.put("amount_untaxed", sums.untaxed);
    changes.put("amount_tax", tax);
    changes.put("amount_total", total);
    changes.put("amount_residual", total);
    changes.put("amount_total_signed", -sums.booked);
    let model = work.model("account.move")?;
    work.update(&model, head, &changes).await
}

/// Computes every product line, and adds them up.
async fn product_lines(work: &mut Work<'_>, head: &Row) -> Result<Sums, ErpError> {
    let model = work.model("account.move.line")?;
    let mut items = work.find("account.move.line", "move_id", head.number("id")).await?;
    items.retain(|item| item.word("display_type") == "product");
    let side = if sells(head) { &SALE } else { &PURCHASE };
    let rates = orders::rates(work, side, head, &items).await?;
    let mut sums = Sums::default();
    for (before, rate) in items.into_iter().zip(rates) {
        let price = Price {
            quantity: before.number("quantity"),
            unit: before.number("price_unit"),
            discount: before.number("discount"),
            tax: rate,
        };
        let amounts = price.amounts();
        if amounts.total.abs() > LARGEST {
            return Err(bad(format!(
                "quantity × price_unit comes to more than {}, the most that an item may; check both for digits too many",
                said(LARGEST)
            )));
        }
        let amount = sign(head) * amounts.subtotal;
        let balance = convert_to_books(work, head, amount).await?;
        let mut row = before.clone();
        row.put("price_subtotal", amounts.subtotal);
        items::set(&mut row, balance, amount);
        work.update(&model, &before, &row).await?;
        sums.untaxed += amounts.subtotal;
        *sums.taxes.entry(rate).or_default() += amounts.tax;
        sums.booked += balance;
        sums.any = true;
    }
    Ok(sums)
}

async fn convert_to_books(work: &mut Work<'_>, head: &Row, amount: i64) -> Result<i64, ErpError> {
    let between = (head.number("currency_id"), head.number("company_currency_id"));
    convert(work, head.number("company_id"), amount, between, head.number("date") * DAY).await
}

/// Whether a label of tax is one of ours, whose rate may have changed, and not one that somebody gave it.
fn is_usual_name(name: &str) -> bool {
    let rate = name.strip_prefix("Tax").map(|rest| rest.trim_end_matches('%').trim_start());
    rate.is_some_and(|rate| rate.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// Sees to it that an invoice has the items `wanted` of a kind, each with its usual values and its (balance, amount),
/// and no others. One that is there keeps its account, and a label that somebody gave it.
async fn computed_items(
    work: &mut Work<'_>,
    head: &Row,
    kind: &'static str,
    wanted: Vec<(Row, (i64, i64))>,
) -> Result<(), ErpError> {
    let model = work.model("account.move.line")?;
    let mut there = work.find("account.move.line", "move_id", head.number("id")).await?;
    there.retain(|row| row.word("display_type") == kind);
    for (usual, (balance, amount)) in wanted {
        let same = there.iter().position(|row| row.word("name") == usual.word("name"));
        let next = same.or((!there.is_empty()).then_some(0)).map(|at| there.remove(at));
        if let Some(before) = next {
            let mut row = before.clone();
            items::set(&mut row, balance, amount);
            if kind == "tax" && is_usual_name(before.word("name")) {
                row.put("name", usual.word("name"));
            }
            if kind == "payment_term" {
                row.put("date_maturity", head.int("invoice_date_due"));
            }
            work.update(&model, &before, &row).await?;
        } else {
            let account = match kind {
                "tax" => chart::tax_account(work, head).await?,
                _ => chart::due_account(work, head).await?,
            };
            let mut row = usual;
            items::inherit(head, &mut row);
            row.put("display_type", kind);
            row.put("account_id", account);
            row.put("partner_id", head.int("partner_id"));
            for none in ["quantity", "price_unit", "discount", "price_subtotal", "amount_residual"] {
                row.put(none, 0);
            }
            items::set(&mut row, balance, amount);
            work.insert(&model, row).await?;
        }
    }
    for more in there {
        work.delete(&model, &more).await?;
    }
    Ok(())
}
