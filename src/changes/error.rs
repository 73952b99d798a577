//! Why a change was not done.

use crate::erp::ErpError;
use crate::model::Complaint;
use crate::policy::Step;

/// A change's failure. Nothing of it is written, but where that can't be known.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It was asked for in a way that can't be meant.
    #[error("{0}")]
    Asked(Complaint),
    /// A gate is shut.
    #[error("{}", .0.message())]
    Denied(Step),
    /// The ERP refused or failed.
    #[error("{0}")]
    Erp(#[from] ErpError),
    /// What was to be kept with it can't be written as JSON, or read again.
    #[error("what was to be kept of the change can't be written; nothing was changed")]
    Journal(#[from] serde_json::Error),
    /// The database did not say whether it was committed.
    #[error(
        "the database did not answer whether the change was written: read the records before you try again, or repeat the call with the same idempotency_key"
    )]
    Unknown(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Erp(ErpError::Unavailable(error))
    }
}

impl From<Complaint> for ChangeError {
    fn from(complaint: Complaint) -> Self {
        Self::Asked(complaint)
    }
}
