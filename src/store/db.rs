//! One database behind two drivers: SQLite (WAL, one writer) or PostgreSQL, with one SQL text for both.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
};

use super::DbUrl;
use super::fault::Plain;

/// The process's database.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file of this machine. Readers share a pool; writes go one at a time.
    Sqlite {
        /// Connections that read.
        read: SqlitePool,
        /// The one connection that writes.
        write: SqlitePool,
        /// The database file.
        path: PathBuf,
    },
    /// A PostgreSQL server, which several processes may share.
    Postgres(PgPool),
}

/// A connection to read with.
pub enum Conn {
    /// To SQLite.
    Sqlite(PoolConnection<Sqlite>),
    /// To PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

/// A transaction to write with; rolls back unless committed.
pub enum Tx {
    /// On SQLite, begun `IMMEDIATE`.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// A connection outside the pools, so that slow queries there cannot starve whoever holds it.
pub enum Dedicated {
    /// To SQLite.
    Sqlite(SqliteConnection),
    /// To PostgreSQL.
    Postgres(PgConnection),
}

/// What a store function runs its statement on: a [`Conn`] or a [`Tx`], borrowed.
pub enum On<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'a mut PgConnection),
}

/// Runs one body on whichever driver stands behind an [`On`]; the body is expanded once for each.
///
/// `on_db!(on, c => sqlx::query("…").bind(x).execute(&mut *c).await)`
macro_rules! on_db {
    ($on:expr, $c:ident => $body:expr) => {
        match $on {
            $crate::store::On::Sqlite($c) => $body,
            $crate::store::On::Postgres($c) => $body,
        }
    };
}
pub(crate) use on_db;

/// The database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The URL is of neither kind.
    #[error(
        "database URL is not understood: {0}; write sqlite://data/axanta.db or postgres://user:password@host/database"
    )]
    Url(String),
    /// The database's folder can't be made.
    #[error("cannot make the database folder {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The database can't be opened.
    #[error("cannot open the database {0}: {cause}", cause = Plain(.1))]
    Open(String, sqlx::Error),
}

const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const ACQUIRE: Duration = Duration::from_secs(5);
const BUSY: Duration = Duration::from_secs(10);
/// Bytes that SQLite's write-ahead log may keep on the disk once it has been taken over into the database: one that
/// grew larger is cut when it begins anew.
const JOURNAL: &str = "4194304";

impl Db {
    /// Opens the database; a SQLite file that is not there is made.
    pub async fn open(url: &DbUrl) -> Result<Self, DbError> {
        match url {
            DbUrl::Sqlite(path) => Self::open_sqlite(path).await,
            DbUrl::Postgres(options) => {
                let options =
                    options.as_ref().clone().application_name("axanta-mcp").disable_statement_logging();
                let shown = format!("postgres://{}:{}", options.get_host(), options.get_port());
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(ACQUIRE)
                    .connect_with(options)
                    .await
                    .map_err(|e| DbError::Open(shown, e))?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, DbError> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| DbError::Folder(folder.to_owned(), e))?;
        }
        keep_from_others(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-8192")
            .pragma("mmap_size", "268435456")
            .pragma("journal_size_limit", JOURNAL)
            .disable_statement_logging();
        let open = |e| DbError::Open(path.display().to_string(), e);
        let write = sound()
            .max_connections(1)
            .acquire_timeout(BUSY)
            .connect_with(options.clone())
            .await
            .map_err(open)?;
        let read = sound()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(ACQUIRE)
            .connect_with(options.pragma("query_only", "on"))
            .await
            .map_err(open)?;
        Ok(Self::Sqlite { read, write, path: path.to_owned() })
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction to write with. On SQLite it holds the one write lock from here on.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A connection of the caller's own, to read with.
    pub async fn dedicated(&self) -> Result<Dedicated, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { read, .. } => Dedicated::Sqlite(read.acquire().await?.detach()),
            Self::Postgres(pool) => Dedicated::Postgres(pool.acquire().await?.detach()),
        })
    }

    /// After much was written at once: takes SQLite's write-ahead log over into the database and gives its space on
    /// the disk back. PostgreSQL does so by itself.
    pub async fn take_over_log(&self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite { write, .. } => {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await.map(drop)
            }
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Closes every connection, after what is under way has finished.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A pool that replaces a connection which counts a transaction it no longer has: where the disk is full, SQLite
/// ends a transaction by itself, and sqlx would refuse to begin another on that connection for ever.
fn sound() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .before_acquire(|conn, _| Box::pin(async move { Ok(!Connection::is_in_transaction(conn)) }))
}

/// Makes the file, if it is not there, readable by its owner alone; SQLite gives the files beside it the same
/// mode. Where that fails, opening the database says why.
fn keep_from_others(path: &Path) {
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

impl Conn {
    /// To run a statement on.
    pub fn on(&mut self) -> On<'_> {
        match self {
            Self::Sqlite(c) => On::Sqlite(c),
            Self::Postgres(c) => On::Postgres(c),
        }
    }
}

impl Dedicated {
    /// To run a statement on.
    pub fn on(&mut self) -> On<'_> {
        match self {
            Self::Sqlite(c) => On::Sqlite(c),
            Self::Postgres(c) => On::Postgres(c),
        }
    }
}

impl On<'_> {
    /// The same connection, lent for one of several statements.
    pub fn on(&mut self) -> On<'_> {
        match self {
            Self::Sqlite(c) => On::Sqlite(c),
            Self::Postgres(c) => On::Postgres(c),
        }
    }
}

impl Tx {
    /// To run a statement on.
    pub fn on(&mut self) -> On<'_> {
        match self {
            Self::Sqlite(t) => On::Sqlite(t),
            Self::Postgres(t) => On::Postgres(t),
        }
    }

    /// Makes what was written last.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(t) => t.commit().await,
            Self::Postgres(t) => t.commit().await,
        }
    }

    /// Throws away what was written.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(t) => t.rollback().await,
            Self::Postgres(t) => t.rollback().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn one_text_runs_on_both() {
        for test in databases().await {
            let mut conn = test.db.read().await.unwrap();
            let (generation,): (i64,) = on_db!(conn.on(), c => {
                sqlx::query_as("SELECT generation FROM control WHERE id = $1").bind(1_i64).fetch_one(&mut *c).await
            })
            .unwrap();
            assert_eq!(generation, 1, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn what_is_not_committed_is_gone() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            on_db!(tx.on(), c => sqlx::query("UPDATE control SET generation = 9").execute(&mut *c).await.map(drop)).unwrap();
            tx.rollback().await.unwrap();
            let mut conn = test.db.read().await.unwrap();
            let (generation,): (i64,) =
                on_db!(conn.on(), c => sqlx::query_as("SELECT generation FROM control").fetch_one(&mut *c).await)
                    .unwrap();
            assert_eq!(generation, 1, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_ended_by_itself_blocks_no_other() {
        let test = crate::store::testing::sqlite().await;
        let mut tx = test.db.begin().await.unwrap();
        // As SQLite does where the disk is full.
        on_db!(tx.on(), c => sqlx::query("ROLLBACK").execute(&mut *c).await.map(drop)).unwrap();
        assert!(tx.commit().await.is_err());
        for _ in 0..2 {
            let mut tx = test.db.begin().await.unwrap();
            on_db!(tx.on(), c => sqlx::query("UPDATE control SET generation = 9").execute(&mut *c).await.map(drop))
                .unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn write_much(db: &Db) {
        let mut tx = db.begin().await.unwrap();
        on_db!(tx.on(), c => {
            sqlx::query("CREATE TABLE IF NOT EXISTS much (a TEXT)").execute(&mut *c).await.unwrap();
            sqlx::query("INSERT INTO much SELECT hex(zeroblob(5000000))").execute(&mut *c).await.unwrap();
        });
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn the_write_ahead_log_does_not_stay_large() {
        let test = crate::store::testing::sqlite().await;
        let Db::Sqlite { path, .. } = &test.db else { panic!("no SQLite") };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let bytes = || std::fs::metadata(&log).unwrap().len();
        write_much(&test.db).await;
        assert!(bytes() > 9_000_000, "{}", bytes());
        test.db.take_over_log().await.unwrap();
        assert_eq!(bytes(), 0);
        // Later on it is cut by the first that writes after it was taken over.
        for _ in 0..3 {
            write_much(&test.db).await;
        }
        let mut tx = test.db.begin().await.unwrap();
        on_db!(tx.on(), c => sqlx::query("DROP TABLE much").execute(&mut *c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        assert!(bytes() <= 4_194_304, "{}", bytes());
    }

    #[tokio::test]
    async fn sqlite_is_built_as_the_configuration_of_cargo_says() {
        let test = crate::store::testing::sqlite().await;
        let mut conn = test.db.read().await.unwrap();
        let (kept, counted, managed): (bool, bool, bool) = on_db!(conn.on(), c => {
            sqlx::query_as(
                "SELECT sqlite_compileoption_used('ENABLE_QPSG'), NOT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0'),
                        sqlite_compileoption_used('ENABLE_MEMORY_MANAGEMENT')",
            )
            .fetch_one(&mut *c)
            .await
        })
        .unwrap();
        assert_eq!((kept, counted, managed), (true, false, false));
    }
}
