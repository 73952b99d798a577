//! What a decision is asked about: facts that were looked up before, so that deciding needs no I/O.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::Operation;

/// What a key or a connection may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read Only: analyse data.
    Read,
    /// Enable Write Tools: create or update too.
    Write,
}

impl Scope {
    /// The word used in commands and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Read Only",
            Self::Write => "Enable Write Tools",
        }
    }

    /// Whether it suffices for `operation`.
    pub const fn covers(self, operation: Operation) -> bool {
        matches!(self, Self::Write) || !operation.changes_data()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The text was neither `read` nor `write`.
#[derive(Debug, thiserror::Error)]
#[error("unknown scope `{0}`; a scope is read (Read Only) or write (Enable Write Tools)")]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            other => Err(UnknownScope(other.to_owned())),
        }
    }
}

/// Whether the key or connection that was presented is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// Neither expired nor revoked.
    Active,
    /// Past its expiry.
    Expired,
    /// Revoked by a person.
    Revoked,
}

/// Where the key stands within its rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// The call was counted and fits.
    Within,
    /// Too many calls in the last minute.
    Exceeded {
        /// Calls per minute that the key may make.
        limit: u32,
        /// Seconds until the next call fits.
        retry_after: u32,
    },
}

/// What is wished for.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Model; `None` for tools that reach none, such as `get_context`.
    pub model: Option<&'a str>,
    /// Operation on it.
    pub operation: Operation,
    /// Method, where the operation is a method call.
    pub method: Option<&'a str>,
}

/// Everything a decision depends on, besides the rules.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Settings: Enable MCP Server.
    pub enabled: bool,
    /// The key or connection.
    pub credential: CredentialState,
    /// Its rate.
    pub quota: Quota,
    /// Login of the user it acts for.
    pub login: &'a str,
    /// Whether that user is active.
    pub user_active: bool,
    /// Whether that user is in MCP User or MCP Administrator.
    pub in_mcp_group: bool,
    /// What the key or connection may be used for.
    pub scope: Scope,
    /// What is wished for.
    pub wish: Wish<'a>,
}
