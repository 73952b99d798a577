//! An array of objects, one a line; links as `{"id","name"}`, as everywhere else.

use super::Encode;
use super::csv::number;
use crate::model::table::{Cell, Column, ColumnKind, Row};

/// Writes JSON.
#[derive(Default)]
pub(super) struct Json {
    keys: Vec<Vec<u8>>,
    any: bool,
}

impl Encode for Json {
    fn begin(&mut self, columns: &[Column], out: &mut Vec<u8>) {
        out.push(b'[');
        self.keys = columns
            .iter()
            .map(|column| {
                let mut key = Vec::new();
                text(&mut key, &column.name);
                key.push(b':');
                key
            })
            .collect();
    }

    fn rows(&mut self, columns: &[Column], rows: &[Row], out: &mut Vec<u8>) {
        for row in rows {
            out.extend_from_slice(if self.any { b",\n{" } else { b"\n{" });
            self.any = true;
            for (n, ((column, key), cell)) in columns.iter().zip(&self.keys).zip(row).enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key);
                match cell {
                    Cell::Empty => out.extend_from_slice(b"null"),
                    Cell::Text(value) => text(out, value),
                    Cell::Truth(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
                    Cell::Number(n) if matches!(column.kind, ColumnKind::Day | ColumnKind::Instant) => {
                        text(out, &number(&column.kind, *n));
                    }
                    Cell::Number(n) => out.extend_from_slice(number(&column.kind, *n).as_bytes()),
                    Cell::Link(id, name) => {
                        out.extend_from_slice(br#"{"id":"#);
                        out.extend_from_slice(id.to_string().as_bytes());
                        out.extend_from_slice(br#","name":"#);
                        text(out, name);
                        out.push(b'}');
                    }
                }
            }
            out.push(b'}');
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
    }

    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    // Nothing that is written to memory can fail.
    let _ = serde_json::to_writer(out, text);
}
