//! The one for whom a request is answered: a user, and the MCP key that speaks for them.

use std::sync::Arc;

use chrono_tz::Tz;

use super::connection::{Connection, Standing};
use super::group::MCP_USER;
use super::{IdentityError, user};
use crate::policy::{CredentialState, Scope};
use crate::store::{Db, keys, oauth_grants};

/// A user of console and ERP: one row of `res.users`.
#[derive(Clone, Debug)]
pub struct User {
    /// Id in `res.users`.
    pub id: i64,
    /// Sign-in name.
    pub login: String,
    /// Full name.
    pub name: String,
    /// Language, for example `en_US`.
    pub lang: String,
    /// Time zone in which the user's days begin and end.
    pub tz: Tz,
    /// Companies the user may work in, the user's own first.
    pub companies: Vec<Company>,
    /// Names of the user's groups, implied ones included, sorted.
    pub groups: Arc<[String]>,
    /// An archived user can do nothing.
    pub active: bool,
}

/// A company of a user.
#[derive(Clone, Debug)]
pub struct Company {
    /// Id in `res.company`.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Name of its currency, for example `EUR`.
    pub currency: String,
}

/// What is known of an MCP key, besides the key itself.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// Its id: a UUID of version 7.
    pub id: String,
    /// Name its owner gave it.
    pub name: String,
    /// What it may be used for.
    pub scope: Scope,
    /// Calls per minute; `None` for the default of Settings.
    pub rate_limit: Option<u32>,
    /// Epoch milliseconds; `None` if it does not expire.
    pub expires_at: Option<i64>,
    /// Revoked by a person.
    pub revoked: bool,
}

/// A user together with the key that speaks for them.
#[derive(Clone, Debug)]
pub struct Principal {
    /// For whom.
    pub user: User,
    /// By which key.
    pub key: KeyFacts,
    /// Through which connection; `None` where the key itself was shown.
    pub connection: Option<Connection>,
}

impl User {
    /// Ids of the user's companies, the user's own first.
    pub fn company_ids(&self) -> Vec<i64> {
        self.companies.iter().map(|c| c.id).collect()
    }

    /// Whether the user may use MCP at all: MCP User, which MCP Administrator implies.
    pub fn in_mcp_group(&self) -> bool {
        self.has_group(MCP_USER)
    }

    /// Whether the user has the group of that name.
    pub fn has_group(&self, name: &str) -> bool {
        self.groups.iter().any(|g| g == name)
    }
}

impl Principal {
    /// Whoever the key of that id speaks for, or the connection of that id within the key, as they stand now, good or
    /// not; `None` where either is gone.
    pub async fn of(db: &Db, key_id: &str, grant_id: Option<&str>) -> Result<Option<Self>, IdentityError> {
        let mut conn = db.read().await?;
        let Some(key) = keys::by_id(conn.on(), key_id).await? else { return Ok(None) };
        let Some(user) = user::by_id(conn.on(), key.user_id).await? else { return Ok(None) };
        let connection = match grant_id {
            None => None,
            Some(grant) => match oauth_grants::standing(conn.on(), grant).await? {
                Some(row) if row.key_id == key_id && row.user_id == key.user_id => {
                    Some(Connection::of(&row)?)
                }
                _ => return Ok(None),
            },
        };
        Ok(Some(Self { user, key: KeyFacts::try_from(key)?, connection }))
    }

    /// What the key may be used for, and the connection, if it is one.
    pub fn scope(&self) -> Scope {
        self.connection.as_ref().map_or(self.key.scope, |connection| connection.scope.min(self.key.scope))
    }

    /// Whether the connection could be given `scope`, though it was not: its client and key allow it.
    pub fn could_be_given(&self, scope: Scope) -> bool {
        self.connection.as_ref().is_some_and(|c| c.scope < scope && c.most >= scope)
            && self.key.scope >= scope
    }

    /// Whether the key is good at `now` (epoch milliseconds), and the connection, if it is one.
    pub fn credential_state(&self, now: i64) -> CredentialState {
        let connection = self.connection.as_ref();
        if self.key.revoked || connection.is_some_and(|c| c.standing != Standing::Good) {
            CredentialState::Revoked
        } else if self.key.expires_at.is_some_and(|at| at <= now)
            || connection.is_some_and(|c| c.expires_at <= now)
        {
            CredentialState::Expired
        } else {
            CredentialState::Active
        }
    }
}
