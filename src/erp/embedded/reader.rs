//! A connection to read with, that stops working when nobody waits any more.
//!
//! Whoever drops a [`Reader`] before [`Reader::close`] — because the time was up, or the client went away — stops
//! the statement that runs on it. On SQLite a progress handler looks at a flag; PostgreSQL is told a
//! `statement_timeout` when the transaction begins, and ends the statement itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Postgres, SqliteConnection, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::ErpError;
use super::sql::Dialect;
use crate::model::Complaint;
use crate::store::{Db, Dedicated, On};

/// SQLite looks at the flag after so many of its own small steps: some 50 µs.
const STEPS: i32 = 5_000;
/// Questions answered at the same time. On PostgreSQL four connections of sixteen are left to those who check keys
/// and write the log; on SQLite readers have connections of their own.
const SQLITE_PLACES: usize = 3;
const POSTGRES_PLACES: usize = 12;

/// Whether what is read must be one state of the database, or one statement is enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Consistency {
    Statement,
    Snapshot,
}

/// Where readers come from.
///
/// SQLite's connections are kept here, each with its progress handler: to take one from a pool and to put the
/// handler on it took a third of the time of a page.
#[derive(Debug)]
pub(super) struct Readers {
    db: Db,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Lite>>,
}

/// A connection to read with.
pub(super) struct Reader {
    held: Option<Held>,
    from: Arc<Readers>,
    place: Option<OwnedSemaphorePermit>,
}

enum Held {
    Sqlite { lite: Lite, consistency: Consistency },
    Postgres(Transaction<'static, Postgres>),
}

/// A connection to SQLite whose statements end when the flag is raised.
#[derive(Debug)]
struct Lite {
    conn: SqliteConnection,
    stop: Arc<AtomicBool>,
}

impl Lite {
    async fn connect(db: &Db) -> Result<Self, sqlx::Error> {
        let Dedicated::Sqlite(mut conn) = db.dedicated().await? else { return Err(sqlx::Error::PoolClosed) };
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        conn.lock_handle().await?.set_progress_handler(STEPS, move || !seen.load(Ordering::Relaxed));
        Ok(Self { conn, stop })
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(statement).execute(&mut self.conn).await.map(drop)
    }
}

impl Readers {
    pub(super) fn new(db: Db) -> Self {
        let places = match Dialect::of(&db) {
            Dialect::Sqlite => SQLITE_PLACES,
            Dialect::Postgres => POSTGRES_PLACES,
        };
        Self::with_places(db, places)
    }

    /// Readers of which so many work at the same time.
    pub(super) fn with_places(db: Db, places: usize) -> Self {
        Self { db, places: Arc::new(Semaphore::new(places)), idle: Mutex::default() }
    }

    pub(super) const fn db(&self) -> &Db {
        &self.db
    }

    /// Takes a connection whose statements end after `limit` at the latest, when there is a place.
    pub(super) async fn reader(
        self: &Arc<Self>,
        limit: Duration,
        consistency: Consistency,
    ) -> Result<Reader, sqlx::Error> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut reader = Reader { held: None, from: Arc::clone(self), place: Some(place) };
        match &self.db {
            Db::Sqlite { .. } => {
                let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let lite = match idle {
                    Some(lite) => lite,
                    None => Lite::connect(&self.db).await?,
                };
                let Held::Sqlite { lite, .. } = reader.held.insert(Held::Sqlite { lite, consistency }) else {
                    return Err(sqlx::Error::PoolClosed);
                };
                if consistency == Consistency::Snapshot {
                    lite.run("BEGIN").await?;
                }
            }
            Db::Postgres(pool) => {
                let begin = format!(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
                    limit.as_millis().max(1)
                );
                reader.held = Some(Held::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?));
            }
        }
        Ok(reader)
    }

    fn put_back(&self, lite: Lite) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lite);
    }
}

impl Reader {
    /// To run a statement on.
    pub(super) fn on(&mut self) -> Result<On<'_>, sqlx::Error> {
        match &mut self.held {
            Some(Held::Sqlite { lite, .. }) => Ok(On::Sqlite(&mut lite.conn)),
            Some(Held::Postgres(tx)) => Ok(On::Postgres(tx)),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Gives the connection back, when every answer has been read.
    pub(super) async fn close(mut self) -> Result<(), sqlx::Error> {
        if let Some(Held::Sqlite { lite, consistency: consistency @ Consistency::Snapshot }) = &mut self.held
        {
            lite.run("COMMIT").await?;
            *consistency = Consistency::Statement;
        }
        match self.held.take() {
            Some(Held::Sqlite { lite, .. }) => self.from.put_back(lite),
            Some(Held::Postgres(tx)) => tx.commit().await?,
            None => {}
        }
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(Held::Sqlite { mut lite, consistency }) = self.held.take() else { return };
        lite.stop.store(true, Ordering::Relaxed);
        let (from, place) = (Arc::clone(&self.from), self.place.take());
        // Without a runtime the process is ending, and the connection with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // Nobody gets the connection before the statement has ended and the flag is down again.
                if lite.conn.lock_handle().await.is_err() {
                    return;
                }
                lite.stop.store(false, Ordering::Relaxed);
                if consistency == Consistency::Statement || lite.run("ROLLBACK").await.is_ok() {
                    from.put_back(lite);
                }
                drop(place);
            });
        }
    }
}

/// What a failed statement means to the one who asked.
pub(super) fn failure(error: sqlx::Error, limit: Duration) -> ErpError {
    const INTERRUPTED: &str = "9";
    const CANCELLED: &str = "57014";
    const LOCKED: &str = "55P03";
    const DEADLOCK: &str = "40P01";
    const OUT_OF_RANGE: &str = "22003";
    let code = error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
    let overflow = error.as_database_error().is_some_and(|e| e.message() == "integer overflow");
    match code.as_deref() {
        Some(OUT_OF_RANGE) => too_large(),
        Some(_) if overflow => too_large(),
        Some(INTERRUPTED | CANCELLED) => ErpError::TooSlow(limit),
        Some(LOCKED | DEADLOCK) => ErpError::Busy,
        _ => ErpError::Unavailable(error),
    }
}

fn too_large() -> ErpError {
    ErpError::BadQuery(Complaint::new(
        "a sum is too large to be exact; narrow it with a filter, or group by more",
    ))
}
