//! What the methods of purchase orders do.

use serde_json::Value;

use super::super::work::Work;
use super::orders::{self, PURCHASE};
use crate::erp::ErpError;

/// The order stands; its receipt is made. One that waits for approval is approved by this.
pub(super) async fn button_confirm(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::confirm(work, &PURCHASE, ids).await
}

/// The goods are not wanted any more.
pub(super) async fn button_cancel(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::cancel(work, &PURCHASE, ids).await
}

/// They are wanted again.
pub(super) async fn button_draft(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::draft(work, &PURCHASE, ids).await
}

/// What was received is billed.
pub(super) async fn action_create_invoice(work: &mut Work<'_>, ids: &[i64]) -> Result<Value, ErpError> {
    orders::create_invoice(work, &PURCHASE, ids).await
}

/// Notes on a purchase order what a receipt moved: (product, thousandths of its unit).
pub(super) async fn moved(work: &mut Work<'_>, order: i64, parts: &[(i64, i64)]) -> Result<(), ErpError> {
    orders::moved(work, &PURCHASE, order, parts).await
}
