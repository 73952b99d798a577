//! The consent page: what a client may do for the person who is signed in, and that person's answer. A question is kept
//! until it is answered, bound to the browser's session: it is answered once, and by nobody else.

use app::form::Attempt;
use app::pages::consent::{Consent, Does, KeyChoice, NewKey};
use app::pages::settings::users::mcp_tab::Lack;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use uuid::Uuid;

use super::authorize::{self, Problem, back, stopped, tell};
use super::error::Code;
use super::grant::{self, Approval};
use super::guest::Guest;
use super::journal::Note;
use super::request::{Answer, Asked};
use super::{Server, Shared};
use crate::audit::{Acting, Actor};
use crate::identity::client::{self, Client, Source};
use crate::identity::key::{self, NewKey as WantedKey};
use crate::identity::{Digest, KeyFacts, Scopes, Secret, User, group};
use crate::model::Operation;
use crate::policy::Scope;
use crate::store::oauth_requests::{self, RequestRow};
use crate::store::{groups, keys};
use crate::tools::{self, Reach};
use crate::web::{self, Submission, Who};

/// What the secret of every question begins with.
const PREFIX: &str = "axq_";
/// How long a question waits for its answer: ten minutes.
const PATIENCE: i64 = 10 * 60_000;
/// Most questions about one client that wait for one person.
const MOST: i64 = 50;
const DAY: i64 = 86_400_000;

/// A form of the page that was sent and could not be taken.
#[derive(Default)]
pub struct Attempted(Option<Submission>);

/// Asks.
pub async fn show(
    server: &Server,
    guest: &Guest,
    who: &Who,
    client: &Client,
    asked: &Asked,
    attempted: Attempted,
) -> Result<Response, Problem> {
    let state = &server.state;
    let controls = state.current.fresh().await?;
    let now = state.clock.millis();
    let user = &who.user;
    let mut conn = state.db.read().await?;
    let active = active_keys(&keys::of_user(conn.on(), user.id).await?, now)?;
    let administrators = groups::members(conn.on(), group::MCP_ADMINISTRATOR).await?;
    drop(conn);
    let may_write = asked.scopes.data() == Scope::Write;
    let most = active.iter().map(|key| key.scope).max().unwrap_or(Scope::Read).min(asked.scopes.data());
    let reach = tools::reach(state.services.erp.as_ref(), &controls.rules, user, most).await?;
    let request = keep(server, guest, who, client, asked).await?;
    let lacks = lacks(controls.settings.mcp_enabled, user, &active, &administrators);
    let consent = Consent {
        client: client.name.clone(),
        host: asked.answer.redirect_uri.host_for_people(),
        stranger: stranger(client),
        request,
        makes_key: (user.in_mcp_group() && active.is_empty())
            .then(|| NewKey { name: client.name.clone(), once: Uuid::now_v7().to_string() }),
        keys: active
            .iter()
            .map(|key| KeyChoice {
                id: key.id.clone(),
                name: key.name.clone(),
                write: key.scope == Scope::Write,
                calls_per_minute: key.rate_limit.unwrap_or(controls.settings.rate_limit),
                expires: key.expires_at.map(|at| expires(at - now)).unwrap_or_default(),
            })
            .collect(),
        may_write,
        offline: asked.scopes.offline(),
        does: does(&reach),
        lacks,
    };
    let wrong = attempted.0.is_some();
    let attempt = attempted.0.map_or_else(Attempt::default, Submission::attempt);
    let mut response = guest.show(server, Some(user), attempt, consent).await;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    // Chromium holds the redirect that answers a form against the page's policy too.
    if let Some(policy) = web::policy_with_target(asked.answer.redirect_uri.origin_source()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Keeps the question, and answers what its form must send.
async fn keep(
    server: &Server,
    guest: &Guest,
    who: &Who,
    client: &Client,
    asked: &Asked,
) -> Result<String, Problem> {
    let state = &server.state;
    let now = state.clock.millis();
    let secret = Secret::mint(PREFIX).map_err(crate::identity::IdentityError::from)?;
    let row = RequestRow {
        id: secret.digest().hex(),
        user_id: who.user.id,
        web_session: who.signed_in.session.clone(),
        client: client.id.clone(),
        redirect_uri: asked.answer.redirect_uri.as_str().to_owned(),
        scope: asked.scopes.to_string(),
        code_challenge: asked.code_challenge.clone(),
        state: asked.answer.state.clone(),
        address: guest.uri.path_and_query().map_or("/", |here| here.as_str()).to_owned(),
        expires_at: now + PATIENCE,
    };
    let mut tx = state.db.begin().await?;
    oauth_requests::ask(tx.on(), &row).await?;
    oauth_requests::prune_asked(tx.on(), &row, MOST, now).await?;
    tx.commit().await?;
    Ok(secret.reveal().to_owned())
}

fn active_keys(rows: &[keys::KeyRow], now: i64) -> Result<Vec<KeyFacts>, Problem> {
    rows.iter()
        .filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now))
        .map(|row| Ok(KeyFacts::try_from(row.clone())?))
        .collect()
}

/// What is said of a client that no administrator made. Its own words don't stand in it: they would speak for us.
fn stranger(client: &Client) -> Option<String> {
    let reads =
        if client.allow_write { "" } else { " It can only read until an MCP Administrator allows more." };
    let known = match client.source {
        Source::Administrator => return None,
        Source::Registration => {
            "This client registered itself, and nobody has checked its name. Approve only if you have just started this \
             connection yourself."
                .to_owned()
        }
        Source::Document => format!("This client is described at {}.", client.client_id),
    };
    Some(known + reads)
}

fn lacks(enabled: bool, user: &User, active: &[KeyFacts], administrators: &[String]) -> Vec<Lack> {
    let whom =
        if administrators.is_empty() { "there is none yet".to_owned() } else { administrators.join(", ") };
    let ask = format!("Ask an MCP Administrator: {whom}.");
    let mut lacks = Vec::new();
    if !enabled {
        lacks.push(Lack {
            text: "MCP Server is not enabled in Settings > MCP Server.".to_owned(),
            link: None,
            who: ask.clone(),
        });
    }
    if !user.in_mcp_group() {
        lacks.push(Lack {
            text: format!(
                "{} is in neither MCP User nor MCP Administrator (Settings > Users & Companies > Users).",
                user.name
            ),
            link: None,
            who: ask,
        });
    } else if active.is_empty() {
        let text = "You have no active MCP key, and a connection needs one. Generate it here:".to_owned();
        lacks.push(Lack { text, link: None, who: String::new() });
    }
    lacks
}

fn does(reach: &[Reach]) -> Vec<Does> {
    let words = |operation: Operation| match operation {
        Operation::Read => "Read and analyze",
        Operation::Create => "Create",
        Operation::Write => "Change",
        Operation::Delete => "Delete",
        Operation::MethodCall => "Carry out actions (Method Call)",
        Operation::Export => "Export to files",
        Operation::Report => "Print reports",
    };
    Operation::ALL
        .into_iter()
        .map(|operation| Does {
            what: words(operation),
            write: operation.changes_data(),
            models: reach
                .iter()
                .filter(|reach| reach.operations.contains(&operation))
                .map(|reach| reach.label.clone())
                .collect(),
        })
        .filter(|does| !does.models.is_empty())
        .collect()
}

fn expires(left: i64) -> String {
    match (left + DAY - 1) / DAY {
        ..=1 => "expires within a day".to_owned(),
        days => format!("expires in {days} days"),
    }
}

/// `POST /oauth/authorize`
pub async fn answer(State(server): State<Shared>, guest: Guest, sent: Submission) -> Response {
    let mut note = Note::new("oauth/authorize", &guest.request_id);
    match take(&server, &guest, sent, &mut note).await {
        Ok(response) => response,
        Err(problem) => authorize::answer(&server, &guest, note, problem).await,
    }
}

/// A question that is still open, and who is there to answer it.
struct Open {
    who: Who,
    row: RequestRow,
    client: Client,
    asked: Asked,
}

/// The question that a form answers; `Err` with the answer where it is not open to whoever sent the form.
async fn open(server: &Server, guest: &Guest, sent: &Submission) -> Result<Result<Open, Response>, Problem> {
    let state = &server.state;
    let mut conn = state.db.read().await?;
    let row = oauth_requests::asked(conn.on(), &Digest::of(sent.text("request")).hex()).await?;
    let client = match &row {
        Some(row) => client::by_id(conn.on(), &row.client).await?,
        None => None,
    };
    drop(conn);
    let (Some(row), Some(client)) = (row, client) else {
        return Err(stopped("Answered already", "This question was answered before, or it waited too long."));
    };
    let anew = || Ok(Err(Redirect::to(&row.address).into_response()));
    let Some(who) = guest.who(server).await? else { return anew() };
    // Another person, another session, or too late: whoever is there now is asked anew.
    let same = row.user_id == who.user.id && row.web_session == who.signed_in.session;
    if !same || row.expires_at <= state.clock.millis() {
        return anew();
    }
    // What was changed since is judged anew as well.
    let redirect_uri = client.redirect_uris.iter().find_map(|uri| uri.permitted(&row.redirect_uri));
    let scopes =
        Scopes::asked(Some(&row.scope)).zip(client.allowance()).map(|(asked, most)| asked.within(most));
    let (Some(redirect_uri), Some(scopes), true) = (redirect_uri, scopes, client.enabled) else {
        return anew();
    };
    let asked = Asked {
        answer: Answer { redirect_uri, state: row.state.clone() },
        scopes,
        code_challenge: row.code_challenge.clone(),
    };
    Ok(Ok(Open { who, row, client, asked }))
}

async fn take(
    server: &Server,
    guest: &Guest,
    mut sent: Submission,
    note: &mut Note,
) -> Result<Response, Problem> {
    let Open { who, row, client, asked } = match open(server, guest, &sent).await? {
        Ok(open) => open,
        Err(response) => return Ok(response),
    };
    note.client(&client);
    note.user(&who.user);
    tell(note, &asked);
    let state = &server.state;
    let issuer = state.addresses.origin();
    if sent.text("decision") != "approve" {
        let mut tx = state.db.begin().await?;
        let first = oauth_requests::answer(tx.on(), &row.id).await?;
        tx.commit().await?;
        if !first {
            return Err(stopped("Answered already", "This question was answered before."));
        }
        let text = "the user denied it";
        server.turned_away(note.clone(), "denied", text).await;
        return Ok(back(&asked.answer.error(&issuer, Code::AccessDenied, text)));
    }
    let mut conn = state.db.read().await?;
    let active = active_keys(&keys::of_user(conn.on(), who.user.id).await?, state.clock.millis())?;
    drop(conn);
    let enabled = state.current.fresh().await?.settings.mcp_enabled;
    let key = active.iter().find(|key| key.id == sent.text("key"));
    let (Some(key), true, true) = (key, enabled, who.user.in_mcp_group()) else {
        if !active.is_empty() {
            sent.wrong("key", "Choose an active key.");
        }
        return show(server, &guest.at(&row.address), &who, &client, &asked, Attempted(Some(sent))).await;
    };
    let most = if sent.text("access") == "write" { Scope::Write } else { Scope::Read };
    let mut tx = state.db.begin().await?;
    if !oauth_requests::answer(tx.on(), &row.id).await? {
        return Err(stopped("Answered already", "This question was answered before."));
    }
    let approval = Approval { client: &client, asked: &asked, user: &who.user, key, most };
    let (code, made) = grant::approve(tx.on(), &state.clock, &approval).await?;
    note.key = Some((key.id.clone(), key.name.clone()));
    note.grant_id = Some(made.id);
    note.say("granted", made.scope);
    note.clone().done(tx.on(), &state.clock).await?;
    tx.commit().await?;
    Ok(back(&asked.answer.address(&issuer, &[("code", code.reveal())])))
}

/// `POST /oauth/authorize/key`: a key for the connection, where the person has none.
pub async fn make_key(State(server): State<Shared>, guest: Guest, sent: Submission) -> Response {
    let note = Note::new("oauth/authorize", &guest.request_id);
    match generate(&server, &guest, sent).await {
        Ok(response) => response,
        Err(problem) => authorize::answer(&server, &guest, note, problem).await,
    }
}

async fn generate(server: &Server, guest: &Guest, mut sent: Submission) -> Result<Response, Problem> {
    let Open { who, row, client, asked } = match open(server, guest, &sent).await? {
        Ok(open) => open,
        Err(response) => return Ok(response),
    };
    let state = &server.state;
    let name = sent.text("name").to_owned();
    let scope: Option<Scope> = sent.text("scope").parse().ok();
    let wanted = WantedKey {
        user_id: who.user.id,
        name: &name,
        scope: scope.unwrap_or(Scope::Read),
        rate_limit: None,
        expires_in_days: None,
        created_by: Some(who.user.id),
    };
    if scope.is_none() {
        sent.wrong("scope", "Choose Read Only or Enable Write Tools.");
    }
    for (field, complaint) in key::complaints(&wanted) {
        sent.wrong(field, format!("{}.", complaint.problem));
    }
    if !who.user.in_mcp_group() {
        sent.wrong_in_all("Keys are for members of MCP User or MCP Administrator.");
    }
    if !sent.is_right() {
        return show(server, &guest.at(&row.address), &who, &client, &asked, Attempted(Some(sent))).await;
    }
    let once: Uuid = sent.text("once").parse().unwrap_or_else(|_| Uuid::now_v7());
    let actor = Actor { user_id: Some(who.user.id), login: who.user.login.clone() };
    let mut acting = Acting::begin(&state.db, &state.clock, &actor).await?;
    // What is sent twice makes one key. Nobody is shown it: the connection needs no more than that it is there.
    if !key::is_taken(acting.on(), once).await? {
        let made = key::generate_as(acting.on(), &state.clock, once, &wanted).await?;
        let detail = json!({"id": made.id, "name": name, "scope": wanted.scope.name(), "for": client.name});
        acting.commit("key.generate", &who.user.login, detail).await?;
        state.current.refresh().await?;
    }
    Ok(Redirect::to(&row.address).into_response())
}
