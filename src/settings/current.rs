//! What holds right now: settings, modules and policies, read without a lock, and never older than a second.
//!
//! A background task reads `control.generation` five times a second on a connection of its own and loads
//! everything anew when it has grown. If it could not for a second, the next request asks by itself, and is
//! refused where the database can't answer: a stale permission is never served.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::{Modules, Settings, SettingsError, load_rules};
use crate::policy::Ruleset;
use crate::store::{Db, Dedicated, control};

const EVERY: Duration = Duration::from_millis(200);
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(1);

/// Settings, modules and policies of one generation.
#[derive(Clone, Debug)]
pub struct Controls {
    /// Grows with every administrative change.
    pub generation: i64,
    /// Settings > MCP Server.
    pub settings: Settings,
    /// Apps.
    pub modules: Modules,
    /// Model policies.
    pub rules: Arc<Ruleset>,
}

/// What holds can't be known, so nothing may be permitted; worth a 503.
#[derive(Debug, thiserror::Error)]
pub enum Stale {
    /// The database did not answer in time.
    #[error(
        "the database did not answer within a second, so permissions can't be known; try again in a moment"
    )]
    Silent,
    /// The database failed, or holds what can't be understood.
    #[error("the database could not say what is permitted; try again in a moment")]
    Failed(#[from] SettingsError),
}

impl From<sqlx::Error> for Stale {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Keeps [`Controls`] current as long as it lives.
pub struct Current {
    shared: Arc<Shared>,
    watcher: AbortHandle,
}

struct Shared {
    db: Db,
    controls: ArcSwap<Controls>,
    /// Monotonic, since a wall clock that is set back would make the old look new.
    started: Instant,
    /// Milliseconds from `started` to the last moment at which the controls were known to hold.
    confirmed: AtomicU64,
    /// The connection for asking; absent after a failure.
    asking: Mutex<Option<Dedicated>>,
}

impl Current {
    /// Loads what holds now, and starts the task that watches it.
    pub async fn start(db: &Db) -> Result<Self, SettingsError> {
        let started = Instant::now();
        let mut conn = db.dedicated().await?;
        let generation = control::generation(conn.on()).await?;
        let controls = load(&mut conn, generation).await?;
        let shared = Arc::new(Shared {
            db: db.clone(),
            controls: ArcSwap::from_pointee(controls),
            started,
            confirmed: AtomicU64::new(0),
            asking: Mutex::new(Some(conn)),
        });
        let eye = Arc::clone(&shared);
        let watcher = tokio::spawn(async move { eye.watch().await }).abort_handle();
        Ok(Self { shared, watcher })
    }

    /// What was known to hold at the last look. For whatever decides on a request use [`Current::fresh`].
    pub fn controls(&self) -> Arc<Controls> {
        self.shared.controls.load_full()
    }

    /// Looks at once, for whoever has just changed something and shows the result.
    pub async fn refresh(&self) -> Result<Arc<Controls>, Stale> {
        self.shared.look().await?;
        Ok(self.controls())
    }

    /// What holds now: at most a second old, or an error. Costs a few nanoseconds while all is well.
    pub async fn fresh(&self) -> Result<Arc<Controls>, Stale> {
        if self.shared.is_stale() {
            timeout(PATIENCE, self.shared.ask()).await.map_err(|_| Stale::Silent)??;
        }
        Ok(self.controls())
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

impl Shared {
    fn is_stale(&self) -> bool {
        let confirmed = Duration::from_millis(self.confirmed.load(Ordering::Acquire));
        self.started.elapsed().saturating_sub(confirmed) > FRESH
    }

    async fn watch(&self) {
        let mut failing = false;
        loop {
            tokio::time::sleep(EVERY).await;
            match self.look().await {
                Ok(()) if failing => {
                    tracing::info!("permissions can be read again");
                    failing = false;
                }
                Err(error) if !failing => {
                    tracing::error!(error = &error as &dyn std::error::Error, "permissions can't be read");
                    failing = true;
                }
                Ok(()) | Err(_) => {}
            }
        }
    }

    /// Asks on behalf of a request; of many that wait, the first one asks for all.
    async fn ask(&self) -> Result<(), Stale> {
        let mut asking = self.asking.lock().await;
        if self.is_stale() { self.confirm(&mut asking).await } else { Ok(()) }
    }

    async fn look(&self) -> Result<(), Stale> {
        let look = async { self.confirm(&mut *self.asking.lock().await).await };
        timeout(PATIENCE, look).await.map_err(|_| Stale::Silent)?
    }

    async fn confirm(&self, asking: &mut Option<Dedicated>) -> Result<(), Stale> {
        // Taken out, so that a connection whose answer was not awaited is never used again.
        let mut conn = match asking.take() {
            Some(conn) => conn,
            None => self.db.dedicated().await?,
        };
        let asked = self.started.elapsed();
        let generation = control::generation(conn.on()).await?;
        if generation != self.controls.load().generation {
            self.controls.store(Arc::new(load(&mut conn, generation).await?));
        }
        let asked = u64::try_from(asked.as_millis()).unwrap_or(u64::MAX);
        self.confirmed.store(asked, Ordering::Release);
        *asking = Some(conn);
        Ok(())
    }
}

/// The generation is read first: what is newer than it is loaded again at the next look, never too late.
async fn load(conn: &mut Dedicated, generation: i64) -> Result<Controls, SettingsError> {
    Ok(Controls {
        generation,
        settings: Settings::load(conn.on()).await?,
        modules: Modules::load(conn.on()).await?,
        rules: Arc::new(load_rules(conn.on()).await?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store;
    use crate::store::testing::{TestDb, databases};

    async fn set_rate_limit(test: &TestDb, json: &str) {
        let mut tx = test.db.begin().await.unwrap();
        control::bump(tx.on()).await.unwrap();
        store::settings::put(tx.on(), "rate_limit", json).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_change_holds_within_a_second() {
        for test in databases().await {
            let current = Current::start(&test.db).await.unwrap();
            assert_eq!(current.fresh().await.unwrap().settings.rate_limit, 60, "{}", test.name);
            set_rate_limit(&test, "70").await;
            let changed = Instant::now();
            while current.fresh().await.unwrap().settings.rate_limit != 70 {
                assert!(changed.elapsed() < FRESH, "{}", test.name);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    #[tokio::test]
    async fn the_one_who_changed_it_sees_it_at_once() {
        for test in databases().await {
            let current = Current::start(&test.db).await.unwrap();
            set_rate_limit(&test, "70").await;
            assert_eq!(current.refresh().await.unwrap().settings.rate_limit, 70, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_request_asks_by_itself_where_the_task_is_late() {
        for test in databases().await {
            let current = Current::start(&test.db).await.unwrap();
            current.watcher.abort();
            set_rate_limit(&test, "70").await;
            assert_eq!(current.controls().settings.rate_limit, 60, "{}", test.name);
            tokio::time::sleep(FRESH + Duration::from_millis(20)).await;
            assert_eq!(current.fresh().await.unwrap().settings.rate_limit, 70, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn what_is_stale_is_refused() {
        for test in databases().await {
            let current = Current::start(&test.db).await.unwrap();
            set_rate_limit(&test, "0").await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(current.fresh().await.is_ok(), "{}: not yet a second old", test.name);
            tokio::time::sleep(FRESH).await;
            let error = current.fresh().await.unwrap_err();
            assert!(matches!(error, Stale::Failed(_)), "{}: {error}", test.name);
            set_rate_limit(&test, "5").await;
            assert_eq!(current.fresh().await.unwrap().settings.rate_limit, 5, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_silent_database_is_given_up_on() {
        let test = store::testing::sqlite().await;
        let current = Current::start(&test.db).await.unwrap();
        let _held = current.shared.asking.lock().await;
        tokio::time::sleep(FRESH + Duration::from_millis(20)).await;
        assert!(matches!(current.fresh().await, Err(Stale::Silent)));
    }

    #[tokio::test]
    async fn slow_queries_do_not_starve_it() {
        let test = store::testing::sqlite().await;
        let current = Current::start(&test.db).await.unwrap();
        let mut busy = Vec::new();
        for _ in 0..4 {
            busy.push(test.db.read().await.unwrap());
        }
        set_rate_limit(&test, "70").await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(current.fresh().await.unwrap().settings.rate_limit, 70);
    }
}
