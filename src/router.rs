//! Every route of the process.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};

use crate::console;
use crate::download;
use crate::health;
use crate::mcp::{self, Endpoint};
use crate::oauth;
use crate::state::AppState;
use crate::web::{self, Assets};

/// The routes, without what every answer passes ([`crate::server`]).
pub fn router(state: &Arc<AppState>, endpoint: &Arc<Endpoint>) -> Router {
    let open = Router::new()
        .route("/health", get(health::health))
        .route("/files/{token}", get(download::download))
        .with_state(Arc::clone(state));
    let mcp = Router::new().route("/mcp", any(mcp::handle)).with_state(Arc::clone(endpoint));
    web::start();
    let assets = Assets::load();
    open.merge(mcp).merge(oauth::routes(state, &assets)).merge(console::routes(state, assets))
}
