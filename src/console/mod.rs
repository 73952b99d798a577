//! The console: one file per screen, which brings what the screen shows and takes what it sends.
//!
//! A page: [`visitor`] finds who is signed in, [`doors`] whether they may be here, and the page of `app` asks its
//! trait, implemented here and bound to that person. A form: a POST handler of the screen's file; taken, it is
//! answered with a notice and 303, and otherwise with the same page, 422, what was typed and what is wrong with it.

mod approvals;
mod apps;
mod connections;
mod differences;
mod doors;
mod error;
mod first;
mod keys;
mod login;
mod logs;
mod mcp_server;
mod oauth_clients;
mod organisation;
mod passwords;
mod policies;
mod preferences;
mod readiness;
mod seen;
mod sessions;
mod sign_in;
mod user_acts;
mod users;
mod visitor;

use std::sync::Arc;

use app::backend::Backend;
use app::frame::Modules;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use self::error::Problem;
use self::visitor::Visitor;
use crate::settings::Module;
use crate::state::AppState;
use crate::web::{self, Assets, Sessions};

/// What every handler of the console shares.
pub struct Console {
    state: Arc<AppState>,
    assets: Arc<app::frame::Assets>,
}

type Shared = Arc<Console>;

impl Console {
    /// Whether browsers come by https.
    fn is_secure(&self) -> bool {
        self.state.addresses.public_url.scheme() == "https"
    }

    /// The modules that are installed.
    fn modules(&self) -> Modules {
        let modules = self.state.current.controls().modules;
        Modules {
            mcp_server: modules.has(Module::McpServer),
            mcp_server_oauth: modules.has(Module::McpServerOauth),
        }
    }
}

/// Every route of the console.
pub fn routes(state: &Arc<AppState>, assets: Assets) -> Router {
    let console = Arc::new(Console { state: Arc::clone(state), assets: Arc::new(assets.of_pages()) });
    let secure = console.is_secure();
    let sessions = Sessions::new(state.db.clone(), state.clock.clone());
    let (csrf, compression) = web::guard(&state.addresses.public_url.origin().ascii_serialization());
    let pages = Router::new()
        .route("/", get(page))
        .route("/login", get(login::page).post(login::enter))
        .route("/logout", post(login::leave))
        .route("/theme", post(login::theme))
        .route("/first/{token}", get(first::page).post(first::make))
        .route("/apps", get(page))
        .route("/apps/{module}/install", get(apps::back).post(apps::install))
        .route("/apps/{module}/upgrade", get(apps::back).post(apps::upgrade))
        .route("/apps/{module}/uninstall", get(apps::back).post(apps::uninstall))
        .route("/apps/{module}/purge", get(apps::back).post(apps::purge))
        .route("/preferences", get(page).post(preferences::save))
        .route("/preferences/password", post(preferences::change_password))
        .route("/preferences/sign-out", post(preferences::sign_out_everywhere))
        .route("/preferences/keys", get(keys::own_tab).post(keys::generate_own))
        .route("/preferences/keys/{key}/revoke", post(keys::revoke_own))
        .route("/preferences/connections/{connection}/revoke", post(connections::revoke_in_preferences))
        .route("/connections", get(page))
        .route("/connections/{connection}/revoke", post(connections::revoke_own))
        .route("/settings/mcp", get(page).post(mcp_server::save))
        .route("/settings/users", get(page))
        .route("/settings/users/new", get(page).post(user_acts::add))
        .route("/settings/users/{id}", get(page).post(user_acts::save))
        .route("/settings/users/{id}/archive", post(user_acts::archive))
        .route("/settings/users/{id}/password", post(user_acts::set_password))
        .route("/settings/users/{id}/keys", get(keys::tab).post(keys::generate))
        .route("/settings/users/{id}/keys/{key}/revoke", post(keys::revoke))
        .route("/settings/users/{id}/connections/{connection}/revoke", post(connections::revoke_of_user))
        .route("/settings/groups", get(page))
        .route("/settings/companies", get(page))
        .route("/technical/mcp/policies", get(page).post(policies::change))
        .route("/technical/mcp/policies/new", get(page).post(policies::create))
        .route("/technical/mcp/policies/{model}", get(page).post(policies::save))
        .route("/technical/mcp/policies/{model}/delete", post(policies::delete))
        .route("/technical/mcp/oauth-clients", get(page).post(oauth_clients::allow_registration))
        .route("/technical/mcp/oauth-clients/new", get(page).post(oauth_clients::create))
        .route("/technical/mcp/oauth-clients/{id}", get(page).post(oauth_clients::save))
        .route(
            "/technical/mcp/oauth-clients/{id}/credentials",
            get(oauth_clients::back).post(oauth_clients::generate),
        )
        .route("/technical/mcp/oauth-clients/{id}/end-former", post(oauth_clients::end_former))
        .route("/technical/mcp/oauth-clients/{id}/delete", post(oauth_clients::delete))
        .route("/technical/mcp/oauth-clients/{id}/revoke", post(oauth_clients::revoke_all))
        .route(
            "/technical/mcp/oauth-clients/{id}/connections/{connection}/revoke",
            post(oauth_clients::revoke_one),
        )
        .route("/technical/mcp/approvals", get(page))
        .route("/technical/mcp/approvals/{id}", get(page))
        .route("/technical/mcp/approvals/{id}/approve", post(approvals::approve))
        .route("/technical/mcp/approvals/{id}/refuse", post(approvals::refuse))
        .route("/technical/mcp/logs", get(page))
        .route("/technical/mcp/logs/{id}", get(page))
        .route("/technical/mcp/logs/{id}/undo", post(logs::undo))
        .route("/technical/mcp/logs.csv", get(logs::download))
        .route("/technical/mcp/sessions", get(page))
        .route("/technical/mcp/sessions/{id}/end", post(sessions::end))
        .fallback(page)
        .layer(csrf)
        .layer(middleware::from_fn_with_state(Arc::clone(&console), visitor::dress))
        .with_state(console)
        // The server's own cap holds.
        .layer(DefaultBodyLimit::disable())
        .layer(web::session_layer(sessions, secure));
    let files = Router::new().route("/assets/{hash}/{*path}", get(web::serve_asset)).with_state(assets);
    pages.merge(files).layer(middleware::from_fn(web::no_store)).layer(compression)
}

/// Any page that is only looked at.
async fn page(visitor: Visitor) -> Result<Response, Problem> {
    visitor.show().await
}

/// What the screens ask, bound to the one who looks.
fn backend(visitor: &Visitor) -> Backend {
    Backend {
        apps: Arc::new(apps::Desk::of(visitor)),
        mcp_server: Arc::new(mcp_server::Desk::of(visitor)),
        users: Arc::new(users::Desk::of(visitor)),
        groups: Arc::new(organisation::Desk::of(visitor)),
        companies: Arc::new(organisation::Desk::of(visitor)),
        preferences: Arc::new(preferences::Desk::of(visitor)),
        connections: Arc::new(connections::Desk::of(visitor)),
        oauth_clients: Arc::new(oauth_clients::Desk::of(visitor)),
        policies: Arc::new(policies::Desk::of(visitor)),
        approvals: Arc::new(approvals::Desk::of(visitor)),
        logs: Arc::new(logs::Desk::of(visitor)),
        mcp_sessions: Arc::new(sessions::Desk::of(visitor)),
    }
}
