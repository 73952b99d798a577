//! Databases whose writes fail when told: the n-th of a transaction, whatever comes before it.

use sqlx::AssertSqlSafe;

use super::TestDb;
use crate::store::on_db;

/// Long enough for every change.
pub const ENOUGH: i64 = 1_000_000;

/// Runs a statement and commits.
///
/// # Panics
/// Where it fails: then the test has failed.
pub async fn run(test: &TestDb, sql: impl Into<String>) {
    let mut tx = test.db.begin().await.unwrap();
    on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(sql.into())).execute(&mut *c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
}

/// Lets every write to these tables count down, and fail below zero. What is rolled back is counted up again.
pub async fn rig(test: &TestDb, tables: &[&str]) {
    run(test, "CREATE TABLE fuse (n BIGINT)").await;
    run(test, format!("INSERT INTO fuse VALUES ({ENOUGH})")).await;
    if test.name == "postgres" {
        let burn = "CREATE FUNCTION burn() RETURNS trigger AS $$ BEGIN UPDATE fuse SET n = n - 1; \
                    IF (SELECT n FROM fuse) < 0 THEN RAISE EXCEPTION 'burnt'; END IF; RETURN NULL; END $$ LANGUAGE plpgsql";
        run(test, burn).await;
    }
    for table in tables {
        for act in ["INSERT", "UPDATE", "DELETE"] {
            let what = if test.name == "postgres" {
                "FOR EACH ROW EXECUTE FUNCTION burn()"
            } else {
                "BEGIN UPDATE fuse SET n = n - 1; SELECT RAISE(ABORT, 'burnt') FROM fuse WHERE n < 0; END"
            };
            run(test, format!("CREATE TRIGGER burn_{table}_{act} AFTER {act} ON {table} {what}")).await;
        }
    }
}

/// Lets `n` more writes be.
pub async fn set(test: &TestDb, n: i64) {
    run(test, format!("UPDATE fuse SET n = {n}")).await;
}
