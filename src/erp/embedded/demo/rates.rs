//! Rates of exchange: one for each month and foreign currency, against the euro.

use chrono::Datelike;

use super::calendar::{Calendar, date, days};
use super::dice::Dice;
use super::rows::CurrencyRate;
use crate::erp::embedded::trade;

/// Id of the euro.
pub const EUR: i64 = 1;
/// Id of the US dollar.
pub const USD: i64 = 2;
/// Id of the pound sterling.
pub const GBP: i64 = 3;

const ONE: i64 = 1_000_000;

/// Rates of every month.
pub struct Rates {
    first_month: i64,
    usd: Vec<i64>,
    gbp: Vec<i64>,
    /// The same, as rows.
    pub rows: Vec<CurrencyRate>,
}

impl Rates {
    /// Lets the rates wander from month to month.
    pub fn new(calendar: &Calendar, dice: &mut Dice) -> Self {
        let (first_month, last_month) = (month(calendar.first), month(calendar.last));
        let (mut usd, mut gbp, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let (mut dollars, mut pounds) = (1_085_000, 858_000);
        for at in first_month..=last_month {
            dollars = (dollars + dice.between(-14_000, 14_000)).clamp(1_020_000, 1_170_000);
            pounds = (pounds + dice.between(-8_000, 8_000)).clamp(820_000, 900_000);
            usd.push(dollars);
            gbp.push(pounds);
            let name = first_day(at);
            for (currency_id, rate) in [(USD, dollars), (GBP, pounds)] {
                let id = i64::try_from(rows.len()).unwrap_or(0) + 1;
                rows.push(CurrencyRate { id, name, currency_id, rate });
            }
        }
        Self { first_month, usd, gbp, rows }
    }

    /// Cents of one currency as cents of another on a day, rounded to the nearest.
    pub fn convert(&self, cents: i64, from: i64, to: i64, day: i64) -> i64 {
        if from == to {
            return cents;
        }
        divide(cents * self.rate(to, day), self.rate(from, day))
    }

    fn rate(&self, currency: i64, day: i64) -> i64 {
        let of = match currency {
            USD => &self.usd,
            GBP => &self.gbp,
            _ => return ONE,
        };
        let at = usize::try_from(month(day) - self.first_month).unwrap_or(0);
        of.get(at).or(of.last()).copied().unwrap_or(ONE)
    }
}

fn month(day: i64) -> i64 {
    let date = date(day);
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

fn first_day(month: i64) -> i64 {
    let year = i32::try_from(month.div_euclid(12)).unwrap_or(1970);
    let month0 = u32::try_from(month.rem_euclid(12)).unwrap_or(0);
    days(chrono::NaiveDate::from_ymd_opt(year, month0 + 1, 1).unwrap_or_default())
}

/// Quotient rounded to the nearest whole number, halves away from zero.
pub fn divide(number: i64, by: i64) -> i64 {
    trade::divide(i128::from(number), i128::from(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!((divide(5, 2), divide(-5, 2), divide(4, 3), divide(-4, 3)), (3, -3, 1, -1));
    }

    #[test]
    fn money_comes_back_to_within_a_cent() {
        let calendar = Calendar::new(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let rates = Rates::new(&calendar, &mut Dice::new(3));
        for day in [calendar.first, calendar.first + 400, calendar.last] {
            let dollars = rates.convert(123_456, GBP, USD, day);
            assert!(dollars > 123_456);
            assert!((rates.convert(dollars, USD, GBP, day) - 123_456).abs() <= 1);
        }
        assert_eq!(rates.rows.len(), 74);
    }
}
