//! A workbook for people: headed by labels, with numbers as numbers, days as days and amounts with their digits. Texts
//! are written as texts, never as formulas or links. It is made on a thread of its own, which keeps rows on the disk.

use std::io::{self, BufWriter, Write};

use bytes::Bytes;
use chrono::{DateTime, Timelike};
use chrono_tz::Tz;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::csv::number;
use super::{FilesError, Preview, Writer, Written};
use crate::model::table::{Cell, Column, ColumnKind, Part, Row};

/// Parts, and pieces of the finished file, that may wait between the threads.
const WAITING: usize = 2;
/// Bytes of a piece of the finished file.
const PIECE: usize = 64 * 1024;
/// Characters (UTF-16) of the longest text of a cell.
const LONGEST: usize = 32_767;
/// Days from the workbook's day 0 to 1970-01-01.
const EPOCH: i64 = 25_569;
/// The days that every spreadsheet shows right: 1900-03-01 to 9999-12-31.
const DAYS: std::ops::RangeInclusive<i64> = 61..=2_958_465;
/// Beyond it, a number of a workbook is not exact.
const EXACT: u64 = 1 << 53;
/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=60;

/// Between the threads: what was asked of the other one.
enum Order {
    Part(Part),
    /// All parts have come.
    Finish,
}

pub(super) async fn write(
    mut parts: Receiver<Part>,
    writer: &mut Writer,
    tz: Tz,
) -> Result<Written, FilesError> {
    let (orders, taken) = channel(WAITING);
    let (pieces, mut finished) = channel(WAITING);
    let made = tokio::task::spawn_blocking(move || make(taken, pieces, tz));
    let mut preview = Preview::default();
    let mut heard = true;
    while let Some(part) = parts.recv().await {
        preview.see(&part);
        // Where nobody takes it, the thread says why when it is waited for.
        heard = heard && orders.send(Order::Part(part)).await.is_ok();
    }
    if heard {
        let _ = orders.send(Order::Finish).await;
    }
    drop(orders);
    while let Some(piece) = finished.recv().await {
        writer.write(&piece).await?;
    }
    let notes = made.await.map_err(|error| FilesError::Sheet(error.to_string()))??;
    Ok(preview.finish(notes))
}

/// On the thread: takes parts until all have come, then writes the workbook. Where whoever orders is gone, it stops.
fn make(mut orders: Receiver<Order>, pieces: Sender<Bytes>, tz: Tz) -> Result<Vec<String>, FilesError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let mut table = Table::new(tz);
    loop {
        match orders.blocking_recv() {
            Some(Order::Part(Part::Columns(columns))) => table.begin(sheet, columns)?,
            Some(Order::Part(Part::Rows(rows))) => table.rows(sheet, &rows)?,
            Some(Order::Finish) => break,
            None => return Err(FilesError::Gone),
        }
    }
    table.end(sheet)?;
    let mut out = BufWriter::with_capacity(PIECE, Pieces(pieces));
    workbook.save_to_writer(&mut out)?;
    out.flush().map_err(XlsxError::IoError)?;
    Ok(table.notes())
}

/// Takes bytes to the other thread; fails where nobody takes them.
struct Pieces(Sender<Bytes>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Bytes::copy_from_slice(bytes));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Table {
    tz: Tz,
    columns: Vec<Column>,
    formats: Vec<Format>,
    widths: Vec<usize>,
    row: u32,
    cut: bool,
}

impl Table {
    const fn new(tz: Tz) -> Self {
        Self { tz, columns: Vec::new(), formats: Vec::new(), widths: Vec::new(), row: 0, cut: false }
    }

    fn begin(&mut self, sheet: &mut Worksheet, columns: Vec<Column>) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let mut heads = Vec::new();
        for column in &columns {
            let head = match column.kind {
                ColumnKind::Instant => format!("{} ({})", column.label, self.tz),
                _ => column.label.clone(),
            };
            heads.push(head);
            self.formats.push(format(&column.kind));
            if column.kind == ColumnKind::Link {
                heads.push(format!("{} (ID)", column.label));
                self.formats.push(Format::new().set_num_format("0"));
            }
        }
        for (at, head) in (0_u16..).zip(&heads) {
            sheet.write_string_with_format(0, at, head, &bold)?;
        }
        self.widths = heads.iter().map(|head| head.chars().count() + 1).collect();
        sheet.set_freeze_panes(1, 0)?;
        self.columns = columns;
        Ok(())
    }

    fn rows(&mut self, sheet: &mut Worksheet, rows: &[Row]) -> Result<(), XlsxError> {
        let Self { tz, columns, formats, widths, row: at, cut } = self;
        for row in rows {
            *at += 1;
            let mut places = (0_u16..).zip(formats.iter().zip(widths.iter_mut()));
            for (column, cell) in columns.iter().zip(row) {
                let Some((col, (format, width))) = places.next() else { break };
                let mut put = Put { sheet: &mut *sheet, at: (*at, col), format, width, cut: &mut *cut };
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => put.text(called(&column.kind, text))?,
                    Cell::Truth(truth) => drop(put.sheet.write_boolean(*at, col, *truth)?),
                    Cell::Number(n) => put.number(&column.kind, *n, *tz)?,
                    Cell::Link(_, name) => put.text(name)?,
                }
                if column.kind == ColumnKind::Link
                    && let Some((col, (format, width))) = places.next()
                    && let Cell::Link(id, _) = cell
                {
                    let mut put = Put { sheet: &mut *sheet, at: (*at, col), format, width, cut: &mut *cut };
                    put.number(&ColumnKind::Whole, *id, *tz)?;
                }
            }
        }
        Ok(())
    }

    fn end(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for (col, width) in (0_u16..).zip(&self.widths) {
            let width = u16::try_from(*(width.max(WIDTHS.start())).min(WIDTHS.end())).unwrap_or(u16::MAX);
            sheet.set_column_width(col, width)?;
        }
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
        if !self.widths.is_empty() {
            sheet.autofilter(0, 0, self.row, last)?;
        }
        Ok(())
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.columns.iter().any(|column| column.kind == ColumnKind::Instant) {
            notes.push(format!("Times of day in the workbook are those of {}.", self.tz));
        }
        if self.cut {
            notes.push(format!(
                "A text of more than {LONGEST} characters, which no workbook takes, ends with …"
            ));
        }
        notes
    }
}

/// One cell to be filled.
struct Put<'a> {
    sheet: &'a mut Worksheet,
    at: (u32, u16),
    format: &'a Format,
    width: &'a mut usize,
    cut: &'a mut bool,
}

impl Put<'_> {
    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let fitting = fitting(text);
        *self.cut |= fitting.len() < text.len();
        *self.width = (*self.width).max(text.chars().take(*WIDTHS.end()).count());
        let (row, col) = self.at;
        if fitting.len() < text.len() {
            return self.sheet.write_string(row, col, format!("{fitting}…")).map(drop);
        }
        self.sheet.write_string(row, col, fitting).map(drop)
    }

    fn number(&mut self, kind: &ColumnKind, n: i64, tz: Tz) -> Result<(), XlsxError> {
        let (row, col) = self.at;
        let written = match kind {
            ColumnKind::Day => Some(n + EPOCH).filter(|day| DAYS.contains(day)).and_then(exactly),
            ColumnKind::Instant => serial(n, tz),
            ColumnKind::Decimal(digits) | ColumnKind::Money(digits) => {
                exactly(n).map(|units| units / 10_f64.powi(i32::from(*digits)))
            }
            _ => exactly(n),
        };
        let text = number(kind, n);
        *self.width = (*self.width).max(text.len() + 2);
        match written {
            Some(value) => self.sheet.write_number_with_format(row, col, value, self.format).map(drop),
            // Rather a text than another number.
            None => self.sheet.write_string(row, col, text).map(drop),
        }
    }
}

fn format(kind: &ColumnKind) -> Format {
    let format = Format::new();
    match kind {
        ColumnKind::Whole => format.set_num_format("0"),
        ColumnKind::Money(digits) => format.set_num_format(format!("#,##0.{}", "0".repeat((*digits).into()))),
        ColumnKind::Day => format.set_num_format("yyyy-mm-dd"),
        ColumnKind::Instant => format.set_num_format("yyyy-mm-dd hh:mm:ss"),
        _ => format,
    }
}

/// What people call a value.
fn called<'a>(kind: &'a ColumnKind, value: &'a str) -> &'a str {
    let ColumnKind::Choice(choices) = kind else { return value };
    choices.iter().find(|(known, _)| known == value).map_or(value, |(_, label)| label)
}

/// The number itself; `None` where a workbook could not hold it exactly.
#[expect(clippy::cast_precision_loss, reason = "up to this bound nothing is lost")]
fn exactly(n: i64) -> Option<f64> {
    (n.unsigned_abs() <= EXACT).then_some(n as f64)
}

/// Epoch milliseconds as days of a workbook, as the clock shows them in a time zone.
fn serial(millis: i64, tz: Tz) -> Option<f64> {
    let at = DateTime::from_timestamp_millis(millis)?.with_timezone(&tz).naive_local();
    let day = Some(i64::from(at.date().to_epoch_days()) + EPOCH).filter(|day| DAYS.contains(day))?;
    Some(exactly(day)? + f64::from(at.num_seconds_from_midnight()) / 86_400.0)
}

/// The text, or as much of it as leaves room for the mark that it was cut.
fn fitting(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let (mut units, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units < LONGEST {
            end = at + c.len_utf8();
        } else if units > LONGEST {
            return text.get(..end).unwrap_or_default();
        }
    }
    text
}
