//! The usual periods around a day, by their first and last days.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Serialize;

/// First and last day, both included.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

/// The usual periods around a day.
#[derive(Debug, Serialize)]
pub(super) struct Periods {
    this_month: Period,
    last_month: Period,
    this_quarter: Period,
    last_quarter: Period,
    this_year: Period,
    last_year: Period,
}

impl Period {
    fn of(from: NaiveDate, months: u32) -> Self {
        let next = from + Months::new(months);
        Self { from, to: next - Days::new(1) }
    }
}

impl Periods {
    pub(super) fn around(today: NaiveDate) -> Self {
        let first = |month: u32| NaiveDate::from_ymd_opt(today.year(), month, 1).unwrap_or(today);
        let month = first(today.month());
        let quarter = first((today.month() - 1) / 3 * 3 + 1);
        let year = first(1);
        Self {
            this_month: Period::of(month, 1),
            last_month: Period::of(month - Months::new(1), 1),
            this_quarter: Period::of(quarter, 3),
            last_quarter: Period::of(quarter - Months::new(3), 3),
            this_year: Period::of(year, 12),
            last_year: Period::of(year - Months::new(12), 12),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_meet_at_their_ends() {
        let periods = Periods::around(day("2026-01-31"));
        assert_eq!(periods.last_month, Period { from: day("2025-12-01"), to: day("2025-12-31") });
        assert_eq!(periods.last_quarter, Period { from: day("2025-10-01"), to: day("2025-12-31") });
        assert_eq!(periods.this_quarter, Period { from: day("2026-01-01"), to: day("2026-03-31") });
        assert_eq!(periods.last_year, Period { from: day("2025-01-01"), to: day("2025-12-31") });
        let leap = Periods::around(day("2028-02-29"));
        assert_eq!(leap.this_month.to, day("2028-02-29"));
    }
}
