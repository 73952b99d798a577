//! My Connections, and the act of revoking a connection wherever it is shown.

use std::sync::Arc;

use app::components::Paging;
use app::pages::connections::{ConnectionLine, ConnectionState, Connections, McpUrl, MyConnections, PATH};
use app::refusal::Refusal;
use async_trait::async_trait;
use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use super::error::Problem;
use super::user_acts::not_installed;
use super::users::number;
use super::visitor::Visitor;
use super::{Console, Shared, mcp_server};
use crate::identity::connection::{self, State};
use crate::identity::scopes::allowance;
use crate::identity::{RedirectUri, Scopes, User, group};
use crate::policy::Scope;
use crate::store::oauth_grants::{self, ConnectionRow};

/// Rows of a page.
const ROWS: usize = 40;

/// What the screen shows to one visitor.
pub struct Desk {
    console: Shared,
    reader: Arc<User>,
}

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self { console: Arc::clone(&visitor.console), reader: Arc::clone(&visitor.user) }
    }

    async fn list(&self, offset: u64) -> Result<MyConnections, Problem> {
        let state = &self.console.state;
        let rows = oauth_grants::of_user(state.db.read().await?.on(), self.reader.id).await?;
        let (lines, paging) = page(lines(rows, state.clock.millis()), offset);
        Ok(MyConnections { lines, paging, url: mcp_url(&self.console) })
    }
}

#[async_trait]
impl Connections for Desk {
    async fn own(&self, offset: u64) -> Result<MyConnections, Refusal> {
        Ok(self.list(offset).await?)
    }
}

/// Where Claude finds this server.
pub fn mcp_url(console: &Console) -> McpUrl {
    let url = &console.state.addresses.public_url;
    McpUrl {
        url: format!("{}/mcp", url.origin().ascii_serialization()),
        is_local: url.host().is_none_or(|host| mcp_server::is_local(&host)),
    }
}

/// Connections as they are shown at `now` (epoch milliseconds): those that work, or would again, before the others.
pub fn lines(rows: Vec<ConnectionRow>, now: i64) -> Vec<ConnectionLine> {
    let mut lines: Vec<_> = rows.into_iter().map(|row| line(row, now)).collect();
    lines.sort_by_key(|line| !line.state.can_be_revoked());
    lines
}

/// A page of them; the first where the one asked for is beyond the last.
pub fn page(lines: Vec<ConnectionLine>, offset: u64) -> (Vec<ConnectionLine>, Paging) {
    let total = lines.len();
    let offset = usize::try_from(offset).ok().filter(|offset| *offset < total).unwrap_or(0);
    let lines: Vec<_> = lines.into_iter().skip(offset).take(ROWS).collect();
    let paging = Paging {
        offset: offset as u64,
        shown: lines.len() as u64,
        total: Some(total as u64),
        size: ROWS as u64,
    };
    (lines, paging)
}

fn line(row: ConnectionRow, now: i64) -> ConnectionLine {
    let state = match connection::state(&row, now) {
        State::Active => ConnectionState::Active,
        State::Revoked => ConnectionState::Revoked,
        State::Expired => ConnectionState::Expired,
        State::KeyEnded => ConnectionState::KeyEnded,
        State::ClientDisabled => ConnectionState::ClientDisabled,
    };
    let uri = RedirectUri::parse(&row.redirect_uri);
    ConnectionLine {
        write: may_write(&row),
        host: uri.map_or(row.redirect_uri, |uri| uri.host_for_people()),
        id: row.id,
        client_id: row.client,
        client: row.client_name,
        user_id: row.user_id,
        user: row.user_name,
        login: row.login,
        key_id: row.key_id,
        key: row.key_name,
        connected_at: row.connected_at,
        last_used_at: row.last_used_at,
        state,
        why: row.revoked_why.unwrap_or_default(),
    }
}

/// Whether it may write now: by what was granted, what its client is allowed, and its key.
fn may_write(row: &ConnectionRow) -> bool {
    let granted = Scopes::asked(Some(&row.scope)).map(Scopes::data);
    let client = allowance(row.allow_read, row.allow_write);
    // A client that may do nothing now is told of by its state; what it was for is still said.
    granted == Some(Scope::Write)
        && client.is_none_or(|most| most == Scope::Write)
        && row.key_scope == Scope::Write.name()
}

/// `POST /connections/{connection}/revoke`
pub async fn revoke_own(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    revoke(&visitor, &id, PATH, |row| row.user_id == visitor.user.id).await
}

/// `POST /preferences/connections/{connection}/revoke`: the same, from the MCP tab.
pub async fn revoke_in_preferences(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    revoke(&visitor, &id, "/preferences?tab=mcp", |row| row.user_id == visitor.user.id).await
}

/// `POST /settings/users/{id}/connections/{connection}/revoke`
pub async fn revoke_of_user(
    visitor: Visitor,
    Path((user, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    if !visitor.is(group::MCP_ADMINISTRATOR) {
        return Err(visitor.forbidden(group::MCP_ADMINISTRATOR).await);
    }
    let user = number(&user)?;
    revoke(&visitor, &id, &format!("/settings/users/{user}?tab=mcp"), |row| row.user_id == user).await
}

/// Revokes the connection of that id, if it is one that `fits`, and shows the page at `back`.
pub async fn revoke(
    visitor: &Visitor,
    id: &str,
    back: &str,
    fits: impl Fn(&ConnectionRow) -> bool,
) -> Result<Response, Problem> {
    if !visitor.console.modules().mcp_server_oauth {
        return Err(not_installed());
    }
    let mut acting = visitor.begin().await?;
    let found = oauth_grants::connection(acting.on(), id).await?.filter(|row| fits(row));
    let Some(row) = found else { return Err(Refusal::NotFound("connection".to_owned()).into()) };
    let own = row.user_id == visitor.user.id;
    let whose = if own { "you".to_owned() } else { row.user_name.clone() };
    let why = if own { "by its user".to_owned() } else { format!("by {}", visitor.user.name) };
    if !connection::revoke(acting.on(), &visitor.console.state.clock, id, &why).await? {
        drop(acting);
        let said = format!("The connection of {} was revoked already.", row.client_name);
        return visitor.done(back, said).await;
    }
    let detail = json!({"id": row.id, "client": row.client_name, "key": row.key_name});
    acting.commit("connection.revoke", &row.login, detail).await?;
    visitor.done(back, format!("The connection of {} for {whose} is revoked.", row.client_name)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(scope: &str, key_scope: &str, allows: (bool, bool)) -> ConnectionRow {
        ConnectionRow {
            id: "g".into(),
            client: "c".into(),
            client_name: "Claude".into(),
            source: "administrator".into(),
            enabled: true,
            allow_read: allows.0,
            allow_write: allows.1,
            user_id: 1,
            login: "demo".into(),
            user_name: "Demo".into(),
            key_id: "k".into(),
            key_name: "laptop".into(),
            key_scope: key_scope.into(),
            key_expires_at: None,
            key_revoked_at: None,
            scope: scope.into(),
            redirect_uri: "http://127.0.0.1:99/cb".into(),
            connected_at: 1,
            last_used_at: None,
            expires_at: 100,
            revoked_at: None,
            revoked_why: None,
        }
    }

    #[test]
    fn what_it_may_do_is_what_grant_client_and_key_leave() {
        const WRITE: &str = "mcp:read mcp:write";
        for (scope, key, allows, write) in [
            (WRITE, "write", (true, true), true),
            (WRITE, "write", (true, false), false),
            (WRITE, "read", (true, true), false),
            (WRITE, "write", (false, false), true),
            ("mcp:read offline_access", "write", (true, true), false),
        ] {
            let line = line(row(scope, key, allows), 5);
            assert_eq!(line.scopes() == "Read and write", write, "{scope} {key} {allows:?}");
            assert_eq!(line.host, "this computer (127.0.0.1)");
        }
    }

    #[test]
    fn those_that_work_stand_first_and_pages_end() {
        let mut rows = vec![row("mcp:read", "read", (true, true)); ROWS];
        rows.insert(0, ConnectionRow { revoked_at: Some(2), ..row("mcp:read", "read", (true, true)) });
        let lines = lines(rows, 5);
        assert_eq!(lines.iter().position(|line| line.state == ConnectionState::Revoked), Some(ROWS));
        let (second, at) = page(lines.clone(), ROWS as u64);
        assert_eq!((second.len(), at.offset, at.total), (1, ROWS as u64, Some(ROWS as u64 + 1)));
        assert_eq!(page(lines, 1_000).1.offset, 0, "beyond the last");
    }
}
