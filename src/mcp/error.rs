//! Why a request gets no result, and how each era of the protocol says so.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use rmcp::model::ErrorCode;
use serde_json::{Value, json};

use super::era::Version;
use crate::audit::{Entry, LogUnavailable, Outcome};
use crate::identity::scopes;
use crate::policy::{Gate, Step};
use crate::web;

/// Code of errors that JSON-RPC has no number for: the HTTP status says which.
const SERVER_ERROR: ErrorCode = ErrorCode(-32000);

/// A request without a result. What a model can mend in a tool call is no refusal, but a result with `isError`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The body can't be parsed.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// JSON, but no JSON-RPC message that is taken here.
    #[error("{0}")]
    InvalidRequest(Cow<'static, str>),
    /// Params, or their `_meta`, are not of the shape the revision demands.
    #[error("{0}")]
    MalformedParams(String),
    /// Params of a right shape that name nothing known: a tool, a prompt, a cursor.
    #[error("{0}")]
    InvalidParams(String),
    /// A header contradicts the body, or one that is required is missing.
    #[error("{0}")]
    HeaderMismatch(String),
    /// A revision that is not spoken here.
    #[error("unsupported protocol version {0}")]
    UnsupportedVersion(String),
    /// The client would need a capability that it did not declare.
    #[error("missing required client capability")]
    MissingCapability(Value),
    /// No such method.
    #[error("unknown method {0}")]
    UnknownMethod(String),
    /// No such resource, or none for this principal.
    #[error("{message}")]
    UnknownResource {
        /// What is wrong, or which gate is shut.
        message: String,
        /// As it was asked for.
        uri: Option<String>,
    },
    /// A part of the house that failed; the cause is in the log alone.
    #[error("the server could not answer; try again in a moment")]
    Internal,
    /// The answer would have to be of a type that the client does not take.
    #[error("Accept must allow application/json")]
    NotAcceptable,
    /// The body is of another type.
    #[error("Content-Type must be application/json")]
    WrongType,
    /// The body is too long.
    #[error("the body is over {} MiB", .0 / (1024 * 1024))]
    TooLarge(usize),
    /// The body did not come in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The MCP session has ended, or was never this key's.
    #[error("no such MCP session; initialize again")]
    NoSession,
    /// GET, or DELETE without an MCP session.
    #[error("only POST is served here")]
    MethodNotAllowed,
    /// A browser of another site, or a name that is not ours.
    #[error("{0}")]
    Forbidden(String),
    /// The whole request is denied: MCP Server, key, rate limit, user or group.
    #[error("{}", step.message())]
    Gate {
        /// The gate that is shut.
        step: Step,
        /// Where it is the rate limit: seconds until the next call fits.
        retry_after: Option<u32>,
    },
    /// Nobody we know.
    #[error("{reason}")]
    Unauthorized {
        /// What is wrong with the credential, or that there is none.
        reason: String,
        /// Whether one was sent at all.
        sent: bool,
        /// Where the resource's metadata stand; `None` without MCP Server OAuth.
        metadata: Option<String>,
    },
    /// A connection was given less than this needs, and could be given it (RFC 6750, section 3.1).
    #[error("{message}")]
    InsufficientScope {
        /// The tool that was called.
        tool: &'static str,
        /// Which gate is shut.
        message: String,
        /// Where the resource's metadata stand.
        metadata: String,
    },
    /// What has to be known, or written, before anything may be answered, can't be now.
    #[error("{0}")]
    Unavailable(String),
    /// The module is not installed.
    #[error("the module mcp_server is not installed; an administrator can install it in Apps")]
    NotInstalled,
}

impl Refusal {
    /// The HTTP status. Errors of single calls ride in 200 in the legacy era; the modern one has a few of its own.
    pub fn status(&self, modern: bool) -> StatusCode {
        match self {
            Self::NotJson(_)
            | Self::InvalidRequest(_)
            | Self::HeaderMismatch(_)
            | Self::UnsupportedVersion(_) => StatusCode::BAD_REQUEST,
            Self::MalformedParams(_) | Self::MissingCapability(_) if modern => StatusCode::BAD_REQUEST,
            Self::UnknownMethod(_) if modern => StatusCode::NOT_FOUND,
            Self::MalformedParams(_)
            | Self::MissingCapability(_)
            | Self::UnknownMethod(_)
            | Self::InvalidParams(_)
            | Self::UnknownResource { .. }
            | Self::Internal => StatusCode::OK,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::NoSession | Self::NotInstalled => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden(_) | Self::InsufficientScope { .. } => StatusCode::FORBIDDEN,
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Gate { step, .. } => match step.gate {
                Gate::Enabled => StatusCode::SERVICE_UNAVAILABLE,
                Gate::Credential => StatusCode::UNAUTHORIZED,
                Gate::RateLimit => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::FORBIDDEN,
            },
        }
    }

    /// The JSON-RPC code.
    pub fn code(&self, modern: bool) -> ErrorCode {
        match self {
            Self::NotJson(_) => ErrorCode::PARSE_ERROR,
            Self::InvalidRequest(_) => ErrorCode::INVALID_REQUEST,
            Self::MalformedParams(_) | Self::InvalidParams(_) => ErrorCode::INVALID_PARAMS,
            Self::HeaderMismatch(_) => ErrorCode::HEADER_MISMATCH,
            Self::UnsupportedVersion(_) => ErrorCode::UNSUPPORTED_PROTOCOL_VERSION,
            Self::MissingCapability(_) => ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY,
            Self::UnknownMethod(_) => ErrorCode::METHOD_NOT_FOUND,
            Self::UnknownResource { .. } if modern => ErrorCode::INVALID_PARAMS,
            Self::UnknownResource { .. } => ErrorCode::RESOURCE_NOT_FOUND,
            Self::Internal => ErrorCode::INTERNAL_ERROR,
            _ => SERVER_ERROR,
        }
    }

    /// What a program can read besides the message.
    pub fn data(&self) -> Option<Value> {
        match self {
            Self::UnsupportedVersion(requested) => Some(json!({
                "requested": requested,
                "supported": Version::ALL.map(Version::name),
            })),
            Self::UnknownResource { uri: Some(uri), .. } => Some(json!({ "uri": uri })),
            Self::MissingCapability(required) => Some(json!({ "requiredCapabilities": required })),
            Self::Gate { step, retry_after } => {
                Some(json!({ "gate": step.gate.name(), "retryAfter": retry_after }))
            }
            _ => None,
        }
    }

    /// The header that goes with it.
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthorized { reason, sent, metadata } => {
                let error = sent.then_some("invalid_token");
                Some((header::WWW_AUTHENTICATE, challenge(reason, error, metadata.as_deref())))
            }
            Self::InsufficientScope { message, metadata, .. } => {
                let value = challenge(message, Some("insufficient_scope"), Some(metadata));
                Some((header::WWW_AUTHENTICATE, value))
            }
            Self::Gate { step, .. } if step.gate == Gate::Credential => {
                Some((header::WWW_AUTHENTICATE, challenge(&step.message(), Some("invalid_token"), None)))
            }
            Self::Gate { retry_after: Some(seconds), .. } => {
                Some((header::RETRY_AFTER, HeaderValue::from(*seconds)))
            }
            Self::Unavailable(_) => Some((header::RETRY_AFTER, HeaderValue::from(1))),
            Self::MethodNotAllowed => Some((header::ALLOW, HeaderValue::from_static("POST"))),
            _ => None,
        }
    }

    /// Says so in the log.
    pub fn note(&self, entry: &mut Entry) {
        match self {
            Self::Gate { step, .. } => entry.refused(step),
            Self::Unauthorized { reason, .. } => {
                entry.outcome = Outcome::Denied;
                entry.gate = Some(Gate::Credential);
                entry.reason = Some(reason.clone());
            }
            Self::InsufficientScope { tool, message, .. } => {
                entry.tool = Some(tool);
                entry.outcome = Outcome::Denied;
                entry.gate = Some(Gate::Scope);
                entry.reason = Some(message.clone());
            }
            other => entry.failed(other.to_string()),
        }
    }
}

impl From<LogUnavailable> for Refusal {
    fn from(error: LogUnavailable) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database could not answer a request of the protocol");
        Self::Unavailable("the database could not answer; try again in a moment".to_owned())
    }
}

/// RFC 6750, section 3. Without an error code where no credential was sent (3.1). With the scopes to ask for and the
/// place of the metadata (RFC 9728, section 5.1), from which a client finds its way to a token.
fn challenge(reason: &str, error: Option<&str>, metadata: Option<&str>) -> HeaderValue {
    let reason = web::described(reason);
    let error = error.map_or_else(String::new, |error| format!(r#"error="{error}", "#));
    let way = metadata.map_or_else(String::new, |metadata| {
        format!(r#"resource_metadata="{metadata}", scope="{}", "#, scopes::ALL.join(" "))
    });
    HeaderValue::try_from(format!(r#"Bearer {way}{error}error_description="{reason}""#))
        .unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}
