//! Databases for tests: SQLite always, PostgreSQL where `AXANTA_TEST_POSTGRES_URL` names a server.

mod janitor;

use std::str::FromStr;

use sqlx::Executor;
use tempfile::TempDir;

use self::janitor::Leased;
use super::migrate::{SetupLock, migrate};
use super::{Db, DbUrl};

/// A migrated database of a test's own; gone with it.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    _kept: Kept,
}

/// What stands as long as the database is needed.
enum Kept {
    Folder { _folder: TempDir },
    Leased { _lease: Leased },
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
    let mut all = vec![sqlite().await];
    all.extend(postgres().await);
    all
}

/// A migrated, empty SQLite database.
///
/// # Panics
/// Where it can't be made: then the test has failed.
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let url = DbUrl::Sqlite(folder.path().join("test.db"));
    ready(&url, "sqlite", Kept::Folder { _folder: folder }).await
}

async fn postgres() -> Option<TestDb> {
    #[expect(clippy::disallowed_methods, reason = "tests are told of a server by the environment")]
    let server = std::env::var("AXANTA_TEST_POSTGRES_URL").ok()?;
    let DbUrl::Postgres(options) = DbUrl::from_str(&server).unwrap() else {
        panic!("AXANTA_TEST_POSTGRES_URL is no postgres:// URL")
    };
    let lease = Leased::new(&options);
    let admin = sqlx::PgPool::connect_with(options.as_ref().clone()).await.unwrap();
    admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {}", lease.name()))).await.unwrap();
    admin.close().await;
    let url = DbUrl::Postgres(Box::new(options.database(lease.name())));
    Some(ready(&url, "postgres", Kept::Leased { _lease: lease }).await)
}

async fn ready(url: &DbUrl, name: &'static str, kept: Kept) -> TestDb {
    let db = Db::open(url).await.unwrap();
    let lock = SetupLock::take(&db).await.unwrap();
    migrate(&db, &lock).await.unwrap();
    TestDb { db, name, _kept: kept }
}
