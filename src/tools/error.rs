//! Why a tool did not answer, in words the model can act on.

use crate::audit::LogUnavailable;
use crate::changes::ChangeError;
use crate::erp::ErpError;
use crate::files::FilesError;
use crate::model::Complaint;
use crate::policy::Step;
use crate::reports::ReportError;

/// A tool's failure; each becomes a result with `isError: true`.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// An argument is missing, unknown or of the wrong kind.
    #[error("{0}")]
    Arguments(Complaint),
    /// A gate is shut.
    #[error("{}", .0.message())]
    Denied(Step),
    /// The ERP refused or failed.
    #[error("{0}")]
    Erp(#[from] ErpError),
    /// The file could not be stored.
    #[error("{}", said(.0))]
    Files(#[from] FilesError),
    /// A change failed for a reason of its own.
    #[error("{0}")]
    Change(ChangeError),
    /// The document could not be printed.
    #[error("{0}")]
    Report(ReportError),
    /// The log can't be written, so nothing is read.
    #[error(transparent)]
    Log(#[from] LogUnavailable),
    /// The answer could not be written as JSON.
    #[error("the answer could not be written; this is a fault of the server and stands in its log")]
    Answer(#[from] serde_json::Error),
}

impl ToolError {
    /// The gate that is shut, as it is logged; more than the caller may be told.
    pub fn gate(&self) -> Option<&Step> {
        match self {
            Self::Denied(step) => Some(step),
            Self::Erp(error) => error.gate(),
            _ => None,
        }
    }
}

impl From<Complaint> for ToolError {
    fn from(complaint: Complaint) -> Self {
        Self::Arguments(complaint)
    }
}

impl From<ReportError> for ToolError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Asked(complaint) => Self::Arguments(complaint),
            ReportError::Erp(erp) => Self::Erp(erp),
            other => Self::Report(other),
        }
    }
}

/// What the model is told of it; of what failed on the server, no more than that.
fn said(error: &FilesError) -> String {
    match error {
        FilesError::Random(_) | FilesError::Database(_) | FilesError::Sheet(_) => {
            "the file could not be stored; try again in a moment".to_owned()
        }
        theirs => theirs.to_string(),
    }
}

impl From<ChangeError> for ToolError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Asked(complaint) => Self::Arguments(complaint),
            ChangeError::Denied(step) => Self::Denied(step),
            ChangeError::Erp(error) => Self::Erp(error),
            other => Self::Change(other),
        }
    }
}
