//! What of the log is asked for, from the words of an address to a filter.

use std::sync::Arc;

use app::pages::technical::logs::LogWish;
use chrono::{Datelike, LocalResult, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::super::error::Problem;
use crate::model::Model;
use crate::store::log::{Cursor, LogFilter, Start};
use crate::store::touched::Record;
use crate::store::{Conn, keys, users};

/// What changed data: no kind of entries, but asked for as if it were.
const CHANGE: &str = "change";
const HOUR: i64 = 3_600_000;

/// A filter, where the page begins, and what was not understood.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub filter: LogFilter,
    pub start: Start,
    pub complaint: Option<String>,
}

/// Reads a wish, at `now` (epoch milliseconds) in the zone of the one who asks.
pub(super) async fn asked(
    conn: &mut Conn,
    wish: &LogWish,
    models: &[Arc<Model>],
    tz: Tz,
    now: i64,
) -> Result<Asked, Problem> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut asked = Asked {
        filter: LogFilter {
            key_id: given(&wish.key),
            session: given(&wish.session),
            tool: given(&wish.tool),
            model: given(&wish.model).map(|text| technical_name(&text, models)),
            outcome: given(&wish.outcome),
            kind: given(&wish.kind).filter(|kind| kind != CHANGE),
            changed: wish.kind == CHANGE,
            text: given(&wish.search),
            record: record(&wish.record),
            since: period(&wish.period, tz, now),
            ..LogFilter::default()
        },
        ..Asked::default()
    };
    for (text, what) in [(&wish.since, "Since"), (&wish.until, "Until")] {
        if text.is_empty() {
            continue;
        }
        match (moment(text, tz), what) {
            (Some(at), "Since") => asked.filter.since = asked.filter.since.max(Some(at)),
            // A minute is asked for with all that happened in it.
            (Some(at), _) => asked.filter.until = Some(at + 60_000),
            (None, what) => {
                asked.complaint = Some(format!("{what}: “{text}” is no time; write it as 2026-11-22T21:40."));
            }
        }
    }
    if let Some(login) = given(&wish.user) {
        match users::by_login(conn.on(), &login).await? {
            Some(user) => asked.filter.user_id = Some(user.id),
            // One who is gone, or the command line.
            None => asked.filter.login = Some(login),
        }
    }
    // Through its user a key's entries are found by an index.
    if let Some(id) = asked.filter.key_id.as_deref().filter(|_| asked.filter.user_id.is_none()) {
        asked.filter.user_id = keys::by_id(conn.on(), id).await?.map(|key| key.user_id);
    }
    asked.start = match (cursor(&wish.before), cursor(&wish.after)) {
        (Some(cursor), _) => Start::Before(cursor),
        (None, Some(cursor)) => Start::After(cursor),
        (None, None) => Start::Newest,
    };
    Ok(asked)
}

/// A place in the log, as an address has it.
pub(super) fn place(cursor: &Cursor) -> String {
    format!("{}.{}", cursor.at, cursor.id)
}

fn cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('.')?;
    Some(Cursor { at: at.parse().ok()?, id: id.to_owned() })
}

/// A record, as an address has it: `sale.order,7`.
pub(super) fn record(text: &str) -> Option<Record> {
    let (model, id) = text.rsplit_once(',')?;
    Some((model.to_owned(), id.parse().ok()?))
}

/// A model by its technical name, or by its label in whatever case.
fn technical_name(text: &str, models: &[Arc<Model>]) -> String {
    if models.iter().any(|model| model.name == text) {
        return text.to_owned();
    }
    let lower = text.to_lowercase();
    let labelled = models.iter().find(|model| model.label.to_lowercase() == lower);
    labelled.map_or_else(|| text.to_owned(), |model| model.name.to_string())
}

fn period(name: &str, tz: Tz, now: i64) -> Option<i64> {
    match name {
        "hour" => Some(now - HOUR),
        "week" => Some(now - 7 * 24 * HOUR),
        "today" => {
            let today = Utc.timestamp_millis_opt(now).single()?.with_timezone(&tz).date_naive();
            local(today.and_time(NaiveTime::MIN), tz)
        }
        _ => None,
    }
}

fn moment(text: &str, tz: Tz) -> Option<i64> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let time = time.or_else(|| Some(text.parse::<chrono::NaiveDate>().ok()?.and_time(NaiveTime::MIN)))?;
    // Far years overflow where a zone's distance is added.
    (1970..10_000).contains(&time.year()).then(|| local(time, tz)).flatten()
}

/// A local time; the earlier one where the clock is set back, and the first after the gap where it is set forward.
fn local(time: NaiveDateTime, tz: Tz) -> Option<i64> {
    match tz.from_local_datetime(&time) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.timestamp_millis()),
        LocalResult::None => {
            let after = time.checked_add_signed(TimeDelta::hours(1))?;
            tz.from_local_datetime(&after).earliest().map(|at| at.timestamp_millis())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_the_zone_of_the_reader() {
        let berlin = Tz::Europe__Berlin;
        assert_eq!(moment("2026-11-22T21:40", Tz::UTC), Some(1_795_383_600_000));
        assert_eq!(moment("2026-11-22T22:40", berlin), Some(1_795_383_600_000));
        assert_eq!(moment("2026-11-22", Tz::UTC), Some(1_795_305_600_000));
        let gap = moment("2026-03-29T02:30", berlin);
        assert_eq!(gap, moment("2026-03-29T03:30", berlin), "there is no half past two on that day");
        assert_eq!(moment("yesterday", Tz::UTC), None);
    }

    #[test]
    fn today_begins_where_the_reader_is() {
        let now = 1_795_383_600_000 + 2 * HOUR;
        assert_eq!(period("today", Tz::UTC, now), Some(1_795_305_600_000));
        assert_eq!(period("today", Tz::Europe__Berlin, now), Some(1_795_388_400_000), "the next day already");
        assert_eq!(period("hour", Tz::UTC, now), Some(now - HOUR));
        assert_eq!(period("", Tz::UTC, now), None);
    }

    #[test]
    fn a_place_survives_the_address() {
        let there = Cursor { at: 5, id: "0198-a".into() };
        assert_eq!(cursor(&place(&there)), Some(there));
        assert_eq!((cursor(""), cursor("x.y"), cursor("5")), (None, None, None));
    }
}
