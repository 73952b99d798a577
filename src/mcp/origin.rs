//! Who may address this server from a browser: a page of another site, or a name that was pointed at this
//! machine (DNS rebinding), may not.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, Uri, header, uri::Authority};
use url::{Host, Url};

use super::error::Refusal;

/// Names and origins that are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    listen: IpAddr,
    public: Url,
    /// Hosts as clients usually write them, so that most are known without being taken apart.
    usual: [String; 3],
}

impl Origins {
    /// Of a server that listens on `listen` and is known to the world as `public`.
    pub fn new(listen: SocketAddr, public: Url) -> Self {
        let authority = match (public.host_str(), public.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let usual = [authority, listen.to_string(), format!("localhost:{}", listen.port())];
        Self { listen: listen.ip(), public, usual }
    }

    /// Refuses a request whose `Host` or `Origin` is foreign. No `Origin` is fine: it is not a browser.
    pub fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
        let mut named = headers.get_all(header::HOST).iter();
        if !headers.contains_key(header::ORIGIN)
            && named.next().is_some_and(|host| self.usual.iter().any(|usual| host == usual))
            && named.next().is_none()
        {
            return Ok(());
        }
        let mut named = headers.get_all(header::HOST).iter();
        let authority = match (named.next(), named.next()) {
            (Some(host), None) => host.to_str().ok().and_then(|h| Authority::try_from(h).ok()),
            (None, _) => uri.authority().cloned(),
            // Two of them: whoever stands before us may have heeded the other.
            (Some(_), Some(_)) => None,
        };
        let host = authority.and_then(|a| Host::parse(a.host()).ok());
        let Some(host) = host.filter(|h| self.is_ours(h)) else {
            return Err(Refusal::Forbidden(
                "the Host of this request is not this server's; set --public-url to the address clients use"
                    .to_owned(),
            ));
        };
        let ours = headers.get_all(header::ORIGIN).iter().all(|origin| {
            let origin = origin.to_str().ok().and_then(|o| Url::parse(o).ok());
            origin.is_some_and(|o| self.is_our_origin(&o, &host))
        });
        if ours {
            return Ok(());
        }
        Err(Refusal::Forbidden("the Origin of this request is not this server's".to_owned()))
    }

    fn is_ours(&self, host: &Host) -> bool {
        is_loopback(host)
            || self.public.host().is_some_and(|ours| ours.to_owned() == *host)
            || address(host).is_some_and(|ip| {
                ip == self.listen
                // Listening on every address, each of the machine's is ours, and a number can't be rebound.
                || self.listen.is_unspecified()
            })
    }

    fn is_our_origin(&self, origin: &Url, host: &Host) -> bool {
        if origin.origin() == self.public.origin() {
            return true;
        }
        matches!(origin.scheme(), "http" | "https")
            && origin
                .host()
                .map(|o| o.to_owned())
                .is_some_and(|o| is_loopback(&o) || (address(&o).is_some() && o == *host))
    }
}

fn address(host: &Host) -> Option<IpAddr> {
    match host {
        Host::Ipv4(ip) => Some((*ip).into()),
        Host::Ipv6(ip) => Some((*ip).into()),
        Host::Domain(_) => None,
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        _ => address(host).is_some_and(|ip| ip.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(listen: &str, host: &str, origin: Option<&str>) -> bool {
        let public = Url::parse("https://erp.example.com").unwrap();
        let origins = Origins::new(listen.parse().unwrap(), public);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        origins.check(&headers, &Uri::from_static("/mcp")).is_ok()
    }

    #[test]
    fn ours_are_loopback_the_listen_address_and_the_public_url() {
        for host in [
            "localhost:8070",
            "127.0.0.1:1",
            "[::1]:8070",
            "10.1.2.3:8070",
            "erp.example.com",
            "ERP.example.com:443",
        ] {
            assert!(verdict("10.1.2.3:8070", host, None), "{host}");
        }
        for host in ["evil.example.com", "10.1.2.4", "localhost.evil.com", "erp.example.com.evil.com"] {
            assert!(!verdict("10.1.2.3:8070", host, None), "{host}");
        }
        assert!(verdict("0.0.0.0:8070", "192.168.1.7:8070", None));
        assert!(!verdict("0.0.0.0:8070", "evil.example.com:8070", None));
    }

    #[test]
    fn what_is_said_twice_must_be_ours_both_times() {
        let public = Url::parse("https://erp.example.com").unwrap();
        let origins = Origins::new("127.0.0.1:8070".parse().unwrap(), public);
        let verdict = |pairs: &[(header::HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, value.parse().unwrap());
            }
            origins.check(&headers, &Uri::from_static("/mcp")).is_ok()
        };
        assert!(!verdict(&[(header::HOST, "localhost"), (header::HOST, "evil.example.com")]));
        let with = |other| {
            [(header::HOST, "localhost"), (header::ORIGIN, "http://localhost"), (header::ORIGIN, other)]
        };
        assert!(verdict(&with("http://127.0.0.1:1")));
        assert!(!verdict(&with("http://evil.example.com")));
    }

    #[test]
    fn a_browser_must_come_from_one_of_ours() {
        for origin in [
            "https://erp.example.com",
            "http://localhost:6274",
            "http://127.0.0.1:8070",
            "http://10.1.2.3:8070",
        ] {
            assert!(verdict("10.1.2.3:8070", "10.1.2.3:8070", Some(origin)), "{origin}");
        }
        for origin in [
            "null",
            "http://erp.example.com",
            "https://erp.example.com:8443",
            "https://evil.example.com",
            "http://10.1.2.4",
            "file:///x",
            "",
        ] {
            assert!(!verdict("10.1.2.3:8070", "10.1.2.3:8070", Some(origin)), "{origin}");
        }
    }
}
