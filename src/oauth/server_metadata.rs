//! Metadata of the authorization server (RFC 8414). The same stands where `OpenID` has its own, since some
//! clients look there first.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Serialize;

use super::Shared;
use super::client_auth::METHODS;
use crate::identity::scopes;

/// RFC 8414, section 2; with the members of RFC 9207 and of client ID metadata documents.
#[derive(Serialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    client_id_metadata_document_supported: bool,
    authorization_response_iss_parameter_supported: bool,
}

/// `GET /.well-known/oauth-authorization-server`, `/.well-known/openid-configuration`, and both with `/mcp`
pub async fn answer(State(server): State<Shared>) -> impl IntoResponse {
    let origin = server.state.addresses.origin();
    let open = server.takes_strangers();
    Json(Metadata {
        authorization_endpoint: format!("{origin}/oauth/authorize"),
        token_endpoint: format!("{origin}/oauth/token"),
        registration_endpoint: open.then(|| format!("{origin}/oauth/register")),
        revocation_endpoint: format!("{origin}/oauth/revoke"),
        scopes_supported: scopes::ALL,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: METHODS,
        revocation_endpoint_auth_methods_supported: METHODS,
        client_id_metadata_document_supported: open,
        authorization_response_iss_parameter_supported: true,
        issuer: origin,
    })
}
