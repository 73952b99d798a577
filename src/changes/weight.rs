//! What a change weighs: how many records of which models it does what to. Approval rules and record limits count by
//! it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::erp::{Cell, Effect, Values, What};
use crate::model::{Complaint, Operation};
use crate::policy::{Gate, Permit, Step};

/// Records that count towards one rule.
#[derive(Default)]
pub(super) struct Counted<'a> {
    /// As many as were written down, whatever came of it.
    written: usize,
    /// Those that were named, and the lines that were written with them, each once.
    named: BTreeSet<(&'a str, i64)>,
    /// Those that changed with them.
    others: BTreeSet<(&'a str, i64)>,
}

impl Counted<'_> {
    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.written.max(self.named.union(&self.others).count())
    }

    /// How many were asked for, lines included.
    fn asked(&self) -> usize {
        self.written.max(self.named.len())
    }
}

/// What is done to records of which models: what was asked for as the operation that was asked for, every other record
/// as what became of it, and a document with its lines: whether they are written by themselves, by commands, or come
/// and go with it.
pub(super) fn concerned<'a>(
    asked: &'a str,
    what: &What,
    effect: &'a Effect,
) -> BTreeMap<(&'a str, Operation), Counted<'a>> {
    let own = (asked, what.operation());
    let mut all: BTreeMap<(&str, Operation), Counted<'_>> = BTreeMap::new();
    let named: BTreeSet<(&str, i64)> = effect.ids.iter().map(|id| (asked, *id)).collect();
    let first = Counted { written: what.touches(), named: named.clone(), others: BTreeSet::new() };
    all.insert(own, first);
    let mut whole = BTreeMap::new();
    for image in &effect.images {
        let record = (image.model.as_str(), image.id);
        if named.contains(&record) {
            continue;
        }
        let operation = match (&image.before, &image.after) {
            (None, _) => Operation::Create,
            (_, None) => Operation::Delete,
            _ => Operation::Write,
        };
        if operation != Operation::Write {
            whole.insert(record, operation);
        }
        all.entry((record.0, operation)).or_default().others.insert(record);
    }
    for line in &effect.lines {
        let (document, line) = ((line.document.as_str(), line.document_id), (line.model.as_str(), line.id));
        if named.contains(&document) {
            all.entry(own).or_default().named.insert(line);
        } else {
            let operation = whole.get(&document).copied().unwrap_or(Operation::Write);
            all.entry((document.0, operation)).or_default().others.extend([document, line]);
        }
    }
    all
}

/// Refuses what asks for more records than one request may hold, at most `most` or what the model's policy says: part
/// of a change is not what was asked for.
pub fn within_limits(permit: &Permit, what: &What, most: u32) -> Result<(), Step> {
    fits(permit, permit.model().unwrap_or_default(), (what.touches(), most), "lines included")
}

/// The same of what was really done: lines that a command clears, and those that go with their document. A method is
/// called on whole documents, however many lines they have.
pub(super) fn did_within_limits(
    permit: &Permit,
    what: &What,
    effect: &Effect,
    most: u32,
) -> Result<(), Step> {
    if what.method().is_some() {
        return Ok(());
    }
    let asked = permit.model().unwrap_or_default();
    let counted = concerned(asked, what, effect).remove(&(asked, what.operation())).unwrap_or_default();
    fits(permit, asked, (counted.asked(), most), "lines included")?;
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for (model, _) in counted.named.iter().filter(|(model, _)| *model != asked) {
        *lines.entry(*model).or_default() += 1;
    }
    lines.into_iter().try_for_each(|(model, lines)| fits(permit, model, (lines, most), "all of them lines"))
}

/// Most bytes of text that one change of several records writes, and that it is kept with: the texts before and after.
const MOST_TEXT: usize = 1 << 20;

/// Refuses what would write more text than is kept of one change, before any of it is done.
pub(super) fn asks_not_too_much_text(what: &What) -> Result<(), Complaint> {
    let of = |values: &Values| values.values().map(text).sum::<usize>();
    let (records, bytes) = match what {
        What::Create(records) => (records.len(), records.iter().map(of).sum()),
        What::Write { ids, values } => (ids.len(), of(values).saturating_mul(ids.len())),
        What::Delete(_) => return Ok(()),
        What::Call { ids, arguments, .. } => (ids.len(), of(arguments)),
    };
    not_too_much(records, bytes)
}

/// The same of what was there before and is there now.
pub(super) fn is_not_too_much_text(effect: &Effect) -> Result<(), Complaint> {
    let rows = effect.images.iter().flat_map(|image| [&image.before, &image.after]).flatten();
    let bytes = rows.flat_map(|row| row.values()).filter_map(Cell::text).map(str::len).sum();
    not_too_much(effect.images.len(), bytes)
}

fn not_too_much(records: usize, bytes: usize) -> Result<(), Complaint> {
    // Of one record there is no less to be changed.
    if records <= 1 || bytes <= MOST_TEXT {
        return Ok(());
    }
    Err(Complaint::new(format!(
        "the texts of these {records} records come to {} KB, and one change holds at most {} KB of text, since what was there \
         before is kept with it. Nothing was changed; change fewer records per call",
        bytes >> 10,
        MOST_TEXT >> 10
    )))
}

/// Bytes of the texts in a value.
fn text(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(text).sum(),
        Value::Object(values) => values.values().map(text).sum(),
        _ => 0,
    }
}

fn fits(permit: &Permit, model: &str, (records, most): (usize, u32), which: &str) -> Result<(), Step> {
    let own = permit.max_records(model);
    let most_here = own.map_or(most, |own| own.min(most));
    if records <= most_here as usize {
        return Ok(());
    }
    let whose = if most_here < most {
        format!("the record limit of the policy of {model} (Technical > MCP > Model Policies)")
    } else {
        "Max Records Per Request (Settings > MCP Server)".to_owned()
    };
    Err(Step::failed(
        Gate::RecordLimits,
        format!(
            "{records} records in one change, {which}, are more than {most_here}, {whose}. Nothing was changed; change \
             them in several calls. An MCP Administrator can raise it."
        ),
    ))
}
