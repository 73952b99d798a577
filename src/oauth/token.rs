//! The token endpoint: RFC 6749, 3.2, 4.1.3 and 6; RFC 7636, 4.5; RFC 8707, 2.2.

use std::time::Duration;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use oauth2::basic::BasicTokenType;
use oauth2::{
    AccessToken, EmptyExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RefreshToken, Scope,
    StandardTokenResponse,
};

use super::Server;
use super::Shared;
use super::client_auth;
use super::error::{Code, Refusal};
use super::form::{Form, Parameters};
use super::grant::{self, Exchange, Tokens};
use super::journal::Note;
use super::request::target;
use crate::server::Arrival;

/// `POST /oauth/token`
pub async fn answer(
    State(server): State<Shared>,
    arrival: Option<Extension<Arrival>>,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Response {
    let mut note = Note::new("oauth/token", arrival.as_ref().map_or("", |arrival| &arrival.id.0));
    let tokens = match form {
        Ok(Form(form)) => tokens(&server, &headers, &form, &mut note).await,
        Err(refusal) => Err(refusal),
    };
    match tokens {
        Ok(tokens) => said(tokens),
        Err(refusal) => {
            if grant::ended(&refusal) {
                // This process heeds it at once, the others within a second; a failure is not the client's to mend.
                let _ = server.state.current.refresh().await;
            } else {
                server.refused(note, &refusal).await;
            }
            refusal.into_response()
        }
    }
}

async fn tokens(
    server: &Server,
    headers: &HeaderMap,
    form: &Parameters,
    note: &mut Note,
) -> Result<Tokens, Refusal> {
    let missing =
        |name: &str| Refusal::new(Code::InvalidRequest, "parameter_missing", format!("{name} is missing"));
    let grant_type = form.get("grant_type")?.ok_or_else(|| missing("grant_type"))?;
    if !["authorization_code", "refresh_token"].contains(&grant_type) {
        let text = "grant_type is authorization_code or refresh_token";
        return Err(Refusal::new(Code::UnsupportedGrantType, "grant_type", text));
    }
    note.say("grant_type", grant_type);
    let client = client_auth::client(server, headers, form, note).await?;
    let state = &server.state;
    target(form, &state.addresses.mcp_url())
        .map_err(|text| Refusal::new(Code::InvalidTarget, "resource_foreign", text))?;
    if grant_type == "refresh_token" {
        let token = form.get("refresh_token")?.ok_or_else(|| missing("refresh_token"))?;
        let scope = form.get("scope")?;
        return grant::refresh(&state.db, &state.clock, &client, (token, scope), note).await;
    }
    let code = form.get("code")?.ok_or_else(|| missing("code"))?;
    let verifier = form.get("code_verifier")?.ok_or_else(|| missing("code_verifier"))?;
    let challenge = challenge(verifier)?;
    let shown = Exchange { code, redirect_uri: form.get("redirect_uri")?, challenge: challenge.as_str() };
    grant::exchange(&state.db, &state.clock, &client, &shown, note).await
}

/// The challenge of a verifier, whose form is checked first (RFC 7636, 4.1).
fn challenge(verifier: &str) -> Result<PkceCodeChallenge, Refusal> {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        let text = "code_verifier has 43 to 128 characters out of A to Z, a to z, 0 to 9 and - . _ ~";
        return Err(Refusal::new(Code::InvalidGrant, "pkce_malformed", text));
    }
    Ok(PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned())))
}

/// RFC 6749, 5.1
fn said(tokens: Tokens) -> Response {
    let access = AccessToken::new(tokens.access.reveal().to_owned());
    let mut body = StandardTokenResponse::new(access, BasicTokenType::Bearer, EmptyExtraTokenFields {});
    body.set_expires_in(Some(&Duration::from_secs(tokens.expires_in)));
    body.set_refresh_token(tokens.refresh.map(|token| RefreshToken::new(token.reveal().to_owned())));
    body.set_scopes(Some(
        tokens.scopes.names().into_iter().map(|name| Scope::new(name.to_owned())).collect(),
    ));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (headers, Json(body)).into_response()
}
