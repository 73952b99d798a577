//! Why a request gets no result, and how each era of the protocol says so.

use std::borrow::Cow;

use axum::http::StatusCode;
use rmcp::model::ErrorCode;
use serde_json::{Value, json};

use super::era::Version;

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
    /// No such resource.
    #[error("{0}")]
    UnknownResource(String),
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
    /// The whole request is denied, at a gate.
    #[error("{0}")]
    Denied(String),
    /// Nobody we know.
    #[error("{reason}")]
    Unauthorized {
        /// What is wrong with the credential, or that there is none.
        reason: String,
        /// Whether one was sent at all.
        sent: bool,
    },
    /// Too many calls.
    #[error("{message}")]
    Limited {
        /// The denial.
        message: String,
        /// Seconds until the next call fits.
        retry_after: u32,
    },
    /// MCP Server is disabled.
    #[error("{0}")]
    Disabled(String),
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
            | Self::UnknownResource(_)
            | Self::Internal => StatusCode::OK,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::NoSession | Self::NotInstalled => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden(_) | Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Disabled(_) => StatusCode::SERVICE_UNAVAILABLE,
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
            Self::UnknownResource(_) if modern => ErrorCode::INVALID_PARAMS,
            Self::UnknownResource(_) => ErrorCode::RESOURCE_NOT_FOUND,
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
            Self::MissingCapability(required) => Some(json!({ "requiredCapabilities": required })),
            Self::Limited { retry_after, .. } => Some(json!({ "retryAfter": retry_after })),
            _ => None,
        }
    }
}
