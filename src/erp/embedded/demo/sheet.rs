//! Rows on their way into a table: many to a statement.

use std::sync::Arc;

use sqlx::AssertSqlSafe;

use crate::erp::embedded::many_rows::placeholders;
use crate::store::{On, on_db};

/// A value on its way into a column.
pub enum Cell<'a> {
    /// Numbers, links, instants, days.
    Int(Option<i64>),
    /// Text and selections.
    Text(Option<&'a str>),
    /// True or false.
    Bool(bool),
}

/// What a column's value is made of.
pub trait ToCell {
    /// The value, borrowed.
    fn cell(&self) -> Cell<'_>;
}

macro_rules! cells {
    ($($kind:ty, $value:ident => $cell:expr;)*) => {
        $(impl ToCell for $kind {
            fn cell(&self) -> Cell<'_> {
                let $value = self;
                $cell
            }
        })*
    };
}

cells! {
    i64, v => Cell::Int(Some(*v));
    Option<i64>, v => Cell::Int(*v);
    bool, v => Cell::Bool(*v);
    &'static str, v => Cell::Text(Some(v));
    Option<&'static str>, v => Cell::Text(*v);
    String, v => Cell::Text(Some(v));
    Option<String>, v => Cell::Text(v.as_deref());
    Arc<str>, v => Cell::Text(Some(v));
    Option<Arc<str>>, v => Cell::Text(v.as_deref());
}

/// A row of a known table.
pub trait Row {
    /// Its table.
    const TABLE: &'static str;
    /// Its columns, in the order of [`Row::cells`].
    const COLUMNS: &'static [&'static str];
    /// Its values.
    fn cells(&self) -> impl Iterator<Item = Cell<'_>>;
}

/// Declares a row: `row! { Name in "table" { column: type, … } }`.
macro_rules! row {
    ($name:ident in $table:literal { $($column:ident: $kind:ty),* $(,)? }) => {
        #[doc = concat!("A row of `", $table, "`.")]
        #[derive(Clone)]
        pub struct $name { $(pub $column: $kind),* }

        impl $crate::erp::embedded::demo::sheet::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] =
                &[$($crate::erp::embedded::demo::sheet::column(stringify!($column))),*];
            fn cells(&self) -> impl Iterator<Item = $crate::erp::embedded::demo::sheet::Cell<'_>> {
                [$($crate::erp::embedded::demo::sheet::ToCell::cell(&self.$column)),*].into_iter()
            }
        }
    };
}
pub(super) use row;

/// A column's name, from that of the Rust field (`r#type` is `type`).
pub const fn column(field: &'static str) -> &'static str {
    match field.as_bytes() {
        b"r#type" => "type",
        b"r#ref" => "ref",
        _ => field,
    }
}

/// Values bound in one statement: within the limits of both databases, and few enough to be planned fast.
const VALUES_PER_STATEMENT: usize = 6000;

/// Writes all rows, hundreds to a statement.
pub async fn insert<R: Row>(mut on: On<'_>, rows: &[R]) -> Result<(), sqlx::Error> {
    let per_statement = (VALUES_PER_STATEMENT / R::COLUMNS.len()).max(1);
    let head = format!("INSERT INTO {} ({}) VALUES ", R::TABLE, R::COLUMNS.join(", "));
    let full = head.clone() + &placeholders(&on, per_statement, R::COLUMNS.len());
    for chunk in rows.chunks(per_statement) {
        let whole = chunk.len() == per_statement;
        let sql = if whole {
            full.clone()
        } else {
            head.clone() + &placeholders(&on, chunk.len(), R::COLUMNS.len())
        };
        on_db!(&mut on, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for cell in chunk.iter().flat_map(Row::cells) {
                query = match cell {
                    Cell::Int(value) => query.bind(value),
                    Cell::Text(value) => query.bind(value),
                    Cell::Bool(value) => query.bind(value),
                };
            }
            query.persistent(whole).execute(&mut **c).await?;
        });
    }
    Ok(())
}
