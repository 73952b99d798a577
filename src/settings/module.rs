//! The two modules of the guide, and what each needs.

use std::fmt;
use std::str::FromStr;

use semver::Version;

use crate::model::Complaint;

/// A part of the product that an administrator installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// MCP Server: the endpoint, keys and policies.
    McpServer,
    /// MCP Server OAuth: connections such as Claude's.
    McpServerOauth,
}

impl Module {
    /// Both, each after what it depends on.
    pub const ALL: [Self; 2] = [Self::McpServer, Self::McpServerOauth];

    /// Technical name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::McpServer => "mcp_server",
            Self::McpServerOauth => "mcp_server_oauth",
        }
    }

    /// The name people see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::McpServer => "MCP Server",
            Self::McpServerOauth => "MCP Server OAuth",
        }
    }

    /// Version that this program brings. It grows when a step of [`upgrade`](super::upgrade) is added.
    pub const fn version(self) -> Version {
        match self {
            Self::McpServer | Self::McpServerOauth => Version::new(0, 2, 0),
        }
    }

    /// The module that must be installed before.
    pub const fn depends_on(self) -> Option<Self> {
        match self {
            Self::McpServer => None,
            Self::McpServerOauth => Some(Self::McpServer),
        }
    }

    /// The module that can't be without this one.
    pub fn needed_by(self) -> Option<Self> {
        Self::ALL.into_iter().find(|other| other.depends_on() == Some(self))
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Module {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        Self::ALL.into_iter().find(|m| m.name() == text).ok_or_else(|| {
            Complaint::new(format!("there is no module `{text}`; modules are mcp_server, mcp_server_oauth"))
                .near(text, Self::ALL.map(Self::name))
        })
    }
}
