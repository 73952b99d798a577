//! Every request has an id: in its answer (`X-Request-Id`), in its lines of the log, in its entry of the log.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use tracing::Span;

static HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a client or a proxy.
const LONGEST: usize = 64;

/// The id of a request.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// What is known of a request before anything of it is read, as an extension of it: one, since each costs an
/// allocation.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its id.
    pub id: RequestId,
    /// The other end of the connection: the client, or a proxy.
    pub peer: SocketAddr,
}

impl RequestId {
    /// Takes over an id that is well-formed, or makes one.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(&HEADER).and_then(|id| id.to_str().ok()).filter(|id| is_well_formed(id));
        if let Some(given) = given {
            return Self(given.into());
        }
        let mut text = uuid::Uuid::encode_buffer();
        Self((&*uuid::Uuid::now_v7().hyphenated().encode_lower(&mut text)).into())
    }

    /// What the lines of the log are put under.
    pub fn span<B>(&self, request: &Request<B>) -> Span {
        let (method, path) = (request.method().as_str(), without_token(request.uri().path()));
        tracing::info_span!("request", id = &*self.0, method, path)
    }

    /// Puts it into an answer.
    pub fn mark(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(HEADER.clone(), value);
        }
    }
}

/// The path, without the token that some of them carry.
fn without_token(path: &str) -> &str {
    if path.starts_with("/first/") {
        "/first/…"
    } else if path.starts_with("/files/") {
        "/files/…"
    } else {
        path
    }
}

fn is_well_formed(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
