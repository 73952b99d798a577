//! Records as a table: what an export takes out of the ERP, before it is written in any format.

use super::field::Name;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field or path as it was asked for: `partner_id.country_id`.
    pub name: String,
    /// What people call it: `Customer / Country`.
    pub label: String,
    /// What its cells hold.
    pub kind: ColumnKind,
}

/// What the cells of a column hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Text`]: one of these values, with what people call them.
    Choice(Vec<(Name, Name)>),
    /// [`Cell::Number`]: a whole number.
    Whole,
    /// [`Cell::Number`] in units of 10^-digits.
    Decimal(u8),
    /// The same, an amount of money; its currency stands in a column of its own.
    Money(u8),
    /// [`Cell::Truth`].
    Truth,
    /// [`Cell::Number`]: days since 1970-01-01.
    Day,
    /// [`Cell::Number`]: epoch milliseconds.
    Instant,
    /// [`Cell::Link`].
    Link,
}

/// A value of a table, as its column's kind says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Not set.
    Empty,
    /// A number, exactly.
    Number(i64),
    /// A text.
    Text(String),
    /// True or false.
    Truth(bool),
    /// Another record: its id and its name.
    Link(i64, String),
}

/// A record, a cell for each column.
pub type Row = Vec<Cell>;

/// What a table is handed over in: its columns first, then some rows at a time.
#[derive(Debug)]
pub enum Part {
    /// The columns, once, before any rows.
    Columns(Vec<Column>),
    /// Rows.
    Rows(Vec<Row>),
}
