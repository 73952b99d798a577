//! The OAuth 2.1 authorization server, for Claude and any other MCP client. One file per endpoint, each of which names
//! its RFC.
//!
//! # A connection, from top to bottom
//!
//! The 401 of `/mcp` names [`protected_resource`], which names the issuer, whose [`server_metadata`] name the rest. A
//! client that nobody registered does so at [`register`], or is described by a [`client_document`]. Its request comes
//! to [`authorize`], which judges it before it asks who is there; [`consent`] shows it to that person and takes the
//! answer. [`token`] exchanges the code, and refreshes; what that means for a connection is in [`grant`]. [`revoke`]
//! ends it.

mod authorize;
mod client_auth;
pub mod client_document;
pub mod client_name;
mod consent;
mod error;
mod form;
mod grant;
mod guest;
mod holder;
mod journal;
mod protected_resource;
mod register;
mod request;
mod revoke;
mod server_metadata;
mod token;

pub use self::client_auth::shown;
pub use self::form::Parameters;
pub use self::request::{Fault, judge};

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::client_document::{DocumentError, Documents};
use crate::settings::Module;
use crate::state::AppState;
use crate::web::{self, Assets, Sessions};

/// Longest body of a client's request, in bytes: a registration with every redirect URI there may be.
const LONGEST_BODY: usize = 64 * 1024;

/// What every endpoint shares.
struct Server {
    state: Arc<AppState>,
    assets: Arc<app::frame::Assets>,
    documents: Result<Documents, DocumentError>,
}

type Shared = Arc<Server>;

impl Server {
    /// Whether clients that no administrator made are taken: those that register, and those with a document.
    fn takes_strangers(&self) -> bool {
        self.state.current.controls().settings.oauth_registration
    }
}

/// Every route of the authorization server.
pub fn routes(state: &Arc<AppState>, assets: &Assets) -> Router {
    let server = Arc::new(Server {
        assets: Arc::new(assets.of_pages()),
        documents: Documents::new(state.clock.clone()),
        state: Arc::clone(state),
    });
    programs(&server).merge(pages(&server)).layer(middleware::from_fn_with_state(server, installed))
}

/// What programs ask for. A slash at the end is let pass: a redirect would lose the body.
fn programs(server: &Shared) -> Router {
    let origin = AllowOrigin::any();
    let cors = CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("mcp-protocol-version"),
        ])
        .max_age(std::time::Duration::from_hours(1));
    Router::new()
        .route("/.well-known/oauth-protected-resource", get(protected_resource::answer))
        .route("/.well-known/oauth-protected-resource/mcp", get(protected_resource::answer))
        .route("/.well-known/oauth-authorization-server", get(server_metadata::answer))
        .route("/.well-known/oauth-authorization-server/mcp", get(server_metadata::answer))
        .route("/.well-known/openid-configuration", get(server_metadata::answer))
        .route("/.well-known/openid-configuration/mcp", get(server_metadata::answer))
        .route("/oauth/token", post(token::answer))
        .route("/oauth/token/", post(token::answer))
        .route("/oauth/register", post(register::answer))
        .route("/oauth/register/", post(register::answer))
        .route("/oauth/revoke", post(revoke::answer))
        .route("/oauth/revoke/", post(revoke::answer))
        .with_state(Arc::clone(server))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(cors)
}

/// What people see.
fn pages(server: &Shared) -> Router {
    let state = &server.state;
    let (csrf, compression) = web::guard(&state.addresses.origin());
    let sessions = Sessions::new(state.db.clone(), state.clock.clone());
    Router::new()
        .route("/oauth/authorize", get(authorize::page).post(consent::answer))
        .route("/oauth/authorize/key", post(consent::make_key))
        .layer(csrf)
        .layer(middleware::from_fn_with_state(Arc::clone(server), guest::foreign))
        .with_state(Arc::clone(server))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(web::session_layer(sessions, state.addresses.public_url.scheme() == "https"))
        .layer(middleware::from_fn(web::no_store))
        .layer(compression)
}

/// Without the module there is nothing here.
async fn installed(State(server): State<Shared>, request: Request, next: Next) -> Response {
    match server.state.current.fresh().await {
        Ok(controls) if controls.modules.has(Module::McpServerOauth) => next.run(request).await,
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(stale) => {
            tracing::error!(
                error = &stale as &dyn std::error::Error,
                "whether MCP Server OAuth is installed can't be known"
            );
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
    }
}
