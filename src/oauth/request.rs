//! The authorization request: RFC 6749, 4.1.1; RFC 7636, 4.3; RFC 8707, 2.

use url::{Url, form_urlencoded};

use super::error::Code;
use super::form::{Parameters, Unfit};
use crate::identity::client::Client;
use crate::identity::{RedirectUri, Scopes};
use crate::web;

/// A request that may be shown to a person.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the answer goes.
    pub answer: Answer,
    /// What is ours of the scopes, within what the client is allowed.
    pub scopes: Scopes,
    /// PKCE, S256.
    pub code_challenge: String,
}

/// Where the answer goes, once client and redirect URI are trusted.
#[derive(Clone, Debug)]
pub struct Answer {
    /// As it was asked for.
    pub redirect_uri: RedirectUri,
    /// Given back as it came.
    pub state: Option<String>,
}

/// Why a request is not shown.
#[derive(Debug)]
pub enum Fault {
    /// Client or redirect URI can't be trusted, so that nothing is sent there.
    Untrusted(Untrusted),
    /// Said to the client (RFC 6749, 4.1.2.1).
    Said {
        /// Where.
        answer: Box<Answer>,
        /// What.
        code: Code,
        /// What was wrong and how to mend it.
        text: String,
    },
}

/// Why client or redirect URI can't be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// One of them can't be taken.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// No redirect URI, and not exactly one that could be meant.
    #[error("the request has no redirect_uri, and the client has several")]
    NoRedirect,
    /// One that the client does not have.
    #[error("the redirect URI {0} is none of this client's")]
    Redirect(String),
}

/// Judges a request of a client that is known and enabled; `mcp_url` is the one resource there is.
pub fn judge(parameters: &Parameters, client: &Client, mcp_url: &str) -> Result<Asked, Fault> {
    let redirect_uri = redirect(parameters, client).map_err(Fault::Untrusted)?;
    let state = parameters.get("state");
    let answer = Answer { redirect_uri, state: state.clone().ok().flatten().map(str::to_owned) };
    let said = |code, text: String| Fault::Said { answer: Box::new(answer.clone()), code, text };
    let unfit = |unfit: Unfit| said(Code::InvalidRequest, unfit.to_string());
    state.map_err(unfit)?;
    if parameters.has_any(&["request", "request_uri"]) {
        return Err(said(
            Code::InvalidRequest,
            "request objects are not taken; send plain parameters".to_owned(),
        ));
    }
    match parameters.get("response_type").map_err(unfit)? {
        Some("code") => {}
        None => return Err(said(Code::InvalidRequest, "response_type is missing; it is code".to_owned())),
        Some(_) => {
            return Err(said(
                Code::UnsupportedResponseType,
                "response_type is code, and no other".to_owned(),
            ));
        }
    }
    if parameters.get("response_mode").map_err(unfit)?.is_some_and(|mode| mode != "query") {
        return Err(said(Code::InvalidRequest, "response_mode is query, and no other".to_owned()));
    }
    let code_challenge = challenge(parameters).map_err(|text| said(Code::InvalidRequest, text))?;
    target(parameters, mcp_url).map_err(|text| said(Code::InvalidTarget, text))?;
    let Some(asked) = Scopes::asked(parameters.get("scope").map_err(unfit)?) else {
        let text = "none of the scopes is known here; there are mcp:read, mcp:write and offline_access";
        return Err(said(Code::InvalidScope, text.to_owned()));
    };
    let Some(most) = client.allowance() else {
        let text = "this client is allowed neither scope; an MCP Administrator can allow one in Technical > MCP > \
                    OAuth Clients";
        return Err(said(Code::InvalidScope, text.to_owned()));
    };
    Ok(Asked { scopes: asked.within(most), code_challenge, answer })
}

fn redirect(parameters: &Parameters, client: &Client) -> Result<RedirectUri, Untrusted> {
    match (parameters.get("redirect_uri")?, client.redirect_uris.as_slice()) {
        (Some(asked), own) => own
            .iter()
            .find_map(|uri| uri.permitted(asked))
            .ok_or_else(|| Untrusted::Redirect(super::client_auth::shorten(asked))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Untrusted::NoRedirect),
    }
}

fn challenge(parameters: &Parameters) -> Result<String, String> {
    /// Characters of a SHA-256 in base64url without padding.
    const LENGTH: usize = 43;
    let text = |unfit: Unfit| unfit.to_string();
    let Some(challenge) = parameters.get("code_challenge").map_err(text)? else {
        return Err("code_challenge is missing: PKCE (RFC 7636) is required".to_owned());
    };
    if parameters.get("code_challenge_method").map_err(text)? != Some("S256") {
        return Err("code_challenge_method is S256, and no other".to_owned());
    }
    let right = challenge.len() == LENGTH
        && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if right {
        Ok(challenge.to_owned())
    } else {
        Err("code_challenge is not the base64url of a SHA-256".to_owned())
    }
}

/// Whether every resource that is named is ours; none may be (RFC 8707, 2), since there is but one.
pub fn target(parameters: &Parameters, mcp_url: &str) -> Result<(), String> {
    if parameters.all("resource").all(|resource| is_ours(resource, mcp_url)) {
        return Ok(());
    }
    Err(format!("tokens are given for the resource {mcp_url} alone"))
}

/// Whether a resource is `mcp_url`, in whatever way it is written (RFC 8707, 2; RFC 3986, 6.2): host in any case, the
/// port left out or not, with or without a slash at the end.
fn is_ours(resource: &str, mcp_url: &str) -> bool {
    let canonical = |text: &str| {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        plain.then(|| format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/')))
    };
    // Dots and escapes that the parser would resolve are no other way to write it.
    let strange =
        resource.contains(['%', '\\', '?', '#']) || resource.contains("/.") || resource.ends_with("//");
    !strange && canonical(resource).is_some_and(|text| Some(text) == canonical(mcp_url))
}

impl Answer {
    /// The address that takes the browser back with these parameters, the state as it came, and who answers (RFC 9207).
    pub fn address(&self, issuer: &str, parameters: &[(&str, &str)]) -> String {
        let uri = self.redirect_uri.as_str();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        let joint = match uri.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{uri}{joint}{}", query.finish())
    }

    /// The address that tells the client of an error.
    pub fn error(&self, issuer: &str, code: Code, text: &str) -> String {
        self.address(issuer, &[("error", &code.name()), ("error_description", &web::described(text))])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::client::Source;

    const MCP: &str = "https://erp.example/mcp";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const BACK: &str = "https://claude.ai/api/mcp/auth_callback";

    fn client(uris: &[&str]) -> Client {
        Client {
            id: "1".into(),
            client_id: "1".into(),
            name: "Claude".into(),
            source: Source::Administrator,
            confidential: true,
            enabled: true,
            allow_read: true,
            allow_write: true,
            redirect_uris: RedirectUri::parse_all(uris.iter().copied()).unwrap(),
        }
    }

    fn good() -> String {
        let query = [
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "s t/a+t=e&é"),
            ("resource", MCP),
            ("scope", "mcp:read offline_access"),
        ];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()
    }

    fn of(query: &str) -> Result<Asked, Fault> {
        judge(&Parameters::read(query.as_bytes()), &client(&[BACK]), MCP)
    }

    fn error(query: &str) -> String {
        match of(query) {
            Ok(_) => "none".to_owned(),
            Err(Fault::Untrusted(_)) => "untrusted".to_owned(),
            Err(Fault::Said { code, .. }) => code.name(),
        }
    }

    #[test]
    fn a_good_request_is_taken_as_it_is() {
        let asked = of(&good()).unwrap();
        assert_eq!(asked.scopes.to_string(), "mcp:read offline_access");
        assert_eq!(asked.answer.state.as_deref(), Some("s t/a+t=e&é"));
        let address = asked.answer.address("https://erp.example", &[("code", "c")]);
        let url = Url::parse(&address).unwrap();
        let pairs: Vec<_> = url.query_pairs().collect();
        assert_eq!(pairs[1], ("state".into(), "s t/a+t=e&é".into()), "exactly as it came");
        assert_eq!(pairs[2], ("iss".into(), "https://erp.example".into()));
        assert!(address.starts_with(&format!("{BACK}?code=c&")), "{address}");
    }

    #[test]
    fn a_query_of_the_redirect_uri_stays() {
        for (uri, begin) in [
            ("https://a.example/cb", "https://a.example/cb?code=c"),
            ("https://a.example/cb?x=%2F&y", "https://a.example/cb?x=%2F&y&code=c"),
            ("https://a.example/cb?", "https://a.example/cb?code=c"),
        ] {
            let answer = Answer { redirect_uri: RedirectUri::parse(uri).unwrap(), state: None };
            let address = answer.address("https://erp.example", &[("code", "c")]);
            assert_eq!(address, format!("{begin}&iss=https%3A%2F%2Ferp.example"));
        }
    }

    #[test]
    fn what_is_wrong_is_said_to_whom_it_may_be_said() {
        let without = |name: &str| {
            let pairs = form_urlencoded::parse(good().as_bytes())
                .into_owned()
                .filter(|(n, _)| n != name)
                .collect::<Vec<_>>();
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        let with = |name: &str, value: &str| {
            let mut query = form_urlencoded::Serializer::new(without(name));
            query.append_pair(name, value);
            query.finish()
        };
        assert_eq!(error(&good()), "none");
        assert_eq!(error(&without("redirect_uri")), "none", "the one there is");
        assert_eq!(error(&without("resource")), "none", "there is but one");
        assert_eq!(error(&without("scope")), "none");
        assert_eq!(error(&without("state")), "none");
        for redirect in [
            "https://claude.ai/api/mcp/auth_callback/",
            "https://claude.ai/api/mcp/../mcp/auth_callback",
            "https://claude.ai/api/mcp/auth_callback?x=1",
            "https://claude.ai/api/mcp/auth_callback#x",
            "https://claude.ai:444/api/mcp/auth_callback",
            "https://claude.ai:443/api/mcp/auth_callback",
            "http://claude.ai/api/mcp/auth_callback",
            "https://x@claude.ai/api/mcp/auth_callback",
            "https://claude.ai.evil.example/api/mcp/auth_callback",
            "https://evil.example/?https://claude.ai/api/mcp/auth_callback",
            "https://claude.ai/api/mcp/auth%5Fcallback",
            "HTTPS://claude.ai/api/mcp/auth_callback",
            "//claude.ai/api/mcp/auth_callback",
        ] {
            assert_eq!(error(&with("redirect_uri", redirect)), "untrusted", "{redirect}");
        }
        assert_eq!(error(&format!("{}&redirect_uri=x", good())), "untrusted");
        for (name, value, expected) in [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "code token", "unsupported_response_type"),
            ("response_mode", "fragment", "invalid_request"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("code_challenge", "short", "invalid_request"),
            ("code_challenge", &format!("{CHALLENGE}="), "invalid_request"),
            ("request_uri", "https://evil.example", "invalid_request"),
            ("resource", "https://other.example/mcp", "invalid_target"),
            ("scope", "openid", "invalid_scope"),
        ] {
            assert_eq!(error(&with(name, value)), expected, "{name}={value}");
        }
        for name in ["response_type", "code_challenge", "code_challenge_method"] {
            assert_eq!(error(&without(name)), "invalid_request", "without {name}");
        }
        for name in ["state", "scope", "code_challenge", "response_type"] {
            assert_eq!(error(&format!("{}&{name}=x", good())), "invalid_request", "{name} twice");
            assert_eq!(error(&format!("{}&{name}=%00", without(name))), "invalid_request", "{name} garbled");
        }
        assert_eq!(
            error(&format!("{}&resource=https://evil.example", good())),
            "invalid_target",
            "every one"
        );
    }

    #[test]
    fn a_client_with_several_redirect_uris_must_say_which() {
        let client = client(&[BACK, "https://claude.com/api/mcp/auth_callback"]);
        let query = good().replace("redirect_uri", "x");
        let fault = judge(&Parameters::read(query.as_bytes()), &client, MCP).unwrap_err();
        assert!(matches!(fault, Fault::Untrusted(Untrusted::NoRedirect)));
    }

    #[test]
    fn a_resource_is_ours_however_it_is_written() {
        for ours in
            [MCP, "https://erp.example/mcp/", "https://ERP.example/mcp", "HTTPS://erp.example:443/mcp"]
        {
            assert!(is_ours(ours, MCP), "{ours}");
        }
        for other in [
            "https://erp.example",
            "https://erp.example/",
            "https://erp.example/mcp/x",
            "https://erp.example/MCP",
            "https://erp.example/mcp#x",
            "https://erp.example/mcp?x",
            "https://erp.example/mcp?",
            "https://erp.example/./mcp",
            "https://erp.example/x/../mcp",
            "https://erp.example/%6dcp",
            "https://erp.example:444/mcp",
            "http://erp.example/mcp",
            "https://x@erp.example/mcp",
            "https://erp.example.evil.example/mcp",
            "https://erp.example\\mcp",
            "erp.example/mcp",
            "",
        ] {
            assert!(!is_ours(other, MCP), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_sent_but_to_the_clients_own_address(query in "[ -~]{0,200}", uri in "[ -~]{0,60}") {
            let query = format!("{query}&redirect_uri={uri}");
            match of(&query) {
                Ok(asked) => prop_assert_eq!(asked.answer.redirect_uri.as_str(), BACK),
                Err(Fault::Said { answer, code, text }) => {
                    let address = answer.error("https://erp.example", code, &text);
                    let begin = format!("{BACK}?error=");
                    prop_assert!(address.starts_with(&begin));
                }
                Err(Fault::Untrusted(_)) => {}
            }
        }

        #[test]
        fn a_changed_request_never_panics(at in 0_usize..300, with in "[ -~]{0,6}") {
            let mut query = good();
            let at = at.min(query.len());
            query.insert_str(at, &with);
            let _ = of(&query);
        }
    }
}
