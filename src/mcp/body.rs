//! What a request's headers must allow, and its body, read whole.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rmcp::transport::common::http_header::{EVENT_STREAM_MIME_TYPE, JSON_MIME_TYPE};

use super::error::Refusal;
use crate::server::TooSlow;

/// Longest body, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Checks that JSON comes and that JSON may go.
pub fn check_types(headers: &HeaderMap) -> Result<(), Refusal> {
    if !accepts(headers, JSON_MIME_TYPE) {
        return Err(Refusal::NotAcceptable);
    }
    let sent = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(JSON_MIME_TYPE) { Ok(()) } else { Err(Refusal::WrongType) }
}

/// Whether the client reads events.
pub fn takes_events(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ACCEPT) && accepts(headers, EVENT_STREAM_MIME_TYPE)
}

/// Whether `Accept` allows a type, by name or by `*`. Without the header anything goes.
fn accepts(headers: &HeaderMap, wanted: &str) -> bool {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return true;
    }
    let family = wanted.split('/').next().unwrap_or_default();
    values.filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().unwrap_or_default();
        let fits = named.eq_ignore_ascii_case(wanted)
            || named == "*/*"
            || named.strip_suffix("/*").is_some_and(|f| f.eq_ignore_ascii_case(family));
        fits && !parts.any(|p| {
            p.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|quality| quality <= 0.0)
        })
    })
}

/// Reads off the body of a request that is refused for its head alone, as far as it is short and comes soon: a
/// connection with an unread body can't be used again, and closing it may take the answer back.
pub async fn discard(body: Body) {
    const MOST: usize = 64 * 1024;
    const PATIENCE: Duration = Duration::from_secs(1);
    let _ = tokio::time::timeout(PATIENCE, Limited::new(body, MOST).collect()).await;
}

/// The whole body.
pub async fn read(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) => Err(why(error.as_ref())),
    }
}

fn why(error: &(dyn Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Refusal::TooLarge(MAX_BODY);
        }
        if error.is::<TooSlow>() {
            return Refusal::TooSlow;
        }
        cause = error.source();
    }
    Refusal::InvalidRequest("the body broke off".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_may_go_where_it_is_named_or_anything_is() {
        let verdict = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            (accepts(&headers, JSON_MIME_TYPE), takes_events(&headers))
        };
        assert_eq!(verdict("application/json, text/event-stream"), (true, true));
        assert_eq!(verdict("*/*"), (true, true));
        assert_eq!(verdict("Application/JSON;charset=utf-8"), (true, false));
        assert_eq!(verdict("application/*;q=0.5"), (true, false));
        assert_eq!(verdict("text/event-stream"), (false, true));
        assert_eq!(verdict("application/json;q=0, text/html"), (false, false));
        assert!(accepts(&HeaderMap::new(), JSON_MIME_TYPE) && !takes_events(&HeaderMap::new()));
    }
}
