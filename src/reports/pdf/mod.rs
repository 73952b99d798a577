//! A print as PDF: typeset in a thread of its own, a few at a time, bounded in time.

#[cfg(feature = "reports")]
mod press;
#[cfg(feature = "reports")]
#[cfg(test)]
mod tests;
#[cfg(feature = "reports")]
mod world;

use chrono::{DateTime, Utc};

use super::document::Print;
use super::error::ReportError;

/// Sets the print as PDF. The same print at the same time gives the same bytes.
#[cfg(feature = "reports")]
pub async fn pdf(print: Print, at: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    press::pdf(print, at).await
}

/// Without the typesetter there is no PDF.
#[cfg(not(feature = "reports"))]
#[expect(clippy::unused_async, reason = "the same as with the typesetter")]
pub async fn pdf(_: Print, _: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    Err(ReportError::NoPdf)
}
