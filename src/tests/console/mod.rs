//! The console's routes, as a browser meets them.

mod apps;
pub mod browser;
mod first;
mod keys;
mod logs;
mod mcp_server;
mod policies;
mod preferences;
mod routes;
mod sessions;
mod sign_in;
mod users;
