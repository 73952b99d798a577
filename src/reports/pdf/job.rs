//! What is to be set, and setting it, in the thread of the caller.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::super::document::Print;
use super::super::error::ReportError;
use super::super::text::breakable;
use super::Pdf;
use super::fonts::{Fonts, Shelf};
use super::world::Desktop;

/// A print as the templates read it, and the time that it bears.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    /// Epoch seconds.
    at: i64,
    data: Box<RawValue>,
}

impl Job {
    /// The print, at that time.
    pub(super) fn of(print: &Print, at: DateTime<Utc>) -> Result<Self, ReportError> {
        let mut data = serde_json::to_value(print)?;
        each_text(&mut data);
        Ok(Self { at: at.timestamp(), data: to_raw_value(&data)? })
    }

    /// Sets it. The same job with the same fonts gives the same bytes.
    pub(super) fn set(&self, shelf: &Shelf) -> Result<Pdf, ReportError> {
        let printed = self.pages(shelf).and_then(|(document, unknown)| {
            let options = PdfOptions {
                creator: Smart::Custom(Some("Axanta MCP".to_owned())),
                timestamp: moment(self.at).map(Timestamp::new_utc),
                ..PdfOptions::default()
            };
            let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| explained(&errors))?;
            Ok(Pdf { bytes, unknown })
        });
        // The typesetter remembers every part it has laid out; nobody prints the same page twice.
        comemo::evict(0);
        printed
    }

    /// It as pages, and the characters that no font has.
    pub(super) fn pages(&self, shelf: &Shelf) -> Result<(PagedDocument, String), ReportError> {
        let json = self.data.get();
        let (fonts, unknown) = Fonts::for_text(json, shelf);
        let desktop = Desktop::with(json.as_bytes().to_vec(), fonts)?;
        let document = typst::compile(&desktop).output.map_err(|errors| explained(&errors))?;
        Ok((document, unknown))
    }
}

fn each_text(value: &mut Value) {
    match value {
        Value::String(text) => *text = breakable(text).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(each_text),
        Value::Object(members) => members.values_mut().for_each(each_text),
        _ => {}
    }
}

fn moment(at: i64) -> Option<Datetime> {
    let at = DateTime::from_timestamp(at, 0)?;
    let small = |n: u32| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
}

fn explained(errors: &[SourceDiagnostic]) -> ReportError {
    let all: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    ReportError::Typesetting(all.join("; "))
}
