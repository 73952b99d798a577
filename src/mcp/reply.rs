//! Answers as bytes: the envelope is written around what was serialised already, so that nothing is built twice.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use rmcp::model::ErrorData;
use serde::Serialize;
use serde_json::value::RawValue;

use super::error::Refusal;

/// What one request is answered with: the JSON-RPC message and the HTTP status it wants.
#[derive(Debug)]
pub struct Reply {
    /// Status, where the message is alone in its response.
    pub status: StatusCode,
    /// The message.
    pub body: Vec<u8>,
    /// A header that goes with it, where it is alone in its response.
    pub header: Option<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// A result that `write` writes as JSON.
    pub fn result(id: &RawValue, size: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut body = Vec::with_capacity(size + id.get().len() + 40);
        body.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
        body.extend_from_slice(id.get().as_bytes());
        body.extend_from_slice(br#","result":"#);
        write(&mut body);
        body.push(b'}');
        Self { status: StatusCode::OK, body, header: None }
    }

    /// A result that serialises itself.
    pub fn of<T: Serialize>(id: &RawValue, result: &T) -> Self {
        match serde_json::to_vec(result) {
            Ok(json) => Self::result(id, json.len(), |out| out.extend_from_slice(&json)),
            Err(error) => {
                tracing::error!(%error, "a result can't be serialised");
                Self::refusal(Some(id), &Refusal::Internal, true)
            }
        }
    }

    /// An error; without an id where none could be read.
    pub fn refusal(id: Option<&RawValue>, refusal: &Refusal, modern: bool) -> Self {
        let error = ErrorData::new(refusal.code(modern), refusal.to_string(), refusal.data());
        let mut body = Vec::with_capacity(160);
        body.extend_from_slice(br#"{"jsonrpc":"2.0","#);
        if let Some(id) = id {
            body.extend_from_slice(br#""id":"#);
            body.extend_from_slice(id.get().as_bytes());
            body.push(b',');
        }
        body.extend_from_slice(br#""error":"#);
        body.extend_from_slice(&serde_json::to_vec(&error).unwrap_or_else(|_| b"{}".to_vec()));
        body.push(b'}');
        Self { status: refusal.status(modern), body, header: refusal.header() }
    }

    /// As an HTTP response.
    pub fn into_response(self) -> Response {
        let mut response = json(self.status, self.body);
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// A JSON body with a status.
pub fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Nothing but a status.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Writes a string as JSON.
pub fn quoted(out: &mut Vec<u8>, text: &str) {
    // Writing a str into a Vec has nothing to fail on.
    let _ = serde_json::to_writer(out, text);
}
