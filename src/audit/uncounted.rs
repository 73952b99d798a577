//! Requests that no rate limit counts, in the log: those turned away at the door, and those that only look what
//! there is or were refused because the limit is used up. Enough of them stand there to see what goes on, and never
//! so many that anyone fills the disk. What is left out is counted by key and sort, and each count is an entry.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use serde_json::json;

use super::entry::{Entry, Outcome};

/// Entries of one sort within [`WHILE`], of one key or of all who have none.
const MOST: u32 = 20;
/// Entries of all sorts together within the same.
const MOST_IN_ALL: u32 = 100;
/// How long entries are counted together.
pub(super) const WHILE: Duration = Duration::from_mins(1);

/// What a request is counted as. There are few: each is a word of ours, never what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sort {
    /// Protocol method, or what stands for all that are unknown.
    pub(super) method: &'static str,
    /// Which of the reasons for which it was turned away; empty without one.
    pub(super) code: &'static str,
}

/// The uncounted requests of the while that runs, and what is still to be said of those before.
#[derive(Debug, Default)]
pub(super) struct Uncounted(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By whoever they are of ([`subject`]).
    subjects: HashMap<String, Subject>,
    summaries: VecDeque<Entry>,
}

#[derive(Debug, Default)]
struct Subject {
    logged: u32,
    sorts: HashMap<(Sort, Outcome), Count>,
}

#[derive(Debug, Default)]
struct Count {
    logged: u32,
    left_out: Option<LeftOut>,
}

#[derive(Debug)]
struct LeftOut {
    /// The first of them, for what all have in common.
    like: Entry,
    number: u64,
    last: i64,
}

/// Whom an entry is counted for: the key, else the user, else the client that was named. All of whom nothing is known
/// are one, so that strangers never use up what the log keeps of others.
fn subject(entry: &Entry) -> Cow<'_, str> {
    let key =
        entry.principal.as_ref().map(|p| p.key.id.as_str()).or(entry.key.as_ref().map(|(id, _)| id.as_str()));
    if let Some(key) = key {
        return Cow::Borrowed(key);
    }
    match (&entry.user, &entry.oauth_client) {
        (Some((id, _)), _) => Cow::Owned(format!("user {id}")),
        (None, Some(client)) => Cow::Owned(format!("client {client}")),
        (None, None) => Cow::Borrowed(""),
    }
}

impl Uncounted {
    /// Whether an entry is to be written. If not, it has been counted.
    pub(super) fn is_logged(&self, sort: Sort, entry: &Entry) -> bool {
        self.count(sort, entry, true)
    }

    /// Counts an entry that can't be written.
    pub(super) fn leave_out(&self, sort: Sort, entry: &Entry) {
        self.count(sort, entry, false);
    }

    fn count(&self, sort: Sort, entry: &Entry, can_be_written: bool) -> bool {
        let key = subject(entry);
        let mut state = self.lock();
        if !state.subjects.contains_key(&*key) {
            state.subjects.insert(key.clone().into_owned(), Subject::default());
        }
        let Some(subject) = state.subjects.get_mut(&*key) else { return true };
        let count = subject.sorts.entry((sort, entry.outcome)).or_default();
        if can_be_written && count.logged < MOST && subject.logged < MOST_IN_ALL {
            count.logged += 1;
            subject.logged += 1;
            return true;
        }
        let left_out = count.left_out.get_or_insert_with(|| LeftOut::like(sort, entry));
        left_out.number = left_out.number.saturating_add(1);
        left_out.last = left_out.last.max(entry.at);
        false
    }

    /// Ends the while that runs: what was left out in it waits to be said.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        let ended = std::mem::take(&mut state.subjects);
        let mut said: Vec<Entry> = ended
            .into_values()
            .flat_map(|subject| subject.sorts)
            .filter_map(|((sort, _), count)| Some(count.left_out?.summary(sort)))
            .collect();
        said.sort_by_key(|entry| entry.at);
        state.summaries.extend(said);
    }

    /// Whether something waits to be said.
    pub(super) fn has_summary(&self) -> bool {
        !self.lock().summaries.is_empty()
    }

    /// The next thing to be said.
    pub(super) fn next_summary(&self) -> Option<Entry> {
        self.lock().summaries.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LeftOut {
    fn like(sort: Sort, first: &Entry) -> Self {
        let like = Entry {
            at: first.at,
            principal: first.principal.clone(),
            user: first.user.clone(),
            key: first.key.clone(),
            grant_id: first.grant_id.clone(),
            oauth_client: first.oauth_client.clone(),
            method: sort.method.to_owned(),
            outcome: first.outcome,
            gate: first.gate,
            ..Entry::default()
        };
        Self { like, number: 0, last: first.at }
    }

    fn summary(self, sort: Sort) -> Entry {
        let instant = |millis| {
            DateTime::from_timestamp_millis(millis)
                .map_or_else(|| millis.to_string(), |at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
        };
        let (first, last) = (instant(self.like.at), instant(self.last));
        let code = if sort.code.is_empty() { String::new() } else { format!(" ({})", sort.code) };
        let (number, requests) = (self.number, if self.number == 1 { "request" } else { "requests" });
        Entry {
            at: self.last,
            reason: Some(format!(
                "{number} more {requests} of this sort{code} from {first} to {last} left out: more than the log keeps of a minute"
            )),
            detail: Some(json!({"left_out": number, "first": first, "last": last}).to_string()),
            ..self.like
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: Sort = Sort { method: "ping", code: "" };

    fn at(at: i64, outcome: Outcome) -> Entry {
        Entry { at, outcome, method: "sent by whoever".to_owned(), ..Entry::default() }
    }

    fn summaries(uncounted: &Uncounted) -> Vec<Entry> {
        uncounted.end();
        std::iter::from_fn(|| uncounted.next_summary()).collect()
    }

    #[test]
    fn each_sort_has_its_own_measure_and_what_is_left_out_is_said() {
        let uncounted = Uncounted::default();
        for n in 0..i64::from(MOST) {
            assert!(uncounted.is_logged(PING, &at(n, Outcome::Allowed)), "{n}");
        }
        assert!(!uncounted.is_logged(PING, &at(1_000, Outcome::Allowed)));
        assert!(!uncounted.is_logged(PING, &at(61_500, Outcome::Allowed)));
        assert!(uncounted.is_logged(PING, &at(3, Outcome::Failed)), "another outcome is another sort");
        assert!(uncounted.is_logged(Sort { code: "missing", ..PING }, &at(3, Outcome::Allowed)));
        assert!(!uncounted.has_summary(), "only when the while has ended");
        let said = summaries(&uncounted);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(
            (said[0].method.as_str(), said[0].outcome, said[0].at),
            ("ping", Outcome::Allowed, 61_500)
        );
        assert_eq!(
            said[0].reason.as_deref().unwrap(),
            "2 more requests of this sort from 1970-01-01T00:00:01.000Z to 1970-01-01T00:01:01.500Z left out: \
             more than the log keeps of a minute"
        );
        assert_eq!(
            said[0].detail.as_deref().unwrap(),
            r#"{"first":"1970-01-01T00:00:01.000Z","last":"1970-01-01T00:01:01.500Z","left_out":2}"#
        );
        assert!(uncounted.is_logged(PING, &at(70_000, Outcome::Allowed)), "a new while");
        assert!(summaries(&uncounted).is_empty(), "said once");
    }

    #[test]
    fn all_sorts_together_have_a_measure_too() {
        let uncounted = Uncounted::default();
        let sorts = ["a", "b", "c", "d", "e", "f", "g"].map(|method| Sort { method, code: "" });
        let mut logged = 0;
        for sort in sorts {
            for _ in 0..2 * MOST {
                logged += u32::from(uncounted.is_logged(sort, &at(5, Outcome::Allowed)));
            }
        }
        assert_eq!(logged, MOST_IN_ALL);
        let left_out: u64 = summaries(&uncounted)
            .iter()
            .map(|entry| {
                let detail: serde_json::Value =
                    serde_json::from_str(entry.detail.as_deref().unwrap()).unwrap();
                detail["left_out"].as_u64().unwrap()
            })
            .sum();
        assert_eq!(left_out + u64::from(logged), 7 * 2 * u64::from(MOST), "each is logged or counted");
    }

    #[test]
    fn what_could_not_be_written_is_counted() {
        let uncounted = Uncounted::default();
        uncounted.leave_out(PING, &at(5, Outcome::Denied));
        let said = summaries(&uncounted);
        assert!(said[0].reason.as_deref().unwrap().starts_with("1 more request of this sort"), "{said:?}");
        assert_eq!(said[0].outcome, Outcome::Denied);
    }
}
