//! Orders and lines that are put back as they were.

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::quantity;
use super::{Side, act, line, named, totals};
use crate::erp::{ErpError, Row};

/// Why an order can't go back to a state before it was confirmed, if it can't: it is invoiced by now. Its transfers tell
/// themselves what became of them.
pub(in super::super) async fn reopened(
    work: &mut Work<'_>,
    side: &Side,
    order: &Row,
    back: &Row,
) -> Result<Option<String>, ErpError> {
    if !side.is_confirmed(order) || !back.has("state") {
        return Ok(None);
    }
    let lines = work.find(side.line, "order_id", order.number("id")).await?;
    if lines.iter().all(|line| line.number("qty_invoiced") == 0) {
        return Ok(None);
    }
    let model = work.model(side.order)?;
    let what = if side.sells() { "invoice" } else { "bill" };
    Ok(Some(format!(
        "{} is invoiced by now; its {what} has to be cancelled or credited first",
        named(work, &model, order)
    )))
}

/// Writes what a line has of its order, and what it comes to.
pub(in super::super) async fn line_back(work: &mut Work<'_>, side: &Side, row: &Row) -> Result<(), ErpError> {
    let Some(order) = work.one(side.order, row.number("order_id")).await? else { return Ok(()) };
    let mut after = row.clone();
    line::copy(side, &order, &mut after);
    line::amounts(side, &mut after)?;
    let model = work.model(side.line)?;
    work.update(&model, row, &after).await
}

/// Why transfers that are open again move more of a product than an order still wants, if they do. Where a line of it is
/// put back too, what was planned for it then is right.
pub(in super::super) async fn planned_twice(
    work: &mut Work<'_>,
    side: &Side,
    id: i64,
    product: i64,
) -> Result<Option<String>, ErpError> {
    let Some(order) = work.one(side.order, id).await? else { return Ok(None) };
    let mut lines = act::lines_of(work, side, id).await?;
    lines.retain(|line| line.int("product_id") == Some(product));
    if lines.iter().any(|line| work.has_touched(side.line, line.number("id"))) {
        return Ok(None);
    }
    let left: i64 =
        lines.iter().map(|line| (line.number(side.quantity) - line.number(side.moved)).max(0)).sum();
    let planned = totals::planned(work, side, id).await?.get(&product).copied().unwrap_or_default();
    if planned <= left {
        return Ok(None);
    }
    let model = work.model(side.order)?;
    let product = work.one("product.product", product).await?.unwrap_or_default();
    Ok(Some(format!(
        "of {} its order {} has {} left to be moved, and with it {} would be planned",
        work.called("product.product", &product),
        named(work, &model, &order),
        quantity(left),
        quantity(planned)
    )))
}
