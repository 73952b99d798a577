//! The console's routes, as a browser meets them.

mod approvals;
mod apps;
pub mod browser;
mod connected;
mod first;
mod journal;
mod keys;
mod logs;
mod mcp_server;
mod oauth_clients;
mod policies;
mod preferences;
mod routes;
mod sessions;
mod sign_in;
mod users;
mod written;
