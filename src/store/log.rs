//! The log's table: rows in, pages out.

use std::sync::Arc;

use sqlx::FromRow;

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
}

/// Which rows are wanted; every condition that is `Some` holds.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Not older than this (epoch milliseconds).
    pub since: Option<i64>,
    /// Of the user with this login, in whatever case.
    pub login: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// At most so many, the newest.
    pub limit: i64,
}

const COLUMNS: usize = 23;
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
                    .bind(some(row.gate.as_ref())).bind(some(row.reason.as_ref())).bind(some(row.detail.as_ref()));
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
         method, tool, model, target, row_count, bytes, duration_us, outcome, gate, reason, detail) VALUES ",
    );
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..COLUMNS {
            if column > 0 {
                sql.push(',');
            }
            if numbered {
                sql.push('$');
                sql.push_str(&(row * COLUMNS + column + 1).to_string());
            } else {
                sql.push('?');
            }
        }
        sql.push(')');
    }
    sql
}

/// The newest rows that match, newest first.
pub async fn list(on: On<'_>, filter: &LogFilter) -> Result<Vec<LogRow>, sqlx::Error> {
    on_db!(on, c => {
        sqlx::query_as(
            "SELECT id, at, kind, request_id, user_id, login, key_id, key_name, client, session, method, tool, model,
                    target, row_count, bytes, duration_us, outcome, gate, reason, detail
             FROM mcp_log
             WHERE at >= $1 AND ($2 IS NULL OR lower(login) = lower($2)) AND ($3 IS NULL OR outcome = $3)
             ORDER BY at DESC, id DESC LIMIT $4",
        )
        .bind(filter.since.unwrap_or(0))
        .bind(filter.login.as_deref())
        .bind(filter.outcome.as_deref())
        .bind(filter.limit)
        .fetch_all(&mut *c)
        .await
    })
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

    #[tokio::test]
    async fn lists_the_newest_that_match() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), "w", &[row(1, "allowed"), row(2, "denied"), row(3, "allowed")]).await.unwrap();
            tx.commit().await.unwrap();
            let mut conn = test.db.read().await.unwrap();
            let filter = LogFilter { outcome: Some("allowed".into()), limit: 10, ..LogFilter::default() };
            let times: Vec<_> = list(conn.on(), &filter).await.unwrap().iter().map(|r| r.at).collect();
            assert_eq!(times, [3, 1], "{}", test.name);
            let filter =
                LogFilter { since: Some(2), login: Some("Demo".into()), limit: 1, ..LogFilter::default() };
            let times: Vec<_> = list(conn.on(), &filter).await.unwrap().iter().map(|r| r.at).collect();
            assert_eq!(times, [3], "{}", test.name);
        }
    }
}
