//! OAuth clients: who may ask people for a connection, and how they prove who they are.

mod secret;

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};
use uuid::Uuid;

pub use self::secret::{
    NotProven, OVERLAP, SECRET_PREFIX, add_secret, end_overlap, generate_secret, prove, works,
};
use super::IdentityError;
use super::connection;
use super::redirect_uri::RedirectUri;
use super::scopes::allowance;
use crate::clock::Clock;
use crate::model::Complaint;
use crate::policy::Scope;
use crate::store::oauth_clients::{self as rows, ClientRow};
use crate::store::{On, oauth_grants};

const LONGEST_NAME: usize = 100;

/// How a client came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An administrator made it.
    Administrator,
    /// It registered itself (RFC 7591).
    Registration,
    /// It is described by a document at the address that is its client id.
    Document,
}

impl Source {
    /// The word in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Registration => "registration",
            Self::Document => "document",
        }
    }
}

impl FromStr for Source {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Administrator, Self::Registration, Self::Document]
            .into_iter()
            .find(|source| source.name() == text)
            .ok_or(())
    }
}

/// An OAuth client.
#[derive(Clone, Debug)]
pub struct Client {
    /// A UUID of version 7, by which the console knows it.
    pub id: String,
    /// What it calls itself on the wire (RFC 6749, 2.2).
    pub client_id: String,
    /// Name that people see.
    pub name: String,
    /// How it came to be known.
    pub source: Source,
    /// Whether it must show a secret.
    pub confidential: bool,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
    /// Where codes may be sent.
    pub redirect_uris: Vec<RedirectUri>,
}

impl Client {
    /// What it may be given at all; `None` where neither reading nor writing is allowed.
    pub const fn allowance(&self) -> Option<Scope> {
        allowance(self.allow_read, self.allow_write)
    }

    /// The client as it is, to be changed in part.
    pub fn as_wanted(&self) -> Wanted<'_> {
        Wanted {
            name: &self.name,
            enabled: self.enabled,
            allow_read: self.allow_read,
            allow_write: self.allow_write,
            redirect_uris: self.redirect_uris.iter().map(RedirectUri::as_str).collect(),
        }
    }

    /// What an administrator can change of it, for the log and for what an editor saw.
    pub fn facts(&self) -> Value {
        json!({
            "name": self.name,
            "enabled": self.enabled,
            "allow_read": self.allow_read,
            "allow_write": self.allow_write,
            "redirect_uris": self.redirect_uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>(),
        })
    }
}

/// What an administrator wants of a client.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// Name that people see.
    pub name: &'a str,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
    /// Redirect URIs as they were typed.
    pub redirect_uris: Vec<&'a str>,
}

/// What is wrong with what is wanted: which property, and why.
pub fn complaints(wanted: &Wanted<'_>) -> Vec<(&'static str, Complaint)> {
    let mut complaints = Vec::new();
    if let Err(complaint) = check_name(wanted.name) {
        complaints.push(("name", complaint));
    }
    if wanted.allow_write && !wanted.allow_read {
        let text = "writing includes reading: with Allow Write Scope, Allow Read Scope is needed too";
        complaints.push(("allow_read", Complaint::new(text).example("--allow read,write")));
    }
    if let Err(complaint) = RedirectUri::parse_all(wanted.redirect_uris.iter().copied()) {
        complaints.push(("redirect_uris", complaint));
    }
    complaints
}

/// What is wrong with a name, if anything.
pub fn check_name(name: &str) -> Result<(), Complaint> {
    let long = name.chars().count() > LONGEST_NAME;
    if name.trim().is_empty() || long || name.contains(char::is_control) {
        let text = format!("a client's name has 1 to {LONGEST_NAME} characters, on one line");
        return Err(Complaint::new(text).example("Claude"));
    }
    Ok(())
}

/// Makes a client that an administrator wants, without credentials yet.
pub async fn create(
    on: On<'_>,
    clock: &Clock,
    wanted: &Wanted<'_>,
    by: Option<i64>,
) -> Result<Client, IdentityError> {
    let id = Uuid::now_v7().to_string();
    let made = Made {
        client_id: &id,
        id: &id,
        source: Source::Administrator,
        confidential: true,
        registered_from: None,
    };
    insert(on, clock, &made, wanted, by).await
}

/// How a new client is known.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// A UUID of version 7.
    pub id: &'a str,
    /// What it calls itself on the wire.
    pub client_id: &'a str,
    /// How it came to be known.
    pub source: Source,
    /// Whether it must show a secret.
    pub confidential: bool,
    /// Address that registered it.
    pub registered_from: Option<&'a str>,
}

/// Stores a new client, however it came to be known.
pub async fn insert(
    on: On<'_>,
    clock: &Clock,
    made: &Made<'_>,
    wanted: &Wanted<'_>,
    by: Option<i64>,
) -> Result<Client, IdentityError> {
    if let Some((_, complaint)) = complaints(wanted).into_iter().next() {
        return Err(complaint.into());
    }
    let now = clock.millis();
    let row = ClientRow {
        id: made.id.to_owned(),
        client_id: made.client_id.to_owned(),
        name: wanted.name.trim().to_owned(),
        source: made.source.name().to_owned(),
        confidential: made.confidential,
        enabled: wanted.enabled,
        allow_read: wanted.allow_read,
        allow_write: wanted.allow_write,
        redirect_uris: written(&wanted.redirect_uris)?,
        registered_from: made.registered_from.map(str::to_owned),
        created_at: now,
        created_by: by,
        changed_at: now,
        changed_by: None,
    };
    rows::insert(on, &row).await?;
    row.try_into()
}

/// Changes a client as an administrator wants it. What its document says of it, name and redirect URIs, stays so.
pub async fn save(
    mut on: On<'_>,
    clock: &Clock,
    id: &str,
    wanted: &Wanted<'_>,
    by: Option<i64>,
) -> Result<Client, IdentityError> {
    if let Some((_, complaint)) = complaints(wanted).into_iter().next() {
        return Err(complaint.into());
    }
    let row = rows::by_id(on.on(), id).await?.ok_or_else(nobody)?;
    let (name, redirect_uris) = if row.source == Source::Document.name() {
        (row.name, row.redirect_uris)
    } else {
        (wanted.name.trim().to_owned(), written(&wanted.redirect_uris)?)
    };
    let row = ClientRow {
        name,
        enabled: wanted.enabled,
        allow_read: wanted.allow_read,
        allow_write: wanted.allow_write,
        redirect_uris,
        changed_at: clock.millis(),
        changed_by: by,
        ..row
    };
    rows::update(on, &row).await?;
    row.try_into()
}

/// Changes name and redirect URIs of a client as its document has them, which is nobody's act.
pub async fn follow_document(mut on: On<'_>, id: &str, wanted: &Wanted<'_>) -> Result<Client, IdentityError> {
    let row = rows::by_id(on.on(), id).await?.ok_or_else(nobody)?;
    let row =
        ClientRow { name: wanted.name.to_owned(), redirect_uris: written(&wanted.redirect_uris)?, ..row };
    rows::update(on, &row).await?;
    row.try_into()
}

fn written(typed: &[&str]) -> Result<String, Complaint> {
    let uris = RedirectUri::parse_all(typed.iter().copied())?;
    Ok(json!(uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>()).to_string())
}

fn nobody() -> Complaint {
    Complaint::new("there is no OAuth client of that id")
}

/// The client of that wire id.
pub async fn by_client_id(on: On<'_>, client_id: &str) -> Result<Option<Client>, IdentityError> {
    rows::by_client_id(on, client_id).await?.map(Client::try_from).transpose()
}

/// The client of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<Client>, IdentityError> {
    rows::by_id(on, id).await?.map(Client::try_from).transpose()
}

/// Revokes every connection of a client and ends their MCP sessions; answers how many connections that were, with those
/// that were approved but not made yet. Holds for every process once the caller's act has bumped the generation.
pub async fn revoke_connections(
    mut on: On<'_>,
    clock: &Clock,
    id: &str,
    why: &str,
) -> Result<u64, IdentityError> {
    let alive = oauth_grants::alive_of_client(on.on(), id).await?;
    connection::revoke_all(on, clock, &alive, why).await
}

impl TryFrom<ClientRow> for Client {
    type Error = IdentityError;

    fn try_from(row: ClientRow) -> Result<Self, IdentityError> {
        let corrupt = |what, value: &str| IdentityError::Corrupt {
            what,
            whom: format!("OAuth client {}", row.id),
            value: value.to_owned(),
        };
        let texts: Vec<String> = serde_json::from_str(&row.redirect_uris)
            .map_err(|_| corrupt("redirect URIs", &row.redirect_uris))?;
        let redirect_uris = texts
            .iter()
            .map(|text| RedirectUri::parse(text).map_err(|_| corrupt("redirect URI", text)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            source: row.source.parse().map_err(|()| corrupt("source", &row.source))?,
            confidential: row.confidential,
            enabled: row.enabled,
            allow_read: row.allow_read,
            allow_write: row.allow_write,
            redirect_uris,
            id: row.id,
            client_id: row.client_id,
            name: row.name,
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::testing::databases;

    pub fn claude() -> Wanted<'static> {
        Wanted {
            name: "Claude",
            enabled: true,
            allow_read: true,
            allow_write: true,
            redirect_uris: vec!["https://claude.ai/api/mcp/auth_callback"],
        }
    }

    #[tokio::test]
    async fn what_is_wanted_is_checked_and_kept() {
        for test in databases().await {
            let clock = Clock::fixed(1_000);
            let mut tx = test.db.begin().await.unwrap();
            let fields =
                |wanted: &Wanted<'_>| complaints(wanted).into_iter().map(|(f, _)| f).collect::<Vec<_>>();
            let bad =
                Wanted { name: " ", allow_read: false, redirect_uris: vec!["javascript:x"], ..claude() };
            assert_eq!(fields(&bad), ["name", "allow_read", "redirect_uris"], "{test}");
            assert_eq!(fields(&Wanted { redirect_uris: vec![], ..claude() }), ["redirect_uris"]);
            let made = create(tx.on(), &clock, &claude(), None).await.unwrap();
            let twice = vec!["https://a.example/cb", "https://a.example/cb", "http://localhost/callback"];
            let wanted = Wanted { enabled: false, allow_write: false, redirect_uris: twice, ..claude() };
            let saved = save(tx.on(), &clock, &made.id, &wanted, None).await.unwrap();
            assert_eq!(
                (saved.enabled, saved.allowance(), saved.redirect_uris.len()),
                (false, Some(Scope::Read), 2)
            );
            assert_eq!(by_client_id(tx.on(), &made.client_id).await.unwrap().unwrap().redirect_uris.len(), 2);
            assert!(save(tx.on(), &clock, "x", &claude(), None).await.is_err(), "{test}");
        }
    }
}
