//! The three years before now: when shops are open, how business grows, and what each season does to it.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Milliseconds in a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds in a day.
pub const DAY: i64 = 24 * 60 * MINUTE;
/// Days that the demo company has existed.
const SPAN: i64 = 3 * 365;

/// Thousandths of usual business, by month.
const SEASON: [i64; 12] = [850, 880, 960, 980, 1000, 960, 890, 860, 1030, 1080, 1240, 1370];
/// Thousandths of usual business with companies, Monday first.
const OFFICE_WEEK: [i64; 7] = [1200, 1400, 1350, 1300, 1150, 200, 60];
/// Thousandths of usual business in shops, Monday first.
const SHOP_WEEK: [i64; 7] = [800, 800, 850, 950, 1250, 1700, 500];

/// Days and times of the demo company.
pub struct Calendar {
    /// The present: nothing is done after it (epoch milliseconds).
    pub now: i64,
    /// First day (days since 1970).
    pub first: i64,
    /// Today (days since 1970).
    pub last: i64,
}

/// One local day of a place.
#[derive(Clone, Copy)]
pub struct LocalDay {
    midnight: i64,
}

impl LocalDay {
    /// An instant of that day, so many minutes after midnight.
    pub const fn minute(self, minutes: i64) -> i64 {
        self.midnight + minutes * MINUTE
    }
}

impl Calendar {
    /// The years before `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        let last = now.timestamp_millis().div_euclid(DAY);
        Self { now: now.timestamp_millis(), first: last - SPAN, last }
    }

    /// The day `day` as lived in a time zone.
    pub fn local(zone: Tz, day: i64) -> LocalDay {
        let midnight = date(day).and_time(NaiveTime::MIN);
        let instant = zone.from_local_datetime(&midnight).earliest();
        // A midnight that a change of clocks skips: that day begins as UTC's does.
        LocalDay { midnight: instant.map_or(day * DAY, |t| t.timestamp_millis()) }
    }

    /// Calendar day of an instant in a time zone.
    pub fn day_of(zone: Tz, instant: i64) -> i64 {
        let utc = DateTime::from_timestamp_millis(instant).unwrap_or_default();
        days(utc.with_timezone(&zone).date_naive())
    }

    /// Thousandths of usual business on a day: season, growth, and a week of offices or of shops.
    pub fn business(&self, day: i64, shop: bool) -> i64 {
        let date = date(day);
        let season = SEASON.get(date.month0() as usize).copied().unwrap_or(1000);
        let week = if shop { SHOP_WEEK } else { OFFICE_WEEK };
        let weekday = week.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or(1000);
        let growth = 700 + 600 * (day - self.first) / SPAN;
        season * weekday / 1000 * growth / 1000
    }
}

/// The calendar date of a day counted from 1970.
pub fn date(day: i64) -> NaiveDate {
    NaiveDate::default().checked_add_days(Days::new(u64::try_from(day).unwrap_or(0))).unwrap_or_default()
}

/// Days since 1970 of a calendar date.
pub fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_day_begins_at_local_midnight() {
        let day = days(NaiveDate::from_ymd_opt(2026, 7, 1).unwrap());
        let berlin = Calendar::local(chrono_tz::Europe::Berlin, day);
        assert_eq!(berlin.minute(120), day * DAY);
        let york = Calendar::local(chrono_tz::America::New_York, day).minute(23 * 60);
        assert_eq!(Calendar::day_of(chrono_tz::America::New_York, york), day);
        assert_eq!(york.div_euclid(DAY), day + 1);
    }

    #[test]
    fn business_grows_and_has_seasons() {
        let calendar = Calendar::new(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let year =
            |n: i64| (0..365).map(|d| calendar.business(calendar.first + n * 365 + d, false)).sum::<i64>();
        assert!(year(0) < year(1) && year(1) < year(2));
        let month = |m: u32| {
            let first = days(NaiveDate::from_ymd_opt(2025, m, 1).unwrap());
            (0..28).map(|d| calendar.business(first + d, true)).sum::<i64>()
        };
        assert!(month(12) > month(8) * 4 / 3);
    }
}
