//! How a redirect URI is written: the rules that hold for all of them.

use url::Url;

use super::LONGEST;
use crate::model::Complaint;

pub(super) const EXAMPLE: &str = "https://claude.ai/api/mcp/auth_callback";
/// Names by which a program on the user's own machine is reached, as they stand in a URI (RFC 8252 §7.3, §8.3).
const LOOPBACK: [(&str, &str); 3] =
    [("http://localhost", "localhost"), ("http://127.0.0.1", "127.0.0.1"), ("http://[::1]", "::1")];
/// Parameters of our answer: a redirect URI that brings its own would answer twice.
const OURS: [&str; 6] = ["code", "state", "iss", "error", "error_description", "error_uri"];

fn wrong(problem: impl Into<String>) -> Complaint {
    Complaint::new(problem).example(EXAMPLE)
}

/// Refuses what is too long, or has characters that no URI has (RFC 3986 §2).
pub(super) fn characters(text: &str) -> Result<(), Complaint> {
    if text.is_empty() {
        return Err(wrong("the redirect URI is empty"));
    }
    if text.len() > LONGEST {
        return Err(wrong(format!(
            "a redirect URI has at most {LONGEST} characters, this one {}",
            text.len()
        )));
    }
    if let Some(bad) = text.chars().find(|c| !c.is_ascii_graphic() || r#""<>\^`{|}"#.contains(*c)) {
        let what = match bad {
            ' ' => "a space".to_owned(),
            '\\' => "a backslash".to_owned(),
            bad if bad.is_whitespace() || bad.is_control() => {
                "a tab, line break or control character".to_owned()
            }
            bad if bad.is_ascii() => format!("the character {bad}"),
            _ => "a character beyond ASCII; write an international name in its xn-- form".to_owned(),
        };
        return Err(wrong(format!("the redirect URI has {what}")));
    }
    if text.contains('*') {
        return Err(wrong("the redirect URI has a wildcard; write every address whole, one a line"));
    }
    if text.contains('#') {
        return Err(wrong("the redirect URI has a fragment (#…); leave it out"));
    }
    for after in text.split('%').skip(1) {
        let code = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        // `from_str_radix` takes a sign.
        let Some(code) = code.filter(|_| !after.starts_with('+')) else {
            return Err(wrong("the redirect URI has a % that two hexadecimal digits don't follow"));
        };
        if code.is_ascii_control() {
            return Err(wrong("the redirect URI has an encoded control character"));
        }
    }
    Ok(())
}

/// Reads the URI, and refuses user information and a query that has parameters of our answer.
pub(super) fn url(text: &str) -> Result<Url, Complaint> {
    let url = Url::parse(text)
        .map_err(|error| wrong(format!("the redirect URI is no absolute address: {error}")))?;
    let authority = text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next());
    if authority.is_some_and(|authority| authority.contains('@'))
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(wrong("the redirect URI has a user name (…@) before its host; leave it out"));
    }
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| OURS.contains(&name.as_ref())) {
        return Err(wrong(format!(
            "the redirect URI has a parameter `{name}`, which is one of the answer's; leave it out"
        )));
    }
    Ok(url)
}

/// Refuses a text that isn't what a browser makes of it, but for a missing slash at the end of a bare origin.
pub(super) fn normal(text: &str, url: &Url) -> Result<(), Complaint> {
    let normal = url.as_str();
    if text == normal || (url.path() == "/" && normal.strip_suffix('/') == Some(text)) {
        return Ok(());
    }
    Err(Complaint::new("the redirect URI isn't written the way a browser calls it, and so would not match")
        .example(normal))
}

/// Refuses a name that isn't letters, digits and hyphens between dots.
pub(super) fn domain(name: &str) -> Result<(), Complaint> {
    let good = |label: &str| {
        !label.is_empty() && label.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    if name.len() <= 253 && name.split('.').all(good) {
        return Ok(());
    }
    Err(wrong("the redirect URI's host isn't a name of letters, digits and hyphens with single dots between"))
}

/// A loopback URI taken apart as it is written: host, port, and all that follows.
pub(super) fn loopback(text: &str) -> Option<(&'static str, Option<u16>, &str)> {
    let (host, rest) =
        LOOPBACK.iter().find_map(|(begin, host)| text.strip_prefix(begin).map(|rest| (*host, rest)))?;
    let Some(after) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, None, rest));
    };
    let end = after.find(['/', '?']).unwrap_or(after.len());
    let (digits, rest) = after.split_at_checked(end)?;
    let port: u16 = digits.parse().ok()?;
    // Written as a number is written: no sign, no leading zero.
    (port.to_string() == digits).then_some((host, Some(port), rest))
}

/// A loopback host as it stands in a URI.
pub(super) fn written(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}
