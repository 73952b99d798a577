//! Stored rows: which columns a model has, and how a row is read from either database.

use crate::erp::{Cell, Row};
use crate::model::{Field, FieldKind, Model};

/// The fields that have a column, `id` first.
pub(super) fn stored(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| !field.kind.is_x2many())
}

/// How a column is read and bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Int,
    Text,
    Bool,
}

impl Sort {
    pub(super) const fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Char | FieldKind::Text | FieldKind::Selection(_) => Self::Text,
            FieldKind::Boolean => Self::Bool,
            _ => Self::Int,
        }
    }
}

/// A row whose columns are those of [`stored`], in order.
pub(super) fn read<'r, R>(model: &Model, row: &'r R) -> Result<Row, sqlx::Error>
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<bool>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    stored(model)
        .enumerate()
        .map(|(at, field)| {
            let cell: Cell = match Sort::of(&field.kind) {
                Sort::Int => row.try_get::<Option<i64>, _>(at)?.into(),
                Sort::Text => row.try_get::<Option<String>, _>(at)?.into(),
                Sort::Bool => row.try_get::<Option<bool>, _>(at)?.into(),
            };
            Ok((field.name.to_string(), cell))
        })
        .collect()
}

/// Values of a row by the names that its model gives them; what is not there is not set.
pub(super) trait Values {
    /// The number, link, instant or day; 0 where none is set.
    fn number(&self, field: &str) -> i64;
    /// The number, link, instant or day.
    fn int(&self, field: &str) -> Option<i64>;
    /// The text; empty where none is set.
    fn word(&self, field: &str) -> &str;
    /// Whether it is true.
    fn is(&self, field: &str) -> bool;
    /// Whether a value is set.
    fn has(&self, field: &str) -> bool;
    /// Sets a value.
    fn put(&mut self, field: &str, value: impl Into<Cell>);
    /// Sets a value where none is set.
    fn put_if_unset(&mut self, field: &str, value: impl Into<Cell>);
}

impl Values for Row {
    fn number(&self, field: &str) -> i64 {
        self.int(field).unwrap_or_default()
    }

    fn int(&self, field: &str) -> Option<i64> {
        self.get(field).and_then(Cell::int)
    }

    fn word(&self, field: &str) -> &str {
        self.get(field).and_then(Cell::text).unwrap_or_default()
    }

    fn is(&self, field: &str) -> bool {
        self.get(field) == Some(&Cell::Bool(true))
    }

    fn has(&self, field: &str) -> bool {
        self.get(field).is_some_and(|cell| *cell != Cell::Null)
    }

    fn put(&mut self, field: &str, value: impl Into<Cell>) {
        self.insert(field.to_owned(), value.into());
    }

    fn put_if_unset(&mut self, field: &str, value: impl Into<Cell>) {
        if !self.has(field) {
            self.put(field, value);
        }
    }
}
