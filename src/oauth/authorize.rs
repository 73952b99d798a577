//! The authorization endpoint: RFC 6749, 3.1 and 4.1.1; RFC 9207. What is asked is judged before anybody is asked to sign
//! in, so that a page, and never a redirect to another site, is what follows a sign-in.

use app::pages::consent::Stop;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use super::client_auth::shorten;
use super::client_document::{ClientDocument, DocumentError};
use super::error::Code;
use super::form::{Parameters, Unfit};
use super::guest::Guest;
use super::journal::Note;
use super::request::{self, Asked, Fault, Untrusted};
use super::{Server, Shared, consent};
use crate::identity::client::{self, Client, Made, Source, Wanted};
use crate::identity::{IdentityError, RedirectUri};
use crate::web::WhoError;

/// Longest path and query that is taken; the sign-in must be able to lead back to it.
const LONGEST: usize = 6_000;

/// Why the endpoint does not ask.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The request can't be answered where it came from: a page says why.
    #[error("stopped: {0}")]
    Stopped(&'static str, Vec<String>),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// Clients, users or keys can't be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Who is signed in can't be known.
    #[error(transparent)]
    Who(#[from] WhoError),
    /// What is permitted can't be known.
    #[error(transparent)]
    Stale(#[from] crate::settings::Stale),
    /// The connection can't be made.
    #[error("the connection can't be made: {}", .0.text)]
    Refused(super::error::Refusal),
    /// The ERP can't be asked.
    #[error(transparent)]
    Erp(#[from] crate::erp::ErpError),
}

impl From<super::error::Refusal> for Problem {
    fn from(refusal: super::error::Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// `GET /oauth/authorize`
pub async fn page(State(server): State<Shared>, guest: Guest) -> Response {
    let mut note = Note::new("oauth/authorize", &guest.request_id);
    match ask(&server, &guest, &mut note).await {
        Ok(response) => response,
        Err(problem) => answer(&server, &guest, note, problem).await,
    }
}

/// Says why nobody was asked.
pub async fn answer(server: &Server, guest: &Guest, note: Note, problem: Problem) -> Response {
    match problem {
        Problem::Stopped(title, texts) => {
            server.turned_away(note, "stopped", &texts.join(" ")).await;
            guest.stop(server, None, Stop { title, texts, back: None }).await
        }
        failed => guest.failed(server, &failed).await,
    }
}

async fn ask(server: &Server, guest: &Guest, note: &mut Note) -> Result<Response, Problem> {
    if guest.uri.path_and_query().is_some_and(|here| here.as_str().len() > LONGEST) {
        return Err(stopped(
            "The request is too long",
            "The client sent more than an authorization request holds.",
        ));
    }
    let parameters = Parameters::read(guest.uri.query().unwrap_or_default().as_bytes());
    let client_id = match parameters.get("client_id") {
        Ok(Some(client_id)) => client_id,
        Ok(None) => {
            return Err(stopped(
                "No client",
                "The request has no client_id, so nobody can tell which client asks.",
            ));
        }
        Err(Unfit::Twice(_)) => {
            return Err(stopped("Two clients", "The request has client_id more than once."));
        }
        Err(unfit) => return Err(stopped("Unknown client", &format!("{unfit}."))),
    };
    note.say("client_id", shorten(client_id));
    let client = match known(server, client_id).await? {
        Some(client) => client,
        None if ClientDocument::is_address(client_id) && server.takes_strangers() => {
            // Nobody makes this server fetch anything without being one of its users.
            let Some(who) = guest.who(server).await? else { return Ok(guest.to_login()) };
            note.user(&who.user);
            described(server, client_id).await?
        }
        None => return Ok(unknown(server, guest, note).await),
    };
    note.client(&client);
    let client = if client.source == Source::Document {
        let Some(who) = guest.who(server).await? else { return Ok(guest.to_login()) };
        note.user(&who.user);
        described(server, client_id).await?
    } else {
        client
    };
    if !client.enabled {
        let text = format!(
            "The client {} is disabled. An MCP Administrator can enable it in Technical > MCP > OAuth Clients.",
            client.name
        );
        return Err(Problem::Stopped("This client is disabled", vec![text]));
    }
    let asked = match request::judge(&parameters, &client, &server.state.addresses.mcp_url()) {
        Ok(asked) => asked,
        Err(Fault::Untrusted(why)) => return Err(untrusted(&client, &why)),
        Err(Fault::Said { answer, code, text }) => {
            note.say("redirect_uri", shorten(answer.redirect_uri.as_str()));
            server.turned_away(note.clone(), "request", &text).await;
            let address = answer.error(&server.state.addresses.origin(), code, &text);
            if client.source == Source::Administrator {
                return Ok(back(&address));
            }
            // Anybody can register any address: nobody is taken there unasked (RFC 9700, 4.11.2).
            let host = answer.redirect_uri.host_for_people();
            let texts = vec![format!("{} asked for what can't be given: {text}.", client.name)];
            let stop = Stop { title: "This request can't be answered", texts, back: Some((host, address)) };
            return Ok(guest.stop(server, None, stop).await);
        }
    };
    tell(note, &asked);
    let Some(who) = guest.who(server).await? else { return Ok(guest.to_login()) };
    consent::show(server, guest, &who, &client, &asked, consent::Attempted::default()).await
}

/// Notes what was asked for.
pub fn tell(note: &mut Note, asked: &Asked) {
    note.say("redirect_uri", shorten(asked.answer.redirect_uri.as_str()));
    note.say("scope", asked.scopes.to_string());
}

/// Takes the browser to the client. The address holds a code, so nobody keeps it.
pub fn back(address: &str) -> Response {
    let headers = [(header::LOCATION, address), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// A page that says so.
pub fn stopped(title: &'static str, text: &str) -> Problem {
    Problem::Stopped(title, vec![text.to_owned(), "Start again from the client.".to_owned()])
}

async fn known(server: &Server, client_id: &str) -> Result<Option<Client>, Problem> {
    let mut conn = server.state.db.read().await?;
    Ok(client::by_client_id(conn.on(), client_id).await?)
}

/// Programs that look whether they are still registered are told so as programs are.
async fn unknown(server: &Server, guest: &Guest, note: &Note) -> Response {
    const TEXT: &str = "There is no OAuth client of this client_id here.";
    const MEND: &str =
        "Copy the Client ID again from Technical > MCP > OAuth Clients, or let the client register anew.";
    server.turned_away(note.clone(), "client_unknown", TEXT).await;
    if guest.reads_json {
        let body = json!({"error": Code::InvalidClient.name(), "error_description": TEXT});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let texts = vec![TEXT.to_owned(), MEND.to_owned()];
    guest.stop(server, None, Stop { title: "Unknown client", texts, back: None }).await
}

fn untrusted(client: &Client, why: &Untrusted) -> Problem {
    let mend = match why {
        Untrusted::Redirect(_) if client.source == Source::Administrator => Some(
            "An MCP Administrator can enter it in Technical > MCP > OAuth Clients > Redirect URIs, to the letter; if you \
             did not expect it, somebody may be trying to get hold of your connection.",
        ),
        _ => None,
    };
    let text = format!("{}: {why}.", client.name);
    let texts = [text].into_iter().chain(mend.map(str::to_owned)).collect();
    Problem::Stopped("This redirect URI is not known", texts)
}

/// The client whose id is the address of its document, as the document has it now.
async fn described(server: &Server, client_id: &str) -> Result<Client, Problem> {
    let cannot = |error: &DocumentError| {
        let text = format!("The client is described by a document at {}: {error}.", shorten(client_id));
        Problem::Stopped("The client's document can't be used", vec![text])
    };
    let documents = server.documents.as_ref().map_err(cannot)?;
    let document = documents.fetch(client_id).await.map_err(|error| cannot(&error))?;
    let state = &server.state;
    let wanted = Wanted {
        name: &document.client_name,
        enabled: true,
        allow_read: true,
        allow_write: false,
        redirect_uris: document.redirect_uris.iter().map(RedirectUri::as_str).collect(),
    };
    if let Some(client) = known(server, client_id).await? {
        if client.name == document.client_name && client.redirect_uris == document.redirect_uris {
            return Ok(client);
        }
        let mut tx = state.db.begin().await?;
        // What an administrator decides at the same moment stands.
        crate::store::control::lock(tx.on()).await?;
        let client = client::follow_document(tx.on(), &client.id, &wanted).await?;
        tx.commit().await?;
        return Ok(client);
    }
    let id = Uuid::now_v7().to_string();
    let made =
        Made { id: &id, client_id, source: Source::Document, confidential: false, registered_from: None };
    let mut tx = state.db.begin().await?;
    // Of two who come first at once, one alone makes it.
    crate::store::control::lock(tx.on()).await?;
    let client = match client::by_client_id(tx.on(), client_id).await? {
        Some(client) => client,
        None => client::insert(tx.on(), &state.clock, &made, &wanted, None).await?,
    };
    tx.commit().await?;
    Ok(client)
}
