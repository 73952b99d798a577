//! Settings.

pub mod mcp_server;
