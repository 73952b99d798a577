//! Values written as JSON, straight from a row: no tree of values in between.

use serde_json::value::RawValue;

use super::cells::Cells;
use super::{decimal, moment};
use crate::model::FieldKind;

/// How the value of a column is written. What is not set is `null`; a truth that is not set is `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Whole,
    Decimal(u8),
    Text,
    Truth,
    Day,
    Instant,
    /// `{"id":7,"name":"Acme"}`, from two columns.
    Link,
}

impl Shape {
    /// How values of a field are written; `None` for the fields without a column.
    pub(super) const fn of(kind: &FieldKind) -> Option<Self> {
        Some(match kind {
            FieldKind::Char | FieldKind::Text | FieldKind::Selection(_) => Self::Text,
            FieldKind::Integer => Self::Whole,
            FieldKind::Float { .. } | FieldKind::Monetary { .. } => Self::Decimal(kind.digits()),
            FieldKind::Boolean => Self::Truth,
            FieldKind::Date => Self::Day,
            FieldKind::Datetime => Self::Instant,
            FieldKind::Many2one { .. } => Self::Link,
            FieldKind::One2many { .. } | FieldKind::Many2many { .. } => return None,
        })
    }

    /// Writes what stands in the column.
    pub(super) fn write(self, out: &mut Vec<u8>, row: &dyn Cells, at: usize) -> Result<(), sqlx::Error> {
        match self {
            Self::Text => match row.text(at)? {
                Some(text) => write_text(out, text)?,
                None => write_null(out),
            },
            Self::Truth => {
                out.extend_from_slice(if row.truth(at)?.unwrap_or(false) { b"true" } else { b"false" });
            }
            Self::Link => match row.whole(at)? {
                Some(id) => {
                    out.extend_from_slice(br#"{"id":"#);
                    write_whole(out, id);
                    out.extend_from_slice(br#","name":"#);
                    write_text(out, row.text(at + 1)?.unwrap_or_default())?;
                    out.push(b'}');
                }
                None => write_null(out),
            },
            number => match row.whole(at)? {
                Some(n) => number.write_number(out, n),
                None => write_null(out),
            },
        }
        Ok(())
    }

    /// Writes a value that is a whole number in the database.
    pub(super) fn write_number(self, out: &mut Vec<u8>, n: i64) {
        match self {
            Self::Decimal(digits) => decimal::write(out, n, digits),
            Self::Instant => quoted(out, |out| moment::write_datetime(out, n)),
            Self::Day => match moment::date(n) {
                Some(date) => quoted(out, |out| moment::write_date(out, date)),
                None => write_null(out),
            },
            Self::Whole | Self::Text | Self::Truth | Self::Link => write_whole(out, n),
        }
    }
}

pub(super) fn write_null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

pub(super) fn write_whole(out: &mut Vec<u8>, n: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

pub(super) fn write_text(out: &mut Vec<u8>, text: &str) -> Result<(), sqlx::Error> {
    serde_json::to_writer(&mut *out, text).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// Writes what holds no character that JSON escapes, in quotes.
pub(super) fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

/// `"name":`
pub(super) fn key(name: &str) -> Result<Vec<u8>, sqlx::Error> {
    let mut out = Vec::with_capacity(name.len() + 3);
    write_text(&mut out, name)?;
    out.push(b':');
    Ok(out)
}

/// What was written, as JSON that is answered as it is.
pub(super) fn raw(out: Vec<u8>) -> Result<Box<RawValue>, sqlx::Error> {
    let text = String::from_utf8(out).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    RawValue::from_string(text).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}
