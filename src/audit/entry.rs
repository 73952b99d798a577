//! One entry of the log.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::identity::{Principal, without_secrets};
use crate::model::characters::misleads;
use crate::policy::{Gate, Step};
use crate::store::log::LogRow;

/// What sort of entry it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A request of the protocol: `initialize`, `tools/list`, a refused bearer.
    #[default]
    Request,
    /// A tool call.
    Call,
    /// An act of administration.
    Admin,
}

impl Kind {
    /// The word in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Call => "call",
            Self::Admin => "admin",
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered.
    Allowed,
    /// A gate refused it.
    Denied,
    /// The rate limit refused it.
    Limited,
    /// It could not be done: bad arguments, an error, a client that went away.
    #[default]
    Failed,
}

impl Outcome {
    /// The word in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Limited => "limited",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One entry. Secrets have no place in it: no key, no Authorization header, no password.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// What sort.
    pub kind: Kind,
    /// Epoch milliseconds at which it began.
    pub at: i64,
    /// Request id, as in the answer's `X-Request-Id`.
    pub request_id: Option<String>,
    /// For whom and by which key; `None` where nobody could be recognised.
    pub principal: Option<Arc<Principal>>,
    /// Id and login of the user, where there is no principal.
    pub user: Option<(i64, String)>,
    /// Id and name of the MCP key, where there is no principal.
    pub key: Option<(String, String)>,
    /// Id of the connection, where there is no principal.
    pub grant_id: Option<String>,
    /// Name of the OAuth client, where no principal's connection says it.
    pub oauth_client: Option<String>,
    /// Client's name and version, as it says itself.
    pub client: Option<String>,
    /// First characters of the MCP session's hash.
    pub session: Option<String>,
    /// Protocol method: `initialize`, `tools/call`.
    pub method: String,
    /// Tool called.
    pub tool: Option<&'static str>,
    /// Model reached for.
    pub model: Option<String>,
    /// Ids or domain, as JSON.
    pub target: Option<String>,
    /// Records or groups answered.
    pub rows: Option<u32>,
    /// Size of the answer in bytes.
    pub bytes: Option<usize>,
    /// How long it took, in microseconds.
    pub duration_us: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Gate that decided, where one refused.
    pub gate: Option<Gate>,
    /// Why it was refused or failed.
    pub reason: Option<String>,
    /// Arguments, as JSON.
    pub detail: Option<String>,
}

/// Longest text kept of a field that a caller can make long.
const LONGEST: usize = 4_000;

impl Entry {
    /// Records that a gate refused.
    pub fn refused(&mut self, step: &Step) {
        self.outcome = if step.gate == Gate::RateLimit { Outcome::Limited } else { Outcome::Denied };
        self.gate = Some(step.gate);
        self.reason = Some(step.message());
    }

    /// Records that it could not be done.
    pub fn failed(&mut self, reason: impl Into<String>) {
        self.outcome = Outcome::Failed;
        self.reason = Some(reason.into());
    }
}

impl From<Entry> for LogRow {
    fn from(entry: Entry) -> Self {
        let principal = entry.principal.as_deref();
        let connection = principal.and_then(|p| p.connection.as_ref());
        let (user_id, login) = entry.user.map_or((None, None), |(id, login)| (Some(id), Some(login)));
        let (key_id, key_name) = entry.key.map_or((None, None), |(id, name)| (Some(id), Some(name)));
        Self {
            id: uuid::Uuid::now_v7().to_string(),
            at: entry.at,
            kind: entry.kind.name().to_owned(),
            request_id: entry.request_id,
            user_id: principal.map(|p| p.user.id).or(user_id),
            login: principal.map(|p| p.user.login.clone()).or(login),
            key_id: principal.map(|p| p.key.id.clone()).or(key_id),
            key_name: principal.map(|p| p.key.name.clone()).or(key_name),
            client: entry.client.map(shorten),
            session: entry.session,
            method: shorten(entry.method),
            tool: entry.tool.map(str::to_owned),
            model: entry.model.map(shorten),
            target: entry.target.map(shorten),
            row_count: entry.rows.map(i64::from),
            bytes: entry.bytes.and_then(|b| i64::try_from(b).ok()),
            duration_us: entry.duration_us,
            outcome: entry.outcome.name().to_owned(),
            gate: entry.gate.map(|g| g.name().to_owned()),
            reason: entry.reason.map(|reason| shorten(reason.replace('\n', " "))),
            detail: entry.detail.map(shorten),
            grant_id: connection.map(|c| c.grant_id.clone()).or(entry.grant_id),
            oauth_client: connection.map(|c| c.client.clone()).or(entry.oauth_client.map(shorten)),
        }
    }
}

/// Cuts at a character boundary, says so, and drops characters that mislead a reader, and secrets, which a caller
/// put where they do not belong.
fn shorten(mut text: String) -> String {
    if let Cow::Owned(clean) = without_secrets(&text) {
        text = clean;
    }
    // Most is plain, and told so a byte at a time.
    let plain = text.bytes().all(|b| matches!(b, b'\n' | b'\t' | b' '..=b'~'));
    if !plain && text.contains(misleads) {
        text = text.replace(misleads, "\u{fffd}");
    }
    if text.len() > LONGEST {
        let cut = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_at_a_character() {
        let cut = shorten("é".repeat(3_000));
        assert!(cut.ends_with('…') && cut.len() <= LONGEST + 4);
        assert_eq!(shorten("a\0b".into()), "a\u{fffd}b");
        assert_eq!(shorten("a\u{202e}b\u{9b}c\r\nd".into()), "a\u{fffd}b\u{fffd}c\u{fffd}\nd");
    }
}
