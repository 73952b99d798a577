//! The console's routes, as a browser meets them.

mod browser;
mod logs;
mod mcp_server;
mod policies;
mod routes;
mod sessions;
