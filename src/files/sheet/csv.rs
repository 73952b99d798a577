//! Comma-separated values (RFC 4180), headed by the fields' names.

use super::value::{day, decimal, instant};
use super::{Encode, neutral::neutral};
use crate::model::table::{Cell, Column, ColumnKind, Row};

/// By which spreadsheets know UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes CSV.
#[derive(Default)]
pub(super) struct Csv {
    marked: bool,
    /// Whether an apostrophe stands somewhere that was not in the text.
    changed: bool,
}

impl Csv {
    /// With the mark by which spreadsheets know UTF-8.
    pub(super) const fn for_spreadsheets() -> Self {
        Self { marked: true, changed: false }
    }

    fn cell(&mut self, text: &str) -> String {
        let kept = neutral(text);
        self.changed |= kept.len() != text.len();
        kept.into_owned()
    }
}

impl Encode for Csv {
    fn begin(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        if self.marked {
            out.extend_from_slice(MARK);
        }
        let mut head = Vec::with_capacity(columns.len());
        for column in columns {
            head.push(column.name.clone());
            if column.kind == ColumnKind::Link {
                head.push(format!("{}/id", column.name));
            }
        }
        record(out, &head);
    }

    fn rows(&mut self, columns: &[Column], rows: &[Row], out: &mut Vec<u8>) {
        let mut cells = Vec::new();
        for row in rows {
            cells.clear();
            for (column, cell) in columns.iter().zip(row) {
                cells.push(match cell {
                    Cell::Empty => String::new(),
                    Cell::Text(text) => self.cell(text),
                    Cell::Truth(truth) => truth.to_string(),
                    Cell::Number(n) => number(&column.kind, *n),
                    Cell::Link(_, name) => self.cell(name),
                });
                if column.kind == ColumnKind::Link {
                    cells.push(if let Cell::Link(id, _) = cell { id.to_string() } else { String::new() });
                }
            }
            record(out, &cells);
        }
    }

    fn end(&mut self, _: &mut Vec<u8>) {}

    fn notes(&self) -> Vec<String> {
        let note = "Texts with = + - @, a tab or a line break at their beginning, or behind a comma, a semicolon or a line break, have an apostrophe before it, so that no spreadsheet runs them as formulas; numbers are as they are.";
        self.changed.then(|| note.to_owned()).into_iter().collect()
    }
}

pub(super) fn number(kind: &ColumnKind, n: i64) -> String {
    match kind {
        ColumnKind::Decimal(digits) | ColumnKind::Money(digits) => decimal(n, *digits),
        ColumnKind::Day => day(n),
        ColumnKind::Instant => instant(n),
        _ => n.to_string(),
    }
}

fn record(out: &mut Vec<u8>, cells: &[String]) {
    let mut csv = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(&mut *out);
    // Nothing that is written to memory can fail.
    let _ = csv.write_record(cells);
}
