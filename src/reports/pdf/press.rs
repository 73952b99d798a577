//! The press: how many print at a time, for how long, and what is left behind.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::super::document::Print;
use super::super::error::ReportError;
use super::super::text::breakable;
use super::world::Desktop;

/// Prints at a time: each takes a core.
const AT_A_TIME: usize = 2;
/// Longest that a caller waits for a press to be free.
const WAIT: Duration = Duration::from_secs(15);
/// Longest that a print takes; its records and lines are bounded, so that it ends by itself soon after.
const LONGEST: Duration = Duration::from_mins(1);

static PRESSES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_A_TIME)));

pub(super) async fn pdf(print: Print, at: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    let place = timeout(WAIT, Arc::clone(&PRESSES).acquire_owned()).await;
    let place = place.map_err(|_| ReportError::Busy)?.map_err(|_| ReportError::Busy)?;
    let printing = tokio::task::spawn_blocking(move || {
        // A caller who gives up does not free the press: it is busy until the work ends.
        let _place = place;
        let printed = set(&print, at);
        // The typesetter remembers every part it has laid out; nobody prints the same page twice.
        comemo::evict(0);
        printed
    });
    match timeout(LONGEST, printing).await {
        Ok(Ok(printed)) => printed,
        Ok(Err(panicked)) => Err(ReportError::Typesetting(panicked.to_string())),
        Err(_) => Err(ReportError::TooSlow(LONGEST)),
    }
}

/// Sets at once, in the thread of the caller.
pub(super) fn set(print: &Print, at: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    let document = pages(print)?;
    let options = PdfOptions {
        creator: Smart::Custom(Some("Axanta MCP".to_owned())),
        timestamp: moment(at).map(Timestamp::new_utc),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| explained(&errors))
}

/// The print as pages.
pub(super) fn pages(print: &Print) -> Result<PagedDocument, ReportError> {
    let mut data = serde_json::to_value(print)?;
    each_text(&mut data);
    let desktop = Desktop::with(serde_json::to_vec(&data)?)?;
    typst::compile(&desktop).output.map_err(|errors| explained(&errors))
}

fn each_text(value: &mut Value) {
    match value {
        Value::String(text) => *text = breakable(text).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(each_text),
        Value::Object(members) => members.values_mut().for_each(each_text),
        _ => {}
    }
}

fn moment(at: DateTime<Utc>) -> Option<Datetime> {
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
