//! Settings.

pub mod companies;
pub mod groups;
pub mod mcp_server;
pub mod users;
