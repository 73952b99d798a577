//! The headers of every page: nothing but our own files, no framing, no guessing, no telling others where one was.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of a page whose form leads on to another site: `target` is what the browser must let it follow
/// (`https://claude.ai`, `cursor:`), made of letters, digits and `.-+:/[]` alone.
pub fn policy_with_target(target: &str) -> Option<HeaderValue> {
    let plain = target.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+:/[]".contains(&b));
    let policy = POLICY.replace("form-action 'self'", &format!("form-action 'self' {target}"));
    HeaderValue::try_from(policy).ok().filter(|_| plain)
}

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// A text in the characters that `error_description` may have (RFC 6749, 5.2; RFC 6750, 3).
pub fn described(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

/// What every route of the console passes besides the session: writes of other sites are refused, answers compressed.
pub type GuardLayers = (CsrfLayer, CompressionLayer);

/// The layers of [`GuardLayers`]. `origin`: the public one, which browsers name also where a proxy changes the host.
pub fn guard(origin: &str) -> GuardLayers {
    // An origin that can't be one is none that a browser sends.
    let csrf = CsrfLayer::new().add_trusted_origin(origin).unwrap_or_default();
    (csrf, CompressionLayer::new())
}

/// Whether this is the answer to a form of another site.
pub fn is_foreign(response: &Response) -> bool {
    response.extensions().get::<ProtectionError>().is_some()
}

/// Puts the headers on an answer, but for what the page says itself; one that says nothing of keeping it is not kept.
pub async fn no_store(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
