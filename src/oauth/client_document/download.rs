//! One document over the network: `https` alone, to public addresses alone, no redirect, no proxy, no cookie, and
//! no more time or bytes than a document needs ("Server Side Request Forgery" and "Maximum Response Size" of
//! the draft).

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Response, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::DocumentError;
use super::public::is_public;
use super::resolver::{Filter, LookUp, NoPublicAddress, System};

/// Most bytes of a document; the draft recommends no less than 5 KB.
pub(super) const LARGEST: usize = 16 * 1024;
/// Longest time from the look-up of the name to the last byte.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Longest time until a connection stands.
const CONNECT: Duration = Duration::from_secs(3);

/// What was found.
pub(super) struct Downloaded {
    pub(super) body: Vec<u8>,
    /// How long the server lets it be kept, in milliseconds; `None` if it doesn't say.
    pub(super) max_age: Option<i64>,
}

/// Fetches documents.
pub(super) struct Download {
    client: Client,
}

/// What differs where a test stands in for the internet.
pub(super) struct World<L> {
    pub(super) names: L,
    pub(super) allowed: fn(IpAddr) -> bool,
    pub(super) roots: RootCertStore,
    pub(super) patience: Duration,
}

impl World<System> {
    /// The internet.
    pub(super) fn internet() -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self { names: System, allowed: is_public, roots, patience: PATIENCE }
    }
}

impl Download {
    pub(super) fn new<L: LookUp>(world: World<L>) -> Result<Self, DocumentError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| DocumentError::Client(error.to_string()))?
            .with_root_certificates(world.roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Filter { names: world.names, allowed: world.allowed })
            .https_only(true)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .timeout(world.patience)
            .connect_timeout(CONNECT.min(world.patience))
            // The next fetch looks its name up, and judges the address, again.
            .pool_max_idle_per_host(0)
            .user_agent("axanta-mcp")
            .build()
            .map_err(|error| DocumentError::Client(error.to_string()))?;
        Ok(Self { client })
    }

    pub(super) async fn get(&self, url: &Url) -> Result<Downloaded, DocumentError> {
        let accepted = HeaderValue::from_static("application/json");
        let request = self.client.get(url.clone()).header(ACCEPT, accepted);
        let answer = request.send().await.map_err(|error| failure(url, &error))?;
        if answer.status() != 200 {
            return Err(DocumentError::Status(answer.status().as_u16()));
        }
        if !is_json(answer.headers()) {
            return Err(DocumentError::MediaType);
        }
        let max_age = max_age(answer.headers());
        let body = read(url, answer).await?;
        Ok(Downloaded { body, max_age })
    }
}

async fn read(url: &Url, mut answer: Response) -> Result<Vec<u8>, DocumentError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure(url, &error))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(DocumentError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failure(url: &Url, error: &reqwest::Error) -> DocumentError {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    let mut last = None;
    let hidden = causes.any(|cause| {
        last = Some(cause);
        cause.is::<NoPublicAddress>()
    });
    let cause = last.map(ToString::to_string);
    tracing::debug!(%url, error = %error, cause, "a client's document was not fetched");
    if hidden {
        DocumentError::NoPublicAddress
    } else if error.is_timeout() {
        DocumentError::Slow
    } else {
        DocumentError::Unreachable
    }
}

/// `application/json`, or `application/…+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.strip_prefix("application/").is_some_and(|sub| sub == "json" || sub.ends_with("+json"))
}

/// `max-age` in milliseconds; 0 where nothing may be kept (RFC 9111 §5.2.2).
fn max_age(headers: &HeaderMap) -> Option<i64> {
    let texts = headers.get_all(CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let mut found = None;
    for directive in texts.flat_map(|text| text.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(0),
            "max-age" => {
                let seconds: Option<i64> = value.trim().trim_matches('"').parse().ok();
                found = seconds.map(|seconds| seconds.saturating_mul(1_000));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: reqwest::header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn json_goes_by_many_names() {
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/oauth-client+json", true),
            ("text/html", false),
            ("text/json", false),
            ("application/jsonp", false),
            ("application/x; a=application/json", false),
            ("", false),
        ] {
            assert_eq!(is_json(&header(CONTENT_TYPE, kind)), json, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn the_server_says_how_long() {
        for (text, said) in [
            ("public, max-age=600", Some(600_000)),
            ("Max-Age = \"60\"", Some(60_000)),
            ("max-age=99999999999999999999", None),
            ("max-age=9223372036854775807", Some(i64::MAX)),
            ("max-age=-1", Some(-1_000)),
            ("max-age=600, no-store", Some(0)),
            ("no-cache", Some(0)),
            ("private", None),
            ("", None),
        ] {
            assert_eq!(max_age(&header(CACHE_CONTROL, text)), said, "{text}");
        }
    }

    #[tokio::test]
    async fn the_internet_does_not_begin_at_home() {
        let download = Download::new(World::internet()).unwrap();
        let home = Url::parse("https://localhost/x").unwrap();
        assert_eq!(download.get(&home).await.err(), Some(DocumentError::NoPublicAddress));
        let plain = Url::parse("http://localhost/x").unwrap();
        assert_eq!(download.get(&plain).await.err(), Some(DocumentError::Unreachable));
    }
}
