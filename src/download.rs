//! `GET /files/<token>`: what an export or a report made, for whoever was given the link. No session is needed: the
//! token is 256 random bits, holds ten minutes, and no longer than the key or connection through which it was given
//! out; policy, groups and rights are judged anew. It stands in no log.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;

use crate::audit::{Entry, Outcome, Pending};
use crate::erp::ErpError;
use crate::files::{Chunks, FilesError, Stored};
use crate::identity::Principal;
use crate::server::Arrival;
use crate::state::AppState;
use crate::tools::{self, Context, ToolError};

/// The word in the log.
const METHOD: &str = "download";
const UNKNOWN: &str =
    "There is no file here: the link is wrong, or its time is up. Ask the assistant for another link.\n";
const LATER: &str = "The file can't be fetched now; try again in a moment.\n";
/// What a browser may make of it: nothing but a file to keep.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Serves a file, or says why not.
pub async fn download(
    State(state): State<Arc<AppState>>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let head = request.method() == Method::HEAD;
    let request_id =
        request.extensions().get::<Arrival>().map(|arrival| arrival.id.0.to_string()).unwrap_or_default();
    let mut response = match serve(&state, &token, head, request_id).await {
        Ok(response) => response,
        Err((status, text)) => (status, text).into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

type Refused = (StatusCode, String);

async fn serve(state: &AppState, token: &str, head: bool, request_id: String) -> Result<Response, Refused> {
    let controls = state.current.fresh().await.map_err(|error| unavailable(&error))?;
    let files = &state.services.files;
    let found = files.by_token(token).await.map_err(|error| unavailable(&error))?;
    let principal = match &found {
        Some(file) => Principal::of(&state.db, &file.owner.key_id, file.owner.grant_id.as_deref())
            .await
            .map_err(|error| unavailable(&error))?
            .filter(|principal| principal.user.id == file.owner.user_id),
        None => None,
    };
    let (Some(file), Some(principal)) = (found, principal) else {
        return Err(unknown(state, request_id).await);
    };
    let context = Context {
        services: Arc::clone(&state.services),
        controls,
        principal: Arc::new(principal),
        request_id,
        client: None,
        session: None,
    };
    if !tools::may_come(&context) {
        return Err(unknown(state, context.request_id).await);
    }
    let entry = Entry { model: Some(file.model.clone()), target: Some(file.uri()), ..context.entry(METHOD) };
    let mut pending = state.services.audit.begin(entry).await.map_err(|error| unavailable(&error))?;
    pending.uncounted(&state.services.audit, METHOD);
    if let Err(error) = tools::may_fetch(&context, &file).await {
        return Err(refused(pending, &error));
    }
    let body = if head || file.size == 0 {
        pending.finish(|entry| entry.outcome = Outcome::Allowed);
        Body::empty()
    } else {
        Body::from_stream(sent(files.read(&file), pending, &file))
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    for (name, value) in
        [(header::CONTENT_TYPE, &file.mime_type), (header::CONTENT_DISPOSITION, &disposition)]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    Ok(response)
}

/// The file's bytes. The entry of the log is finished with the last of them; where the client goes away before, it
/// says so.
fn sent(
    chunks: Chunks,
    mut pending: Pending,
    file: &Stored,
) -> impl futures_util::Stream<Item = Result<Bytes, FilesError>> + Send + use<> {
    let (rows, size) = (file.rows, usize::try_from(file.size).ok());
    pending.note(|entry| entry.rows = rows);
    let state = (chunks, Some(pending));
    try_unfold(state, move |(mut chunks, mut pending)| async move {
        let next = chunks.next().await;
        // hyper asks for nothing behind the last byte that was announced.
        if let Some(pending) = pending.take_if(|_| chunks.is_done() || next.is_err()) {
            pending.finish(|entry| match &next {
                Ok(_) => {
                    entry.outcome = Outcome::Allowed;
                    entry.bytes = size;
                }
                Err(error) => entry.failed(error.to_string()),
            });
        }
        Ok(next?.map(|bytes| (bytes, (chunks, pending))))
    })
}

/// A token that leads nowhere; whose it might have been is not said.
async fn unknown(state: &AppState, request_id: String) -> Refused {
    let entry = Entry { request_id: Some(request_id), ..Entry::default() };
    if let Some(pending) = state.services.audit.turned_away(METHOD, "unknown", entry).await {
        pending.finish(|entry| {
            entry.outcome = Outcome::Denied;
            entry.reason = Some("the link is unknown or its time is up".to_owned());
        });
    }
    (StatusCode::NOT_FOUND, UNKNOWN.to_owned())
}

fn refused(pending: Pending, error: &ToolError) -> Refused {
    let text = error.to_string();
    if let ToolError::Denied(step) | ToolError::Erp(ErpError::Denied(step)) = error {
        pending.finish(|entry| entry.refused(step));
        return (StatusCode::FORBIDDEN, text + "\n");
    }
    pending.finish(|entry| entry.failed(text));
    unavailable(error)
}

fn unavailable(error: &impl std::fmt::Display) -> Refused {
    tracing::error!(%error, "a file can't be fetched");
    (StatusCode::SERVICE_UNAVAILABLE, LATER.to_owned())
}
