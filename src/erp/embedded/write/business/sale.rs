//! What the methods of sales orders do.

use serde_json::Value;

use super::super::work::Work;
use super::orders::{self, SALE};
use crate::erp::ErpError;

/// The customer accepts: the order and its delivery are made.
pub(super) async fn action_confirm(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::confirm(work, &SALE, ids).await
}

/// The customer thinks better of it.
pub(super) async fn action_cancel(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::cancel(work, &SALE, ids).await
}

/// The customer asks again.
pub(super) async fn action_draft(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::draft(work, &SALE, ids).await
}

/// What was delivered is invoiced.
pub(super) async fn action_create_invoice(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::create_invoice(work, &SALE, ids).await
}

/// Notes on a sales order what a delivery moved: (product, thousandths of its unit).
pub(super) async fn moved(work: &mut Work<'_>, order: i64, parts: &[(i64, i64)]) -> Result<(), ErpError> {
    orders::moved(work, &SALE, order, parts).await
}
