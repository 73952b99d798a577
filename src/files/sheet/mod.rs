//! Tables as files: CSV for programs, XLSX for people, JSON for both. Each is written as its rows come, in memory of
//! some hundred of them.

mod csv;
mod json;
pub mod neutral;
mod value;
mod xlsx;

use chrono_tz::Tz;
use tokio::sync::mpsc::Receiver;

use self::csv::Csv;
use self::json::Json;
use super::{FilesError, Writer};
use crate::model::table::{Column, ColumnKind, Part, Row};

/// A format of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8 with a mark that tells spreadsheets so.
    Csv,
    /// A workbook (ISO/IEC 29500) of one sheet.
    Xlsx,
    /// RFC 8259: an array of objects.
    Json,
}

impl Format {
    /// How a file's name ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// Its media type.
    pub const fn mime_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// What became of a table.
#[derive(Debug, Default)]
pub struct Written {
    /// Its first rows, as text.
    pub preview: String,
    /// What whoever reads the file should know.
    pub notes: Vec<String>,
}

/// What a format makes of rows that come a few at a time.
trait Encode {
    fn begin(&mut self, columns: &[Column], out: &mut Vec<u8>);
    fn rows(&mut self, columns: &[Column], rows: &[Row], out: &mut Vec<u8>);
    fn end(&mut self, out: &mut Vec<u8>);
    /// What whoever reads the file should know.
    fn notes(&self) -> Vec<String>;
}

/// Writes the table that comes in `parts` to a file, until no more come. `tz` is the time zone of instants in a
/// workbook, which knows none; elsewhere they are in UTC.
pub async fn write(
    format: Format,
    parts: Receiver<Part>,
    writer: &mut Writer,
    tz: Tz,
) -> Result<Written, FilesError> {
    match format {
        Format::Csv => encode(Csv::for_spreadsheets(), parts, writer).await,
        Format::Json => encode(Json::default(), parts, writer).await,
        Format::Xlsx => xlsx::write(parts, writer, tz).await,
    }
}

async fn encode(
    mut format: impl Encode,
    mut parts: Receiver<Part>,
    writer: &mut Writer,
) -> Result<Written, FilesError> {
    let (mut out, mut columns, mut preview) = (Vec::new(), Vec::new(), Preview::default());
    while let Some(part) = parts.recv().await {
        preview.see(&part);
        match part {
            Part::Columns(named) => {
                format.begin(&named, &mut out);
                columns = named;
            }
            Part::Rows(rows) => format.rows(&columns, &rows, &mut out),
        }
        writer.write(&out).await?;
        out.clear();
    }
    format.end(&mut out);
    writer.write(&out).await?;
    Ok(preview.finish(format.notes()))
}

/// The first rows, as CSV.
#[derive(Default)]
struct Preview {
    csv: Csv,
    columns: Vec<Column>,
    rows: usize,
    out: Vec<u8>,
}

impl Preview {
    /// Most rows.
    const ROWS: usize = 20;
    /// Most bytes; a row that begins within them is cut.
    const BYTES: usize = 3_500;

    fn see(&mut self, part: &Part) {
        match part {
            Part::Columns(columns) => {
                self.csv.begin(columns, &mut self.out);
                self.columns.clone_from(columns);
            }
            Part::Rows(rows) => {
                for row in rows {
                    if self.rows >= Self::ROWS || self.out.len() >= Self::BYTES {
                        return;
                    }
                    self.rows += 1;
                    self.csv.rows(&self.columns, std::slice::from_ref(row), &mut self.out);
                }
            }
        }
    }

    fn finish(self, mut notes: Vec<String>) -> Written {
        if self.columns.iter().any(|column| matches!(column.kind, ColumnKind::Money(_))) {
            notes.push(
                "Amounts are in the currency beside them; those of different currencies do not add up."
                    .to_owned(),
            );
        }
        Written { preview: String::from_utf8_lossy(&self.out).into_owned(), notes }
    }
}

#[cfg(test)]
mod tests;
