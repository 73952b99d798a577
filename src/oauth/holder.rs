//! Who stands behind a connection, and whether what bounds it still lets it work: looked at anew at every step.

use super::error::{Code, Refusal};
use super::journal::Note;
use crate::identity::client::Client;
use crate::identity::{KeyFacts, User, user};
use crate::policy::Scope;
use crate::store::oauth_grants::{self, GrantRow};
use crate::store::{Tx, keys};

/// Who stands behind a connection now.
pub struct Holder {
    user: User,
    /// The MCP key that bounds the connection.
    pub key: KeyFacts,
    /// The most that key and client allow now.
    pub most: Scope,
}

impl Holder {
    /// Whether what bounds a connection still lets it work.
    pub fn judge(&self, client: &Client, now: i64) -> Result<(), Refusal> {
        if self.key.revoked {
            return Err(invalid(
                "key_revoked",
                "the MCP key of this connection has been revoked; connect again, under another key",
            ));
        }
        if self.key.expires_at.is_some_and(|at| at <= now) {
            return Err(invalid(
                "key_expired",
                "the MCP key of this connection has expired; connect again, under another key",
            ));
        }
        if !self.user.active {
            return Err(invalid(
                "user_archived",
                "the user who approved this connection is archived; a Settings / Administrator can activate them in Settings > Users & Companies > Users",
            ));
        }
        if !self.user.in_mcp_group() {
            let text = "the user who approved this connection is in neither MCP User nor MCP Administrator; an MCP Administrator can assign one in Settings > Users & Companies > Users";
            return Err(invalid("group_missing", text));
        }
        if client.allowance().is_none() {
            return Err(invalid(
                "nothing_allowed",
                "the OAuth client is allowed neither scope; an MCP Administrator can allow one in Technical > MCP > OAuth Clients",
            ));
        }
        Ok(())
    }
}

/// The connection, locked, and who stands behind it. Another client's is none, nor is one that was revoked.
pub async fn lock(
    tx: &mut Tx,
    grant_id: &str,
    client: &Client,
    note: &mut Note,
) -> Result<(GrantRow, Holder), Refusal> {
    let gone = || invalid("connection_gone", "the connection is gone; connect again");
    let grant = oauth_grants::lock(tx.on(), grant_id).await?.ok_or_else(gone)?;
    if grant.client != client.id {
        return Err(invalid(
            "client_differs",
            "this was given to another client; start the authorization again",
        ));
    }
    let user = user::by_id(tx.on(), grant.user_id).await?.ok_or_else(gone)?;
    let key =
        keys::by_id(tx.on(), &grant.key_id).await?.filter(|key| key.user_id == user.id).ok_or_else(gone)?;
    let key = KeyFacts::try_from(key)?;
    note.user(&user);
    note.key = Some((key.id.clone(), key.name.clone()));
    note.grant_id = Some(grant.id.clone());
    if grant.revoked_at.is_some() {
        let why = grant.revoked_why.as_deref().unwrap_or_default();
        return Err(invalid(
            "connection_revoked",
            format!("the connection was revoked ({why}); connect again"),
        ));
    }
    let most = client.allowance().unwrap_or(Scope::Read).min(key.scope);
    Ok((grant, Holder { user, key, most }))
}

/// That what a client shows is worth nothing (RFC 6749, 5.2).
pub fn invalid(word: &'static str, text: impl Into<String>) -> Refusal {
    Refusal::new(Code::InvalidGrant, word, text)
}
