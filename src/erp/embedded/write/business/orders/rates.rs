//! Tax of what is invoiced of an order: that of the order's own lines.

use std::cmp::Reverse;

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::{Side, act, line};
use crate::erp::{ErpError, Row};

/// Rates of tax (hundredths of a per cent) of the product items of an invoice, in their order: each has that of the
/// line of its order, and the usual one between the two countries where it has no line there, or where the invoice is
/// written to somebody else.
pub(in super::super) async fn rates(
    work: &mut Work<'_>,
    side: &Side,
    head: &Row,
    items: &[Row],
) -> Result<Vec<i64>, ErpError> {
    let usual = line::tax(work, side, head).await?;
    let order = match head.int(side.link) {
        Some(id) => work.one(side.order, id).await?,
        None => None,
    };
    let Some(order) = order.filter(|order| order.int("partner_id") == head.int("partner_id")) else {
        return Ok(vec![usual; items.len()]);
    };
    let lines = act::lines_of(work, side, order.number("id")).await?;
    let mut used = vec![false; lines.len()];
    Ok(items.iter().map(|item| matching(item, &lines, &mut used).unwrap_or(usual)).collect())
}

/// The rate of the order's line that an item was most likely made from; each line goes once before any goes twice.
fn matching(item: &Row, lines: &[Row], used: &mut [bool]) -> Option<i64> {
    let same = |line: &Row, name: &str| line.number(name) == item.number(name);
    let fit = |line: &Row, used: bool| {
        (same(line, "price_unit") && same(line, "discount"), line.word("name") == item.word("name"), !used)
    };
    let (line, used) = lines
        .iter()
        .zip(used)
        .filter(|(line, _)| {
            line.int("product_id").is_some() && line.int("product_id") == item.int("product_id")
        })
        .min_by_key(|(line, used)| Reverse(fit(line, **used)))?;
    *used = true;
    Some(line.number("tax_rate"))
}
