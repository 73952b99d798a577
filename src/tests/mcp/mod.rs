//! `/mcp`, line by line of what the protocol and its clients ask of it.

mod batch;
mod context;
mod door;
mod era;
mod export;
mod handshake;
mod lists;
mod log;
mod session;
mod stale;
