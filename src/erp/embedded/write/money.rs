//! Money between currencies, by the rates of the day.

use std::collections::BTreeSet;

use super::super::moment;
pub(super) use super::super::trade::divide;
use super::business;
use super::row::Values;
use super::work::Work;
use crate::erp::{ErpError, Line, Row};
use crate::store::on_db;

/// Largest amount (cents) and quantity (thousandths) that is taken: far beyond any business, and small enough for a
/// thousand of them to be added up.
pub(super) const LARGEST: i64 = 1_000_000_000_000_000;

/// What a currency without a rate counts as: the euro, in millionths.
const ONE: i64 = 1_000_000;

/// Cents of one currency as cents of another, by the rates of the day on which `at` (epoch milliseconds) falls in UTC.
pub(super) async fn convert(
    work: &mut Work<'_>,
    cents: i64,
    (from, to): (i64, i64),
    at: i64,
) -> Result<i64, ErpError> {
    if from == to || cents == 0 {
        return Ok(cents);
    }
    let (source, target) = (rate(work, from, at).await?, rate(work, to, at).await?);
    Ok(divide(i128::from(cents) * i128::from(target), i128::from(source)))
}

/// Millionths of the currency for one euro: the latest rate up to then, else the first there is.
async fn rate(work: &mut Work<'_>, currency: i64, at: i64) -> Result<i64, ErpError> {
    const UNTIL: &str = "SELECT rate FROM res_currency_rate WHERE currency_id = $1 AND name <= $2 ORDER BY name DESC, id DESC LIMIT 1";
    const FIRST: &str =
        "SELECT rate FROM res_currency_rate WHERE currency_id = $1 AND name > $2 ORDER BY name, id LIMIT 1";
    let day = moment::local_date(chrono_tz::UTC, at).map_or(0, moment::days);
    for sql in [UNTIL, FIRST] {
        let found: Option<i64> = on_db!(work.on(), c => {
            sqlx::query_scalar(sql).bind(currency).bind(day).fetch_optional(&mut *c).await
        })?;
        if let Some(rate) = found.filter(|rate| *rate > 0) {
            return Ok(rate);
        }
    }
    Ok(ONE)
}

/// Currency of a company's books.
pub(super) async fn books(work: &mut Work<'_>, company: i64) -> Result<i64, ErpError> {
    Ok(work.one("res.company", company).await?.map_or(0, |row| row.number("currency_id")))
}

/// The largest total of the documents touched, and of those whose `lines` were, in cents of their company's currency.
pub(super) async fn largest(work: &mut Work<'_>, lines: &[Line]) -> Result<Option<i64>, ErpError> {
    let mut totals: Vec<(i64, i64, i64)> = work.documents().map(total).collect();
    let documents: BTreeSet<(&str, i64)> = lines
        .iter()
        .filter(|line| business::is_document(&line.document))
        .map(|line| (line.document.as_str(), line.document_id))
        .collect();
    for (model, id) in documents {
        if !work.has_touched(model, id) {
            totals.extend(work.one(model, id).await?.as_ref().map(total));
        }
    }
    let mut largest = None;
    for (amount, currency, company) in totals {
        let own = books(work, company).await?;
        let converted = convert(work, amount.abs(), (currency, own), work.now).await?;
        largest = largest.max(Some(converted));
    }
    Ok(largest)
}

/// Total, currency and company.
fn total(row: &Row) -> (i64, i64, i64) {
    let total = if row.has("amount_total") { "amount_total" } else { "expected_revenue" };
    (row.number(total), row.number("currency_id"), row.number("company_id"))
}
