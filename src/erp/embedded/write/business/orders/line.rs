//! Lines of orders.

use sqlx::AssertSqlSafe;

use super::super::super::money::{LARGEST, convert};
use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::{amount, bad};
use super::Side;
use crate::erp::embedded::registry::table;
use crate::erp::embedded::trade::{Price, purchase_tax, sales_tax};
use crate::erp::{ErpError, Row};
use crate::store::on_db;

/// Distance of two lines in a new order, so that others fit in between.
const STEP: i64 = 10;
/// One unit, in thousandths.
const UNIT: i64 = 1_000;

pub(super) async fn defaults(work: &mut Work<'_>, side: &Side, row: &mut Row) -> Result<(), ErpError> {
    let order = match row.int("order_id") {
        Some(id) => work.one(side.order, id).await?,
        None => None,
    };
    let product = match row.int("product_id") {
        Some(id) => work.one("product.product", id).await?,
        None => None,
    };
    row.put(side.moved, 0);
    row.put("qty_invoiced", 0);
    row.put_if_unset(side.quantity, UNIT);
    if side.sells() {
        row.put_if_unset("discount", 0);
    }
    let (Some(order), Some(product)) = (order, product) else {
        // All else follows from the two: without them, they alone are missed.
        for follows in ["name", "uom"] {
            row.put_if_unset(follows, "");
        }
        for follows in ["sequence", "price_unit", "purchase_price", "tax_rate"] {
            row.put_if_unset(follows, 0);
        }
        return Ok(());
    };
    copy(side, &order, row);
    if !row.has("sequence") {
        let last = last(work, side, order.number("id")).await?;
        row.put("sequence", last + STEP);
    }
    if !row.has("tax_rate") {
        let rate = tax(work, side, &order).await?;
        row.put("tax_rate", rate);
    }
    if !side.sells() {
        row.put_if_unset("date_planned", order.int("date_planned"));
    }
    of_product(work, side, &order, &product, row).await?;
    amounts(side, row)
}

/// What a line has of its order.
pub(super) fn copy(side: &Side, order: &Row, line: &mut Row) {
    line.put("currency_id", order.int("currency_id"));
    line.put("company_id", order.int("company_id"));
    line.put(side.partner, order.int("partner_id"));
    line.put("state", order.word("state"));
    if side.sells() {
        line.put("salesman_id", order.int("user_id"));
    }
}

/// What follows from changes of a line; a product that is changed brings its own name, unit and prices.
pub(super) async fn derive(
    work: &mut Work<'_>,
    side: &Side,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    if changes.has("product_id") {
        let product = work.one("product.product", changes.number("product_id")).await?;
        let order = work.one(side.order, before.number("order_id")).await?;
        if let (Some(product), Some(order)) = (product, order) {
            of_product(work, side, &order, &product, changes).await?;
        }
    }
    let mut after = before.clone();
    after.extend(changes.clone());
    amounts(side, &mut after)?;
    changes.extend(after.into_iter().filter(|(name, cell)| before.get(name) != Some(cell)));
    Ok(())
}

async fn of_product(
    work: &mut Work<'_>,
    side: &Side,
    order: &Row,
    product: &Row,
    line: &mut Row,
) -> Result<(), ErpError> {
    line.put_if_unset("name", product.word("name"));
    line.put_if_unset("uom", product.word("uom"));
    let between = (product.number("currency_id"), order.number("currency_id"));
    let company = order.number("company_id");
    let day = order.number("date_order");
    if !line.has("price_unit") {
        let price = convert(work, company, product.number(side.price), between, day).await?;
        line.put("price_unit", price);
    }
    if side.sells() && !line.has("purchase_price") {
        let cost = convert(work, company, product.number("standard_price"), between, day).await?;
        line.put("purchase_price", cost);
    }
    Ok(())
}

/// Computes the amounts of a line.
pub(super) fn amounts(side: &Side, line: &mut Row) -> Result<(), ErpError> {
    let price = Price {
        quantity: line.number(side.quantity),
        unit: line.number("price_unit"),
        discount: line.number("discount"),
        tax: line.number("tax_rate"),
    };
    let (amounts, cost) = (price.amounts(), price.at(line.number("purchase_price")));
    if [price.at(price.unit), amounts.total, cost].iter().any(|cents| cents.abs() > LARGEST) {
        return Err(bad(format!(
            "{} × price_unit comes to more than {}, the most that a line may; check both for digits too many",
            side.quantity,
            amount(LARGEST)
        )));
    }
    line.put("price_subtotal", amounts.subtotal);
    line.put("price_tax", amounts.tax);
    line.put("price_total", amounts.total);
    if side.sells() {
        line.put("discount_amount", amounts.discount);
        line.put("margin", amounts.subtotal - cost);
    }
    Ok(())
}

/// Tax of an order or invoice, between the countries of its company and its partner; a person without a country lives
/// where their company does.
pub(super) async fn tax(work: &mut Work<'_>, side: &Side, order: &Row) -> Result<i64, ErpError> {
    let company = work.one("res.company", order.number("company_id")).await?.unwrap_or_default();
    let partner = work.one("res.partner", order.number("partner_id")).await?.unwrap_or_default();
    let mut country = partner.int("country_id");
    if let (None, Some(entity)) = (country, partner.int("commercial_partner_id")) {
        country = work.one("res.partner", entity).await?.and_then(|entity| entity.int("country_id"));
    }
    let home = code(work, company.int("country_id")).await?.unwrap_or_default();
    let theirs = code(work, country).await?;
    let tax = if side.sells() { sales_tax } else { purchase_tax };
    Ok(tax(&home, theirs.as_deref()))
}

async fn code(work: &mut Work<'_>, country: Option<i64>) -> Result<Option<String>, ErpError> {
    let Some(id) = country else { return Ok(None) };
    Ok(work.one("res.country", id).await?.map(|country| country.word("code").to_owned()))
}

/// Sequence of an order's last line; 0 where it has none.
async fn last(work: &mut Work<'_>, side: &Side, order: i64) -> Result<i64, ErpError> {
    let sql = format!("SELECT COALESCE(MAX(sequence), 0) FROM {} WHERE order_id = $1", table(side.line));
    let last: i64 = on_db!(work.on(), c => {
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(order).fetch_one(&mut *c).await
    })?;
    Ok(last)
}
