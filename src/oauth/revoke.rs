//! Token revocation: RFC 7009.

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::{Code, Refusal};
use super::form::{Form, Parameters};
use super::journal::Note;
use super::{Server, Shared, client_auth, grant};
use crate::server::Arrival;

/// `POST /oauth/revoke`
pub async fn answer(
    State(server): State<Shared>,
    arrival: Option<Extension<Arrival>>,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Response {
    let mut note = Note::new("oauth/revoke", arrival.as_ref().map_or("", |arrival| &arrival.id.0));
    let revoked = match form {
        Ok(Form(form)) => revoke(&server, &headers, &form, &mut note).await,
        Err(refusal) => Err(refusal),
    };
    match revoked {
        // Whether there was such a token is not said (2.2).
        Ok(()) => {
            (StatusCode::OK, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
        }
        Err(refusal) => {
            server.refused(note, &refusal).await;
            refusal.into_response()
        }
    }
}

async fn revoke(
    server: &Server,
    headers: &HeaderMap,
    form: &Parameters,
    note: &mut Note,
) -> Result<(), Refusal> {
    let token = form
        .get("token")?
        .ok_or_else(|| Refusal::new(Code::InvalidRequest, "parameter_missing", "token is missing"))?;
    let client = client_auth::client(server, headers, form, note).await?;
    let state = &server.state;
    if grant::revoke(&state.db, &state.clock, &client, token, note).await? {
        // This process heeds it at once, the others within a second.
        state.current.refresh().await.map_err(|stale| Refusal::failed(&stale))?;
    }
    Ok(())
}
