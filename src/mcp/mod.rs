//! The wire: MCP over streamable HTTP, in both eras of the protocol, on one path.

pub mod envelope;
pub mod era;
pub mod error;
mod headers;
pub mod origin;
mod reply;
mod session;

pub use session::{McpSessions, Session};
