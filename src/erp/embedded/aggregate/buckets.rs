//! Days, weeks, months, quarters and years of the caller, as ranges that the database can compare with.
//!
//! Where a day begins in a time zone is computed here and not in SQL: both databases would answer differently,
//! and SQLite not at all.

use std::fmt::Write as _;

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::super::json::quoted;
use super::super::moment;
use crate::model::{Complaint, Granularity};

/// Most ranges of one group: ten years by day.
const MOST: usize = 4_000;

/// Consecutive ranges of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Buckets {
    granularity: Granularity,
    /// First day of each.
    days: Vec<NaiveDate>,
    /// The same in units of the column.
    starts: Vec<i64>,
}

/// The range that an instant or day falls into: from its first unit to its last.
pub(super) fn span(granularity: Granularity, unit: Unit, at: i64) -> Option<(i64, i64)> {
    let first = floor(granularity, unit.date(at)?)?;
    Some((unit.start(first), unit.start(next(granularity, first)?) - 1))
}

/// What a column counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Days since 1970-01-01.
    Day,
    /// Epoch milliseconds, and whose days are meant.
    Milli(Tz),
}

impl Unit {
    fn date(self, at: i64) -> Option<NaiveDate> {
        match self {
            Self::Day => moment::date(at),
            Self::Milli(tz) => moment::local_date(tz, at),
        }
    }

    fn start(self, day: NaiveDate) -> i64 {
        match self {
            Self::Day => moment::days(day),
            Self::Milli(tz) => moment::day_start(tz, day),
        }
    }
}

impl Buckets {
    /// The ranges that hold everything from `first` to `last`, both included, in units of the column. `None` if
    /// they would be too many.
    pub(super) fn covering(granularity: Granularity, unit: Unit, first: i64, last: i64) -> Option<Self> {
        Self::over(granularity, unit, &[(first, last)])
    }

    /// The ranges that hold everything within the spans, one behind the other, and nothing of what lies between them.
    pub(super) fn over(granularity: Granularity, unit: Unit, spans: &[(i64, i64)]) -> Option<Self> {
        let mut days: Vec<NaiveDate> = Vec::new();
        for (first, last) in spans {
            let (first, last) = (unit.date(*first)?, unit.date(*last)?);
            let mut day = floor(granularity, first)?;
            loop {
                // Two spans may lie in one range.
                if days.last().is_none_or(|known| *known < day) {
                    if days.len() >= MOST {
                        return None;
                    }
                    days.push(day);
                }
                day = next(granularity, day)?;
                if day > last {
                    break;
                }
            }
        }
        let starts = days.iter().map(|day| unit.start(*day)).collect();
        Some(Self { granularity, days, starts })
    }

    /// What to say where there are too many.
    pub(super) fn too_many(granularity: Granularity, key: &str) -> Complaint {
        Complaint::new(format!(
            "group `{key}` spans more than {MOST} {}s; filter by date, or group by a longer time",
            granularity.name()
        ))
        .example(r#"["date:month"]"#)
    }

    /// Number of the range that the column's value falls into, as SQL. The comparisons form a balanced tree: ten
    /// for a thousand ranges.
    pub(super) fn number_of(&self, column: &str, nullable: bool) -> String {
        let mut out = String::from("CAST(");
        if nullable {
            let _ = write!(out, "CASE WHEN {column} IS NULL THEN NULL ELSE ");
        }
        search(&mut out, column, &self.starts, 0);
        out.push_str(if nullable { " END AS BIGINT)" } else { " AS BIGINT)" });
        out
    }

    /// First unit of each range.
    pub(super) fn starts(&self) -> &[i64] {
        &self.starts
    }

    /// Writes the range of that number as it is answered: `"2026-10-05"`, `"2026-W40"`, `"2026-10"`, `"2026-Q4"`,
    /// `"2026"`.
    pub(super) fn write(&self, out: &mut Vec<u8>, number: i64) {
        let day = usize::try_from(number).ok().and_then(|n| self.days.get(n));
        let Some(day) = day.copied() else { return super::super::json::write_null(out) };
        quoted(out, |out| match self.granularity {
            Granularity::Day => moment::write_date(out, day),
            Granularity::Week => {
                let week = day.iso_week();
                out.extend_from_slice(format!("{:04}-W{:02}", week.year(), week.week()).as_bytes());
            }
            Granularity::Month => {
                out.extend_from_slice(format!("{:04}-{:02}", day.year(), day.month()).as_bytes());
            }
            Granularity::Quarter => {
                out.extend_from_slice(format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1).as_bytes());
            }
            Granularity::Year => out.extend_from_slice(format!("{:04}", day.year()).as_bytes()),
        });
    }
}

/// `starts` without its first are the bounds that are left to compare with; `first` is the first's number.
pub(super) fn search(out: &mut String, column: &str, starts: &[i64], first: usize) {
    let middle = starts.len() / 2;
    match starts.get(middle) {
        Some(bound) if middle > 0 => {
            let (left, right) = starts.split_at(middle);
            let _ = write!(out, "CASE WHEN {column} < {bound} THEN ");
            search(out, column, left, first);
            out.push_str(" ELSE ");
            search(out, column, right, first + middle);
            out.push_str(" END");
        }
        _ => {
            let _ = write!(out, "{first}");
        }
    }
}

fn floor(granularity: Granularity, day: NaiveDate) -> Option<NaiveDate> {
    match granularity {
        Granularity::Day => Some(day),
        Granularity::Week => {
            day.checked_sub_signed(TimeDelta::days(day.weekday().num_days_from_monday().into()))
        }
        Granularity::Month => day.with_day(1),
        Granularity::Quarter => day.with_day(1)?.with_month0(day.month0() / 3 * 3),
        Granularity::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    }
}

fn next(granularity: Granularity, day: NaiveDate) -> Option<NaiveDate> {
    match granularity {
        Granularity::Day => day.succ_opt(),
        Granularity::Week => day.checked_add_signed(TimeDelta::days(7)),
        Granularity::Month => day.checked_add_months(Months::new(1)),
        Granularity::Quarter => day.checked_add_months(Months::new(3)),
        Granularity::Year => day.checked_add_months(Months::new(12)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn keys(granularity: Granularity, from: &str, to: &str) -> Vec<String> {
        let unit = Unit::Day;
        let buckets =
            Buckets::covering(granularity, unit, moment::days(day(from)), moment::days(day(to))).unwrap();
        (0..buckets.days.len())
            .map(|n| {
                let mut out = Vec::new();
                buckets.write(&mut out, n.try_into().unwrap());
                String::from_utf8(out).unwrap()
            })
            .collect()
    }

    #[test]
    fn names_ranges() {
        assert_eq!(
            keys(Granularity::Day, "2026-10-05", "2026-10-06"),
            [r#""2026-10-05""#, r#""2026-10-06""#]
        );
        assert_eq!(keys(Granularity::Week, "2026-12-31", "2027-01-04"), [r#""2026-W53""#, r#""2027-W01""#]);
        assert_eq!(keys(Granularity::Month, "2026-01-31", "2026-02-01"), [r#""2026-01""#, r#""2026-02""#]);
        assert_eq!(keys(Granularity::Quarter, "2026-09-30", "2026-10-01"), [r#""2026-Q3""#, r#""2026-Q4""#]);
        assert_eq!(keys(Granularity::Year, "2025-12-31", "2026-01-01"), [r#""2025""#, r#""2026""#]);
    }

    #[test]
    fn months_begin_where_the_caller_is() {
        let berlin = Unit::Milli(chrono_tz::Europe::Berlin);
        let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let buckets = Buckets::covering(
            Granularity::Month,
            berlin,
            at("2026-03-01T00:00:00Z"),
            at("2026-03-31T22:30:00Z"),
        )
        .unwrap();
        assert_eq!(buckets.starts, [at("2026-02-28T23:00:00Z"), at("2026-03-31T22:00:00Z")]);
    }

    #[test]
    fn the_tree_is_balanced() {
        let buckets = Buckets::covering(Granularity::Day, Unit::Day, 0, 1094).unwrap();
        let sql = buckets.number_of("x", false);
        let deepest = sql.split("CASE").count();
        assert_eq!(deepest, 1095, "one comparison for each bound");
        let mut depth = 0_i32;
        let mut most = 0;
        for word in sql.split(' ') {
            depth += i32::from(word.ends_with("CASE")) - i32::from(word.starts_with("END"));
            most = most.max(depth);
        }
        assert!(most <= 11, "{most}");
        assert_eq!(Buckets::covering(Granularity::Day, Unit::Day, 0, 1_000_000), None);
        assert!(Buckets::covering(Granularity::Day, Unit::Day, 0, 3_999).is_some());
        assert_eq!(Buckets::covering(Granularity::Day, Unit::Day, 0, 4_000), None);
    }

    #[test]
    fn what_lies_between_spans_has_no_range() {
        let at = |text: &str| moment::days(day(text));
        let spans = [
            (at("0001-01-01"), at("0001-01-31")),
            (at("2026-12-01"), at("2026-12-31")),
            (at("2027-01-01"), at("2027-01-05")),
        ];
        let weeks = Buckets::over(Granularity::Week, Unit::Day, &spans).unwrap();
        let named: Vec<String> = (0..weeks.days.len())
            .map(|n| {
                let mut out = Vec::new();
                weeks.write(&mut out, n.try_into().unwrap());
                String::from_utf8(out).unwrap()
            })
            .collect();
        assert_eq!(
            named,
            [
                "0001-W01", "0001-W02", "0001-W03", "0001-W04", "0001-W05", "2026-W49", "2026-W50",
                "2026-W51", "2026-W52", "2026-W53", "2027-W01"
            ]
            .map(|week| format!("\"{week}\"")),
            "the week of two years stands once"
        );
        assert_eq!(
            span(Granularity::Year, Unit::Day, at("2026-05-05")),
            Some((at("2026-01-01"), at("2026-12-31")))
        );
    }
}
