//! What the log says of the authorization server: who came, with what success, and why not.

use serde_json::{Value, json};

use super::Server;
use super::error::Refusal;
use crate::audit::{self, Entry, Outcome};
use crate::clock::Clock;
use crate::identity::User;
use crate::identity::client::Client;
use crate::store::On;

/// What is known of a request.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// `oauth/authorize`, `oauth/token`, `oauth/register`, `oauth/revoke`.
    pub method: &'static str,
    /// The request's id.
    pub request_id: Option<String>,
    /// Name of the client.
    pub client: Option<String>,
    /// Id and login of the user.
    pub user: Option<(i64, String)>,
    /// Id and name of the MCP key.
    pub key: Option<(String, String)>,
    /// Id of the connection.
    pub grant_id: Option<String>,
    /// What was asked for and granted; never a secret.
    pub detail: Value,
}

impl Note {
    /// Nothing is known yet.
    pub fn new(method: &'static str, request_id: &str) -> Self {
        Self { method, request_id: Some(request_id.to_owned()), detail: json!({}), ..Self::default() }
    }

    /// Notes the client.
    pub fn client(&mut self, client: &Client) {
        self.client = Some(client.name.clone());
        self.say("client_id", client.client_id.as_str());
    }

    /// Notes the user.
    pub fn user(&mut self, user: &User) {
        self.user = Some((user.id, user.login.clone()));
    }

    /// Notes one thing more.
    pub fn say(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(detail) = self.detail.as_object_mut() {
            detail.insert(name.to_owned(), value.into());
        }
    }

    fn entry(self) -> Entry {
        Entry {
            request_id: self.request_id,
            user: self.user,
            oauth_client: self.client,
            key: self.key,
            grant_id: self.grant_id,
            method: self.method.to_owned(),
            detail: Some(self.detail.to_string()),
            ..Entry::default()
        }
    }

    /// Logs a refusal that changed something, in the transaction that changes it: it is never left out.
    pub async fn denied(self, on: On<'_>, clock: &Clock, reason: &str) -> Result<(), sqlx::Error> {
        let reason = Some(reason.to_owned());
        audit::record(on, clock, Entry { outcome: Outcome::Denied, reason, ..self.entry() }).await
    }

    /// Logs a success, in the transaction that makes it one.
    pub async fn done(self, on: On<'_>, clock: &Clock) -> Result<(), sqlx::Error> {
        audit::record(on, clock, Entry { outcome: Outcome::Allowed, ..self.entry() }).await
    }
}

impl Server {
    /// Logs a refusal. Where there are too many of a sort, they are counted.
    pub async fn refused(&self, note: Note, refusal: &Refusal) {
        self.turned_away(note, refusal.word, &refusal.text).await;
    }

    /// Logs a refusal for `word` and a reason.
    pub async fn turned_away(&self, note: Note, word: &'static str, reason: &str) {
        let method = note.method;
        if let Some(pending) = self.state.services.audit.turned_away(method, word, note.entry()).await {
            pending.finish(|entry| {
                entry.outcome = Outcome::Denied;
                entry.reason = Some(reason.to_owned());
            });
        }
    }
}
