//! Technical > MCP > OAuth Clients: what Claude and others connect as.

mod connected;
mod credentials;
mod form;
mod list;

pub use credentials::MadeCredentials;
pub use form::ClientPage;
pub use list::ClientsPage;

use async_trait::async_trait;
use leptos::prelude::*;

use super::{address, query};
use crate::components::{Badge, Paging};
use crate::frame::Tone;
use crate::pages::connections::{ConnectionLine, McpUrl};
use crate::refusal::Refusal;

/// Where the screen is.
pub const PATH: &str = "/technical/mcp/oauth-clients";
/// Name of the form of one client.
pub const FORM: &str = "oauth-client";
/// Name of the form that generates credentials.
pub const CREDENTIALS: &str = "credentials";
/// Name of the form that lets clients register themselves, or not.
pub const REGISTRATION: &str = "registration";

/// What the screens ask of the server.
#[async_trait]
pub trait OauthClients: Send + Sync {
    /// A page of the list.
    async fn list(&self, wish: Wish) -> Result<ClientList, Refusal>;
    /// One client, with its connections behind the first `offset`; `new` for one that is not there yet.
    async fn form(&self, id: String, offset: u64) -> Result<ClientForm, Refusal>;
}

/// How a client came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An administrator made it.
    Administrator,
    /// It registered itself.
    Registration,
    /// A document at its client id describes it.
    Document,
}

impl Source {
    /// Its word in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Registration => "registration",
            Self::Document => "document",
        }
    }

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Made by an administrator",
            Self::Registration => "Registered itself",
            Self::Document => "Client document",
        }
    }
}

/// All of them.
const SOURCES: [Source; 3] = [Source::Administrator, Source::Registration, Source::Document];

/// Which clients are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Part of a name or client id.
    pub search: String,
    /// `enabled`, `disabled`; anything else for both.
    pub state: String,
    /// Word of a [`Source`]; anything else for all.
    pub source: String,
    /// Rows before the page.
    pub offset: u64,
}

impl Wish {
    fn of(path: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in query(path) {
            match name.as_str() {
                "search" => value.trim().clone_into(&mut wish.search),
                "state" => wish.state = value,
                "source" => wish.source = value,
                "offset" => wish.offset = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        wish
    }

    fn address(&self) -> String {
        let offset = if self.offset == 0 { String::new() } else { self.offset.to_string() };
        let values = [
            ("search", &*self.search),
            ("state", &*self.state),
            ("source", &*self.source),
            ("offset", &*offset),
        ];
        address(PATH, &values)
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ClientList {
    /// Its rows, by name.
    pub rows: Vec<ClientLine>,
    /// Where it is.
    pub paging: Paging,
    /// Whether there is no client at all.
    pub none: bool,
    /// Whether clients may register themselves.
    pub registration: bool,
    /// Fingerprint of that.
    pub seen: String,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLine {
    /// A UUID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How it came to be known.
    pub source: Source,
    /// How it stands.
    pub standing: Standing,
    /// Allow Read Scope and Allow Write Scope.
    pub allows: (bool, bool),
    /// Connections that have not ended.
    pub connections: i64,
    /// Epoch milliseconds.
    pub last_used_at: Option<i64>,
}

/// How a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can connect.
    Enabled,
    /// It would, but nobody generated its credentials.
    NoCredentials,
    /// It is allowed neither to read nor to write.
    NothingAllowed,
    /// It is disabled.
    Disabled,
}

/// What the form of one client shows.
#[derive(Clone, Debug)]
pub struct ClientForm {
    /// A UUID; empty for one that is not there yet.
    pub id: String,
    /// Token of a new one's form: what is sent twice with it makes one client.
    pub once: String,
    /// Fingerprint of what is stored.
    pub seen: String,
    /// How it came to be known.
    pub source: Source,
    /// How it stands.
    pub standing: Standing,
    /// What it is called.
    pub name: String,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
    /// Where its codes may be sent.
    pub redirect_uris: Vec<String>,
    /// What it calls itself on the wire.
    pub client_id: String,
    /// Whether it must show a secret.
    pub confidential: bool,
    /// Its secrets that work: the current one first.
    pub secrets: Vec<SecretLine>,
    /// Fingerprint of its secrets.
    pub secrets_seen: String,
    /// The MCP URL.
    pub url: McpUrl,
    /// Its connections.
    pub connected: Connected,
    /// Where it came from and who made and changed it.
    pub history: History,
}

/// A client's connections.
#[derive(Clone, Debug, Default)]
pub struct Connected {
    /// Those that work first, then the newest.
    pub lines: Vec<ConnectionLine>,
    /// Where the page is.
    pub paging: Paging,
    /// How many work, or would if the client were enabled.
    pub alive: usize,
}

/// A secret that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretLine {
    /// Its last characters.
    pub ends_in: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds; set where another took its place.
    pub expires_at: Option<i64>,
}

/// Where a client came from and who changed it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Address that registered it.
    pub registered_from: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Who made it.
    pub created_by: Option<String>,
    /// Epoch milliseconds.
    pub changed_at: i64,
    /// Who changed it last.
    pub changed_by: Option<String>,
}

/// How a client stands.
#[component]
fn State(standing: Standing) -> impl IntoView {
    let (tone, text) = match standing {
        Standing::Enabled => (Tone::Good, "Enabled"),
        Standing::NoCredentials => (Tone::Warning, "No credentials"),
        Standing::NothingAllowed => (Tone::Warning, "No scope"),
        Standing::Disabled => (Tone::Neutral, "Disabled"),
    };
    view! { <Badge tone text/> }
}

/// That a client came by itself.
#[component]
fn Mark(source: Source) -> impl IntoView {
    (source != Source::Administrator).then(|| view! { <Badge tone=Tone::Info text=source.label()/> })
}

/// What a client may be given, in words.
const fn scopes(allows: (bool, bool)) -> &'static str {
    match allows {
        (_, true) => "Read and write",
        (true, false) => "Read",
        (false, false) => "None",
    }
}
