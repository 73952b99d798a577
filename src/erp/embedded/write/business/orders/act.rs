//! What is done with orders: confirmed, moved.

use serde_json::{Value, json};

use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::bad;
use super::super::stock::{self, Opening, Part};
use super::{Side, head, named};
use crate::erp::{ErpError, Row};

/// A day, in milliseconds: the time that a delivery takes to get ready.
const DAY: i64 = 86_400_000;

/// Confirms orders, and opens a transfer for the goods of each.
pub(in super::super::super) async fn confirm(
    work: &mut Work<'_>,
    side: &Side,
    ids: &[i64],
) -> Result<Value, ErpError> {
    let model = work.model(side.order)?;
    let mut pickings = Vec::new();
    for id in ids {
        let Some(before) = work.one(side.order, *id).await? else { continue };
        let lines = work.find(side.line, "order_id", *id).await?;
        confirmable(side, &named(work, &model, &before), &before, &lines)?;
        let mut changes = Row::new();
        changes.put("state", side.confirmed);
        changes.put(if side.sells() { "date_order" } else { "date_approve" }, work.now);
        work.update(&model, &before, &changes).await?;
        head::settle(work, side, *id).await?;
        let parts: Vec<Part> = goods(work, &lines)
            .await?
            .iter()
            .map(|line| Part { product: line.number("product_id"), quantity: line.number(side.quantity) })
            .filter(|part| part.quantity > 0)
            .collect();
        if parts.is_empty() {
            render(work, side, *id).await?;
        } else {
            pickings.push(open(work, side, &before, parts).await?);
        }
        work.follow(side.order, *id);
    }
    Ok(json!({ "state": side.confirmed, "picking_ids": pickings }))
}

fn confirmable(side: &Side, whose: &str, order: &Row, lines: &[Row]) -> Result<(), ErpError> {
    match order.word("state") {
        state if side.open.contains(&state) => {}
        "cancel" => {
            return Err(bad(format!(
                "{whose} can't be confirmed: it is cancelled; call {} on it first",
                side.to_draft
            )));
        }
        _ => {
            return Err(bad(format!(
                "{whose} is confirmed already; picking_ids of the order says which transfers it made"
            )));
        }
    }
    if lines.iter().any(|line| line.number(side.quantity) > 0) {
        return Ok(());
    }
    Err(bad(format!(
        "{whose} can't be confirmed: it has no lines with a quantity; \
         add one with update_records: {{\"order_line\":[[0,0,{{\"product_id\":7,\"{}\":1}}]]}}",
        side.quantity
    )))
}

/// Opens a transfer for an order.
pub(super) async fn open(
    work: &mut Work<'_>,
    side: &Side,
    order: &Row,
    parts: Vec<Part>,
) -> Result<i64, ErpError> {
    let id = order.number("id");
    let promised = if side.sells() { "commitment_date" } else { "date_planned" };
    let opening = Opening {
        kind: side.kind,
        warehouse: order.number("warehouse_id"),
        partner: order.int("partner_id"),
        origin: order.word("name"),
        scheduled: order.int(promised).unwrap_or(work.now + DAY).max(work.now),
        sale: side.sells().then_some(id),
        purchase: (!side.sells()).then_some(id),
        parts,
    };
    stock::open_transfer(work, &opening).await
}

/// Notes on the lines of an order what a transfer moved: (product, thousandths of its unit). Services are rendered
/// with the first goods.
pub(in super::super::super) async fn moved(
    work: &mut Work<'_>,
    side: &Side,
    order: i64,
    parts: &[(i64, i64)],
) -> Result<(), ErpError> {
    let model = work.model(side.line)?;
    for (product, quantity) in parts {
        let lines = lines_of(work, side, order).await?;
        let own: Vec<&Row> = lines.iter().filter(|line| line.int("product_id") == Some(*product)).collect();
        let mut left = *quantity;
        for (at, line) in own.iter().enumerate() {
            let room = (line.number(side.quantity) - line.number(side.moved)).max(0);
            // What is more than was ordered goes to the last line.
            let take = if at + 1 == own.len() { left } else { left.min(room) };
            left -= take;
            let mut changes = Row::new();
            changes.put(side.moved, line.number(side.moved) + take);
            work.update(&model, line, &changes).await?;
        }
    }
    render(work, side, order).await?;
    work.follow(side.order, order);
    Ok(())
}

/// Services of an order have been rendered. Says whether that is news.
async fn render(work: &mut Work<'_>, side: &Side, order: i64) -> Result<bool, ErpError> {
    let model = work.model(side.line)?;
    let lines = lines_of(work, side, order).await?;
    let goods: Vec<i64> = goods(work, &lines).await?.iter().map(|line| line.number("id")).collect();
    let mut news = false;
    for line in lines.iter().filter(|line| !goods.contains(&line.number("id"))) {
        let mut changes = Row::new();
        changes.put(side.moved, line.number(side.quantity));
        news |= line.int(side.moved) != line.int(side.quantity);
        work.update(&model, line, &changes).await?;
    }
    Ok(news)
}

/// Renders services that were ordered later, where no goods are waited for before the first.
pub(super) async fn render_more(
    work: &mut Work<'_>,
    side: &Side,
    order: i64,
    lines: &[Row],
) -> Result<(), ErpError> {
    let goods = goods(work, lines).await?;
    let is_due = goods.iter().all(|line| line.number(side.quantity) == 0)
        || goods.iter().any(|line| line.number(side.moved) > 0);
    if is_due && render(work, side, order).await? {
        work.follow(side.order, order);
    }
    Ok(())
}

pub(super) async fn lines_of(work: &mut Work<'_>, side: &Side, order: i64) -> Result<Vec<Row>, ErpError> {
    let mut lines = work.find(side.line, "order_id", order).await?;
    lines.sort_by_key(|line| (line.number("sequence"), line.number("id")));
    Ok(lines)
}

/// The lines whose product is goods, and no service.
pub(super) async fn goods(work: &mut Work<'_>, lines: &[Row]) -> Result<Vec<Row>, ErpError> {
    let ids: Vec<i64> = lines.iter().map(|line| line.number("product_id")).collect();
    let model = work.model("product.product")?;
    let products = work.load(&model, &ids).await?;
    let is_goods = |line: &&Row| {
        products.get(&line.number("product_id")).is_some_and(|product| product.word("type") != "service")
    };
    Ok(lines.iter().filter(is_goods).cloned().collect())
}
