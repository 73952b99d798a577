//! Every route of the process.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use tower_http::catch_panic::CatchPanicLayer;

use crate::health;
use crate::mcp::{self, Endpoint};
use crate::state::AppState;

/// The routes, without the layers that every answer passes ([`crate::server`]).
pub fn router(state: &Arc<AppState>, endpoint: &Arc<Endpoint>) -> Router {
    let health = Router::new().route("/health", get(health::health)).with_state(Arc::clone(state));
    let mcp = Router::new().route("/mcp", any(mcp::handle)).with_state(Arc::clone(endpoint));
    guarded(health.merge(mcp))
}

/// A fault in one request is a 500 of that request, and not the end of a connection that others wait on.
fn guarded(routes: Router) -> Router {
    routes.layer(CatchPanicLayer::new())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        async fn fault() -> &'static str {
            panic!("on purpose")
        }
        let request = Request::get("/fault").body(Body::empty()).unwrap();
        let answer = guarded(Router::new().route("/fault", get(fault))).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
