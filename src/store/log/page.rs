//! Pages of the log, newest first, that stay fast however long it grows: a page begins at a place, not at a number,
//! and where no index answers a question, only so many rows are looked through for one page.

use super::filter::{Effort, LogFilter, Plan, Sql};
use super::{COLUMNS, LogRow};
use crate::store::{On, on_db};

/// Most rows that are counted; beyond, there are more.
pub const COUNTED: i64 = 10_000;
/// Rows that are looked through for one page where each has to be read.
const REACH: i64 = 10_000;
/// The same where the index alone tells.
const INDEX_REACH: i64 = 50_000;

/// A place in the log: that of a row, whether it is there or not.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Cursor {
    /// Epoch milliseconds.
    pub at: i64,
    /// Id of a row of that time.
    pub id: String,
}

impl From<&LogRow> for Cursor {
    fn from(row: &LogRow) -> Self {
        Self { at: row.at, id: row.id.clone() }
    }
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With the newest row.
    #[default]
    Newest,
    /// With the newest row that is older.
    Before(Cursor),
    /// With the oldest row that is newer: the page ends there.
    After(Cursor),
}

/// One page, newest first.
#[derive(Clone, Debug, Default)]
pub struct LogPage {
    /// Its rows.
    pub rows: Vec<LogRow>,
    /// Whether more rows follow, in the direction that was gone.
    pub more: bool,
    /// How far was looked, where that was neither a full page nor the end of the log: what follows is not known.
    pub looked_to: Option<Cursor>,
}

/// How many rows match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// So many were counted.
    pub rows: i64,
    /// Whether there are more, or may be.
    pub more: bool,
}

/// A page of the rows that match, `filter.limit` of them.
pub async fn page(mut on: On<'_>, filter: &LogFilter, start: &Start) -> Result<LogPage, sqlx::Error> {
    let plan = Plan::of(filter);
    let edge = edge(on.on(), &plan, start).await?;
    let postgres = matches!(on, On::Postgres(_));
    let (text, values) = statement(postgres, filter, start, edge.as_ref()).done();
    let mut rows: Vec<LogRow> = on_db!(on, c => sqlx::query_as_with(text, values).fetch_all(&mut *c).await)?;
    let most = usize::try_from(filter.limit).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    if is_upward(start) {
        rows.reverse();
    }
    Ok(LogPage { rows, more, looked_to: edge.filter(|_| !more) })
}

/// What a page is asked by: one row more than it has, as far as `edge`.
pub(super) fn statement(postgres: bool, filter: &LogFilter, start: &Start, edge: Option<&Cursor>) -> Sql {
    let plan = Plan::of(filter);
    let mut sql = select(postgres, COLUMNS, &plan, start);
    if let Some(edge) = edge {
        sql.push(if is_upward(start) { " AND (at, id) <= (" } else { " AND (at, id) >= (" });
        place(&mut sql, edge);
    }
    plan.beyond(&mut sql);
    order(&mut sql, start, filter.limit.saturating_add(1));
    sql
}

/// How many rows match, up to [`COUNTED`].
pub async fn count(mut on: On<'_>, filter: &LogFilter) -> Result<Count, sqlx::Error> {
    let (plan, start) = (Plan::of(filter), Start::Newest);
    let edge = edge(on.on(), &plan, &start).await?;
    let mut sql = Sql::new(matches!(on, On::Postgres(_)));
    sql.push("SELECT COUNT(*) FROM (SELECT 1 FROM mcp_log WHERE ");
    plan.along(&mut sql);
    if let Some(edge) = &edge {
        sql.push(" AND (at, id) >= (");
        place(&mut sql, edge);
    }
    plan.beyond(&mut sql);
    order(&mut sql, &start, COUNTED + 1);
    sql.push(") counted");
    let (text, values) = sql.done();
    let (rows,): (i64,) = on_db!(on, c => sqlx::query_as_with(text, values).fetch_one(&mut *c).await)?;
    Ok(Count { rows: rows.min(COUNTED), more: rows > COUNTED || edge.is_some() })
}

/// The newest rows that match, `filter.limit` of them, however far back they are: for commands, which may take time.
pub async fn list(on: On<'_>, filter: &LogFilter) -> Result<Vec<LogRow>, sqlx::Error> {
    let (plan, start) = (Plan::of(filter), Start::Newest);
    let mut sql = select(matches!(on, On::Postgres(_)), COLUMNS, &plan, &start);
    plan.beyond(&mut sql);
    order(&mut sql, &start, filter.limit);
    let (text, values) = sql.done();
    on_db!(on, c => sqlx::query_as_with(text, values).fetch_all(&mut *c).await)
}

/// The last row that is looked at for a page; `None` where an index answers alone, or the log ends before.
async fn edge(on: On<'_>, plan: &Plan<'_>, start: &Start) -> Result<Option<Cursor>, sqlx::Error> {
    let reach = match plan.effort() {
        Effort::None => return Ok(None),
        Effort::Index => INDEX_REACH,
        Effort::Rows => REACH,
    };
    let mut sql = select(matches!(on, On::Postgres(_)), "at, id", plan, start);
    order(&mut sql, start, 1);
    sql.push(" OFFSET ");
    sql.bind(reach - 1);
    let (text, values) = sql.done();
    on_db!(on, c => sqlx::query_as_with(text, values).fetch_optional(&mut *c).await)
}

fn select(postgres: bool, columns: &str, plan: &Plan<'_>, start: &Start) -> Sql {
    let mut sql = Sql::new(postgres);
    sql.push("SELECT ");
    sql.push(columns);
    sql.push(" FROM mcp_log WHERE ");
    plan.along(&mut sql);
    match start {
        Start::Newest => {}
        Start::Before(cursor) => {
            sql.push(" AND (at, id) < (");
            place(&mut sql, cursor);
        }
        Start::After(cursor) => {
            sql.push(" AND (at, id) > (");
            place(&mut sql, cursor);
        }
    }
    sql
}

fn place(sql: &mut Sql, cursor: &Cursor) {
    sql.bind(cursor.at);
    sql.push(", ");
    sql.bind(cursor.id.clone());
    sql.push(")");
}

fn order(sql: &mut Sql, start: &Start, limit: i64) {
    sql.push(if is_upward(start) { " ORDER BY at, id LIMIT " } else { " ORDER BY at DESC, id DESC LIMIT " });
    sql.bind(limit);
}

const fn is_upward(start: &Start) -> bool {
    matches!(start, Start::After(_))
}
