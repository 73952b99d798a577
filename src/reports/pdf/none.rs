//! A build without the typesetter prints no PDF.

use chrono::{DateTime, Utc};

use super::super::document::Print;
use super::super::error::ReportError;
use super::Pdf;

/// Where nothing is printed.
#[derive(Clone, Copy, Debug)]
pub struct Press;

impl Press {
    /// The same as with the typesetter.
    pub const fn here() -> Self {
        Self
    }

    /// The same as with the typesetter.
    pub const fn apart() -> Self {
        Self
    }

    /// Without the typesetter there is no PDF.
    #[expect(clippy::unused_async, reason = "the same as with the typesetter")]
    pub async fn pdf(&self, _: &Print, _: DateTime<Utc>) -> Result<Pdf, ReportError> {
        Err(ReportError::NoPdf)
    }
}

/// Nobody asks for this without the typesetter.
pub fn work() -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
