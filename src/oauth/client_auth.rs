//! Who a client is, at the endpoints for programs: RFC 6749, 2.3 and 3.2.1.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::form_urlencoded;

use super::Server;
use super::error::{Code, Refusal};
use super::form::Parameters;
use super::journal::Note;
use crate::identity::client::{self, Client, NotProven};

/// The ways in which a client can say who it is, by their names in metadata (RFC 8414, section 2).
pub const METHODS: [&str; 3] = ["none", "client_secret_post", "client_secret_basic"];

/// What a client sent to say who it is.
pub struct Shown {
    client_id: String,
    secret: Option<String>,
    basic: bool,
}

/// The client that asks, proven: a confidential one by its secret.
pub async fn client(
    server: &Server,
    headers: &HeaderMap,
    form: &Parameters,
    note: &mut Note,
) -> Result<Client, Refusal> {
    let shown = shown(headers, form)?;
    note.say("client_id", shorten(&shown.client_id));
    note.say("authentication", shown.method());
    let state = &server.state;
    let mut conn = state.db.read().await?;
    let Some(client) = client::by_client_id(conn.on(), &shown.client_id).await? else {
        let text = "there is no OAuth client of this client_id; copy the Client ID again from Technical > MCP > \
                    OAuth Clients, or register again";
        return Err(Refusal::new(Code::InvalidClient, "client_unknown", text).basic(shown.basic));
    };
    note.client(&client);
    let proven = client::prove(conn.on(), &state.clock, &client, shown.secret.as_deref()).await?;
    if let Err(why) = proven {
        return Err(Refusal::new(Code::InvalidClient, word(why), why.to_string()).basic(shown.basic));
    }
    if !client.enabled {
        let text = "this OAuth client is disabled; an MCP Administrator can enable it in Technical > MCP > OAuth Clients";
        return Err(Refusal::new(Code::InvalidClient, "client_disabled", text).basic(shown.basic));
    }
    Ok(client)
}

impl Shown {
    const fn method(&self) -> &'static str {
        match (&self.secret, self.basic) {
            (_, true) => "client_secret_basic",
            (Some(_), false) => "client_secret_post",
            (None, false) => "none",
        }
    }
}

/// What a request says of who sends it: in its body, or by HTTP Basic.
pub fn shown(headers: &HeaderMap, form: &Parameters) -> Result<Shown, Refusal> {
    let client_id = form.get("client_id")?.map(str::to_owned);
    let secret = form.get("client_secret")?.map(str::to_owned);
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let Some(client_id) = client_id else {
            let text = "client_id is missing: in the body, or with the secret by HTTP Basic";
            return Err(Refusal::new(Code::InvalidClient, "client_id_missing", text));
        };
        return Ok(Shown { client_id, secret, basic: false });
    };
    let wrong = |word, text| Refusal::new(Code::InvalidClient, word, text).basic(true);
    let (basic_id, basic_secret) = authorization.to_str().ok().and_then(basic).ok_or_else(|| {
        wrong("basic_unreadable", "the Authorization header is not HTTP Basic with client_id:client_secret")
    })?;
    if secret.is_some() {
        let text = "the client secret was sent twice, by HTTP Basic and in the body; send it once";
        return Err(Refusal::new(Code::InvalidRequest, "secret_twice", text));
    }
    if client_id.is_some_and(|id| id != basic_id) {
        let text = "client_id in the body is another than that of HTTP Basic";
        return Err(Refusal::new(Code::InvalidRequest, "client_id_differs", text));
    }
    Ok(Shown {
        client_id: basic_id,
        secret: Some(basic_secret).filter(|secret| !secret.is_empty()),
        basic: true,
    })
}

/// Id and secret of HTTP Basic, each of which is percent-encoded by some clients and not by others; ours have no
/// character that would be.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let (id, secret) = (decoded(id), decoded(secret));
    let fit = |text: &str| !text.contains(|c: char| c.is_control() || c == '\u{fffd}');
    (fit(&id) && fit(&secret)).then_some((id, secret))
}

fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    // As the name of a pair, since a name is all there is without an equals sign.
    form_urlencoded::parse(text.replace('=', "%3D").replace('&', "%26").as_bytes())
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}

const fn word(why: NotProven) -> &'static str {
    match why {
        NotProven::Missing => "secret_missing",
        NotProven::HasNone => "secret_unexpected",
        NotProven::Hint => "secret_hint",
        NotProven::OtherKind => "secret_other_kind",
        NotProven::Damaged => "secret_damaged",
        NotProven::Ended => "secret_ended",
        NotProven::Wrong => "secret_wrong",
    }
}

/// What was sent, short enough for the log.
pub fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        authorization: Option<&str>,
        body: &str,
    ) -> Result<(String, Option<String>, &'static str), &'static str> {
        let mut headers = HeaderMap::new();
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        let shown = shown(&headers, &Parameters::read(body.as_bytes())).map_err(|refusal| refusal.word)?;
        let method = shown.method();
        Ok((shown.client_id, shown.secret, method))
    }

    fn basic_of(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    #[test]
    fn a_client_says_who_it_is_in_one_of_three_ways() {
        assert_eq!(read(None, "client_id=a").unwrap(), ("a".into(), None, "none"));
        assert_eq!(
            read(None, "client_id=a&client_secret=s").unwrap(),
            ("a".into(), Some("s".into()), "client_secret_post")
        );
        for (text, body) in [("a:s", ""), ("a:s", "client_id=a"), ("%61:%73", "")] {
            let read = read(Some(&basic_of(text)), body).unwrap();
            assert_eq!(read, ("a".into(), Some("s".into()), "client_secret_basic"), "{text} {body}");
        }
        assert_eq!(read(Some(&basic_of("https%3A%2F%2Fa%2Fb:")), "").unwrap().0, "https://a/b");
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        assert_eq!(read(None, ""), Err("client_id_missing"));
        assert_eq!(read(None, "client_id=a&client_id=b"), Err("parameter_unfit"));
        assert_eq!(read(Some(&basic_of("a:s")), "client_secret=s"), Err("secret_twice"));
        assert_eq!(read(Some(&basic_of("a:s")), "client_id=b"), Err("client_id_differs"));
        for header in
            ["Bearer x", "Basic", "Basic !!", &basic_of("nocolon"), &basic_of("a\0b:x"), &basic_of("a%00b:x")]
        {
            assert_eq!(read(Some(header), "client_id=a"), Err("basic_unreadable"), "{header}");
        }
    }
}
