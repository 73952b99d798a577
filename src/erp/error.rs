//! What an ERP can answer instead of data. No SQL and no internals in any of them.

use std::time::Duration;

use crate::model::Complaint;
use crate::policy::Step;

/// Why the ERP did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ErpError {
    /// No model of that name.
    #[error("{0}")]
    UnknownModel(Complaint),
    /// The question can't be understood: a field, operator, value, order or group.
    #[error("{0}")]
    BadQuery(Complaint),
    /// One of the ERP's own gates is shut: access rights, record rules, record limits; or policy refuses a model
    /// that a dotted path, an `any`, a group or an x2many field would read on the way.
    #[error("{}", .0.message())]
    Denied(Step),
    /// Records that are not there.
    #[error("{model} has no record with id {}", ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    MissingRecords {
        /// Technical name.
        model: String,
        /// Ids that were not found.
        ids: Vec<i64>,
    },
    /// A change can't be done: a value, a required field, a link, the state of a document.
    #[error("{0}")]
    BadChange(Complaint),
    /// Records are not as the change to be undone left them.
    #[error("{0}")]
    Collision(Complaint),
    /// The question took too long and was cancelled.
    #[error("the query was cancelled after {} s; narrow it with a filter (date range, product, company) or group by less", .0.as_secs())]
    TooSlow(Duration),
    /// The database is full, away or broken; the cause is for the server's log alone.
    #[error("the business database could not answer; try again in a moment")]
    Unavailable(#[source] sqlx::Error),
}

impl From<Complaint> for ErpError {
    fn from(complaint: Complaint) -> Self {
        Self::BadQuery(complaint)
    }
}

impl From<sqlx::Error> for ErpError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error)
    }
}
