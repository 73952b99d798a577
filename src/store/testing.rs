//! Databases for tests: SQLite always, PostgreSQL where `AXANTA_TEST_POSTGRES_URL` names a server.

pub mod fuse;
mod janitor;
mod original;

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

use self::janitor::Leased;
use self::original::{Original, original};
use super::migrate::{SetupLock, migrate};
use super::{Db, DbUrl};

/// A migrated database of a test's own; gone with it.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    kept: Kept,
}

/// What stands as long as the database is needed.
enum Kept {
    Folder { folder: TempDir },
    Leased { lease: Leased },
}

impl std::fmt::Display for TestDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// One migrated, empty database of each kind. Loop over them: same question, same answer.
///
/// # Panics
/// Where one can't be made: then the test has failed.
pub async fn databases() -> Vec<TestDb> {
    copies(EMPTY, async |_| {}).await
}

/// A migrated, empty SQLite database.
///
/// # Panics
/// Where it can't be made: then the test has failed.
pub async fn sqlite() -> TestDb {
    original(EMPTY, async |_: &Db| {}).await.sqlite_copy().await
}

/// A copy, on each kind of database, of one that `fill` filled: once in a run, for all who name it so. To copy is
/// a good deal faster than to migrate, and than to fill.
///
/// # Panics
/// Where one can't be made: then the test has failed.
pub async fn copies(name: &'static str, fill: impl AsyncFn(&Db)) -> Vec<TestDb> {
    let original = original(name, fill).await;
    let mut all = vec![original.sqlite_copy().await];
    all.extend(original.postgres_copy().await);
    all
}

const EMPTY: &str = "empty";

impl Original {
    async fn sqlite_copy(&self) -> TestDb {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, &self.sqlite).unwrap();
        let db = Db::open(&DbUrl::Sqlite(path)).await.unwrap();
        TestDb { db, name: "sqlite", kept: Kept::Folder { folder } }
    }

    async fn postgres_copy(&self) -> Option<TestDb> {
        let (url, lease) = make(&server()?, &format!(" TEMPLATE {}", self.postgres.as_ref()?)).await;
        let db = Db::open(&url).await.unwrap();
        Some(TestDb { db, name: "postgres", kept: Kept::Leased { lease } })
    }
}

const FILE: &str = "test.db";

async fn fresh_sqlite(fill: &impl AsyncFn(&Db)) -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let db = migrated(&DbUrl::Sqlite(folder.path().join(FILE))).await;
    fill(&db).await;
    TestDb { db, name: "sqlite", kept: Kept::Folder { folder } }
}

async fn fresh_postgres(fill: &impl AsyncFn(&Db)) -> Option<TestDb> {
    let (url, lease) = make(&server()?, "").await;
    let db = migrated(&url).await;
    fill(&db).await;
    Some(TestDb { db, name: "postgres", kept: Kept::Leased { lease } })
}

fn server() -> Option<PgConnectOptions> {
    #[expect(clippy::disallowed_methods, reason = "tests are told of a server by the environment")]
    let server = std::env::var("AXANTA_TEST_POSTGRES_URL").ok()?;
    let DbUrl::Postgres(options) = DbUrl::from_str(&server).unwrap() else {
        panic!("AXANTA_TEST_POSTGRES_URL is no postgres:// URL")
    };
    Some(*options)
}

async fn make(server: &PgConnectOptions, how: &str) -> (DbUrl, Leased) {
    let lease = Leased::new(server);
    let mut admin = PgConnection::connect_with(server).await.unwrap();
    let sql = format!("CREATE DATABASE {}{how}", lease.name());
    admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    admin.close().await.unwrap();
    (DbUrl::Postgres(Box::new(server.clone().database(lease.name()))), lease)
}

async fn migrated(url: &DbUrl) -> Db {
    let db = Db::open(url).await.unwrap();
    let lock = SetupLock::take(&db).await.unwrap();
    migrate(&db, &lock).await.unwrap();
    db
}
