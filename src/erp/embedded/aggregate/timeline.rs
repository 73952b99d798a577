//! Times of a caller, put together from sums by calendar month in UTC.
//!
//! A range of time is the whole months nearest to it, and what is between its ends and theirs: movements there
//! are added, or taken away where the months reach further. So the sums of a million movements answer for every
//! time zone and every range, from whole months and a few hours of single movements.

use chrono::NaiveDate;

use super::super::moment;
use super::super::rollup::month_of;

/// Consecutive ranges of time.
#[derive(Debug)]
pub(super) struct Timeline {
    bounds: Vec<Bound>,
}

/// Where one range ends and the next begins.
#[derive(Clone, Copy, Debug)]
struct Bound {
    /// Epoch milliseconds.
    at: i64,
    /// The nearest beginning of a month, in months since January 1970 and in epoch milliseconds.
    month: i64,
    start: i64,
    /// The timeline has no end here.
    open: bool,
}

/// Single movements to correct a range by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Epoch milliseconds: `from` included, `to` not.
    pub from: i64,
    pub to: i64,
    /// Number of the range.
    pub range: i64,
    /// 1 where they are added, -1 where they are taken away.
    pub weight: i64,
}

impl Timeline {
    /// From `first` to before `end`, where there are such ends, divided at `inner`.
    pub(super) fn new(first: Option<i64>, end: Option<i64>, inner: &[i64]) -> Option<Self> {
        let mut bounds = vec![first.map_or(Some(Bound::OPEN), Bound::at)?];
        for at in inner {
            bounds.push(Bound::at(*at)?);
        }
        bounds.push(end.map_or(Some(Bound::OPEN), Bound::at)?);
        Some(Self { bounds })
    }

    /// First month whose sums count, if the timeline begins.
    pub(super) fn first_month(&self) -> Option<i64> {
        self.bounds.first().filter(|b| !b.open).map(|b| b.month)
    }

    /// Month before which sums count, if the timeline ends.
    pub(super) fn end_month(&self) -> Option<i64> {
        self.bounds.last().filter(|b| !b.open).map(|b| b.month)
    }

    /// Months at which the second and every further range begins.
    pub(super) fn months(&self) -> Vec<i64> {
        let inner = self.bounds.get(1..self.bounds.len().saturating_sub(1)).unwrap_or_default();
        inner.iter().map(|b| b.month).collect()
    }

    /// The single movements by which the sums differ from the ranges.
    pub(super) fn windows(&self) -> Vec<Window> {
        let last = self.bounds.len().saturating_sub(1);
        let mut windows = Vec::new();
        for (n, bound) in self.bounds.iter().enumerate().filter(|(_, b)| !b.open && b.at != b.start) {
            let (from, to) = (bound.at.min(bound.start), bound.at.max(bound.start));
            // Before the months of the range begin, its first movements are missing; after, it has others'.
            let weight = if bound.at < bound.start { 1 } else { -1 };
            let range = i64::try_from(n).unwrap_or(i64::MAX);
            if n < last {
                windows.push(Window { from, to, range, weight });
            }
            if n > 0 {
                windows.push(Window { from, to, range: range - 1, weight: -weight });
            }
        }
        windows
    }
}

impl Bound {
    const OPEN: Self = Self { at: 0, month: 0, start: 0, open: true };

    fn at(at: i64) -> Option<Self> {
        let month = month_of(at);
        let (before, after) = (month_start(month)?, month_start(month + 1)?);
        let (month, start) = if at - before <= after - at { (month, before) } else { (month + 1, after) };
        Some(Self { at, month, start, open: false })
    }
}

/// Epoch milliseconds at which a month begins in UTC.
fn month_start(month: i64) -> Option<i64> {
    let year = i32::try_from(1970 + month.div_euclid(12)).ok()?;
    let first = NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)?;
    Some(moment::day_start(chrono_tz::UTC, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn months_of_utc_need_no_correction() {
        let inner = [at("2026-02-01T00:00:00Z")];
        let line = Timeline::new(Some(at("2026-01-01T00:00:00Z")), None, &inner).unwrap();
        assert!(line.windows().is_empty());
        assert_eq!((line.first_month(), line.end_month(), line.months()), (Some(672), None, vec![673]));
    }

    #[test]
    fn what_lies_between_is_added_and_taken_away() {
        // January in Berlin: an hour of December in UTC is added, the last hour of January taken away.
        let (first, end) = (at("2025-12-31T23:00:00Z"), at("2026-01-31T23:00:00Z"));
        let line = Timeline::new(Some(first), Some(end), &[]).unwrap();
        assert_eq!((line.first_month(), line.end_month()), (Some(672), Some(673)));
        let hour = 3_600_000;
        assert_eq!(
            line.windows(),
            [
                Window { from: first, to: first + hour, range: 0, weight: 1 },
                Window { from: end, to: end + hour, range: 0, weight: -1 },
            ]
        );
        // West of Greenwich it is the other way round, and an inner bound moves movements between its ranges.
        let line = Timeline::new(None, None, &[at("2026-01-01T05:00:00Z")]).unwrap();
        let (from, to) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T05:00:00Z"));
        assert_eq!(
            line.windows(),
            [Window { from, to, range: 1, weight: -1 }, Window { from, to, range: 0, weight: 1 }]
        );
    }
}
