//! Orders themselves.

use super::super::super::money::{books, convert};
use super::super::super::reach;
use super::super::super::row::Values as _;
use super::super::super::work::Work;
use super::super::say::bad;
use super::{Side, line};
use crate::erp::embedded::moment;
use crate::erp::{ErpError, Row};
use crate::model::Operation;

/// Days for which a quotation is good.
const VALID: i64 = 30;
const DAY: i64 = 86_400_000;
/// Time that vendors take where nobody says otherwise.
const ON_THE_WAY: i64 = 7 * DAY;

pub(super) async fn defaults(work: &mut Work<'_>, side: &Side, row: &mut Row) -> Result<(), ErpError> {
    let partner = match row.int("partner_id") {
        Some(id) => work.one("res.partner", id).await?.unwrap_or_default(),
        None => Row::new(),
    };
    if !row.has("company_id") {
        let company = company(work, row, &partner).await?;
        row.put("company_id", company);
    }
    let company = row.number("company_id");
    row.put("name", format!("{}{:05}", side.letter, row.number("id")));
    row.put("state", "draft");
    row.put("invoice_status", "no");
    row.put_if_unset("date_order", work.now);
    if !row.contains_key("user_id") {
        row.put("user_id", work.who.user_id);
    }
    if !row.has("currency_id") {
        let own = books(work, company).await?;
        row.put("currency_id", partner.int("currency_id").or((own > 0).then_some(own)));
    }
    if !row.has("warehouse_id") {
        let model = work.model("stock.warehouse")?;
        let all = work.select(&model, "company_id = $1 ORDER BY id", &[company]).await?;
        row.put("warehouse_id", all.iter().find(|warehouse| warehouse.is("active")).map(|w| w.number("id")));
    }
    for amount in ["amount_untaxed", "amount_tax", "amount_total"] {
        row.put(amount, 0);
    }
    if side.sells() {
        let today = moment::local_date(work.who.tz, work.now).map_or(0, moment::days);
        row.put("create_date", work.now);
        row.put("margin", 0);
        // Nobody buys on credit unless somebody says so.
        row.put_if_unset("payment_term", "immediate");
        if !row.contains_key("validity_date") {
            row.put("validity_date", today + VALID);
        }
    } else {
        row.put_if_unset("date_planned", work.now + ON_THE_WAY);
    }
    Ok(())
}

/// That of the warehouse or partner where they belong to one of the caller's, else the caller's first.
async fn company(work: &mut Work<'_>, row: &Row, partner: &Row) -> Result<Option<i64>, ErpError> {
    let warehouse = match row.int("warehouse_id") {
        Some(id) => work.one("stock.warehouse", id).await?.and_then(|found| found.int("company_id")),
        None => None,
    };
    let own = &work.who.company_ids;
    let within = |id: &i64| own.contains(id);
    Ok(warehouse.filter(within).or(partner.int("company_id").filter(within)).or_else(|| own.first().copied()))
}

/// What changed on the order follows into its lines.
pub(super) async fn settle(work: &mut Work<'_>, side: &Side, id: i64) -> Result<(), ErpError> {
    let Some(order) = work.one(side.order, id).await? else { return Ok(()) };
    let planned = work.original(side.order, id).and_then(|before| before.int("date_planned"));
    let model = work.model(side.line)?;
    let lines = work.find(side.line, "order_id", id).await?;
    let in_another = |row: &Row| row.int("currency_id") != order.int("currency_id");
    let repriced: Vec<i64> = lines.iter().filter(|row| in_another(row)).map(|row| row.number("id")).collect();
    if !repriced.is_empty() {
        // Their prices are written, as if they had been named.
        reach::every(work, &model, &repriced).await?;
        for line in &repriced {
            work.must_reach(&model, *line, Operation::Write);
        }
    }
    for row in lines {
        let mut after = row.clone();
        line::copy(side, &order, &mut after);
        if after.int("company_id") != row.int("company_id") {
            same_company(work, &after).await?;
        }
        if in_another(&row) {
            let between = (row.number("currency_id"), order.number("currency_id"));
            for price in ["price_unit", "purchase_price"].into_iter().filter(|name| row.has(name)) {
                let (company, day) = (order.number("company_id"), order.number("date_order"));
                let cents = convert(work, company, row.number(price), between, day).await?;
                after.put(price, cents);
            }
            line::amounts(side, &mut after)?;
        }
        if !side.sells() && row.int("date_planned") == planned {
            after.put("date_planned", order.int("date_planned"));
        }
        if after != row {
            work.update(&model, &row, &after).await?;
            work.follow(side.order, id);
        }
    }
    Ok(())
}

async fn same_company(work: &mut Work<'_>, line: &Row) -> Result<(), ErpError> {
    let product = work.one("product.product", line.number("product_id")).await?;
    let other = product.as_ref().and_then(|product| product.int("company_id"));
    match (product, other) {
        (Some(product), Some(other)) if Some(other) != line.int("company_id") => Err(bad(format!(
            "company_id: the order has a line of product {} ({}), which belongs to {}; \
             take the line out, or leave the order with its company",
            product.number("id"),
            work.called("product.product", &product),
            if work.shows("product.product", "company_id") {
                format!("company {other}")
            } else {
                "another company".to_owned()
            }
        ))),
        _ => Ok(()),
    }
}
