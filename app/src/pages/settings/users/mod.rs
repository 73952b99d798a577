//! Settings > Users & Companies > Users: the list, a user's form with its tabs, and the trait that brings them.

mod form;
mod head;
mod list;
pub mod mcp_tab;
mod rights;

use async_trait::async_trait;

pub use self::form::UserPage;
pub use self::list::UsersPage;
use self::mcp_tab::McpAccess;
use crate::refusal::Refusal;

/// What the screens of users ask of the server.
#[async_trait]
pub trait Users: Send + Sync {
    /// A page of the list.
    async fn list(&self, ask: UsersAsk) -> Result<UserList, Refusal>;
    /// A user's form; `new` for one that is not there yet.
    async fn form(&self, id: String) -> Result<UserForm, Refusal>;
    /// How a user stands with MCP.
    async fn access(&self, id: String) -> Result<McpAccess, Refusal>;
}

/// Which users are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsersAsk {
    /// In name or login.
    pub search: String,
    /// `archived`, `all`; anything else for the active ones.
    pub show: String,
    /// `no_group`, `no_key`, `ready`; anything else for all.
    pub mcp: String,
    /// Id of a group that they have, implied or not; anything else for all.
    pub group: String,
    /// Users left out before the first.
    pub offset: u64,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct UserList {
    /// Its users.
    pub lines: Vec<UserLine>,
    /// Users in all.
    pub total: u64,
    /// Users of a full page.
    pub size: u64,
    /// Groups to filter by: id and name.
    pub groups: Vec<(String, String)>,
    /// Whether the reader may add users.
    pub may_add: bool,
    /// Whether the module `mcp_server` is installed.
    pub mcp: bool,
}

/// One user of the list.
#[derive(Clone, Debug)]
pub struct UserLine {
    /// Id in `res.users`.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Groups that were given.
    pub groups: Vec<String>,
    /// How the user stands with MCP.
    pub mcp: Mcp,
    /// Epoch milliseconds of the last sign-in or use of a key.
    pub seen_at: Option<i64>,
    /// False once archived.
    pub active: bool,
}

/// How a user stands with MCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mcp {
    /// In neither MCP group.
    NoGroup,
    /// In one, without a key that works.
    NoKey,
    /// In one, with a key.
    Ready,
}

/// A user's form.
#[derive(Clone, Debug)]
pub struct UserForm {
    /// Id in `res.users`; 0 for one that is not there yet.
    pub id: i64,
    /// Fingerprint of what is stored.
    pub seen: String,
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Language, for example `en_US`.
    pub lang: String,
    /// Languages to choose from: code and name.
    pub langs: Vec<(String, String)>,
    /// IANA time zone.
    pub tz: String,
    /// Time zones to choose from.
    pub zones: Vec<String>,
    /// Companies to choose from: id and name.
    pub companies: Vec<(String, String)>,
    /// Ids of those the user may work in.
    pub own_companies: Vec<String>,
    /// Id of the one to begin with; empty if there is none.
    pub company: String,
    /// False once archived.
    pub active: bool,
    /// Access rights.
    pub applications: Vec<Application>,
    /// Whether the reader may change everything, and not the MCP groups alone.
    pub may_edit: bool,
    /// Whether it is the reader's own.
    pub own: bool,
    /// Whether the user can sign in at all.
    pub has_password: bool,
    /// Browsers in which the user is signed in.
    pub sessions: i64,
    /// Keys that work.
    pub keys: i64,
    /// Epoch milliseconds of the last sign-in.
    pub login_at: Option<i64>,
    /// Whether the module `mcp_server` is installed.
    pub mcp: bool,
}

/// The groups of one application, of which a user has one or none.
#[derive(Clone, Debug)]
pub struct Application {
    /// What it is called.
    pub label: String,
    /// Name of its field.
    pub field: String,
    /// Its groups: id, what it is called here, and one sentence.
    pub groups: Vec<(String, String, String)>,
    /// Id of the one that the user has; empty for none.
    pub chosen: String,
    /// Whether the reader may change it.
    pub editable: bool,
}
