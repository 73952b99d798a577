//! Errors as OAuth says them: RFC 6749, sections 4.1.2.1 and 5.2; RFC 7591, 3.2.2; RFC 8707, 2.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth2::StandardErrorResponse;
use oauth2::basic::BasicErrorResponseType;

use super::form::Unfit;
use crate::identity::IdentityError;
use crate::web;

/// What an error is called on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// RFC 6749
    InvalidRequest,
    /// RFC 6749
    InvalidClient,
    /// RFC 6749
    InvalidGrant,
    /// RFC 6749
    InvalidScope,
    /// RFC 6749
    UnsupportedGrantType,
    /// RFC 6749, at the authorization endpoint
    UnsupportedResponseType,
    /// RFC 6749, at the authorization endpoint
    AccessDenied,
    /// RFC 8707
    InvalidTarget,
    /// RFC 7591
    InvalidRedirectUri,
    /// RFC 7591
    InvalidClientMetadata,
    /// RFC 6749; also where too much was asked for
    TemporarilyUnavailable,
    /// RFC 6749
    ServerError,
}

impl Code {
    /// The wire type.
    fn wire(self) -> BasicErrorResponseType {
        match self {
            Self::InvalidRequest => BasicErrorResponseType::InvalidRequest,
            Self::InvalidClient => BasicErrorResponseType::InvalidClient,
            Self::InvalidGrant => BasicErrorResponseType::InvalidGrant,
            Self::InvalidScope => BasicErrorResponseType::InvalidScope,
            Self::UnsupportedGrantType => BasicErrorResponseType::UnsupportedGrantType,
            Self::UnsupportedResponseType => extension("unsupported_response_type"),
            Self::AccessDenied => extension("access_denied"),
            Self::InvalidTarget => extension("invalid_target"),
            Self::InvalidRedirectUri => extension("invalid_redirect_uri"),
            Self::InvalidClientMetadata => extension("invalid_client_metadata"),
            Self::TemporarilyUnavailable => extension("temporarily_unavailable"),
            Self::ServerError => extension("server_error"),
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        self.wire().as_ref().to_owned()
    }
}

fn extension(name: &str) -> BasicErrorResponseType {
    BasicErrorResponseType::Extension(name.to_owned())
}

/// Why a client's request got no answer.
#[derive(Debug)]
pub struct Refusal {
    /// What it is called on the wire.
    pub code: Code,
    /// One word for the log, by which refusals are counted.
    pub word: &'static str,
    /// What was wrong and how to mend it; for the client too.
    pub text: String,
    /// Status, where it is not the code's.
    status: Option<StatusCode>,
    /// Whether the client tried HTTP Basic, which the answer must then ask for.
    basic: bool,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: Code, word: &'static str, text: impl Into<String>) -> Self {
        Self { code, word, text: text.into(), status: None, basic: false }
    }

    /// The same, for a client that tried HTTP Basic (RFC 6749, 5.2).
    #[must_use]
    pub fn basic(mut self, basic: bool) -> Self {
        self.basic = basic;
        self
    }

    /// Too many: try again later.
    pub fn too_many(word: &'static str, text: impl Into<String>) -> Self {
        let status = Some(StatusCode::TOO_MANY_REQUESTS);
        Self { status, ..Self::new(Code::TemporarilyUnavailable, word, text) }
    }

    /// The server failed; the cause is in its own log alone.
    pub fn failed(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the authorization server could not answer");
        Self::new(Code::ServerError, "failed", "the server could not answer; try again in a moment")
    }

    fn status(&self) -> StatusCode {
        self.status.unwrap_or(match self.code {
            Code::InvalidClient => StatusCode::UNAUTHORIZED,
            Code::ServerError | Code::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        })
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        Self::new(Code::InvalidRequest, "parameter_unfit", unfit.to_string())
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::failed(&error)
    }
}

impl From<IdentityError> for Refusal {
    fn from(error: IdentityError) -> Self {
        Self::failed(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = StandardErrorResponse::new(self.code.wire(), Some(web::described(&self.text)), None);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.basic && status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="Axanta MCP""#));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_error_is_json_that_nobody_keeps() {
        let text = "the key \"x\" is revoked \u{2026}";
        let refusal = Refusal::new(Code::InvalidGrant, "x", text);
        let response = refusal.into_response();
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"], "invalid_grant");
        assert_eq!(body["error_description"], "the key 'x' is revoked ?");
        assert!(body.get("error_uri").is_none(), "no null: {body}");
    }

    #[test]
    fn basic_is_asked_for_where_it_was_tried() {
        let refusal = |basic| Refusal::new(Code::InvalidClient, "x", "no").basic(basic).into_response();
        assert_eq!(refusal(true).status(), 401);
        assert!(refusal(true).headers().contains_key(header::WWW_AUTHENTICATE));
        assert!(!refusal(false).headers().contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(Refusal::too_many("x", "slow down").into_response().status(), 429);
    }
}
