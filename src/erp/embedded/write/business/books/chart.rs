//! Accounts, journals and rates that an entry takes where none is named.

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::{bad, sells};
use crate::erp::{ErpError, Row};

/// Which account is looked for: its usual code, and its type where there is none of that code.
pub(super) struct Wanted {
    code: &'static str,
    kind: &'static str,
    what: &'static str,
}

/// What customers owe.
const RECEIVABLE: Wanted = Wanted { code: "1200", kind: "asset_receivable", what: "receivables" };
/// What is owed to vendors.
const PAYABLE: Wanted = Wanted { code: "2000", kind: "liability_payable", what: "payables" };
/// Tax on sales.
const OUTPUT_TAX: Wanted = Wanted { code: "2100", kind: "liability_current", what: "output tax" };
/// Tax on purchases.
const INPUT_TAX: Wanted = Wanted { code: "1400", kind: "asset_current", what: "input tax" };
/// Services sold.
const SERVICES: Wanted = Wanted { code: "4100", kind: "income", what: "income" };
/// Anything sold.
const INCOME: Wanted = Wanted { code: "4000", kind: "income", what: "income" };
/// Anything bought.
const EXPENSE: Wanted = Wanted { code: "5000", kind: "expense_direct_cost", what: "expenses" };

/// Account of the receivable or payable of an invoice.
pub(super) async fn due_account(work: &mut Work<'_>, head: &Row) -> Result<i64, ErpError> {
    find(work, head, if sells(head) { &RECEIVABLE } else { &PAYABLE }).await
}

/// Account of the tax of an invoice.
pub(super) async fn tax_account(work: &mut Work<'_>, head: &Row) -> Result<i64, ErpError> {
    find(work, head, if sells(head) { &OUTPUT_TAX } else { &INPUT_TAX }).await
}

/// Account of a product line: services sold have one of their own, the rest takes that of the journal.
pub(super) async fn line_account(
    work: &mut Work<'_>,
    head: &Row,
    product: Option<&Row>,
) -> Result<i64, ErpError> {
    if sells(head) && product.is_some_and(|product| product.word("type") == "service") {
        return find(work, head, &SERVICES).await;
    }
    let journal = work.one("account.journal", head.number("journal_id")).await?;
    match journal.and_then(|journal| journal.int("default_account_id")) {
        Some(account) => Ok(account),
        None => find(work, head, if sells(head) { &INCOME } else { &EXPENSE }).await,
    }
}

async fn find(work: &mut Work<'_>, head: &Row, wanted: &Wanted) -> Result<i64, ErpError> {
    let company = head.number("company_id");
    let mut own = work.find("account.account", "company_id", company).await?;
    own.retain(|row| row.is("active"));
    own.sort_by(|a, b| a.word("code").cmp(b.word("code")));
    let usual =
        own.iter().find(|row| row.word("code") == wanted.code && row.word("account_type") == wanted.kind);
    let found = usual.or_else(|| own.iter().find(|row| row.word("account_type") == wanted.kind));
    found.map(|row| row.number("id")).ok_or_else(|| {
        bad(format!("company {company} has no account for {}: none is of type {}", wanted.what, wanted.kind))
    })
}

/// Type of the journals that entries of a kind stand in; `None` for any.
pub(super) fn journal_type(move_type: &str) -> Option<&'static str> {
    match move_type {
        "out_invoice" | "out_refund" => Some("sale"),
        "in_invoice" | "in_refund" => Some("purchase"),
        _ => None,
    }
}

/// The first journal of a company for entries of a kind.
pub(super) async fn journal(work: &mut Work<'_>, move_type: &str, company: i64) -> Result<i64, ErpError> {
    let kind = journal_type(move_type).unwrap_or("general");
    let own = work.find("account.journal", "company_id", company).await?;
    own.iter()
        .find(|row| row.is("active") && row.word("type") == kind)
        .map(|row| row.number("id"))
        .ok_or_else(|| {
            bad(format!(
                "journal_id (Journal): company {company} has no journal of type {kind} for {move_type}"
            ))
        })
}

/// What the numbers of an entry begin with: `INV/2026/`, of a credit note `RINV/2026/`.
pub(super) async fn series(work: &mut Work<'_>, head: &Row, year: i32) -> Result<String, ErpError> {
    let journal = work.one("account.journal", head.number("journal_id")).await?.unwrap_or_default();
    let back = if head.word("move_type").ends_with("refund") { "R" } else { "" };
    Ok(format!("{back}{}/{year}/", journal.word("code")))
}
