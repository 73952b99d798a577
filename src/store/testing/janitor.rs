//! Takes PostgreSQL databases of tests away again: each when its test lets go of it, and at the start those that
//! earlier runs left behind because they were ended before.

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::clock::Clock;

const PREFIX: &str = "test_";
/// Of a younger one, another run may be about to make copies.
const LEFT_BEHIND: i64 = 60 * 60;

/// A name, and where to say that its database is gone.
type Errand = (String, SyncSender<()>);

/// A database's name, for as long as a test needs it.
pub struct Leased {
    name: String,
    done: SyncSender<Errand>,
}

impl Leased {
    /// A name of its own on that server. Its first sets the janitor to work.
    pub fn new(server: &PgConnectOptions) -> Self {
        static JANITOR: OnceLock<SyncSender<Errand>> = OnceLock::new();
        let done = JANITOR.get_or_init(|| {
            let (done, errands) = sync_channel(0);
            let (dropping, sweeping) = (server.clone(), server.clone());
            std::thread::spawn(move || work(&dropping, &errands));
            std::thread::spawn(move || block_on(sweep(&sweeping)));
            done
        });
        Self { name: format!("{PREFIX}{}", Uuid::now_v7().simple()), done: done.clone() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its database stays after this process: a later run's janitor takes it away.
    pub fn leave(mut self) -> String {
        std::mem::take(&mut self.name)
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        // Waited for: the process may end with this test. Where the janitor gave up, a later run's takes it away.
        let (gone, is_gone) = sync_channel(1);
        if self.done.send((std::mem::take(&mut self.name), gone)).is_ok() {
            let _ = is_gone.recv();
        }
    }
}

/// On a thread and a runtime of its own: those of the test that lets go may be gone.
fn work(server: &PgConnectOptions, errands: &Receiver<Errand>) {
    block_on(async {
        let mut conn = PgConnection::connect_with(server).await.unwrap();
        for (name, gone) in errands {
            // The pool of its test may not have closed every connection yet.
            remove(&mut conn, &name, " WITH (FORCE)").await;
            let _ = gone.send(());
        }
    });
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

async fn sweep(server: &PgConnectOptions) {
    let mut conn = PgConnection::connect_with(server).await.unwrap();
    let all: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE NOT datistemplate")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let now = Clock::system().millis().div_euclid(1000);
    for name in all.iter().filter(|name| is_left_behind(name, now)) {
        // Without force: one that somebody is connected to stays.
        remove(&mut conn, name, "").await;
    }
}

/// Whether it is a test's, and old.
fn is_left_behind(name: &str, now: i64) -> bool {
    let made = name
        .strip_prefix(PREFIX)
        .filter(|rest| rest.len() == 32)
        .and_then(|rest| Uuid::try_parse(rest).ok())
        .and_then(|id| id.get_timestamp());
    made.and_then(|at| i64::try_from(at.to_unix().0).ok()).is_some_and(|at| now - at > LEFT_BEHIND)
}

async fn remove(conn: &mut PgConnection, name: &str, how: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name}{how}");
    // Another run's janitor may have been faster, or somebody be connected.
    let _ = sqlx::query(AssertSqlSafe(sql)).execute(conn).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;
    use crate::store::testing::databases;

    #[test]
    fn only_old_databases_of_tests_are_left_behind() {
        // 2026-11-23T00:00:00Z
        let made = 1_795_392_000;
        let id = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, made, 0));
        let (name, made) = (format!("test_{}", id.simple()), i64::try_from(made).unwrap());
        assert!(is_left_behind(&name, made + LEFT_BEHIND + 1));
        assert!(!is_left_behind(&name, made + LEFT_BEHIND), "another run's");
        for other in
            ["postgres", "test_", "test_results", &name[5..], &format!("{name}_2"), &format!("x{name}")]
        {
            assert!(!is_left_behind(other, i64::MAX), "{other}");
        }
    }

    #[tokio::test]
    async fn a_database_is_gone_after_its_test() {
        let Some(test) = databases().await.into_iter().find(|test| test.name == "postgres") else { return };
        let mut conn = test.db.read().await.unwrap();
        let crate::store::On::Postgres(c) = conn.on() else { panic!("no PostgreSQL") };
        let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(c).await.unwrap();
        drop(conn);
        let other = databases().await.into_iter().find(|test| test.name == "postgres").unwrap();
        drop(test);
        let count = async |db: &Db| {
            let mut conn = db.read().await.unwrap();
            let crate::store::On::Postgres(c) = conn.on() else { panic!("no PostgreSQL") };
            let sql = "SELECT COUNT(*) FROM pg_database WHERE datname = $1";
            sqlx::query_scalar::<_, i64>(sql).bind(&name).fetch_one(c).await.unwrap()
        };
        let gone = async {
            while count(&other.db).await > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), gone).await.unwrap();
    }
}
