//! Books: journal entries and invoices. A draft is written freely, and an invoice computes its tax and what is to be
//! paid from its product lines; what is posted balances, has a number, and stays.

mod cancel;
mod chart;
mod draft;
mod entries;
mod invoices;
mod items;
mod post;

use super::super::row::Values;
use super::super::work::Work;
use super::say::bad;
use crate::erp::{ErpError, Row};

pub(super) use cancel::button_cancel;
pub(super) use draft::draft;
pub(super) use entries::{defaults, derive, guard, settle};
pub(super) use invoices::{tell_order as deleted, total};
pub(super) use items::{defaults as item_defaults, derive as derive_item};
pub(super) use items::{deleted as item_deleted, guard as guard_item, settle as settle_item};
pub(super) use post::{action_post, button_draft};

/// What may be changed of an entry that is posted or cancelled: nothing that the books add up.
const ALWAYS: [&str; 2] = ["ref", "narration"];

/// State of an entry, and what its items have of it.
const STATES: [&str; 2] = ["state", "parent_state"];

/// Kinds of entries that have product lines, tax and something to be paid.
fn is_invoice(head: &Row) -> bool {
    head.word("move_type") != "entry"
}

/// Whether it is written to a customer.
fn sells(head: &Row) -> bool {
    head.word("move_type").starts_with("out")
}

/// Sign of the income or expense items of an invoice: credit is negative.
fn sign(head: &Row) -> i64 {
    if matches!(head.word("move_type"), "out_invoice" | "in_refund") { -1 } else { 1 }
}

/// Number of an entry, or what else tells it from others.
fn called(work: &Work<'_>, head: &Row) -> String {
    match head.word("name") {
        "/" => format!("draft account.move {}", head.number("id")),
        _ => work.called("account.move", head),
    }
}

fn is_harmless(changes: &Row) -> bool {
    changes.keys().all(|name| ALWAYS.contains(&name.as_str()))
}

/// The entry that a row of either model belongs to; an empty row where it is gone.
async fn head_of(work: &mut Work<'_>, row: &Row) -> Result<Row, ErpError> {
    match row.int("move_id") {
        Some(id) => Ok(work.one("account.move", id).await?.unwrap_or_default()),
        None => Ok(row.clone()),
    }
}

/// Refuses to touch an entry that is no draft.
fn refuse_closed(work: &Work<'_>, head: &Row) -> Result<(), ErpError> {
    match closed(work, head) {
        Some(why) => Err(bad(why)),
        None => Ok(()),
    }
}

fn closed(work: &Work<'_>, head: &Row) -> Option<String> {
    match head.word("state") {
        "posted" => Some(format!(
            "{} is posted: of it and its items only {} of the entry can be changed; call button_draft on account.move {} \
             first",
            called(work, head),
            ALWAYS.join(" and "),
            head.number("id")
        )),
        "cancel" => Some(format!(
            "{} is cancelled: it can't be changed; call button_draft on account.move {} first",
            called(work, head),
            head.number("id")
        )),
        _ => None,
    }
}

/// Why a record can't be put back as it was: its entry was posted since, or cancelled. That it was cancelled can be
/// taken back.
pub(super) async fn sealed(
    work: &mut Work<'_>,
    row: &Row,
    only: Option<&Row>,
) -> Result<Option<String>, ErpError> {
    if only.is_some_and(is_harmless) {
        return Ok(None);
    }
    let head = head_of(work, row).await?;
    let sets_state = |only: &Row| STATES.iter().any(|state| only.contains_key(*state));
    if head.word("state") == "cancel" && only.is_some_and(sets_state) {
        return Ok(None);
    }
    Ok(closed(work, &head))
}
