//! Why a document was not printed.

use std::time::Duration;

use crate::erp::ErpError;
use crate::model::Complaint;

/// What can go wrong between the ids of records and a printed document.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The question can't be answered as it was put: no such report, too many records.
    #[error("{0}")]
    Asked(Complaint),
    /// The ERP refused or failed.
    #[error("{0}")]
    Erp(#[from] ErpError),
    /// What the ERP answered is not what it says its records are; the cause is for the server's log alone.
    #[error("the ERP's answer could not be read; this is a fault of the server and stands in its log")]
    Answer(#[from] serde_json::Error),
    /// PDF is asked of a build without the typesetter.
    #[error(
        "this build of Axanta MCP prints no PDF (it was built without the feature `reports`); ask for format \"html\" instead"
    )]
    NoPdf,
    /// Others print already, as many as may at a time.
    #[error("too many documents are being printed just now; try again in a moment")]
    Busy,
    /// Printing took too long.
    #[error("printing took longer than {} s; print fewer records at a time, or ask for format \"html\"", .0.as_secs())]
    TooSlow(Duration),
    /// The typesetter refused; the cause is for the server's log alone.
    #[error("the document could not be printed; this is a fault of the server and stands in its log")]
    Typesetting(String),
}

impl From<Complaint> for ReportError {
    fn from(complaint: Complaint) -> Self {
        Self::Asked(complaint)
    }
}
