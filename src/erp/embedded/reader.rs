//! A connection to read with, that stops working when nobody waits any more.
//!
//! Whoever drops a [`Reader`] before [`Reader::close`] — because the time was up, or the client went away — stops
//! the statement that runs on it. On SQLite a progress handler looks at a flag; PostgreSQL is told a
//! `statement_timeout` when the transaction begins, and ends the statement itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, SqliteConnection, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::super::ErpError;
use crate::model::Complaint;
use crate::store::{Db, On};

/// SQLite looks at the flag after so many of its own small steps: some 50 µs.
const STEPS: i32 = 5_000;

/// Whether what is read must be one state of the database, or one statement is enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Consistency {
    Statement,
    Snapshot,
}

/// A connection to read with.
pub(super) struct Reader {
    held: Option<Held>,
    place: Option<OwnedSemaphorePermit>,
}

enum Held {
    Sqlite { conn: Lite, stop: Arc<AtomicBool> },
    Postgres(Transaction<'static, Postgres>),
}

enum Lite {
    Alone(PoolConnection<Sqlite>),
    Within(Transaction<'static, Sqlite>),
}

impl Lite {
    fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Alone(conn) => conn,
            Self::Within(tx) => tx,
        }
    }
}

impl Reader {
    /// Takes a connection whose statements end after `limit` at the latest; `place` is given back with it.
    pub(super) async fn open(
        db: &Db,
        limit: Duration,
        consistency: Consistency,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, sqlx::Error> {
        let held = match db {
            Db::Sqlite { read, .. } => {
                let mut conn = match consistency {
                    Consistency::Statement => Lite::Alone(read.acquire().await?),
                    Consistency::Snapshot => Lite::Within(read.begin().await?),
                };
                let stop = Arc::new(AtomicBool::new(false));
                let seen = Arc::clone(&stop);
                conn.connection()
                    .lock_handle()
                    .await?
                    .set_progress_handler(STEPS, move || !seen.load(Ordering::Relaxed));
                Held::Sqlite { conn, stop }
            }
            Db::Postgres(pool) => {
                let begin = format!(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
                    limit.as_millis().max(1)
                );
                Held::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?)
            }
        };
        Ok(Self { held: Some(held), place: Some(place) })
    }

    /// To run a statement on.
    pub(super) fn on(&mut self) -> Result<On<'_>, sqlx::Error> {
        match &mut self.held {
            Some(Held::Sqlite { conn, .. }) => Ok(On::Sqlite(conn.connection())),
            Some(Held::Postgres(tx)) => Ok(On::Postgres(tx)),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Gives the connection back, when every answer has been read.
    pub(super) async fn close(mut self) -> Result<(), sqlx::Error> {
        match self.held.take() {
            // The handler stays, with a flag that nobody will raise any more: taking it off costs a round trip.
            Some(Held::Sqlite { conn: Lite::Within(tx), .. }) => tx.commit().await,
            Some(Held::Postgres(tx)) => tx.commit().await,
            Some(Held::Sqlite { .. }) | None => Ok(()),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(Held::Sqlite { mut conn, stop }) = self.held.take() {
            stop.store(true, Ordering::Relaxed);
            let place = self.place.take();
            // Nobody may get the connection before the flag is off it. Without a runtime the process is ending.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    if let Ok(mut handle) = conn.connection().lock_handle().await {
                        handle.remove_progress_handler();
                    }
                    drop(conn);
                    drop(place);
                });
            }
        }
    }
}

/// What a failed statement means to the one who asked.
pub(super) fn failure(error: sqlx::Error, limit: Duration) -> ErpError {
    const INTERRUPTED: &str = "9";
    const CANCELLED: &str = "57014";
    const OUT_OF_RANGE: &str = "22003";
    let code = error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
    let overflow = error.as_database_error().is_some_and(|e| e.message() == "integer overflow");
    match code.as_deref() {
        Some(OUT_OF_RANGE) => too_large(),
        Some(_) if overflow => too_large(),
        Some(INTERRUPTED | CANCELLED) => ErpError::TooSlow(limit),
        _ => ErpError::Unavailable(error),
    }
}

fn too_large() -> ErpError {
    ErpError::BadQuery(Complaint::new(
        "a sum is too large to be exact; narrow it with a filter, or group by more",
    ))
}
