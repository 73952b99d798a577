//! The log's table: rows in, pages out.

mod filter;
mod page;
#[cfg(test)]
mod pages;

use std::sync::Arc;

use sqlx::FromRow;

pub use filter::LogFilter;
pub use page::{COUNTED, Count, Cursor, LogPage, Start, count, list, page};

use super::{On, on_db};

/// One row of the log, as plain as it is stored. Meanings are given in the migration.
#[derive(Clone, Debug, Default, FromRow)]
#[expect(missing_docs, reason = "each column is explained where the table is made")]
pub struct LogRow {
    pub id: String,
    pub at: i64,
    pub kind: String,
    pub request_id: Option<String>,
    pub user_id: Option<i64>,
    pub login: Option<String>,
    pub key_id: Option<String>,
    pub key_name: Option<String>,
    pub client: Option<String>,
    pub session: Option<String>,
    pub method: String,
    pub tool: Option<String>,
    pub model: Option<String>,
    pub target: Option<String>,
    pub row_count: Option<i64>,
    pub bytes: Option<i64>,
    pub duration_us: Option<i64>,
    pub outcome: String,
    pub gate: Option<String>,
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub grant_id: Option<String>,
    pub oauth_client: Option<String>,
}

/// What a [`LogRow`] is read from.
const COLUMNS: &str = "id, at, kind, request_id, user_id, login, key_id, key_name, client, session, method, tool, \
    model, target, row_count, bytes, duration_us, outcome, gate, reason, detail, grant_id, oauth_client";
/// Columns that are written: those, and who wrote the row and as its which.
const WRITTEN: usize = 25;
/// Rows of one statement. A few sizes, so that each is prepared once; all well within what either database binds.
const CHUNKS: [usize; 3] = [64, 8, 1];

/// Writes rows under `writer`, numbering them on from its last one. In the caller's transaction: a number that
/// is taken and a row that is written stand or fall together.
pub async fn insert(mut on: On<'_>, writer: &str, rows: &[LogRow]) -> Result<(), sqlx::Error> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let last: i64 = on_db!(on.on(), c => {
        sqlx::query_scalar(
            "INSERT INTO mcp_log_writers (writer, last_seq) VALUES ($1, $2)
             ON CONFLICT (writer) DO UPDATE SET last_seq = mcp_log_writers.last_seq + excluded.last_seq
             RETURNING last_seq",
        )
        .bind(writer)
        .bind(count)
        .fetch_one(&mut *c)
        .await
    })?;
    let writer = text(writer);
    let mut seq = last - count;
    let mut left = rows;
    while let Some(size) = CHUNKS.into_iter().find(|size| *size <= left.len()) {
        let (chunk, rest) = left.split_at(size);
        left = rest;
        let sql = insert_sql(size, matches!(on, On::Postgres(_)));
        on_db!(on.on(), c => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for row in chunk {
                seq += 1;
                query = query
                    .bind(text(&row.id)).bind(Arc::clone(&writer)).bind(seq).bind(row.at).bind(text(&row.kind))
                    .bind(some(row.request_id.as_ref())).bind(row.user_id).bind(some(row.login.as_ref())).bind(some(row.key_id.as_ref()))
                    .bind(some(row.key_name.as_ref())).bind(some(row.client.as_ref())).bind(some(row.session.as_ref()))
                    .bind(text(&row.method)).bind(some(row.tool.as_ref())).bind(some(row.model.as_ref())).bind(some(row.target.as_ref()))
                    .bind(row.row_count).bind(row.bytes).bind(row.duration_us).bind(text(&row.outcome))
                    .bind(some(row.gate.as_ref())).bind(some(row.reason.as_ref())).bind(some(row.detail.as_ref()))
                    .bind(some(row.grant_id.as_ref())).bind(some(row.oauth_client.as_ref()));
            }
            query.execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// As sqlx takes it with one allocation instead of two, each of which another thread gives back.
fn text(text: &str) -> Arc<str> {
    Arc::from(text)
}

fn some(maybe: Option<&String>) -> Option<Arc<str>> {
    maybe.map(|t| text(t))
}

/// SQLite finds the place of a numbered parameter by looking through all of them, for each of them anew: with
/// some hundred that took more time than everything else. Bare ones it counts.
fn insert_sql(rows: usize, numbered: bool) -> String {
    let mut sql = String::from(
        "INSERT INTO mcp_log (id, writer, seq, at, kind, request_id, user_id, login, key_id, key_name, client, session, \
         method, tool, model, target, row_count, bytes, duration_us, outcome, gate, reason, detail, grant_id, oauth_client) VALUES ",
    );
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..WRITTEN {
            if column > 0 {
                sql.push(',');
            }
            if numbered {
                sql.push('$');
                sql.push_str(&(row * WRITTEN + column + 1).to_string());
            } else {
                sql.push('?');
            }
        }
        sql.push(')');
    }
    sql
}

/// The row of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<LogRow>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM mcp_log WHERE id = $1");
    on_db!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *c).await)
}

/// A client that needs no session, as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SeenClient {
    /// Name and version, as it says itself.
    pub client: String,
    /// User it works for.
    pub user_id: i64,
    /// Login of that user.
    pub login: String,
    /// Key it works with.
    pub key_id: String,
    /// Name of that key.
    pub key_name: String,
    /// Epoch milliseconds.
    pub last_seen_at: i64,
    /// Requests among those looked at.
    pub calls: i64,
}

/// Clients that asked without a session since `since` (epoch milliseconds), among the newest `most` rows; the last
/// seen first, 100 at most.
pub async fn sessionless_clients(on: On<'_>, since: i64, most: i64) -> Result<Vec<SeenClient>, sqlx::Error> {
    const SQL: &str =
        "SELECT client, user_id, login, key_id, key_name, MAX(at) AS last_seen_at, COUNT(*) AS calls
        FROM (SELECT client, user_id, login, key_id, key_name, session, at FROM mcp_log WHERE at >= $1
              ORDER BY at DESC, id DESC LIMIT $2) newest
        WHERE session IS NULL AND client IS NOT NULL AND user_id IS NOT NULL AND login IS NOT NULL
            AND key_id IS NOT NULL AND key_name IS NOT NULL
        GROUP BY client, user_id, login, key_id, key_name
        ORDER BY last_seen_at DESC, key_id, client LIMIT 100";
    on_db!(on, c => sqlx::query_as(SQL).bind(since).bind(most).fetch_all(&mut *c).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn row(at: i64, outcome: &str) -> LogRow {
        LogRow {
            id: uuid::Uuid::now_v7().to_string(),
            at,
            kind: "call".into(),
            method: "tools/call".into(),
            login: Some("demo".into()),
            outcome: outcome.into(),
            ..LogRow::default()
        }
    }

    #[tokio::test]
    async fn rows_are_numbered_without_gaps_even_after_a_rollback() {
        for test in databases().await {
            let many: Vec<_> = (0..300).map(|n| row(n, "allowed")).collect();
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), "w", &many).await.unwrap();
            tx.commit().await.unwrap();
            let mut lost = test.db.begin().await.unwrap();
            insert(lost.on(), "w", &[row(9, "allowed")]).await.unwrap();
            lost.rollback().await.unwrap();
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), "w", &[row(300, "denied")]).await.unwrap();
            tx.commit().await.unwrap();
            let mut conn = test.db.read().await.unwrap();
            let (least, most, count): (i64, i64, i64) = on_db!(conn.on(), c => {
                sqlx::query_as("SELECT MIN(seq), MAX(seq), COUNT(DISTINCT seq) FROM mcp_log").fetch_one(&mut *c).await
            })
            .unwrap();
            assert_eq!((least, most, count), (1, 301, 301), "{}", test.name);
        }
    }
}
