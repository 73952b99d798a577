//! Every route of the process.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;

use crate::mcp;
use crate::state::AppState;

/// The routes, without the layers that every answer passes ([`crate::server`]).
pub fn router(state: Arc<AppState>) -> Router {
    Router::new().route("/mcp", any(mcp::endpoint)).with_state(state)
}
