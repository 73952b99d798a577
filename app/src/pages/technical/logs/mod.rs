//! Technical > MCP > Logs: every request, call and administrator's act, with what decided it.

mod entry;
mod journal;
mod list;
mod wish;

pub use entry::LogEntryPage;
pub use list::LogsPage;
pub use wish::LogWish;

use async_trait::async_trait;
use leptos::prelude::*;

use crate::components::{Differences, Instant};
use crate::frame::Tone;
use crate::refusal::Refusal;

/// Where the screen is.
pub const PATH: &str = "/technical/mcp/logs";
/// Name of the form that takes a change back.
pub const UNDO: &str = "undo";

/// What the screens ask of the server.
#[async_trait]
pub trait Logs: Send + Sync {
    /// A page of the log.
    async fn list(&self, wish: LogWish) -> Result<LogList, Refusal>;
    /// One entry, with the records that it changed behind the first `offset`.
    async fn entry(&self, id: String, offset: u64) -> Result<LogEntry, Refusal>;
}

/// A page of the log.
#[derive(Clone, Debug, Default)]
pub struct LogList {
    /// Newest first.
    pub rows: Vec<LogLine>,
    /// Rows of a full page.
    pub size: u64,
    /// How many match: a number, and whether there are or may be more.
    pub total: (i64, bool),
    /// Where the page of newer entries ends; `None` where there is none.
    pub newer: Option<String>,
    /// Where the page of older entries begins; `None` where there is none.
    pub older: Option<String>,
    /// How far back was looked, where that was not to the end: the time, and where to look on.
    pub looked_to: Option<(i64, String)>,
    /// Names that can be filtered by.
    pub names: Names,
    /// Records of the name that is searched for, with what [`LogWish::record`] is for each.
    pub found: Vec<(String, String)>,
    /// What is wrong with the filters.
    pub complaint: Option<String>,
}

/// Names that can be filtered by.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Id and name of each key.
    pub keys: Vec<(String, String)>,
    /// Every tool.
    pub tools: Vec<String>,
    /// What the record is called that is filtered by.
    pub record: Option<String>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogLine {
    /// Its id.
    pub id: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// `request`, `call`, `admin`.
    pub kind: String,
    /// Who; `None` where nobody could be recognised.
    pub login: Option<String>,
    /// Client and version, as it says itself.
    pub client: Option<String>,
    /// OAuth client through which it came.
    pub oauth_client: Option<String>,
    /// Tool, or else the method.
    pub what: String,
    /// Model, or else what was acted upon.
    pub upon: String,
    /// `allowed`, `denied`, `limited`, `failed`.
    pub outcome: String,
    /// The guide's word for the gate that decided.
    pub gate: Option<String>,
    /// Records or groups answered.
    pub rows: Option<i64>,
    /// Microseconds.
    pub duration: Option<i64>,
    /// Whether it changed data.
    pub changed: bool,
    /// What was done, naming the thing: `Confirm S00123`; empty where there is no more to say than `what` and `upon`.
    pub title: String,
    /// The record, as [`LogWish::record`] has it, where it is one.
    pub record: Option<String>,
    /// What became of it, where it is allowed and was not simply done.
    pub came: Option<Came>,
}

/// What became of a call that was allowed and not simply done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was only tried.
    DryRun,
    /// It waits for a person's word.
    Waits,
    /// It waited, and that person approved it.
    Approved(String),
    /// It waited, and that person refused it.
    Refused(String),
    /// It waited, and nobody approved it in time.
    Expired,
    /// It was done before; what became of it then is answered.
    Again(String),
}

impl Came {
    fn said(&self) -> (Tone, String) {
        match self {
            Self::DryRun => (Tone::Neutral, "Dry run".to_owned()),
            Self::Waits => (Tone::Warning, "Waits for approval".to_owned()),
            Self::Approved(by) => (Tone::Good, format!("Waited: approved by {by}")),
            Self::Refused(by) => (Tone::Bad, format!("Waited: refused by {by}")),
            Self::Expired => (Tone::Neutral, "Waited: nobody approved".to_owned()),
            Self::Again(status) => (Tone::Neutral, format!("Answered again: {status}")),
        }
    }
}

/// One entry, whole.
#[derive(Clone, Debug, Default)]
pub struct LogEntry {
    /// What its row shows.
    pub line: LogLine,
    /// Protocol's method, or the administrator's act.
    pub method: String,
    /// Tool called.
    pub tool: Option<String>,
    /// Model reached for.
    pub model: Option<String>,
    /// Id of the user.
    pub user_id: Option<i64>,
    /// Id and name of the key.
    pub key: Option<(String, String)>,
    /// MCP session, as the log calls it.
    pub session: Option<String>,
    /// Id of the connection through which it came.
    pub connection: Option<String>,
    /// Request id, as in the answer's `X-Request-Id`.
    pub request_id: Option<String>,
    /// Bytes of the answer.
    pub bytes: Option<i64>,
    /// Why it was refused or failed.
    pub reason: Option<String>,
    /// Id of the approval that it waited for.
    pub approval: Option<String>,
    /// The gates in their order; empty for an administrator's act, and where they are not known.
    pub gates: Vec<GateLine>,
    /// Arguments, pretty-printed.
    pub arguments: Option<String>,
    /// Ids or domain.
    pub target: Option<String>,
    /// What an administrator changed.
    pub changes: Vec<Change>,
    /// What it changed in the ERP.
    pub journalled: Option<Journalled>,
}

/// A change of data, and whether it can be taken back.
#[derive(Clone, Debug)]
pub struct Journalled {
    /// Records before and after.
    pub differences: Differences,
    /// What is changed, naming the thing: `Contact Azure`, `5 records`.
    pub what: String,
    /// Whether it can be taken back.
    pub undo: Undo,
    /// Entry of the change that it took back.
    pub undoes: Option<Other>,
}

/// Whether a change can be taken back.
#[derive(Clone, Debug)]
pub enum Undo {
    /// It can: so many records that it created, changed and deleted.
    Possible {
        /// They are taken away again.
        created: usize,
        /// They are put back.
        changed: usize,
        /// They come back.
        deleted: usize,
    },
    /// It can't, and why.
    Lasting(String),
    /// It was; by that entry.
    Done(Other),
}

/// Another entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its id.
    pub id: String,
    /// Who.
    pub login: String,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A gate, and how it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateLine {
    /// The guide's word.
    pub label: String,
    /// How it answered.
    pub verdict: Verdict,
}

/// How a gate answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Open.
    Passed,
    /// Shut: it decided.
    Decided,
    /// Not asked any more, since one before it decided.
    NotReached,
    /// Not asked: no model was reached for.
    DoesNotApply,
}

/// Something that an administrator changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: String,
    /// What it was before; empty where there was nothing.
    pub from: String,
    /// What it became; empty where it was taken away.
    pub to: String,
}

/// The outcomes and how each is meant.
const OUTCOMES: [(&str, &str, Tone); 4] = [
    ("allowed", "Allowed", Tone::Good),
    ("denied", "Denied", Tone::Bad),
    ("limited", "Limited", Tone::Warning),
    ("failed", "Failed", Tone::Bad),
];
/// The kinds of entries.
const KINDS: [(&str, &str); 4] = [
    ("call", "Tool calls"),
    ("change", "Changes of data"),
    ("request", "Other requests"),
    ("admin", "Administration"),
];
/// Times that are asked for often.
const PERIODS: [(&str, &str); 3] = [("hour", "Last hour"), ("today", "Today"), ("week", "Last 7 days")];

/// How an entry ended, as its badge says it.
fn ended(line: &LogLine) -> (Tone, String) {
    line.came.as_ref().map_or_else(
        || {
            let (label, meant) = tone(&line.outcome);
            (meant, label.to_owned())
        },
        Came::said,
    )
}

/// Text of the log with its times as the reader has them.
fn told(text: &str) -> Vec<AnyView> {
    let (mut told, mut plain) = (Vec::new(), String::new());
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', '.', ',', ';', ')']);
        let at = bare.contains('T').then(|| chrono::DateTime::parse_from_rfc3339(bare).ok()).flatten();
        if let Some(at) = at {
            told.push(std::mem::take(&mut plain).into_any());
            told.push(view! { <Instant at=at.timestamp_millis()/> }.into_any());
            plain.push_str(word.get(bare.len()..).unwrap_or_default());
        } else {
            plain.push_str(word);
        }
    }
    told.push(plain.into_any());
    told
}

fn tone(outcome: &str) -> (&'static str, Tone) {
    OUTCOMES
        .iter()
        .find(|(name, ..)| *name == outcome)
        .map_or(("Unknown", Tone::Neutral), |(_, label, tone)| (*label, *tone))
}

/// How long something took, in words that fit its size.
fn duration(micros: i64) -> String {
    match micros {
        ..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_in_words_of_its_size() {
        let said = [850, 1_250, 12_999, 1_250_000].map(duration);
        assert_eq!(said, ["850 µs", "1.2 ms", "12 ms", "1.2 s"]);
    }
}
