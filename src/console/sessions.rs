//! Technical > MCP > Sessions.

use std::sync::Arc;

use app::components::Paging;
use app::pages::technical::sessions::{ClientLine, Holder, McpSessions, PATH, SessionLine, SessionList};
use app::refusal::Refusal;
use async_trait::async_trait;
use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

use super::Shared;
use super::error::Problem;
use super::visitor::Visitor;
use crate::store::log::{SeenClient, sessionless_clients};
use crate::store::mcp_sessions::{self, LiveSession};

/// Rows of a page.
const ROWS: i64 = 80;
/// How long clients without a session are listed after they were seen; milliseconds.
const SEEN: i64 = 3_600_000;
/// Rows of the log that are looked through for them.
const LOOKED_AT: i64 = 5_000;
/// What the log calls a session: the first characters of its hash.
const SHORT: usize = 12;

/// What the screen shows.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(Arc::clone(&visitor.console))
    }

    async fn list(&self, offset: u64) -> Result<SessionList, Problem> {
        let state = &self.0.state;
        let now = state.clock.millis();
        let ttl = i64::from(state.current.controls().settings.session_ttl);
        let since = now.saturating_sub(ttl.saturating_mul(60_000));
        let mut conn = state.db.read().await?;
        let total = mcp_sessions::count_live(conn.on(), since).await?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX).min(total);
        let rows = mcp_sessions::page_of_live(conn.on(), since, ROWS, offset).await?;
        let clients = sessionless_clients(conn.on(), now - SEEN, LOOKED_AT).await?;
        Ok(SessionList {
            paging: Paging {
                offset: offset.unsigned_abs(),
                shown: rows.len() as u64,
                total: Some(total.unsigned_abs()),
                size: ROWS.unsigned_abs(),
            },
            rows: rows.into_iter().map(line).collect(),
            ttl,
            clients: clients.into_iter().map(client).collect(),
        })
    }
}

#[async_trait]
impl McpSessions for Desk {
    async fn live(&self, offset: u64) -> Result<SessionList, Refusal> {
        Ok(self.list(offset).await?)
    }
}

fn line(row: LiveSession) -> SessionLine {
    SessionLine {
        short: row.id.chars().take(SHORT).collect(),
        client: called(&row.client_name, &row.client_version),
        oauth_client: row.oauth_client,
        holder: Holder {
            user_id: row.user_id,
            login: row.login.unwrap_or_else(|| format!("user {}", row.user_id)),
            key: row.key_name.unwrap_or_else(|| "deleted key".to_owned()),
            key_id: row.key_id,
        },
        id: row.id,
        protocol: row.protocol_version,
        begun: row.created_at,
        seen: row.last_seen_at,
        calls: row.calls,
    }
}

fn client(seen: SeenClient) -> ClientLine {
    ClientLine {
        holder: Holder { user_id: seen.user_id, login: seen.login, key_id: seen.key_id, key: seen.key_name },
        client: seen.client,
        seen: seen.last_seen_at,
        calls: seen.calls,
    }
}

/// A client by its own words, or the lack of them.
fn called(name: &str, version: &str) -> String {
    let called = format!("{name} {version}");
    if called.trim().is_empty() { "Unnamed client".to_owned() } else { called.trim().to_owned() }
}

/// `POST /technical/mcp/sessions/{id}/end`
pub async fn end(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let Some(session) = mcp_sessions::find(acting.on(), &id).await? else {
        drop(acting);
        return visitor.done(PATH, "That session has ended already.").await;
    };
    mcp_sessions::delete(acting.on(), &id).await?;
    let client = called(&session.client_name, &session.client_version);
    let short: String = id.chars().take(SHORT).collect();
    let detail = json!({
        "session": short,
        "client": client,
        "user_id": session.user_id,
        "key_id": session.key_id,
        "calls": session.calls,
    });
    acting.commit("session.end", &client, detail).await?;
    visitor.done(PATH, format!("The session of {client} has ended.")).await
}
