//! Technical > MCP > Logs.

mod about;
mod changes;
mod entry;
mod file;
mod journal;
mod policy;
mod wish;

pub use file::download;
pub use journal::undo;

use std::sync::Arc;

use app::pages::technical::logs::{LogEntry, LogLine, LogList, LogWish, Logs, Names};
use app::refusal::Refusal;
use async_trait::async_trait;

use self::wish::{Asked, asked, place};
use super::Shared;
use super::error::Problem;
use super::visitor::Visitor;
use crate::identity::User;
use crate::policy::Gate;
use crate::store::log::{self, Count, Cursor, LogRow, Start};
use crate::store::{Conn, keys};
use crate::tools;

/// Rows of a page.
const ROWS: i64 = 80;
/// Records that are named where what is searched for is their name.
const FOUND: usize = 5;
/// Keys that can be chosen as a filter.
const KEYS: i64 = 200;

/// What the screens show.
pub struct Desk {
    console: Shared,
    reader: Arc<User>,
}

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self { console: Arc::clone(&visitor.console), reader: Arc::clone(&visitor.user) }
    }

    async fn page(&self, wish: LogWish) -> Result<LogList, Problem> {
        let state = &self.console.state;
        let models = state.services.erp.models().await?;
        let mut conn = state.db.read().await?;
        let Asked { mut filter, start, complaint } =
            asked(&mut conn, &wish, &models, self.reader.tz, state.clock.millis()).await?;
        filter.limit = ROWS;
        let found = about::namesakes(&self.console, &self.reader, &mut conn, &wish.search).await?;
        filter.records = found.iter().map(|(record, _)| record.clone()).collect();
        let page = log::page(conn.on(), &filter, &start).await?;
        // All that was found stands on the page: there is nothing to be counted.
        let count = if start == Start::Newest && !page.more {
            let rows = i64::try_from(page.rows.len()).unwrap_or(ROWS);
            Count { rows, more: page.looked_to.is_some() }
        } else {
            log::count(conn.on(), &filter).await?
        };
        let cursor = |row: Option<&LogRow>| row.map(|row| place(&Cursor::from(row)));
        let upward = matches!(start, Start::After(_));
        // Whoever came from a newer page can go back to it, and from an older one forth to that.
        let (newer, older) = if upward {
            (page.more.then(|| cursor(page.rows.first())), Some(cursor(page.rows.last())))
        } else {
            let came = matches!(start, Start::Before(_)).then(|| cursor(page.rows.first()));
            (came, page.more.then(|| cursor(page.rows.last())))
        };
        Ok(LogList {
            size: ROWS.unsigned_abs(),
            total: (count.rows, count.more),
            newer: newer.flatten(),
            older: older.flatten(),
            looked_to: page.looked_to.filter(|_| !upward).map(|edge| (edge.at, place(&edge))),
            names: self.names(&mut conn, &wish).await?,
            rows: about::lines(&self.console, &self.reader, &mut conn, page.rows).await?,
            found: found
                .into_iter()
                .take(FOUND)
                .map(|((model, id), said)| (said, format!("{model},{id}")))
                .collect(),
            complaint,
        })
    }

    async fn one(&self, id: &str, offset: u64) -> Result<LogEntry, Problem> {
        let mut conn = self.console.state.db.read().await?;
        let row = log::by_id(conn.on(), id).await?;
        let row = row.ok_or_else(|| Problem::from(Refusal::NotFound("log entry".to_owned())))?;
        let lines = about::lines(&self.console, &self.reader, &mut conn, vec![row.clone()]).await?;
        drop(conn);
        let journalled = journal::of(&self.console, &self.reader, id, offset).await?;
        Ok(LogEntry { journalled, line: lines.into_iter().next().unwrap_or_default(), ..entry::entry(row) })
    }

    async fn names(&self, conn: &mut Conn, wish: &LogWish) -> Result<Names, Problem> {
        let mut keys: Vec<(String, String)> = keys::names(conn.on(), KEYS)
            .await?
            .into_iter()
            .map(|key| (key.id, format!("{} ({})", key.name, key.login)))
            .collect();
        if !wish.key.is_empty() && keys.iter().all(|(id, _)| *id != wish.key) {
            let name = keys::by_id(conn.on(), &wish.key).await?.map(|key| key.name);
            keys.push((wish.key.clone(), name.unwrap_or_else(|| wish.key.clone())));
        }
        let record = match wish::record(&wish.record) {
            Some(record) => Some(about::called(&self.console, &self.reader, conn, &record).await?),
            None => None,
        };
        let tools = tools::ALL.iter().map(|tool| tool.name.to_owned()).collect();
        Ok(Names { keys, tools, record })
    }
}

#[async_trait]
impl Logs for Desk {
    async fn list(&self, wish: LogWish) -> Result<LogList, Refusal> {
        Ok(self.page(wish).await?)
    }

    async fn entry(&self, id: String, offset: u64) -> Result<LogEntry, Refusal> {
        Ok(self.one(&id, offset).await?)
    }
}

fn line(row: LogRow) -> LogLine {
    LogLine {
        what: row.tool.unwrap_or(row.method),
        upon: row.model.or(row.target.filter(|_| row.kind == "admin")).unwrap_or_default(),
        gate: row.gate.map(|name| label(&name)),
        id: row.id,
        at: row.at,
        kind: row.kind,
        login: row.login,
        client: row.client,
        oauth_client: row.oauth_client,
        outcome: row.outcome,
        rows: row.row_count,
        duration: row.duration_us,
        ..LogLine::default()
    }
}

/// The guide's word for a gate.
fn label(name: &str) -> String {
    let gate = Gate::ALL.into_iter().find(|gate| gate.name() == name);
    gate.map_or_else(|| name.to_owned(), |gate| gate.label().to_owned())
}
