//! What of an order is invoiced: what its invoices or bills say, drafts included, less its credit notes.

use std::collections::BTreeMap;

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::{Side, act};
use crate::erp::{ErpError, Row};

/// Notes on the lines of an order what its entries invoice, after one of them was changed or deleted.
pub(in super::super) async fn billed(work: &mut Work<'_>, side: &Side, order: i64) -> Result<(), ErpError> {
    let mut left = invoiced(work, side, order).await?;
    let lines = act::lines_of(work, side, order).await?;
    let model = work.model(side.line)?;
    for (at, line) in lines.iter().enumerate() {
        let product = line.int("product_id");
        let Some(left) = product.and_then(|product| left.get_mut(&product)) else { continue };
        let is_last = !lines.iter().skip(at + 1).any(|later| later.int("product_id") == product);
        // What is more than was ordered goes to the last line.
        let take = if is_last { *left } else { (*left).min(line.number(side.quantity)) };
        *left -= take;
        let mut changes = Row::new();
        changes.put("qty_invoiced", take);
        work.update(&model, line, &changes).await?;
    }
    work.follow(side.order, order);
    Ok(())
}

/// Invoiced quantities by product; products of the order that nobody invoices are there with nothing.
async fn invoiced(work: &mut Work<'_>, side: &Side, order: i64) -> Result<BTreeMap<i64, i64>, ErpError> {
    let lines = work.find(side.line, "order_id", order).await?;
    let mut all: BTreeMap<i64, i64> =
        lines.iter().filter_map(|line| Some((line.int("product_id")?, 0))).collect();
    for entry in work.find("account.move", side.link, order).await? {
        if entry.word("state") == "cancel" {
            continue;
        }
        let sign = if entry.word("move_type").ends_with("refund") { -1 } else { 1 };
        for item in work.find("account.move.line", "move_id", entry.number("id")).await? {
            let sum = item.int("product_id").and_then(|product| all.get_mut(&product));
            if let Some(sum) = sum {
                *sum += sign * item.number("quantity");
            }
        }
    }
    Ok(all)
}
