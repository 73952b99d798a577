//! Connections: a client that acts for a user, by that user's approval and within one of their MCP keys.

use super::IdentityError;
use super::scopes::{Scopes, allowance};
use crate::clock::Clock;
use crate::policy::Scope;
use crate::store::oauth_grants::ConnectionRow;
use crate::store::oauth_tokens::AccessRow;
use crate::store::{On, mcp_sessions, oauth_grants};

/// What every access token begins with.
pub const ACCESS_PREFIX: &str = "axt_";
/// What every refresh token begins with.
pub const REFRESH_PREFIX: &str = "axr_";
/// What every authorization code begins with.
pub const CODE_PREFIX: &str = "axc_";

/// What is known of the connection through which a request came.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Id of the grant.
    pub grant_id: String,
    /// Name of the OAuth client.
    pub client: String,
    /// What is left of what was granted, within what the client is allowed now.
    pub scope: Scope,
    /// The most that the client is allowed now.
    pub most: Scope,
    /// Epoch milliseconds at which the access token expires.
    pub expires_at: i64,
    /// Whether it is good, apart from time and key.
    pub standing: Standing,
}

/// Whether a connection is good, apart from time and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Good,
    /// The token, or the connection as a whole, was revoked.
    Revoked,
    /// The client is disabled.
    ClientDisabled,
    /// The client may neither read nor write any more.
    NothingAllowed,
}

impl Connection {
    /// What an access token speaks for.
    pub fn of(row: &AccessRow) -> Result<Self, IdentityError> {
        let granted = Scopes::asked(Some(&row.scope)).filter(|_| !row.scope.is_empty()).ok_or_else(|| {
            IdentityError::Corrupt {
                what: "scope",
                whom: format!("connection {}", row.grant_id),
                value: row.scope.clone(),
            }
        })?;
        let allowed = allowance(row.allow_read, row.allow_write);
        let standing = if row.revoked_at.is_some() || row.grant_revoked_at.is_some() {
            Standing::Revoked
        } else if !row.enabled {
            Standing::ClientDisabled
        } else if allowed.is_none() {
            Standing::NothingAllowed
        } else {
            Standing::Good
        };
        let most = allowed.unwrap_or(Scope::Read);
        Ok(Self {
            grant_id: row.grant_id.clone(),
            client: row.client_name.clone(),
            scope: granted.data().min(most),
            most,
            expires_at: row.expires_at,
            standing,
        })
    }
}

/// How a connection stands, as people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It works.
    Active,
    /// It was revoked, or its client or a replayed token ended it.
    Revoked,
    /// Nobody used it for so long that its tokens ended.
    Expired,
    /// Its MCP key was revoked or has expired.
    KeyEnded,
    /// Its client is disabled, or allowed nothing.
    ClientDisabled,
}

/// How a connection stands at `now` (epoch milliseconds).
pub fn state(row: &ConnectionRow, now: i64) -> State {
    if row.revoked_at.is_some() {
        State::Revoked
    } else if row.key_revoked_at.is_some() || row.key_expires_at.is_some_and(|at| at <= now) {
        State::KeyEnded
    } else if row.expires_at <= now {
        State::Expired
    } else if !row.enabled || allowance(row.allow_read, row.allow_write).is_none() {
        State::ClientDisabled
    } else {
        State::Active
    }
}

/// Revokes connections, in the order given, and ends their MCP sessions; answers how many were not revoked before.
pub async fn revoke_all(
    mut on: On<'_>,
    clock: &Clock,
    ids: &[String],
    why: &str,
) -> Result<u64, IdentityError> {
    let mut revoked = 0;
    for id in ids {
        revoked += u64::from(revoke(on.on(), clock, id, why).await?);
    }
    Ok(revoked)
}

/// Revokes a connection and ends its MCP sessions; false if it is unknown or was revoked before. Holds for every
/// process once the caller's act has bumped the generation.
pub async fn revoke(mut on: On<'_>, clock: &Clock, id: &str, why: &str) -> Result<bool, IdentityError> {
    let revoked = oauth_grants::revoke(on.on(), id, clock.millis(), why).await?;
    mcp_sessions::delete_of_grant(on, id).await?;
    Ok(revoked)
}
