//! Dynamic client registration: RFC 7591. Whoever registers gets read only until an administrator allows more, and is
//! forgotten if nobody ever approves it.

use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ipnet::Ipv6Net;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::client_auth::METHODS;
use super::client_name;
use super::error::{Code, Refusal};
use super::journal::Note;
use super::{Server, Shared};
use crate::identity::client::{self, Made, SECRET_PREFIX, Source, Wanted};
use crate::identity::{RedirectUri, Secret, scopes};
use crate::server::Arrival;
use crate::store::{control, oauth_clients};
use crate::web;

/// Over which registrations are counted: an hour, in milliseconds.
const WHILE: i64 = 3_600_000;
/// Most registrations within it from one address.
const MOST_FROM_ONE: i64 = 20;
/// Most registrations within it in all.
const MOST_IN_ALL: i64 = 200;
/// For how long nobody makes room, in milliseconds: whoever has just registered is about to come back.
const NEW: i64 = 600_000;
/// Registrations that nobody holds against an address.
const FEW: i64 = 5;

/// What a client says of itself (section 2). Members that are not ours are left out, as the RFC has it.
#[derive(Debug, Deserialize)]
struct Asked {
    redirect_uris: Option<Vec<String>>,
    client_name: Option<String>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
}

/// What was registered (section 3.2.1).
#[derive(Serialize)]
struct Registered {
    client_id: String,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    client_name: String,
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: &'static str,
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    scope: String,
}

/// `POST /oauth/register`
pub async fn answer(
    State(server): State<Shared>,
    arrival: Option<Extension<Arrival>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !server.takes_strangers() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let arrival = arrival.map(|Extension(arrival)| arrival);
    let mut note = Note::new("oauth/register", arrival.as_ref().map_or("", |arrival| &arrival.id.0));
    let proxies = &server.state.addresses.trusted_proxies;
    let address = web::address(arrival.map(|arrival| arrival.peer), &headers, proxies);
    let registered = match checked(&headers, body) {
        Ok(body) => register(&server, &body, address, &mut note).await,
        Err(refusal) => Err(refusal),
    };
    match registered {
        Ok(registered) => {
            let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::CREATED, headers, Json(registered)).into_response()
        }
        Err(refusal) => {
            server.refused(note, &refusal).await;
            refusal.into_response()
        }
    }
}

/// A body that says it is JSON: what a page of another site sends without asking first says something else.
fn checked(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Bytes, Refusal> {
    let wrong = |word, text| Refusal::new(Code::InvalidClientMetadata, word, text);
    if !web::is_of_type(headers, "application/json") {
        return Err(wrong("content_type", "the body must be sent as application/json"));
    }
    body.map_err(|_| wrong("too_large", "the body is too long"))
}

async fn register(
    server: &Server,
    body: &[u8],
    address: IpAddr,
    note: &mut Note,
) -> Result<Registered, Refusal> {
    note.say("address", address.to_string());
    let asked = understand(body)?;
    let from = household(address);
    let state = &server.state;
    let now = state.clock.millis();
    // Looked at before anybody else has to wait for it.
    let (_, own) = oauth_clients::registered_since(state.db.read().await?.on(), now - WHILE, &from).await?;
    if own >= MOST_FROM_ONE {
        return Err(too_many());
    }
    let mut tx = state.db.begin().await?;
    // One after the other, so that two at once are not one too many.
    control::lock(tx.on()).await?;
    let (all, own) = oauth_clients::registered_since(tx.on(), now - WHILE, &from).await?;
    // Where many addresses fill the hour, those that waited or took most make room: a newcomer is not kept out by them.
    let full = all >= MOST_IN_ALL;
    if own >= MOST_FROM_ONE || (full && !oauth_clients::evict(tx.on(), now - NEW, FEW).await?) {
        return Err(too_many());
    }
    let id = Uuid::now_v7().to_string();
    let confidential = asked.method != "none";
    let made = Made {
        id: &id,
        client_id: &id,
        source: Source::Registration,
        confidential,
        registered_from: Some(&from),
    };
    let wanted = Wanted {
        name: &asked.name,
        enabled: true,
        allow_read: true,
        allow_write: false,
        redirect_uris: asked.redirect_uris.iter().map(RedirectUri::as_str).collect(),
    };
    let client = client::insert(tx.on(), &state.clock, &made, &wanted, None).await?;
    let secret = if confidential {
        let secret = Secret::mint(SECRET_PREFIX).map_err(|error| Refusal::failed(&error))?;
        client::add_secret(tx.on(), &id, &secret, now).await?;
        Some(secret)
    } else {
        None
    };
    note.client(&client);
    let redirect_uris: Vec<String> = client.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect();
    note.say("redirect_uris", redirect_uris.clone());
    note.clone().done(tx.on(), &state.clock).await?;
    tx.commit().await?;
    Ok(Registered {
        client_id: client.client_id,
        client_id_issued_at: now / 1_000,
        client_secret_expires_at: secret.is_some().then_some(0),
        client_secret: secret.map(|secret| secret.reveal().to_owned()),
        client_name: client.name,
        redirect_uris,
        token_endpoint_auth_method: asked.method,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: format!("{} {}", scopes::READ, scopes::OFFLINE),
    })
}

fn too_many() -> Refusal {
    let text = "too many clients were registered within an hour; an MCP Administrator can make one in Technical > \
                MCP > OAuth Clients, or try again later";
    Refusal::too_many("registrations", text)
}

/// Whom an address stands for: of the new protocol a whole network, as one household is given (RFC 6177).
fn household(address: IpAddr) -> String {
    const NETWORK: u8 = 64;
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            Ipv6Net::new(address, NETWORK).map_or_else(|_| address.to_string(), |net| net.trunc().to_string())
        }
    }
}

/// What is asked for, checked.
struct Understood {
    name: String,
    method: &'static str,
    redirect_uris: Vec<RedirectUri>,
}

fn understand(body: &[u8]) -> Result<Understood, Refusal> {
    let wrong = |word, text: String| Refusal::new(Code::InvalidClientMetadata, word, text);
    let json: Value =
        serde_json::from_slice(body).map_err(|_| wrong("not_json", "the body is not JSON".to_owned()))?;
    let asked: Asked = serde_path_to_error::deserialize(&json)
        .map_err(|error| wrong("malformed", format!("{} is not as RFC 7591 has it", error.path())))?;
    let uris = asked.redirect_uris.unwrap_or_default();
    let redirect_uris = RedirectUri::parse_all(uris.iter().map(String::as_str))
        .map_err(|complaint| Refusal::new(Code::InvalidRedirectUri, "redirect_uri", complaint.to_string()))?;
    // Without a word on it a client gets no secret that it might not keep; the answer says so (RFC 7591, 3.2.1).
    let method = asked.token_endpoint_auth_method.as_deref().unwrap_or("none");
    let method = METHODS.into_iter().find(|known| *known == method).ok_or_else(|| {
        wrong("auth_method", format!("token_endpoint_auth_method is one of {}", METHODS.join(", ")))
    })?;
    if asked.grant_types.is_some_and(|types| !types.iter().any(|one| one == "authorization_code")) {
        return Err(wrong("grant_types", "grant_types must have authorization_code".to_owned()));
    }
    if asked.response_types.is_some_and(|types| !types.iter().any(|one| one == "code")) {
        return Err(wrong("response_types", "response_types must have code".to_owned()));
    }
    let name = match asked.client_name.as_deref().and_then(client_name::clean) {
        Some(name) => name,
        None => redirect_uris.first().map_or_else(String::new, RedirectUri::host_for_people),
    };
    Ok(Understood { name, method, redirect_uris })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(body: &str) -> &'static str {
        understand(body.as_bytes()).err().map_or("", |refusal| refusal.word)
    }

    #[test]
    fn a_household_is_one() {
        assert_eq!(household("192.0.2.7".parse().unwrap()), "192.0.2.7");
        assert_eq!(household("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
    }

    #[test]
    fn what_is_registered_is_checked() {
        let codex = r#"{"client_name":"Codex","redirect_uris":["http://127.0.0.1:5/callback"],"scope":"x","jwks":{}}"#;
        let asked = understand(codex.as_bytes()).ok().unwrap();
        assert_eq!((asked.name.as_str(), asked.method), ("Codex", "none"));
        let nameless =
            r#"{"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"client_secret_post"}"#;
        let asked = understand(nameless.as_bytes()).ok().unwrap();
        assert_eq!((asked.name.as_str(), asked.method), ("a.example", "client_secret_post"));
        for (body, expected) in [
            ("", "not_json"),
            ("[]", "malformed"),
            (r#"{"redirect_uris":"https://a.example/cb"}"#, "malformed"),
            (r#"{"client_name":"x"}"#, "redirect_uri"),
            (r#"{"redirect_uris":[]}"#, "redirect_uri"),
            (r#"{"redirect_uris":["http://evil.example/cb"]}"#, "redirect_uri"),
            (r#"{"redirect_uris":["javascript:alert(1)"]}"#, "redirect_uri"),
            (
                r#"{"redirect_uris":["https://a/cb"],"token_endpoint_auth_method":"private_key_jwt"}"#,
                "auth_method",
            ),
            (r#"{"redirect_uris":["https://a/cb"],"grant_types":["client_credentials"]}"#, "grant_types"),
            (r#"{"redirect_uris":["https://a/cb"],"response_types":["token"]}"#, "response_types"),
        ] {
            assert_eq!(word(body), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = understand(&body);
        }
    }
}
