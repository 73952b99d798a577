//! What is done to clients: made, saved, deleted, their connections revoked; and whether they may register themselves.

use app::pages::technical::oauth_clients::{FORM, PATH};
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::credentials::make;
use super::nobody;
use crate::console::connections::revoke;
use crate::console::error::Problem;
use crate::console::seen::unchanged;
use crate::console::users::sentence;
use crate::console::visitor::Visitor;
use crate::identity::client::{self, Client, Made, Source, Wanted};
use crate::identity::connection::{self, State};
use crate::identity::{IdentityError, RedirectUri};
use crate::settings::{self, Settings};
use crate::store::{On, oauth_clients, oauth_grants};
use crate::web::Submission;

const NEW: &str = "/technical/mcp/oauth-clients/new";
const REGISTRATION: &str = "oauth_registration";

/// `POST /technical/mcp/oauth-clients`: whether clients may register themselves.
pub async fn allow_registration(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let wanted = sent.ticked(REGISTRATION);
    let mut acting = visitor.begin().await?;
    let before = Settings::load(acting.on()).await?;
    if !unchanged(&mut sent, &before.oauth_registration) {
        drop(acting);
        return visitor.again(PATH, sent).await;
    }
    if before.oauth_registration == wanted {
        drop(acting);
        return visitor.done(PATH, "Nothing was changed.").await;
    }
    let change = before.change(REGISTRATION, &wanted.to_string()).map_err(IdentityError::from)?;
    settings::set(acting.on(), &change).await?;
    let detail = json!({"from": before.oauth_registration, "to": wanted});
    acting.commit("settings.set", REGISTRATION, detail).await?;
    let said = if wanted {
        "Clients may register themselves from now on."
    } else {
        "Clients can't register themselves any more. Those that are known stay as they are."
    };
    visitor.done(PATH, said).await
}

/// What was typed of a client.
struct Typed {
    name: String,
    uris: String,
    enabled: bool,
    allow_read: bool,
    allow_write: bool,
}

impl Typed {
    fn of(sent: &Submission) -> Self {
        Self {
            name: sent.text("name").to_owned(),
            uris: sent.lines("redirect_uris"),
            enabled: sent.ticked("enabled"),
            allow_read: sent.ticked("allow_read"),
            allow_write: sent.ticked("allow_write"),
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            name: &self.name,
            enabled: self.enabled,
            allow_read: self.allow_read,
            allow_write: self.allow_write,
            redirect_uris: self.uris.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        }
    }
}

/// Notes what is wrong with what is wanted: of the redirect URIs, in which line.
fn check(sent: &mut Submission, typed: &Typed, wanted: &Wanted<'_>) {
    let wrong = typed.uris.lines().enumerate().find_map(|(n, line)| {
        let complaint = RedirectUri::parse(line.trim()).err().filter(|_| !line.trim().is_empty())?;
        Some(format!("Line {}: {}", n + 1, complaint))
    });
    for (field, complaint) in client::complaints(wanted) {
        let said = match field {
            "redirect_uris" if wrong.is_some() => wrong.clone().unwrap_or_default(),
            _ => sentence(&complaint.problem),
        };
        sent.wrong(field, said);
    }
}

/// `POST /technical/mcp/oauth-clients/new`; with `act=generate` its credentials are generated too.
pub async fn create(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let typed = Typed::of(&sent);
    let wanted = typed.wanted();
    check(&mut sent, &typed, &wanted);
    let id = sent.text("once").parse().unwrap_or_else(|_| Uuid::now_v7()).to_string();
    let mut acting = visitor.begin().await?;
    if oauth_clients::by_id(acting.on(), &id).await?.is_some() {
        sent.wrong_in_all(
            "This client was made already, and nothing was done this time: open it in OAuth Clients. Credentials that were \
             not copied are generated again there.",
        );
    }
    if !sent.is_right() {
        drop(acting);
        return visitor.again(NEW, sent).await;
    }
    let made = Made {
        id: &id,
        client_id: &id,
        source: Source::Administrator,
        confidential: true,
        registered_from: None,
    };
    let by = Some(visitor.user.id);
    let client = client::insert(acting.on(), &visitor.console.state.clock, &made, &wanted, by).await?;
    let detail = json!({"id": client.id, "client": {"to": client.facts()}});
    acting.commit("oauth_client.add", &client.name, detail).await?;
    if sent.text("act") == "generate" {
        let acting = visitor.begin().await?;
        return make(&visitor, acting, &client, true).await;
    }
    let said = format!("{} is saved. Generate Credentials comes next.", client.name);
    visitor.done(&format!("{PATH}/{id}"), said).await
}

/// `POST /technical/mcp/oauth-clients/{id}`
pub async fn save(
    visitor: Visitor,
    Path(id): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let clock = &visitor.console.state.clock;
    let path = format!("{PATH}/{id}");
    let mut acting = visitor.begin().await?;
    let before = client::by_id(acting.on(), &id).await?.ok_or_else(nobody)?;
    let mut typed = Typed::of(&sent);
    if before.source == Source::Document {
        typed.name.clone_from(&before.name);
        typed.uris = before.redirect_uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join("\n");
    }
    let wanted = typed.wanted();
    check(&mut sent, &typed, &wanted);
    unchanged(&mut sent, &before.facts());
    if !sent.is_right() {
        drop(acting);
        return visitor.again(&path, sent).await;
    }
    let working = working(acting.on(), &id, clock.millis()).await?;
    let after = client::save(acting.on(), clock, &id, &wanted, Some(visitor.user.id)).await?;
    let changes = changes(&before, &after);
    if changes.is_empty() {
        drop(acting);
        return visitor.done(&path, "Nothing was changed.").await;
    }
    let mut detail = json!({"id": id});
    if let Some(detail) = detail.as_object_mut() {
        detail.extend(changes);
    }
    acting.commit("oauth_client.save", &after.name, detail).await?;
    let said = match working {
        1 if before.enabled && !after.enabled => {
            format!("{} is disabled; its 1 connection has stopped.", after.name)
        }
        n if before.enabled && !after.enabled => {
            format!("{} is disabled; its {n} connections have stopped.", after.name)
        }
        _ => format!("{} is saved; it holds for the next call.", after.name),
    };
    visitor.done(&path, said).await
}

/// Connections of a client that work.
async fn working(on: On<'_>, id: &str, now: i64) -> Result<usize, Problem> {
    let rows = oauth_grants::of_client(on, id).await?;
    Ok(rows.iter().filter(|row| connection::state(row, now) == State::Active).count())
}

fn changes(before: &Client, after: &Client) -> Map<String, Value> {
    let (from, to) = (before.facts(), after.facts());
    let all = from.as_object().into_iter().flatten();
    all.filter(|(name, value)| to.get(*name) != Some(*value))
        .map(|(name, value)| (name.clone(), json!({"from": value, "to": to.get(name)})))
        .collect()
}

/// `POST /technical/mcp/oauth-clients/{id}/delete`: one that nobody ever approved.
pub async fn delete(visitor: Visitor, Path(id): Path<String>, sent: Submission) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let client = client::by_id(acting.on(), &id).await?.ok_or_else(nobody)?;
    if !oauth_clients::delete_unused(acting.on(), &id).await? {
        drop(acting);
        let mut sent = sent.of_form(FORM);
        sent.wrong_in_all(format!(
            "{} was approved by somebody and stays on record, so it is not deleted. Disable it instead.",
            client.name
        ));
        return visitor.again(&format!("{PATH}/{id}"), sent).await;
    }
    let detail = json!({"id": id, "client": {"from": client.facts()}});
    acting.commit("oauth_client.delete", &client.name, detail).await?;
    visitor.done(PATH, format!("{} is deleted.", client.name)).await
}

/// `POST /technical/mcp/oauth-clients/{id}/revoke`: every connection.
pub async fn revoke_all(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let clock = &visitor.console.state.clock;
    let mut acting = visitor.begin().await?;
    let client = client::by_id(acting.on(), &id).await?.ok_or_else(nobody)?;
    let why = format!("by {}, with all of {}", visitor.user.name, client.name);
    let count = client::revoke_connections(acting.on(), clock, &id, &why).await?;
    acting
        .commit("oauth_client.revoke_connections", &client.name, json!({"id": id, "revoked": count}))
        .await?;
    visitor.done(&format!("{PATH}/{id}"), format!("All connections of {} are revoked.", client.name)).await
}

/// `POST /technical/mcp/oauth-clients/{id}/connections/{connection}/revoke`
pub async fn revoke_one(
    visitor: Visitor,
    Path((id, connection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    revoke(&visitor, &connection, &format!("{PATH}/{id}"), |row| row.client == id).await
}
