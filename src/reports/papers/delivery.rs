//! Delivery slips, receipts and transfers: what moves, without prices.

use super::super::desk::Desk;
use super::super::document::{ColumnKind, Document};
use super::super::error::ReportError;
use super::super::record::Record;
use super::super::words::Words;
use super::grid::{Part, column, grid};
use super::order::Units;
use super::parties::Parties;
use super::{choices, fact};
use crate::model::Model;

const HEAD: &[&str] = &[
    "name",
    "picking_type",
    "picking_type_code",
    "state",
    "partner_id",
    "scheduled_date",
    "date_done",
    "origin",
    "location_id",
    "location_dest_id",
    "company_id",
    "user_id",
    "backorder_id",
    "note",
];
const LINES: &[&str] = &["product_id", "quantity", "product_uom_qty", "uom", "product_uom", "state"];

/// Slips, one after another.
pub async fn slips(desk: &Desk<'_>, model: &Model, ids: &[i64]) -> Result<Vec<Document>, ReportError> {
    let locale = desk.locale();
    let words = locale.words;
    let pickings = desk.records(model, ids, HEAD).await?;
    let moves = "stock.movement";
    let mut lines = desk.lines(moves, "picking_id", ids, LINES).await?;
    let units = Units::of(desk, moves).await?;
    let movement = desk.erp.model(moves).await?;
    let parties = Parties::of(desk, &pickings).await?;
    let state_of = |line: &Record| {
        let state = line.text("state")?;
        let label = choices(&movement, "state").find(|(known, _)| *known == state).map(|(_, label)| label);
        Some(words.value(label.unwrap_or(&state)))
    };
    Ok(pickings
        .iter()
        .map(|picking| {
            let lines = lines.remove(&picking.id()).unwrap_or_default();
            let kind = picking.text("picking_type").or_else(|| picking.text("picking_type_code"));
            let kind = kind.as_deref().unwrap_or("outgoing");
            let instant = |field| picking.text(field).and_then(|at| locale.instant(&at));
            let facts = [
                fact(words.transferred, instant("date_done")),
                fact(words.scheduled, instant("scheduled_date")),
                fact(words.source, picking.text("origin")),
                fact(words.back_order_of, picking.name("backorder_id")),
                fact(words.from, picking.name("location_id")),
                fact(words.to, picking.name("location_dest_id")),
                fact(words.responsible, picking.name("user_id")),
            ];
            // One state for all stands on the whole slip.
            let mixed = lines.iter().any(|line| line.text("state") != picking.text("state"));
            let columns = [
                column(words.product, ColumnKind::Text, |l| l.name("product_id")),
                column(words.quantity, ColumnKind::Number, |l| {
                    let quantity = l.number("quantity").or_else(|| l.number("product_uom_qty"))?;
                    Some(locale.quantity(quantity))
                }),
                column(words.unit, ColumnKind::Word, |l| units.unit(l)),
                column(words.status, ColumnKind::Word, |l| state_of(l).filter(|_| mixed)),
            ];
            let part = Part { title: None, records: lines.iter().collect(), sums: Vec::new() };
            let (columns, sections) = grid(&columns, &[part]);
            let (title, label) = names(words, kind);
            Document {
                title: title.to_owned(),
                number: picking.text("name").unwrap_or_default(),
                stamp: stamp(words, picking).map(str::to_owned),
                company: parties.letterhead(picking),
                party: parties.address(picking, label),
                facts: facts.into_iter().flatten().collect(),
                columns,
                sections,
                totals: Vec::new(),
                notes: picking.lines("note"),
                signatures: if kind == "outgoing" {
                    vec![words.received, words.signature]
                } else {
                    Vec::new()
                },
            }
        })
        .collect())
}

fn names(words: &'static Words, kind: &str) -> (&'static str, &'static str) {
    match kind {
        "incoming" => (words.receipt, words.vendor),
        "internal" => (words.transfer, words.partner),
        "adjustment" => (words.adjustment, words.partner),
        _ => (words.delivery, words.customer),
    }
}

fn stamp(words: &'static Words, picking: &Record) -> Option<&'static str> {
    match picking.text("state").as_deref() {
        Some("draft") => Some(words.draft),
        Some("cancel") => Some(words.cancelled),
        Some("done") => Some(words.done),
        _ => None,
    }
}
