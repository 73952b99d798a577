//! `account.move.line`: items of entries. In an invoice people write product lines, and the rest follows; in any other
//! entry they write debits and credits.

use super::super::super::money::convert;
use super::super::super::reach;
use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::Wish;
use super::super::say::amount as said;
use super::{bad, called, chart, head_of, is_invoice, refuse_closed, sells};
use crate::erp::{ErpError, Row};

/// A day, in milliseconds.
pub(super) const DAY: i64 = 86_400_000;
/// Sequence of an item where none is given.
pub(super) const FIRST: i64 = 10;
/// One unit, in thousandths.
const UNIT: i64 = 1_000;
/// The whole, in hundredths of a per cent.
const WHOLE: i64 = 10_000;
/// Amounts of an item, in the company's currency and in the entry's.
const SIDES: [&str; 4] = ["debit", "credit", "balance", "amount_currency"];
/// What may be changed of the items that an invoice computes.
const OF_COMPUTED: [&str; 2] = ["name", "sequence"];

pub(in super::super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    let Some(id) = row.int("move_id") else { return Ok(()) };
    let Some(head) = reach::one(work, "account.move", id).await? else {
        return Err(bad(format!("move_id (Journal Entry): there is no account.move with id {id}")));
    };
    inherit(&head, row);
    row.put_if_unset("sequence", FIRST);
    row.put("amount_residual", 0);
    row.put("price_subtotal", 0);
    row.put_if_unset("partner_id", head.int("partner_id"));
    row.put_if_unset("discount", 0);
    let usual = if is_invoice(&head) { "product" } else { "entry" };
    row.put_if_unset("display_type", usual);
    if row.word("display_type") != usual {
        return Err(bad(format!(
            "display_type (Display Type): an item of {} is written as {usual}; tax and payment_term items of an \
             invoice are computed from its product lines",
            head.word("move_type")
        )));
    }
    if is_invoice(&head) {
        of_invoice(work, &head, row).await?;
        for side in SIDES {
            row.put(side, 0);
        }
        return checked(row);
    }
    row.put_if_unset("quantity", 0);
    row.put_if_unset("price_unit", 0);
    let given = row.clone();
    sides(work, &head, &given, row).await
}

/// What an item has from its entry.
pub(super) fn inherit(head: &Row, row: &mut Row) {
    for same in ["date", "journal_id", "currency_id", "company_currency_id", "company_id"] {
        row.put(same, head.int(same));
    }
    row.put("move_id", head.number("id"));
    row.put("parent_state", head.word("state"));
}

/// Name, price and account of a product line, from the product where they are not given.
async fn of_invoice(work: &mut Work<'_>, head: &Row, row: &mut Row) -> Result<(), ErpError> {
    if SIDES.iter().any(|side| row.has(side)) {
        return Err(computed(work, head));
    }
    let product = match row.int("product_id") {
        Some(id) => work.one("product.product", id).await?,
        None => None,
    };
    row.put_if_unset("quantity", UNIT);
    if let Some(product) = &product {
        row.put_if_unset("name", product.word("name"));
        if !row.has("price_unit") {
            let field = if sells(head) { "list_price" } else { "standard_price" };
            let currency = head.number("currency_id");
            let between = (product.int("currency_id").unwrap_or(currency), currency);
            row.put(
                "price_unit",
                convert(
                    work,
                    head.number("company_id"),
                    product.number(field),
                    between,
                    head.number("date") * DAY,
                )
                .await?,
            );
        }
    }
    if !row.has("account_id") {
        row.put("account_id", chart::line_account(work, head, product.as_ref()).await?);
    }
    Ok(())
}

fn computed(work: &Work<'_>, head: &Row) -> ErpError {
    bad(format!(
        "{}: debit, credit, balance and amount_currency of an invoice follow from quantity, price_unit and discount; \
         write those: {{\"product_id\":1,\"quantity\":2,\"price_unit\":9.5}}",
        called(work, head)
    ))
}

fn checked(row: &Row) -> Result<(), ErpError> {
    if row.has("quantity") && row.number("quantity") == 0 {
        return Err(bad("quantity (Quantity): an invoice has no line for nothing; leave the line out"));
    }
    if !(0..=WHOLE).contains(&row.number("discount")) {
        return Err(bad("discount (Discount (%)): it takes 0 to 100"));
    }
    Ok(())
}

/// Debit, credit, balance and amount in the entry's currency, from those that are `given`.
async fn sides(work: &mut Work<'_>, head: &Row, given: &Row, row: &mut Row) -> Result<(), ErpError> {
    if ["debit", "credit"].iter().any(|side| given.number(side) < 0) {
        return Err(bad("debit and credit are never below 0: what would be a negative debit is a credit"));
    }
    let (own, theirs) = (head.number("company_currency_id"), head.number("currency_id"));
    let at = head.number("date") * DAY;
    let balance = if given.has("debit") || given.has("credit") {
        given.number("debit") - given.number("credit")
    } else if given.has("balance") {
        given.number("balance")
    } else if given.has("amount_currency") {
        convert(work, head.number("company_id"), given.number("amount_currency"), (theirs, own), at).await?
    } else {
        return Err(bad(format!(
            "an item of {} needs debit or credit: {{\"account_id\":1,\"debit\":100}}",
            called(work, head)
        )));
    };
    if given.number("debit") > 0 && given.number("credit") > 0 {
        return Err(bad("debit and credit: an item has one of them; make two items"));
    }
    if given.has("balance") && given.number("balance") != balance {
        return Err(bad(format!(
            "balance is debit less credit, which is {}; {} was written",
            said(balance),
            said(given.number("balance"))
        )));
    }
    let amount = match given.int("amount_currency") {
        Some(amount) => amount,
        None => foreign(work, head, balance).await?,
    };
    // A balance of nothing comes of what is less than a cent, and of nothing else.
    let at_all =
        balance != 0 || convert(work, head.number("company_id"), amount, (theirs, own), at).await? == 0;
    if (own == theirs && amount != balance) || amount.signum() * balance.signum() < 0 || !at_all {
        return Err(bad(format!(
            "amount_currency is the balance ({}) in the currency of the entry; {} does not fit",
            said(balance),
            said(amount)
        )));
    }
    set(row, balance, amount);
    Ok(())
}

/// A balance in the currency of its entry.
pub(super) async fn foreign(work: &mut Work<'_>, head: &Row, balance: i64) -> Result<i64, ErpError> {
    let between = (head.number("company_currency_id"), head.number("currency_id"));
    convert(work, head.number("company_id"), balance, between, head.number("date") * DAY).await
}

/// Sets the amounts of an item: its balance, and what that is in the entry's currency.
pub(super) fn set(row: &mut Row, balance: i64, foreign: i64) {
    row.put("debit", balance.max(0));
    row.put("credit", (-balance).max(0));
    row.put("balance", balance);
    row.put("amount_currency", foreign);
}

pub(in super::super) async fn guard(
    work: &mut Work<'_>,
    before: &Row,
    wish: &Wish<'_>,
) -> Result<(), ErpError> {
    let head = head_of(work, before).await?;
    refuse_closed(work, &head)?;
    let is_computed = is_invoice(&head) && before.word("display_type") != "product";
    match wish {
        Wish::Change { changes, .. } => {
            if let Some(name) = ["move_id", "display_type"].iter().find(|name| changes.contains_key(**name)) {
                return Err(bad(format!("{name} of an item can't be changed; delete it and make another")));
            }
            let allowed = |name: &String| OF_COMPUTED.contains(&name.as_str());
            if is_computed && changes.contains_key("account_id") {
                // Which account is owed, and which one the tax stands on, is not for whoever writes the invoice.
                return Err(bad(format!(
                    "account_id of item {} of {} follows from the kind of the invoice and can't be changed",
                    before.number("id"),
                    called(work, &head)
                )));
            }
            if is_computed && !changes.keys().all(allowed) {
                return Err(bad(format!(
                    "item {} of {} is computed from its product lines: change those, or the entry",
                    before.number("id"),
                    called(work, &head)
                )));
            }
            Ok(())
        }
        Wish::Delete if is_computed => Err(bad(format!(
            "item {} of {} is computed from its product lines and goes with them",
            before.number("id"),
            called(work, &head)
        ))),
        Wish::Create | Wish::Delete => Ok(()),
    }
}

pub(in super::super) async fn derive(
    work: &mut Work<'_>,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    let head = head_of(work, before).await?;
    let sided = SIDES.iter().any(|side| changes.contains_key(*side));
    if is_invoice(&head) {
        if sided {
            return Err(computed(work, &head));
        }
        if changes.has("product_id") {
            // Name, price and account are the product's where they are not written too.
            let mut anew = changes.clone();
            anew.put("quantity", before.number("quantity"));
            of_invoice(work, &head, &mut anew).await?;
            for name in ["name", "price_unit", "account_id"] {
                changes.put_if_unset(name, anew.get(name).cloned().unwrap_or_default());
            }
        }
        let mut after = before.clone();
        after.extend(changes.clone());
        return if after.word("display_type") == "product" { checked(&after) } else { Ok(()) };
    }
    if sided {
        let given = changes.clone();
        sides(work, &head, &given, changes).await?;
    }
    Ok(())
}

pub(in super::super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(row) = work.one("account.move.line", id).await? else { return Ok(()) };
    work.follow("account.move", row.number("move_id"));
    Ok(())
}

pub(in super::super) fn deleted(work: &mut Work<'_>, before: &Row) {
    work.follow("account.move", before.number("move_id"));
}
