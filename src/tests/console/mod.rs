//! The console's routes, as a browser meets them.

mod browser;
mod mcp_server;
mod routes;
