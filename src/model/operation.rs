//! The seven operations a model policy can allow, in the guide's words and order.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What is done to a model through MCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Search, read, count and aggregate records.
    Read,
    /// Make new records.
    Create,
    /// Change existing records.
    Write,
    /// Remove records.
    Delete,
    /// Call a public business method, such as confirming an order.
    MethodCall,
    /// Take records out as a file.
    Export,
    /// Render a printed document.
    Report,
}

impl Operation {
    /// All seven, in the order of the guide and of the policy matrix.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Create, Self::Write, Self::Delete, Self::MethodCall, Self::Export, Self::Report];

    /// The name scripts and tools use, for example `method_call`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::MethodCall => "method_call",
            Self::Export => "export",
            Self::Report => "report",
        }
    }

    /// The name people see, for example `Method Call`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Create => "Create",
            Self::Write => "Write",
            Self::Delete => "Delete",
            Self::MethodCall => "Method Call",
            Self::Export => "Export",
            Self::Report => "Report",
        }
    }

    /// Whether it changes data and so needs a key with write scope.
    pub const fn changes_data(self) -> bool {
        matches!(self, Self::Create | Self::Write | Self::Delete | Self::MethodCall)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The text was none of the seven operations.
#[derive(Debug, thiserror::Error)]
#[error("unknown operation `{0}`; operations are read, create, write, delete, method_call, export, report")]
pub struct UnknownOperation(String);

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|o| o.name() == text).ok_or_else(|| UnknownOperation(text.to_owned()))
    }
}
