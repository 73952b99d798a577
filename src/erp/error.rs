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
    /// Records that are not there, or that the caller may not see. Which of the two is not said: it would tell of records
    /// of others.
    #[error(
        "{model} has no record with id {} that you may see. It is not there, or record rules or the model's policy keep \
         it from you: search_records finds what you may see. A Settings / Administrator can change what your groups and \
         companies let you see, an MCP Administrator what the policy lets through",
        listed(ids)
    )]
    MissingRecords {
        /// Technical name.
        model: String,
        /// Ids that were not found, in the order asked for.
        ids: Vec<i64>,
        /// The gate that keeps those of them that are there: for the server's log alone.
        kept: Option<Box<Step>>,
    },
    /// A change can't be done: a value, a required field, a link, the state of a document.
    #[error("{0}")]
    BadChange(Complaint),
    /// Records are not as the change to be undone left them.
    #[error("{0}")]
    Collision(Complaint),
    /// Others are changing, and it did not come to its turn.
    #[error("other changes are under way; nothing was changed, try again in a moment")]
    Busy,
    /// The question took too long and was cancelled.
    #[error("the query was cancelled after {} s; narrow it with a filter (date range, product, company) or group by less", .0.as_secs())]
    TooSlow(Duration),
    /// The database is full, away or broken; the cause is for the server's log alone.
    #[error("the business database could not answer; try again in a moment")]
    Unavailable(#[source] sqlx::Error),
}

impl ErpError {
    /// Records of which none is there.
    pub fn missing(model: &str, ids: Vec<i64>) -> Self {
        Self::MissingRecords { model: model.to_owned(), ids, kept: None }
    }

    /// The gate that is shut, as it is logged; more than the caller may be told.
    pub fn gate(&self) -> Option<&Step> {
        match self {
            Self::Denied(step) => Some(step),
            Self::MissingRecords { kept, .. } => kept.as_deref(),
            _ => None,
        }
    }
}

/// Ids with commas.
pub fn listed(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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
