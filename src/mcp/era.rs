//! Which revision of the protocol a request speaks: the modern era says so in every request (`_meta` and
//! headers), the legacy era agreed on it in `initialize`.

use axum::http::{HeaderMap, HeaderValue};
use rmcp::model::RequestMetaObject;
use rmcp::transport::common::http_header::HEADER_MCP_PROTOCOL_VERSION;

use super::envelope::{Meta, Request, is_object, text};
use super::error::Refusal;

/// A revision that is spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The first with streamable HTTP, and the only one with batches.
    V2025_03_26,
    /// Structured content; the version in a header.
    V2025_06_18,
    /// The last with `initialize`.
    V2025_11_25,
    /// Stateless: every request describes itself.
    V2026_07_28,
}

impl Version {
    /// All that are spoken, the newest first.
    pub const ALL: [Self; 4] = [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26];

    /// The newest that `initialize` can agree on.
    pub const NEWEST_LEGACY: Self = Self::V2025_11_25;

    /// Its date, as it stands on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The revision of that date.
    pub fn named(date: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == date)
    }

    /// Whether it is of the stateless era.
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::V2026_07_28)
    }

    /// What `initialize` agrees on when a client asks for `date`.
    pub fn negotiated(date: &str) -> Self {
        Self::named(date).filter(|v| !v.is_modern()).unwrap_or(Self::NEWEST_LEGACY)
    }
}

/// Reads the revision off a request. `agreed` is what its MCP session was initialised with.
pub fn of_request(
    headers: &HeaderMap,
    request: &Request<'_>,
    agreed: Option<Version>,
) -> Result<Version, Refusal> {
    let header = of_header(headers)?;
    let meta = request.params.meta.as_ref();
    let in_body = meta.and_then(|m| m.protocol_version).and_then(text);

    let Some(in_body) = in_body else {
        if request.method == "initialize" {
            return of_initialize(request, header);
        }
        let modern = header.is_some_and(|h| h >= Version::V2026_07_28.name());
        if modern || request.method == "server/discover" {
            return Err(missing(meta));
        }
        return of_legacy(header, agreed);
    };
    let Some(header) = header else {
        return Err(Refusal::HeaderMismatch(format!(
            "the request's _meta names protocol version {in_body}, so the header {HEADER_MCP_PROTOCOL_VERSION} must too"
        )));
    };
    if header != in_body {
        return Err(Refusal::HeaderMismatch(format!(
            "the header {HEADER_MCP_PROTOCOL_VERSION} says {header}, the request's _meta says {in_body}"
        )));
    }
    let version =
        Version::named(&in_body).ok_or_else(|| Refusal::UnsupportedVersion(in_body.into_owned()))?;
    if (version.is_modern() || request.method == "server/discover")
        && !meta.and_then(|m| m.client_capabilities).is_some_and(is_object)
    {
        return Err(missing(meta));
    }
    // Whoever discovers speaks the modern era, whatever revision is named.
    if request.method == "server/discover" { Ok(Version::V2026_07_28) } else { Ok(version) }
}

/// The revision of what is not a request and so carries no `_meta`: a notification, a batch.
pub fn of_headers(headers: &HeaderMap, agreed: Option<Version>) -> Result<Version, Refusal> {
    match of_header(headers)? {
        Some(header) if header == Version::V2026_07_28.name() => Ok(Version::V2026_07_28),
        header => of_legacy(header, agreed),
    }
}

fn of_header(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    headers
        .get(HEADER_MCP_PROTOCOL_VERSION)
        .map(HeaderValue::to_str)
        .transpose()
        .map_err(|_| Refusal::HeaderMismatch(format!("the header {HEADER_MCP_PROTOCOL_VERSION} is not text")))
}

fn of_initialize(request: &Request<'_>, header: Option<&str>) -> Result<Version, Refusal> {
    let asked = request.params.protocol_version.and_then(text);
    let asked = asked
        .ok_or_else(|| Refusal::MalformedParams("initialize needs params.protocolVersion".to_owned()))?;
    match header {
        Some(header) if header != asked => Err(Refusal::InvalidRequest(
            format!(
                "the header {HEADER_MCP_PROTOCOL_VERSION} says {header}, params.protocolVersion says {asked}"
            )
            .into(),
        )),
        _ => Ok(Version::negotiated(&asked)),
    }
}

/// Without a header it is what was agreed, or else the oldest: 2025-03-26 knew no such header.
fn of_legacy(header: Option<&str>, agreed: Option<Version>) -> Result<Version, Refusal> {
    match header {
        Some(header) => Version::named(header).ok_or_else(|| Refusal::UnsupportedVersion(header.to_owned())),
        None => Ok(agreed.unwrap_or(Version::V2025_03_26)),
    }
}

fn missing(meta: Option<&Meta<'_>>) -> Refusal {
    let [version, capabilities] = RequestMetaObject::DRAFT_REQUIRED_KEYS;
    let lacks_version = meta.and_then(|m| m.protocol_version).and_then(text).is_none();
    let lacks_capabilities = !meta.and_then(|m| m.client_capabilities).is_some_and(is_object);
    let keys: Vec<&str> = [(lacks_version, version), (lacks_capabilities, capabilities)]
        .iter()
        .filter(|k| k.0)
        .map(|k| k.1)
        .collect();
    Refusal::MalformedParams(format!("params._meta lacks, or has malformed, {}", keys.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::envelope::{Body, Incoming, read};

    fn ask(header: Option<&str>, method: &str, params: &str) -> Result<Version, i32> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let Ok(Body::Single(Incoming::Request(request))) = read(body.as_bytes()) else { panic!("{body}") };
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(HEADER_MCP_PROTOCOL_VERSION, header.parse().unwrap());
        }
        of_request(&headers, &request, None).map_err(|e| e.code(true).0)
    }

    fn meta(version: &str) -> String {
        format!(
            r#"{{"_meta":{{"io.modelcontextprotocol/protocolVersion":{version},"io.modelcontextprotocol/clientCapabilities":{{}}}}}}"#
        )
    }

    const MODERN: &str = "2026-07-28";

    #[test]
    fn the_modern_era_says_so_in_header_and_body() {
        let good = meta(r#""2026-07-28""#);
        assert_eq!(ask(Some(MODERN), "tools/list", &good), Ok(Version::V2026_07_28));
        for (header, method, params, code) in [
            (None, "tools/list", good.as_str(), -32020),
            (Some("2025-11-25"), "tools/list", &good, -32020),
            (Some(MODERN), "tools/list", "{}", -32602),
            (
                Some(MODERN),
                "tools/list",
                r#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":{}}}"#,
                -32602,
            ),
            (
                Some(MODERN),
                "tools/list",
                r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#,
                -32602,
            ),
            (Some(MODERN), "tools/list", &meta("7"), -32602),
            (None, "server/discover", "{}", -32602),
            (Some("v999"), "server/discover", &meta(r#""v999""#), -32022),
            (Some("2027-01-01"), "tools/list", &meta(r#""2027-01-01""#), -32022),
        ] {
            assert_eq!(ask(header, method, params), Err(code), "{header:?} {method} {params}");
        }
    }

    #[test]
    fn the_legacy_era_agrees_in_initialize_and_then_names_it() {
        for (asked, agreed) in [
            ("2025-06-18", Version::V2025_06_18),
            ("2024-11-05", Version::V2025_11_25),
            ("2026-07-28", Version::V2025_11_25),
            ("1999-01-01", Version::V2025_11_25),
        ] {
            let params = format!(r#"{{"protocolVersion":"{asked}"}}"#);
            assert_eq!(ask(None, "initialize", &params), Ok(agreed));
            assert_eq!(ask(Some(asked), "initialize", &params), Ok(agreed));
            assert_eq!(ask(Some("2025-03-26"), "initialize", &params), Err(-32600));
        }
        assert_eq!(ask(None, "initialize", "{}"), Err(-32602));
        assert_eq!(ask(None, "tools/list", "{}"), Ok(Version::V2025_03_26));
        assert_eq!(ask(Some("2025-06-18"), "tools/list", "{}"), Ok(Version::V2025_06_18));
        assert_eq!(ask(Some("2025-01-01"), "tools/list", "{}"), Err(-32022));
        // A legacy revision in `_meta` is taken at its word.
        assert_eq!(ask(Some("2025-11-25"), "tools/list", &meta(r#""2025-11-25""#)), Ok(Version::V2025_11_25));
        // The modern era has no handshake left: the method is found unknown later.
        assert_eq!(ask(Some(MODERN), "initialize", &meta(r#""2026-07-28""#)), Ok(Version::V2026_07_28));
    }
}
