//! What the process is told from outside. The only reader of the environment: each option that has a variable
//! stands here, whatever command it belongs to.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use url::Url;

/// Options of every command.
#[derive(Args, Clone)]
pub struct Common {
    /// Where the data is: `sqlite://data/axanta.db`, or `postgres://user:password@host/database`
    ///
    /// A SQLite file that is not there is made. Several servers can share one PostgreSQL database.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "AXANTA_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://data/axanta.db"
    )]
    // Text, not a `DbUrl`: clap would repeat a URL it can't parse, with the password in it.
    pub database_url: String,

    /// What an empty database is filled with; heeded at the first start only
    #[arg(long, global = true, value_name = "DATA", env = "AXANTA_DEMO", default_value = "small")]
    pub demo: Demo,

    /// How the server's own log lines look
    #[arg(long, global = true, value_name = "FORMAT", env = "AXANTA_LOG_FORMAT", default_value = "human")]
    pub log_format: LogFormat,
}

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeOptions {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS", env = "AXANTA_LISTEN", default_value = "127.0.0.1:8070")]
    pub listen: SocketAddr,

    /// Where clients reach this server, for example `https://your-domain.com`
    ///
    /// Without it: http:// and the listening address. A trailing /mcp is dropped.
    #[arg(long, value_name = "URL", env = "AXANTA_PUBLIC_URL")]
    public_url: Option<PublicUrl>,

    /// Proxies whose X-Forwarded-* headers are believed, for example 10.0.0.0/8
    #[arg(long, value_name = "CIDR", env = "AXANTA_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Vec<IpNet>,

    /// Address and port for /metrics, on a listener of its own; without it there are none
    #[arg(long, value_name = "ADDRESS", env = "AXANTA_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
}

impl ServeOptions {
    /// Where clients reach this server.
    pub fn public_url(&self) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::of(self.listen))
    }
}

/// What the first start fills an empty database with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Demo {
    /// The demo company with some thousand records, ready to be asked
    Small,
    /// The demo company with more than a million stock movements
    Large,
    /// The demo company and `admin`; nothing installed, nothing exposed: where the setup guide begins
    Fresh,
    /// One company, no data and no users
    None,
}

impl Demo {
    /// The word of the command line, and of `control.demo`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
            Self::Fresh => "fresh",
            Self::None => "none",
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Human,
    /// One JSON object a line, for collectors
    Json,
}

/// An origin under which clients reach this server: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// The text is no origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; write the origin that clients use, for example https://your-domain.com")]
pub struct NotAnOrigin(&'static str);

impl PublicUrl {
    fn of(listen: SocketAddr) -> Self {
        // A socket address behind http:// is always a URL.
        let url = Url::parse(&format!("http://{listen}"));
        Self(url.unwrap_or_else(|_| unreachable!("http://{listen} is a URL")))
    }

    /// As a URL, with an empty path.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The origin, without a slash at its end: `https://your-domain.com`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The URL of the MCP endpoint.
    pub fn mcp(&self) -> String {
        format!("{}/mcp", self.origin())
    }

    /// Whether clients come by TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl FromStr for PublicUrl {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let mut url = Url::parse(text).map_err(|_| NotAnOrigin("this is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAnOrigin("its scheme is neither https nor http"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAnOrigin("a public URL has no user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(NotAnOrigin("a public URL has no ? or #"));
        }
        if !matches!(url.path(), "/" | "/mcp" | "/mcp/") {
            return Err(NotAnOrigin("a path other than /mcp can't be served"));
        }
        url.set_path("");
        Ok(Self(url))
    }
}

/// Name of the operating-system user who runs the command, for the log of administrators' acts.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn operating_system_user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|n| !n.is_empty())
}

/// Filter of the server's own log lines (`RUST_LOG`); `None` for the default.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn log_filter() -> Option<String> {
    std::env::var("RUST_LOG").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, origin) in [
            ("https://your-domain.com", "https://your-domain.com"),
            ("https://your-domain.com/", "https://your-domain.com"),
            ("https://your-domain.com/mcp", "https://your-domain.com"),
            ("https://your-domain.com:443/mcp/", "https://your-domain.com"),
            ("http://localhost:8070", "http://localhost:8070"),
            ("http://[::1]:8070/mcp", "http://[::1]:8070"),
        ] {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!(url.origin(), origin, "{text}");
            assert_eq!(url.mcp(), format!("{origin}/mcp"), "{text}");
            assert_eq!(url.is_https(), origin.starts_with("https"));
        }
        for text in [
            "your-domain.com",
            "ftp://your-domain.com",
            "https://your-domain.com/axanta",
            "https://your-domain.com/mcp/x",
            "https://your-domain.com?x",
            "https://your-domain.com/#x",
            "https://user@your-domain.com",
        ] {
            let error = text.parse::<PublicUrl>().unwrap_err().to_string();
            assert!(error.contains("https://your-domain.com"), "{text}: {error}");
        }
    }

    #[test]
    fn without_one_it_is_where_the_server_listens() {
        assert_eq!(PublicUrl::of("127.0.0.1:8070".parse().unwrap()).origin(), "http://127.0.0.1:8070");
        assert_eq!(PublicUrl::of("[::1]:80".parse().unwrap()).mcp(), "http://[::1]/mcp");
    }
}
