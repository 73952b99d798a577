//! Values as text: numbers exactly, days and instants as ISO 8601.

use chrono::{DateTime, NaiveDate, SecondsFormat};

/// Days since 1970-01-01 as `2026-10-05`.
pub(super) fn day(days: i64) -> String {
    let date = i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days);
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// Epoch milliseconds as `2026-10-05T14:30:00Z`.
pub(super) fn instant(millis: i64) -> String {
    let at = DateTime::from_timestamp_millis(millis);
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

/// Units of 10^-`digits` with all their digits: 123450 with 2 is `1234.50`.
pub(super) fn decimal(units: i64, digits: u8) -> String {
    if digits == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let figures = format!("{:0width$}", units.unsigned_abs(), width = usize::from(digits) + 1);
    let (whole, fraction) = figures.split_at(figures.len() - usize::from(digits));
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_have_all_digits() {
        assert_eq!(decimal(123_450, 2), "1234.50");
        assert_eq!(decimal(-5, 3), "-0.005");
        assert_eq!(decimal(0, 2), "0.00");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(i64::MIN, 2), "-92233720368547758.08");
    }

    #[test]
    fn times_are_iso_8601() {
        assert_eq!((day(0), day(-1)), ("1970-01-01".to_owned(), "1969-12-31".to_owned()));
        assert_eq!(instant(1_790_936_999_000), "2026-10-02T10:29:59Z");
    }
}
