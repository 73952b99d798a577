//! A table made of records: a column is there only if some record has a value for it, so that what is hidden, or
//! says nothing, takes no room.

use super::super::document::{Column, ColumnKind, Section};
use super::super::record::Record;

/// A column, and how a record fills it.
pub struct Filled<'a> {
    column: Column,
    value: Box<Value<'a>>,
}

/// What a record has in a column.
type Value<'a> = dyn Fn(&Record) -> Option<String> + Send + Sync + 'a;

/// A column of that kind.
pub fn column<'a>(
    label: &'static str,
    kind: ColumnKind,
    value: impl Fn(&Record) -> Option<String> + Send + Sync + 'a,
) -> Filled<'a> {
    Filled { column: Column { label, kind }, value: Box::new(value) }
}

/// Records under a title, and what they add up to, by the label of the column.
pub struct Part<'r> {
    pub title: Option<String>,
    pub records: Vec<&'r Record>,
    pub sums: Vec<(&'static str, String)>,
}

/// The columns that say something, and the sections with a text for each.
pub fn grid(columns: &[Filled<'_>], parts: &[Part<'_>]) -> (Vec<Column>, Vec<Section>) {
    let used: Vec<&Filled<'_>> = columns
        .iter()
        .filter(|c| parts.iter().flat_map(|p| &p.records).any(|record| (c.value)(record).is_some()))
        .collect();
    let sections = parts.iter().map(|part| Section {
        title: part.title.clone(),
        rows: part
            .records
            .iter()
            .map(|record| used.iter().map(|c| (c.value)(record).unwrap_or_default()).collect())
            .collect(),
        sums: if part.sums.is_empty() { Vec::new() } else { sums(&used, &part.sums) },
    });
    (used.iter().map(|c| c.column).collect(), sections.collect())
}

fn sums(used: &[&Filled<'_>], sums: &[(&'static str, String)]) -> Vec<String> {
    used.iter()
        .map(|c| {
            let sum = sums.iter().find(|(label, _)| *label == c.column.label);
            sum.map(|(_, value)| value.clone()).unwrap_or_default()
        })
        .collect()
}
