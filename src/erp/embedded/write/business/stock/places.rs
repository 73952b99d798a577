//! Where goods are taken from and brought to.

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::bad;
use crate::erp::{ErpError, Row};

/// Deepest tree of locations.
const DEEPEST: usize = 20;

/// A warehouse.
pub(super) async fn warehouse(work: &mut Work<'_>, id: i64) -> Result<Row, ErpError> {
    let found = work.one("stock.warehouse", id).await?;
    found.ok_or_else(|| bad(format!("warehouse_id (Warehouse): there is no stock.warehouse with id {id}")))
}

/// From where to where a warehouse moves goods, by the kind of transfer.
pub(super) async fn route(work: &mut Work<'_>, kind: &str, warehouse: &Row) -> Result<(i64, i64), ErpError> {
    let company = warehouse.number("company_id");
    let stock = warehouse.int("lot_stock_id").ok_or_else(|| {
        bad(format!(
            "{} has no stock location: set lot_stock_id of the warehouse",
            work.called("stock.warehouse", warehouse)
        ))
    })?;
    Ok(match kind {
        "incoming" => (outside(work, "supplier", company).await?, arrival(work, stock).await?),
        "outgoing" => (stock, outside(work, "customer", company).await?),
        _ => (stock, stock),
    })
}

/// Where everything lies that vendors still have, or customers have.
async fn outside(work: &mut Work<'_>, usage: &'static str, company: i64) -> Result<i64, ErpError> {
    let model = work.model("stock.location")?;
    let condition = format!(
        "usage = '{usage}' AND active AND (company_id IS NULL OR company_id = $1) ORDER BY id LIMIT 1"
    );
    let found = work.select(&model, &condition, &[company]).await?;
    found.first().map(|row| row.number("id")).ok_or_else(|| {
        bad(format!("there is no location for goods at the {usage}; an administrator has to make one"))
    })
}

/// Receipts arrive beside the stock where there is such a place, else in it.
async fn arrival(work: &mut Work<'_>, stock: i64) -> Result<i64, ErpError> {
    let above = work.one("stock.location", stock).await?.and_then(|row| row.int("location_id"));
    let Some(above) = above else { return Ok(stock) };
    let beside = work.find("stock.location", "location_id", above).await?;
    let place = beside
        .iter()
        .find(|row| row.number("id") != stock && row.word("usage") == "internal" && row.is("active"));
    Ok(place.map_or(stock, |row| row.number("id")))
}

/// Internal locations at and under a location, in the order in which they are emptied; none where goods are not
/// counted, such as at a vendor's.
pub(super) async fn bins(work: &mut Work<'_>, root: i64) -> Result<Vec<i64>, ErpError> {
    let Some(row) = work.one("stock.location", root).await? else { return Ok(Vec::new()) };
    let mut open = vec![row];
    let mut bins = Vec::new();
    while let Some(row) = open.pop() {
        let id = row.number("id");
        if row.word("usage") == "internal" && !bins.contains(&id) {
            bins.push(id);
            open.extend(work.find("stock.location", "location_id", id).await?);
        }
    }
    bins.sort_unstable();
    Ok(bins)
}

/// Whether a location is `root` or lies under it.
pub(super) async fn is_within(work: &mut Work<'_>, location: i64, root: i64) -> Result<bool, ErpError> {
    let mut at = Some(location);
    for _ in 0..DEEPEST {
        match at {
            Some(id) if id == root => return Ok(true),
            Some(id) => at = work.one("stock.location", id).await?.and_then(|row| row.int("location_id")),
            None => break,
        }
    }
    Ok(false)
}

/// Whether goods are counted there.
pub(super) async fn is_internal(work: &mut Work<'_>, location: i64) -> Result<bool, ErpError> {
    Ok(work.one("stock.location", location).await?.is_some_and(|row| row.word("usage") == "internal"))
}

/// What people call it.
pub(super) async fn name(work: &mut Work<'_>, location: i64) -> Result<String, ErpError> {
    let found = work.one("stock.location", location).await?;
    Ok(found.map_or_else(|| format!("location {location}"), |row| work.called("stock.location", &row)))
}
