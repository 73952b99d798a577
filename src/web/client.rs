//! Where a browser is: the other end of the connection, or what a proxy that is trusted says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

static FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address. `X-Forwarded-For` is read from its end, each entry being believed only if whoever added it is
/// a trusted proxy: what a client writes itself is never reached.
pub fn address(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()).to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(address) {
        return address;
    }
    let lines: Vec<&str> = headers.get_all(&FORWARDED).iter().filter_map(|v| v.to_str().ok()).collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(before) = parse(entry.trim()) else { break };
        address = before.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    address
}

/// Some proxies add the port.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// Name of the cookie by which a browser is known again. The prefix makes browsers refuse it from anywhere but this
/// very host.
const fn browser_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-axanta-browser" } else { "axanta-browser" }
}

/// The cookie by which a browser is known again, if it sent one.
pub fn browser(headers: &HeaderMap, secure: bool) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == browser_cookie_name(secure))
        .map(|cookie| cookie.value().to_owned())
}

/// Sets that cookie, for half a year.
pub fn browser_cookie(value: &str, secure: bool) -> Option<HeaderValue> {
    let cookie = Cookie::build((browser_cookie_name(secure), value))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(180));
    HeaderValue::try_from(cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(&FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        address(Some(format!("{peer}:443").parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(from("198.51.100.9", &["192.0.2.1"]), "198.51.100.9", "anybody can write a header");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(from("[::ffff:10.0.0.1]", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(from("[fd00::1]", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(
            from("10.0.0.1", &["1.1.1.1, 192.0.2.1"]),
            "192.0.2.1",
            "what the client added is not reached"
        );
        assert_eq!(from("10.0.0.1", &["1.1.1.1, 192.0.2.1, 10.9.9.9"]), "192.0.2.1", "two proxies");
        assert_eq!(from("10.0.0.1", &["1.1.1.1", "192.0.2.1"]), "192.0.2.1", "two lines");
        assert_eq!(from("10.0.0.1", &["192.0.2.1:5566"]), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["[2001:db8::5]:5566"]), "2001:db8::5");
        assert_eq!(from("10.0.0.1", &["192.0.2.1, unknown"]), "10.0.0.1", "the last that is certain");
    }

    #[test]
    fn a_browser_is_known_by_its_cookie() {
        let set = browser_cookie("axd_x", true).unwrap();
        let text = set.to_str().unwrap();
        for part in [
            "__Host-axanta-browser=axd_x",
            "HttpOnly",
            "Secure",
            "SameSite=Lax",
            "Path=/",
            "Max-Age=15552000",
        ] {
            assert!(text.contains(part), "{text}: {part}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("theme=dark; __Host-axanta-browser=axd_x"));
        assert_eq!(browser(&headers, true).as_deref(), Some("axd_x"));
        assert_eq!(browser(&headers, false), None);
    }
}
