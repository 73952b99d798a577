//! Days and instants: how they are read, how they are written, and where a day begins in a time zone.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use super::decimal::Interval;

const DAY_MILLIS: i64 = 86_400_000;

/// Reads a value for a date: `2026-10-05`, or an instant at midnight of it.
pub(super) fn read_date(text: &str) -> Option<Interval> {
    let text = text.trim();
    let day = day(text).or_else(|| {
        let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
        (at.num_seconds_from_midnight() == 0).then(|| at.date())
    })?;
    Some(Interval::exactly(i128::from(days(day))))
}

/// Reads a value for an instant: `2026-10-05 14:30:00` (UTC), RFC 3339, or a bare date, which means that whole
/// day in the time zone.
pub(super) fn read_datetime(text: &str, tz: Tz) -> Option<Interval> {
    let text = text.trim();
    if let Some(day) = day(text) {
        let (from, to) = (day_start(tz, day), day_start(tz, day.succ_opt()?));
        return Some(Interval { lo: from.into(), hi: to.into() });
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(span(at.timestamp_millis(), text, 1000));
    }
    for (format, width) in [
        ("%Y-%m-%d %H:%M:%S%.f", 1000),
        ("%Y-%m-%dT%H:%M:%S%.f", 1000),
        ("%Y-%m-%d %H:%M", 60_000),
        ("%Y-%m-%dT%H:%M", 60_000),
    ] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, format) {
            return Some(span(at.and_utc().timestamp_millis(), text, width));
        }
    }
    None
}

/// An instant is as long as the last digit that was written: answers are written in seconds, and a question
/// that repeats one must find it.
fn span(millis: i64, text: &str, width: i128) -> Interval {
    let lo = i128::from(millis);
    if text.contains('.') { Interval::exactly(lo) } else { Interval { lo, hi: lo + width } }
}

/// Why a text that is written as a day, or begins with one, is none: the calendar does not have it.
pub(super) fn no_such_day(text: &str) -> Option<String> {
    let written = text.trim().get(..10)?;
    let mut parts = written.split('-').map(|part| {
        let figures = part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| figures)
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let first = |month| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1);
    let why = match first(month) {
        None if year > 0 => "a year has 12 months".to_owned(),
        Some(begins) if day == 0 || begins.with_day(day).is_none() => {
            format!("{} has {} days", written.get(..7)?, begins.num_days_in_month())
        }
        _ => return None,
    };
    Some(format!("\"{written}\" does not exist: {why}"))
}

fn day(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (1..=9999).contains(&date.year()).then_some(date)
}

/// Days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// The date of that many days since 1970-01-01.
pub(super) fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(days).ok()?)
}

/// Epoch milliseconds at which a day begins; where the clocks skip midnight, the first instant behind the gap.
pub(super) fn day_start(tz: Tz, date: NaiveDate) -> i64 {
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    (0..=96)
        .find_map(|quarter| {
            let local = midnight.checked_add_signed(TimeDelta::minutes(15 * quarter))?;
            tz.from_local_datetime(&local).earliest()
        })
        .map_or_else(|| days(date).saturating_mul(DAY_MILLIS), |at| at.timestamp_millis())
}

/// The day on which an instant (epoch milliseconds) falls.
pub(super) fn local_date(tz: Tz, millis: i64) -> Option<NaiveDate> {
    Some(DateTime::from_timestamp_millis(millis)?.with_timezone(&tz).date_naive())
}

/// Writes `2026-10-05`.
pub(super) fn write_date(out: &mut Vec<u8>, date: NaiveDate) {
    padded(out, date.year().unsigned_abs(), 4);
    out.push(b'-');
    padded(out, date.month(), 2);
    out.push(b'-');
    padded(out, date.day(), 2);
}

/// Writes `2026-10-05T14:30:00Z`.
pub(super) fn write_datetime(out: &mut Vec<u8>, millis: i64) {
    let Some(at) = DateTime::from_timestamp_millis(millis) else { return };
    write_date(out, at.date_naive());
    for (mark, part) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
        out.push(mark);
        padded(out, part, 2);
    }
    out.push(b'Z');
}

fn padded(out: &mut Vec<u8>, n: u32, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let figures = buffer.format(n).as_bytes();
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(figures.len())));
    out.extend_from_slice(figures);
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Tz = chrono_tz::Europe::Berlin;

    fn instant(text: &str) -> i128 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis().into()
    }

    #[test]
    fn a_bare_date_is_the_callers_day() {
        let day = read_datetime("2026-10-25", BERLIN).unwrap();
        assert_eq!(day.lo, instant("2026-10-24T22:00:00Z"));
        assert_eq!(day.hi, instant("2026-10-25T23:00:00Z"), "25 hours: the clocks went back");
    }

    #[test]
    fn instants_are_as_long_as_they_are_written() {
        let at = instant("2026-10-05T14:30:00Z");
        let of = |text| read_datetime(text, BERLIN).map(|i| (i.lo - at, i.hi - at));
        assert_eq!(of("2026-10-05 14:30:00"), Some((0, 1000)));
        assert_eq!(of("2026-10-05T16:30:00+02:00"), Some((0, 1000)));
        assert_eq!(of("2026-10-05 14:30"), Some((0, 60_000)));
        assert_eq!(of("2026-10-05T14:30:00.250Z"), Some((250, 251)));
        assert_eq!(of("05.10.2026"), None);
        assert_eq!(of("2026-13-01"), None);
    }

    #[test]
    fn the_last_day_that_can_be_written_is_one() {
        assert!(read_date("9999-12-31").is_some() && read_datetime("9999-12-31", BERLIN).is_some());
        assert!(read_date("10000-01-01").is_none());
    }

    #[test]
    fn a_day_that_the_calendar_does_not_have_is_told() {
        let said = |text| no_such_day(text).unwrap_or_default();
        assert!(said("2026-02-30").ends_with("2026-02 has 28 days"));
        assert!(said("2024-02-30 10:00:00").ends_with("2024-02 has 29 days"));
        assert!(said("2026-13-01").ends_with("12 months") && said("2026-00-01").ends_with("12 months"));
        for text in ["2026-02-28", "30.02.2026", "2026-2-30", "yesterday", "", "2026-02-+1", "éééééééééé"]
        {
            assert_eq!(no_such_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_without_midnight_begins_behind_the_gap() {
        let beirut = chrono_tz::Asia::Beirut;
        let day = NaiveDate::from_ymd_opt(2024, 3, 31).unwrap();
        assert_eq!(i128::from(day_start(beirut, day)), instant("2024-03-30T22:00:00Z"));
    }

    #[test]
    fn writes_what_it_reads() {
        let mut out = Vec::new();
        write_datetime(&mut out, i64::try_from(instant("2026-01-05T04:03:09Z")).unwrap());
        assert_eq!(out, b"2026-01-05T04:03:09Z");
        assert_eq!(date(days(NaiveDate::from_ymd_opt(1969, 12, 31).unwrap())).unwrap().year(), 1969);
    }
}
