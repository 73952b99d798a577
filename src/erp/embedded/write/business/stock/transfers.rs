//! `stock.picking`: what it fills in by itself, and what its state allows.

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::super::Wish;
use super::super::numbers;
use super::{bad, places};
use crate::erp::{ErpError, Row};

/// What may be changed of a transfer that is done or cancelled.
const ALWAYS: [&str; 1] = ["note"];
/// What is decided when a transfer is made.
const FIXED: [&str; 2] = ["picking_type", "warehouse_id"];

/// The number of a new transfer: `BER/OUT/00012`.
pub(super) async fn next_name(work: &mut Work<'_>, warehouse: &Row, kind: &str) -> Result<String, ErpError> {
    let short = match kind {
        "incoming" => "IN",
        "outgoing" => "OUT",
        _ => "INT",
    };
    let prefix = format!("{}/{short}/", warehouse.word("code"));
    numbers::next(work, "stock_picking", &prefix, None).await
}

/// Whether it is done or cancelled.
pub(super) fn is_closed(row: &Row) -> bool {
    matches!(row.word("state"), "done" | "cancel")
}

/// Why a record of `stock.picking` or `stock.movement` can't be touched, if it can't.
pub(super) async fn closed(work: &mut Work<'_>, row: &Row) -> Result<Option<String>, ErpError> {
    if is_closed(row) {
        return Ok(Some(said(work, row)));
    }
    let Some(picking) = row.int("picking_id") else { return Ok(None) };
    let head = work.one("stock.picking", picking).await?;
    Ok(head.filter(is_closed).map(|head| said(work, &head)))
}

/// Why a record of either can't be put back as it was: its transfer was done since. One that was only cancelled can.
pub(in super::super) async fn sealed(
    work: &mut Work<'_>,
    row: &Row,
    only: Option<&Row>,
) -> Result<Option<String>, ErpError> {
    if only.is_some_and(is_harmless) {
        return Ok(None);
    }
    let head = match row.int("picking_id") {
        Some(picking) => work.one("stock.picking", picking).await?.unwrap_or_default(),
        None => row.clone(),
    };
    // A transfer that was cancelled since holds no reservation that could be put back.
    let cancelled = head.word("state") == "cancel" && only.is_some_and(|only| !only.contains_key("state"));
    Ok(match head.word("state") {
        "done" => Some(said(work, &head)),
        "cancel" if cancelled => Some(said(work, &head)),
        _ => None,
    })
}

fn is_harmless(changes: &Row) -> bool {
    changes.keys().all(|name| ALWAYS.contains(&name.as_str()))
}

fn said(work: &Work<'_>, row: &Row) -> String {
    let name = work.called(if row.has("name") { "stock.picking" } else { "stock.movement" }, row);
    match row.word("state") {
        "done" => format!(
            "{name} is done: goods were moved, so neither the transfer nor its movements can be changed or deleted; \
             a new transfer the other way brings them back"
        ),
        _ => format!("{name} is cancelled: it can't be changed or deleted; make a new transfer"),
    }
}

/// Company, locations and number, from the kind and the warehouse.
pub(in super::super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    if !row.has("picking_type") {
        return Ok(());
    }
    if row.word("picking_type") == "adjustment" {
        return Err(bad(
            "picking_type (Operation Type): a transfer is incoming, outgoing or internal; counts are made without one",
        ));
    }
    let Some(warehouse) = warehouse(work, row).await? else { return Ok(()) };
    let warehouse = places::warehouse(work, warehouse).await?;
    let kind = row.word("picking_type").to_owned();
    let (from, to) = places::route(work, &kind, &warehouse).await?;
    row.put("warehouse_id", warehouse.number("id"));
    row.put("company_id", warehouse.number("company_id"));
    row.put_if_unset("location_id", from);
    row.put_if_unset("location_dest_id", to);
    row.put_if_unset("scheduled_date", work.now);
    row.put_if_unset("priority", "0");
    row.put("state", "draft");
    if !row.contains_key("user_id") {
        row.put("user_id", work.who.user_id);
    }
    row.put("name", next_name(work, &warehouse, &kind).await?);
    Ok(())
}

/// The warehouse: that of the locations given, else the first of the caller's companies.
async fn warehouse(work: &mut Work<'_>, row: &Row) -> Result<Option<i64>, ErpError> {
    if let Some(given) = row.int("warehouse_id") {
        return Ok(Some(given));
    }
    for field in ["location_id", "location_dest_id"] {
        if let Some(location) = row.int(field) {
            let found = work.one("stock.location", location).await?.and_then(|row| row.int("warehouse_id"));
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    let Some(company) = work.who.company_ids.first().copied() else { return Ok(None) };
    let own = work.find("stock.warehouse", "company_id", company).await?;
    Ok(own.iter().find(|row| row.is("active")).map(|row| row.number("id")))
}

/// Done and cancelled transfers stay as they are; those of an order go with the order.
pub(in super::super) async fn guard(
    work: &mut Work<'_>,
    before: &Row,
    wish: &Wish<'_>,
) -> Result<(), ErpError> {
    match wish {
        Wish::Create => Ok(()),
        Wish::Change { changes, touches_lines } => {
            if *touches_lines || !is_harmless(changes) {
                refuse_closed(work, before).await?;
            }
            match FIXED.iter().find(|name| changes.contains_key(**name)) {
                Some(name) => Err(bad(format!(
                    "{name} of {} can't be changed: its number and its locations follow from it; make a new transfer",
                    work.called("stock.picking", before)
                ))),
                None => Ok(()),
            }
        }
        Wish::Delete => {
            refuse_closed(work, before).await?;
            if before.has("sale_id") || before.has("purchase_id") {
                return Err(bad(format!(
                    "{} belongs to an order and is kept: call action_cancel on it, or cancel the order, and what is open \
                     of its transfers is cancelled with it",
                    work.called("stock.picking", before)
                )));
            }
            Ok(())
        }
    }
}

async fn refuse_closed(work: &mut Work<'_>, before: &Row) -> Result<(), ErpError> {
    match closed(work, before).await? {
        Some(why) => Err(bad(why)),
        None => Ok(()),
    }
}

/// Checks where goods go, and lets movements follow their transfer.
pub(in super::super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(head) = work.one("stock.picking", id).await? else { return Ok(()) };
    if is_closed(&head) {
        return Ok(());
    }
    check_route(work, &head).await?;
    let model = work.model("stock.movement")?;
    for movement in work.find("stock.movement", "picking_id", id).await? {
        let mut changes = Row::new();
        changes.put("date", head.number("scheduled_date"));
        changes.put("partner_id", head.int("partner_id"));
        for field in ["location_id", "location_dest_id"] {
            let (own, all) = (movement.number(field), head.number(field));
            if !places::is_within(work, own, all).await? {
                changes.put(field, all);
            }
        }
        if changes.contains_key("location_id") {
            super::plan::unreserve(work, &movement).await?;
            if movement.word("state") == "assigned" {
                changes.put("state", "confirmed");
            }
            work.follow("stock.picking", id);
        }
        work.update(&model, &movement, &changes).await?;
    }
    Ok(())
}

async fn check_route(work: &mut Work<'_>, head: &Row) -> Result<(), ErpError> {
    let (from, to) = match head.word("picking_type") {
        "incoming" => (["supplier", "customer", "inventory"].as_slice(), ["internal"].as_slice()),
        "outgoing" => (["internal"].as_slice(), ["customer", "supplier", "inventory"].as_slice()),
        _ => (["internal"].as_slice(), ["internal"].as_slice()),
    };
    for (field, label, fits) in
        [("location_id", "Source Location", from), ("location_dest_id", "Destination Location", to)]
    {
        let Some(place) = work.one("stock.location", head.number(field)).await? else { continue };
        if !fits.contains(&place.word("usage")) {
            return Err(bad(format!(
                "{field} ({label}): {} is of {}; of an {} transfer it is {}",
                work.called("stock.location", &place),
                if work.shows("stock.location", "usage") {
                    format!("usage {}", place.word("usage"))
                } else {
                    "another usage".to_owned()
                },
                head.word("picking_type"),
                fits.join(" or ")
            )));
        }
    }
    Ok(())
}
