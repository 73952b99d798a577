//! Rows as they come from either database, and the one loop that reads them.

use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

use super::packed;
use super::reader::Reader;
use super::sql::Statement;
use crate::store::On;

/// The values of a row, by position; borrowed, so that text is copied once, into the answer.
pub(super) trait Cells {
    /// A whole number, also a day, an instant, or a number in minor units.
    fn whole(&self, at: usize) -> Result<Option<i64>, sqlx::Error>;
    /// A text.
    fn text(&self, at: usize) -> Result<Option<&str>, sqlx::Error>;
    /// A truth.
    fn truth(&self, at: usize) -> Result<Option<bool>, sqlx::Error>;
}

impl Cells for PgRow {
    fn whole(&self, at: usize) -> Result<Option<i64>, sqlx::Error> {
        self.try_get(at)
    }

    fn text(&self, at: usize) -> Result<Option<&str>, sqlx::Error> {
        self.try_get(at)
    }

    fn truth(&self, at: usize) -> Result<Option<bool>, sqlx::Error> {
        self.try_get(at)
    }
}

impl Cells for SqliteRow {
    fn whole(&self, at: usize) -> Result<Option<i64>, sqlx::Error> {
        self.try_get(at)
    }

    fn text(&self, at: usize) -> Result<Option<&str>, sqlx::Error> {
        self.try_get(at)
    }

    fn truth(&self, at: usize) -> Result<Option<bool>, sqlx::Error> {
        self.try_get(at)
    }
}

/// Runs a statement and hands over its rows, one by one.
pub(super) async fn each(
    reader: &mut Reader,
    statement: Statement,
    take: impl FnMut(&dyn Cells) -> Result<(), sqlx::Error> + Send,
) -> Result<(), sqlx::Error> {
    each_on(reader.on()?, statement, take).await
}

/// The same on a transaction that writes.
pub(super) async fn each_on(
    on: On<'_>,
    statement: Statement,
    mut take: impl FnMut(&dyn Cells) -> Result<(), sqlx::Error> + Send,
) -> Result<(), sqlx::Error> {
    let Statement { sql, values, columns } = statement;
    match on {
        On::Sqlite(c) => {
            let sql = packed::statement(&sql, columns);
            let row = sqlx::query_with(AssertSqlSafe(sql), values).fetch_one(c).await?;
            packed::each(row.try_get(0)?, &mut take)
        }
        On::Postgres(c) => {
            let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch(c);
            while let Some(row) = rows.try_next().await? {
                take(&row)?;
            }
            Ok(())
        }
    }
}

/// Runs a statement whose one row is one whole number.
pub(super) async fn number(reader: &mut Reader, statement: Statement) -> Result<i64, sqlx::Error> {
    let mut found = None;
    each(reader, statement, |row| {
        found = row.whole(0)?;
        Ok(())
    })
    .await?;
    found.ok_or(sqlx::Error::RowNotFound)
}
