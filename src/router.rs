//! Every route of the process.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;

use crate::mcp::{self, Endpoint};

/// The routes, without the layers that every answer passes ([`crate::server`]).
pub fn router(endpoint: Arc<Endpoint>) -> Router {
    Router::new().route("/mcp", any(mcp::handle)).with_state(endpoint)
}
