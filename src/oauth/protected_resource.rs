//! Metadata of the protected resource, `/mcp` (RFC 9728).

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Serialize;

use super::Shared;
use crate::identity::scopes;

/// RFC 9728, section 2.
#[derive(Serialize)]
struct Metadata {
    resource: String,
    resource_name: &'static str,
    authorization_servers: [String; 1],
    scopes_supported: [&'static str; 2],
    bearer_methods_supported: [&'static str; 1],
}

/// `GET /.well-known/oauth-protected-resource/mcp`, and without the path
pub async fn answer(State(server): State<Shared>) -> impl IntoResponse {
    let addresses = &server.state.addresses;
    Json(Metadata {
        resource: addresses.mcp_url(),
        resource_name: "Axanta MCP",
        authorization_servers: [addresses.origin()],
        // A refresh token is the authorization server's matter, not the resource's.
        scopes_supported: [scopes::READ, scopes::WRITE],
        bearer_methods_supported: ["header"],
    })
}
