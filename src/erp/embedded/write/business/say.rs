//! Words for refusals.

use super::super::super::decimal::written;
use super::super::super::moment;
use crate::erp::ErpError;
use crate::model::Complaint;

/// A change that can't be done, and why.
pub(super) fn bad(problem: impl Into<String>) -> ErpError {
    ErpError::BadChange(Complaint::new(problem))
}

/// A quantity (thousandths) as people write it.
pub(super) fn quantity(thousandths: i64) -> String {
    written(thousandths, 3)
}

/// An amount (cents) as people write it.
pub(super) fn amount(cents: i64) -> String {
    written(cents, 2)
}

/// A day (since 1970) as people write it.
pub(super) fn day(days: i64) -> String {
    moment::date(days).map(|date| date.to_string()).unwrap_or_default()
}
