//! `account.move`: what it fills in by itself, and what its state allows.

use super::super::super::money::books;
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::Wish;
use super::{bad, called, chart, is_harmless, is_invoice, refuse_closed};
use crate::erp::embedded::moment;
use crate::erp::{ErpError, Row};

/// What is decided when an entry is made.
const FIXED: [&str; 2] = ["move_type", "company_id"];
/// What the items of an entry have from it.
const FOLLOWED: [&str; 6] =
    ["partner_id", "currency_id", "date", "invoice_date", "invoice_date_due", "journal_id"];

pub(in super::super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    row.put_if_unset("move_type", "entry");
    let today = moment::local_date(work.who.tz, work.now).map_or(0, moment::days);
    let day = row.int("invoice_date").unwrap_or(today);
    row.put_if_unset("date", day);
    let journal = match row.int("journal_id") {
        Some(id) => work.one("account.journal", id).await?,
        None => None,
    };
    let of_journal = journal.as_ref().and_then(|journal| journal.int("company_id"));
    let Some(company) = row.int("company_id").or(of_journal).or(work.who.company_ids.first().copied()) else {
        return Ok(());
    };
    row.put("company_id", company);
    if !row.has("journal_id") {
        let kind = row.word("move_type").to_owned();
        row.put("journal_id", chart::journal(work, &kind, company).await?);
    }
    let own = books(work, company).await?;
    row.put("company_currency_id", own);
    if !row.has("currency_id") {
        let partner = match row.int("partner_id").filter(|_| is_invoice(row)) {
            Some(id) => work.one("res.partner", id).await?,
            None => None,
        };
        row.put("currency_id", partner.and_then(|partner| partner.int("currency_id")).unwrap_or(own));
    }
    if is_invoice(row) {
        row.put("payment_state", "not_paid");
        if !row.contains_key("invoice_user_id") {
            row.put("invoice_user_id", work.who.user_id);
        }
    }
    row.put("name", "/");
    row.put("state", "draft");
    for amount in ["amount_untaxed", "amount_tax", "amount_total", "amount_residual", "amount_total_signed"] {
        row.put(amount, 0);
    }
    Ok(())
}

pub(in super::super) fn guard(work: &Work<'_>, before: &Row, wish: &Wish<'_>) -> Result<(), ErpError> {
    match wish {
        Wish::Create => Ok(()),
        Wish::Change { changes, touches_lines } => {
            if *touches_lines || !is_harmless(changes) {
                refuse_closed(work, before)?;
            }
            match FIXED.iter().find(|name| changes.contains_key(**name)) {
                Some(name) => Err(bad(format!(
                    "{name} of {} is decided when it is made; delete the draft and make another",
                    called(work, before)
                ))),
                None => Ok(()),
            }
        }
        Wish::Delete => {
            refuse_closed(work, before)?;
            if before.word("name") != "/" {
                return Err(bad(format!(
                    "{} was posted once: without it a number would be missing. Post it again, with what is right",
                    called(work, before)
                )));
            }
            Ok(())
        }
    }
}

/// The accounting date of an invoice is its own unless something else is said.
pub(in super::super) fn derive(work: &mut Work<'_>, before: &Row, changes: &mut Row) {
    if is_invoice(before) && changes.has("invoice_date") && !changes.contains_key("date") {
        let day = changes.int("invoice_date");
        changes.put("date", day);
    }
    if FOLLOWED.iter().any(|name| changes.contains_key(*name)) {
        work.follow("account.move", before.number("id"));
    }
}

/// Checks that the journal is one for it.
pub(in super::super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(head) = work.one("account.move", id).await? else { return Ok(()) };
    let journal = work.one("account.journal", head.number("journal_id")).await?.unwrap_or_default();
    match chart::journal_type(head.word("move_type")) {
        Some(kind) if journal.word("type") != kind => Err(bad(format!(
            "journal_id (Journal): {} is of {}; an entry of move_type {} stands in one of type {kind}",
            work.called("account.journal", &journal),
            if work.shows("account.journal", "type") {
                format!("type {}", journal.word("type"))
            } else {
                "another type".to_owned()
            },
            head.word("move_type")
        ))),
        _ => Ok(()),
    }
}
