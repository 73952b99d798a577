//! Money between currencies, by the rates of the day, and how much of anything there may be.

use super::super::decimal::written;
use super::super::moment;
pub(super) use super::super::trade::divide;
use super::row::Values;
use super::work::Work;
use crate::erp::{Cell, ErpError, Row};
use crate::model::{Complaint, FieldKind, Model};
use crate::store::on_db;

/// Largest number that is stored, in minor units: ten billion of a currency (cents), a billion of a unit
/// (thousandths). Far beyond any business, and nine million records that are as large as can be still add up exactly.
pub(super) const LARGEST: i64 = 1_000_000_000_000;

/// The largest number that a field of a kind takes, as it is written.
pub(super) fn largest_of(kind: &FieldKind) -> String {
    written(LARGEST, kind.digits())
}

/// Refuses to store a number that is larger, whoever computed it. `id` is that of a record that was there before.
pub(super) fn held(model: &Model, id: Option<i64>, row: &Row) -> Result<(), ErpError> {
    let is_beyond = |cell: &Cell| cell.int().is_some_and(|n| n.unsigned_abs() > LARGEST.unsigned_abs());
    for (name, _) in row.iter().filter(|(_, cell)| is_beyond(cell)) {
        let Some(field) = model.field(name).filter(|field| field.kind.is_number()) else { continue };
        let which = id.map(|id| format!(" {id}")).unwrap_or_default();
        return Err(ErpError::BadChange(Complaint::new(format!(
            "{}{which}: {name} ({}) would come to more than {}, the most that it can hold; check quantities and prices \
             for digits too many, or divide it among several records",
            model.name,
            field.label,
            largest_of(&field.kind)
        ))));
    }
    Ok(())
}

/// The currency that rates are given against.
const BASE: &str = "EUR";
/// Its own rate, in millionths.
const ONE: i64 = 1_000_000;

/// Cents of one currency as cents of another, by a company's rates of the day on which `at` (epoch milliseconds) falls
/// in UTC.
pub(super) async fn convert(
    work: &mut Work<'_>,
    company: i64,
    cents: i64,
    (from, to): (i64, i64),
    at: i64,
) -> Result<i64, ErpError> {
    let converted = exchanged(work, company, cents, (from, to), at).await?;
    if converted.unsigned_abs() <= LARGEST.unsigned_abs() {
        return Ok(converted);
    }
    Err(ErpError::BadChange(Complaint::new(format!(
        "{} comes to more than {} in another currency, the most that an amount may; check it for digits too many, or \
         divide it among several records",
        written(cents, 2),
        written(LARGEST, 2)
    ))))
}

/// The same, however much it comes to; it is refused where one of the two has no rate.
async fn exchanged(
    work: &mut Work<'_>,
    company: i64,
    cents: i64,
    between: (i64, i64),
    at: i64,
) -> Result<i64, ErpError> {
    match exchange(work, company, cents, between, at).await? {
        Ok(converted) => Ok(converted),
        Err(currency) => Err(without_rate(work, currency).await?),
    }
}

/// The same; the currency that has no rate where one of the two has none.
pub(super) async fn exchange(
    work: &mut Work<'_>,
    company: i64,
    cents: i64,
    (from, to): (i64, i64),
    at: i64,
) -> Result<Result<i64, i64>, ErpError> {
    if from == to || cents == 0 {
        return Ok(Ok(cents));
    }
    let Some(source) = rate(work, company, from, at).await? else { return Ok(Err(from)) };
    let Some(target) = rate(work, company, to, at).await? else { return Ok(Err(to)) };
    Ok(Ok(divide(i128::from(cents) * i128::from(target), i128::from(source))))
}

/// Millionths of the currency for one euro: the latest rate up to then, else the first there is. A company's own go
/// before those that hold for every company.
async fn rate(work: &mut Work<'_>, company: i64, currency: i64, at: i64) -> Result<Option<i64>, ErpError> {
    const UNTIL: &str = "SELECT rate FROM res_currency_rate \
        WHERE currency_id = $1 AND name <= $2 AND (company_id IS NULL OR company_id = $3) \
        ORDER BY company_id IS NULL, name DESC, id DESC LIMIT 1";
    const FIRST: &str = "SELECT rate FROM res_currency_rate \
        WHERE currency_id = $1 AND name > $2 AND (company_id IS NULL OR company_id = $3) \
        ORDER BY company_id IS NULL, name, id LIMIT 1";
    let day = moment::local_date(chrono_tz::UTC, at).map_or(0, moment::days);
    for sql in [UNTIL, FIRST] {
        let found: Option<i64> = on_db!(work.on(), c => {
            sqlx::query_scalar(sql).bind(currency).bind(day).bind(company).fetch_optional(&mut *c).await
        })?;
        if found.is_some_and(|rate| rate > 0) {
            return Ok(found);
        }
    }
    let currency = work.one("res.currency", currency).await?;
    Ok(currency.filter(|currency| currency.word("name") == BASE).map(|_| ONE))
}

async fn without_rate(work: &mut Work<'_>, currency: i64) -> Result<ErpError, ErpError> {
    let row = work.one("res.currency", currency).await?.unwrap_or_default();
    Ok(ErpError::BadChange(Complaint::new(format!(
        "currency_id (Currency): res.currency {currency} ({}) has no rate, so nobody knows what an amount in it is \
         worth; choose another currency, or have a Settings / Administrator add a rate (res.currency.rate) first",
        work.called("res.currency", &row)
    ))))
}

/// Refuses a currency that a company can't deal in: one that is archived, or has no rate. That of its own books it can.
pub(super) async fn dealt(work: &mut Work<'_>, company: i64, currency: i64) -> Result<(), ErpError> {
    if currency == books(work, company).await? {
        return Ok(());
    }
    let Some(row) = work.one("res.currency", currency).await? else { return Ok(()) };
    if !row.is("active") {
        let why = if work.shows("res.currency", "active") { "is archived" } else { "is not in use" };
        return Err(ErpError::BadChange(Complaint::new(format!(
            "currency_id (Currency): res.currency {currency} ({}) {why}; choose another, or have a Settings / \
             Administrator set its active to true and add a rate first",
            work.called("res.currency", &row)
        ))));
    }
    match rate(work, company, currency, work.now).await? {
        Some(_) => Ok(()),
        None => Err(without_rate(work, currency).await?),
    }
}

/// Currency of a company's books.
pub(super) async fn books(work: &mut Work<'_>, company: i64) -> Result<i64, ErpError> {
    Ok(work.one("res.company", company).await?.map_or(0, |row| row.number("currency_id")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::embedded::registry;
    use crate::erp::embedded::trade::Price;

    #[test]
    fn millions_of_the_largest_add_up() {
        assert!(LARGEST.checked_mul(9_000_000).is_some());
        let price = Price { quantity: LARGEST, unit: LARGEST, discount: 0, tax: 10_000 };
        assert!(price.amounts().total > LARGEST, "what is too much is seen to be");
    }

    #[test]
    fn what_is_beyond_is_named_with_its_maximum() {
        let order = registry::model("sale.order").unwrap();
        let mut row = Row::new();
        row.put("amount_total", LARGEST);
        row.put("date_order", i64::MAX);
        assert!(held(order, None, &row).is_ok(), "an instant is no amount");
        row.put("amount_total", -LARGEST - 1);
        let said = held(order, Some(7), &row).unwrap_err().to_string();
        assert!(
            said.contains("sale.order 7: amount_total (Total)") && said.contains("10000000000,"),
            "{said}"
        );
        let line = registry::model("sale.order.line").unwrap();
        let mut row = Row::new();
        row.put("product_uom_qty", LARGEST + 1);
        let said = held(line, None, &row).unwrap_err().to_string();
        assert!(said.contains("more than 1000000000, the most"), "{said}");
    }
}
