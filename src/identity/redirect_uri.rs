//! Where an OAuth client may be answered: RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1.
//!
//! A redirect URI is compared character by character, so it is taken only as every reader understands it: its
//! text must be what a browser would make of it. Nothing is decoded, completed or put in order.

mod form;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::model::Complaint;

/// Most redirect URIs of one client.
pub const MOST: usize = 20;
/// Most characters of a redirect URI.
pub const LONGEST: usize = 2_000;
/// Schemes of widely used programs that RFC 8252 §7.1 would not grant them, having no dot: Cursor registers
/// `cursor://anysphere.cursor-mcp/oauth/callback`; extensions of VS Code and its kin get the editor's own.
pub const APPS: [&str; 4] = ["cursor", "vscode", "vscode-insiders", "windsurf"];

/// An address that a client may be answered at, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RedirectUri {
    text: String,
    /// What a Content Security Policy calls it.
    source: String,
    place: Place,
}

/// Where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// A site of this name, with its port where that is unusual.
    Site(String),
    /// A program on the user's own machine that listens under this name.
    Loopback(&'static str),
    /// The program that owns this scheme.
    App(String),
}

impl RedirectUri {
    /// Takes a redirect URI; the complaint says what is wrong with it and how to mend it.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        form::characters(text)?;
        let url = form::url(text)?;
        let (source, place) = match url.scheme() {
            "https" => site(text, &url)?,
            "http" => loopback(text, &url)?,
            _ => app(text, &url)?,
        };
        Ok(Self { text: text.to_owned(), source, place })
    }

    /// Takes all redirect URIs of a client: 1 to [`MOST`]; one that is given twice counts once. The complaint is
    /// about the first that is wrong.
    pub fn parse_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Complaint> {
        let mut all: Vec<Self> = Vec::new();
        for text in texts {
            let one = Self::parse(text)?;
            if all.contains(&one) {
                continue;
            }
            if all.len() == MOST {
                return Err(Complaint::new(format!("a client has at most {MOST} redirect URIs")));
            }
            all.push(one);
        }
        if all.is_empty() {
            return Err(Complaint::new("a client has at least one redirect URI").example(form::EXAMPLE));
        }
        Ok(all)
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether an authorization request may ask to be answered at `asked`: the same text, but for the port of a
    /// loopback address, which a program learns only when it starts to listen (RFC 8252 §7.3).
    pub fn permits(&self, asked: &str) -> bool {
        let without_port = |text| form::loopback(text).map(|(host, _, rest)| (host, rest));
        self.text == asked
            || match (&self.place, without_port(asked)) {
                (Place::Loopback(_), Some(parts)) => {
                    without_port(&self.text) == Some(parts) && asked.len() <= LONGEST
                }
                _ => false,
            }
    }

    /// The address of a request that is permitted, with its own port; `None` if it isn't.
    pub fn permitted(&self, asked: &str) -> Option<Self> {
        if !self.permits(asked) {
            return None;
        }
        Self::parse(asked).ok()
    }

    /// What `form-action` of a Content Security Policy must name for the browser to follow a redirect there:
    /// origin or scheme, of letters, digits and `.-+:/` alone. Of a host that is an address it is the scheme,
    /// because policies know no addresses but `127.0.0.1` (CSP 3 §6.7.2.8).
    pub fn origin_source(&self) -> &str {
        &self.source
    }

    /// Whom the user is told they answer: `claude.ai`, `example.com:8443`, `this computer (localhost)`, `the
    /// app cursor`. An international name stays in Punycode, so that look-alikes are seen.
    pub fn host_for_people(&self) -> String {
        match &self.place {
            Place::Site(host) => host.clone(),
            Place::Loopback(host) => format!("this computer ({host})"),
            Place::App(scheme) => format!("the app {scheme}"),
        }
    }
}

fn site(text: &str, url: &Url) -> Result<(String, Place), Complaint> {
    form::normal(text, url)?;
    let shown = |host: &str| match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let (source, place) = match url.host() {
        Some(Host::Domain(name)) => {
            form::domain(name)?;
            (format!("https://{}", shown(name)), shown(name))
        }
        Some(host) => ("https:".to_owned(), shown(&host.to_string())),
        None => return Err(Complaint::new("the redirect URI names no host").example(form::EXAMPLE)),
    };
    Ok((source, Place::Site(place)))
}

fn loopback(text: &str, url: &Url) -> Result<(String, Place), Complaint> {
    let Some((host, port, rest)) = form::loopback(text) else {
        return Err(Complaint::new(
            "http is taken for a program on the user's own computer alone: after http:// comes localhost, \
             127.0.0.1 or [::1], written so; for any other host write https",
        )
        .example("http://localhost:8765/callback"));
    };
    // The port a browser would leave out (80) may stand here, since no port counts.
    let without = format!("http://{}{rest}", form::written(host));
    let mut bare = url.clone();
    if bare.set_port(None).is_err() {
        return Err(Complaint::new("the redirect URI names no host").example(form::EXAMPLE));
    }
    form::normal(&without, &bare)?;
    let source = match (host, port) {
        ("::1", _) => "http:".to_owned(),
        (_, Some(port)) => format!("http://{host}:{port}"),
        (_, None) => format!("http://{host}"),
    };
    Ok((source, Place::Loopback(host)))
}

fn app(text: &str, url: &Url) -> Result<(String, Place), Complaint> {
    let scheme = url.scheme();
    if !(scheme.contains('.') || APPS.contains(&scheme)) {
        return Err(Complaint::new(format!(
            "redirect URIs don't begin with {scheme}:; they begin with https://, with http://localhost, with an \
             app's own scheme that has a dot in it, such as com.example.app:/, or with one of {}",
            APPS.map(|app| format!("{app}://")).join(", ")
        ))
        .example(form::EXAMPLE));
    }
    form::normal(text, url)?;
    let rest = text.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(":/"));
    if rest.is_none_or(|rest| rest.trim_matches('/').is_empty()) {
        return Err(Complaint::new(format!("after {scheme}: comes a slash and a path"))
            .example(format!("{scheme}:/oauth/callback")));
    }
    Ok((format!("{scheme}:"), Place::App(scheme.to_owned())))
}

impl FromStr for RedirectUri {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        Self::parse(text)
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
