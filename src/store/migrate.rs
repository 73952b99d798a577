//! Brings the database to this version's schema, one process at a time.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgAdvisoryLock, PgAdvisoryLockGuard};
use sqlx::{PgPool, Postgres};

use super::Db;
use super::fault::Plain;
use super::touched;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The schema can't be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A newer version of the program made the database.
    #[error(
        "this database was made by a newer axanta-mcp (its schema {found} is unknown here); start that version, or restore a backup"
    )]
    Newer {
        /// Number of the unknown migration.
        found: i64,
    },
    /// A migration could not be run.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(MigrateError),
    /// The lock file beside a SQLite database can't be made.
    #[error("cannot lock the database for start-up ({0}): {1}")]
    Lock(PathBuf, std::io::Error),
    /// The database failed.
    #[error("the database failed at start-up: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}

/// Held while a process migrates and fills the database, so that a second one that starts at once waits.
pub struct SetupLock {
    _held: Held,
}

enum Held {
    File { _file: File },
    Advisory { _guard: PgAdvisoryLockGuard<PoolConnection<Postgres>> },
}

impl SetupLock {
    /// Waits until no other process sets up this database.
    pub async fn take(db: &Db) -> Result<Self, SetupError> {
        let held = match db {
            Db::Sqlite { path, .. } => {
                let mut lock = path.as_os_str().to_owned();
                lock.push(".lock");
                let lock = PathBuf::from(lock);
                let fail = |e| SetupError::Lock(lock.clone(), e);
                let file =
                    OpenOptions::new().create(true).write(true).truncate(false).open(&lock).map_err(fail)?;
                let file = tokio::task::spawn_blocking(move || file.lock().map(|()| file))
                    .await
                    .map_err(|e| SetupError::Lock(lock.clone(), std::io::Error::other(e)))?
                    .map_err(fail)?;
                Held::File { _file: file }
            }
            Db::Postgres(pool) => Held::Advisory { _guard: advisory(pool).await? },
        };
        Ok(Self { _held: held })
    }
}

async fn advisory(pool: &PgPool) -> Result<PgAdvisoryLockGuard<PoolConnection<Postgres>>, sqlx::Error> {
    PgAdvisoryLock::new("axanta-mcp set-up").acquire(pool.acquire().await?).await
}

/// Runs the migrations that this database lacks.
pub async fn migrate(db: &Db, _lock: &SetupLock) -> Result<(), SetupError> {
    let done = match db {
        Db::Sqlite { write, .. } => MIGRATIONS.run(write).await,
        Db::Postgres(pool) => MIGRATIONS.run(pool).await,
    };
    done.map_err(|error| match error {
        MigrateError::VersionMissing(found) => SetupError::Newer { found },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            SetupError::Database(error)
        }
        other => SetupError::Migrate(other),
    })?;
    Ok(touched::fill(db).await?)
}
