//! Every request has an id: in its answer (`X-Request-Id`), in its lines of the log, in its entry of the log.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

static HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a client or a proxy.
const LONGEST: usize = 64;

/// The id of a request, as an extension of it.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Takes over an id that is well-formed, or makes one.
pub async fn assign(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(&HEADER).filter(|id| is_well_formed(id)).cloned();
    let made = || HeaderValue::try_from(uuid::Uuid::now_v7().to_string()).ok();
    let Some(header) = given.or_else(made) else { return next.run(request).await };
    let id: Arc<str> = header.to_str().unwrap_or_default().into();
    let span =
        tracing::info_span!("request", id = %id, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER.clone(), header);
    response
}

fn is_well_formed(id: &HeaderValue) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
}
