//! The bounded queue in front of the log's table, and the task that empties it in batches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::entry::{Entry, Outcome};
use super::pending::Pending;
use super::uncounted::{Sort, Uncounted, WHILE};
use crate::clock::Clock;
use crate::store::Db;
use crate::store::log::{LogRow, insert};

/// Entries that may wait to be written.
const QUEUE: usize = 8_192;
/// Entries written in one transaction.
const BATCH: usize = 512;
/// How long the first entry of a batch waits for company.
const GATHER: Duration = Duration::from_millis(20);
/// How long work waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two attempts where the log could not be written.
const RETRY: Duration = Duration::from_millis(250);
/// How long a stop waits for the last entries.
const LAST: Duration = Duration::from_secs(10);

/// Name under which this process numbers its rows, for as long as it runs.
pub(super) fn writer() -> &'static str {
    static WRITER: LazyLock<String> = LazyLock::new(|| uuid::Uuid::now_v7().to_string());
    &WRITER
}

/// The log can't be written now, so no work is begun.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log can't be written (is the disk full?), and nothing is answered unlogged; try again in a moment"
)]
pub struct LogUnavailable;

/// The log of this process.
#[derive(Clone, Debug)]
pub struct Audit {
    queue: mpsc::Sender<Entry>,
    failing: Arc<AtomicBool>,
    clock: Clock,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
    closing: tokio_util::sync::CancellationToken,
    pub(super) uncounted: Arc<Uncounted>,
}

impl Audit {
    /// Starts the tasks that write.
    pub fn start(db: Db, clock: Clock) -> Self {
        Self::start_with(db, clock, WHILE)
    }

    /// As [`Audit::start`]; what is left out is said after each `period`.
    fn start_with(db: Db, clock: Clock, period: Duration) -> Self {
        let (queue, entries) = mpsc::channel(QUEUE);
        let failing = Arc::new(AtomicBool::new(false));
        let closing = tokio_util::sync::CancellationToken::new();
        let task = tokio::spawn(write_all(db, entries, Arc::clone(&failing), closing.clone()));
        let audit = Self {
            queue,
            failing,
            clock,
            writer: Arc::new(Mutex::new(Some(task))),
            closing,
            uncounted: Arc::default(),
        };
        tokio::spawn(audit.clone().say_always(period));
        audit
    }

    /// Whether the last attempt to write failed.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Takes a place in the log before the work begins. The entry is written when the answer is known
    /// ([`Pending::finish`]), or as failed where the work was dropped because the client went away.
    pub async fn begin(&self, mut entry: Entry) -> Result<Pending, LogUnavailable> {
        if self.is_failing() {
            return Err(LogUnavailable);
        }
        let place = match self.queue.clone().try_reserve_owned() {
            Ok(place) => place,
            Err(_) => tokio::time::timeout(PATIENCE, self.queue.clone().reserve_owned())
                .await
                .map_err(|_| LogUnavailable)?
                .map_err(|_| LogUnavailable)?,
        };
        entry.at = self.clock.millis();
        Ok(Pending::new(place, entry))
    }

    /// Takes a place for a request that was turned away at the door, for a `code` of one word; `None` where it
    /// can't be logged now. It is left out, and counted, where there are too many like it.
    pub async fn turned_away(
        &self,
        method: &'static str,
        code: &'static str,
        entry: Entry,
    ) -> Option<Pending> {
        let sort = Sort { method, code };
        let entry = Entry { method: method.to_owned(), ..entry };
        let at = self.clock.millis();
        let unwritten =
            Entry { at, outcome: Outcome::Denied, principal: entry.principal.clone(), ..Entry::default() };
        if let Ok(mut pending) = self.begin(entry).await {
            pending.measure(&self.uncounted, sort);
            Some(pending)
        } else {
            self.uncounted.leave_out(sort, &unwritten);
            None
        }
    }

    /// Says in the log, after each `period`, what was left out in it.
    async fn say_always(self, period: Duration) {
        let said = async {
            loop {
                tokio::time::sleep(period).await;
                self.uncounted.end();
                if self.say().await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = self.closing.cancelled() => {}
            () = said => {}
        }
    }

    /// Waits for a place first: what was taken out and found none would be forgotten.
    async fn say(&self) -> Result<(), LogUnavailable> {
        while self.uncounted.has_summary() {
            let place = self.queue.clone().reserve_owned().await.map_err(|_| LogUnavailable)?;
            if let Some(entry) = self.uncounted.next_summary() {
                place.send(entry);
            }
        }
        Ok(())
    }

    /// Writes what is queued and stops the task; to be called when no request is under way any more.
    pub async fn close(&self) {
        self.uncounted.end();
        if !matches!(tokio::time::timeout(LAST, self.say()).await, Ok(Ok(()))) {
            tracing::error!(
                "how many requests were left out of the log could not be written before the stop"
            );
        }
        self.closing.cancel();
        let task = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && tokio::time::timeout(LAST, task).await.is_err()
        {
            tracing::error!("the last log entries could not be written before the stop");
        }
    }
}

async fn write_all(
    db: Db,
    mut entries: mpsc::Receiver<Entry>,
    failing: Arc<AtomicBool>,
    closing: tokio_util::sync::CancellationToken,
) {
    let mut batch: Vec<Entry> = Vec::with_capacity(BATCH);
    let mut last = false;
    while !last {
        tokio::select! {
            taken = entries.recv_many(&mut batch, BATCH) => if taken == 0 { return },
            () = closing.cancelled() => {
                // Places that are still held are filled by requests under way: they were waited for before.
                entries.close();
                while entries.recv_many(&mut batch, BATCH).await > 0 {}
                last = true;
            }
        }
        if !closing.is_cancelled() && batch.len() < BATCH {
            tokio::time::sleep(GATHER).await;
            while batch.len() < BATCH {
                let Ok(entry) = entries.try_recv() else { break };
                batch.push(entry);
            }
        }
        let rows: Vec<LogRow> = batch.drain(..).map(LogRow::from).collect();
        for part in rows.chunks(BATCH) {
            write(&db, part, &failing).await;
        }
    }
}

/// Writes until it succeeds: a full disk may have room again.
async fn write(db: &Db, rows: &[LogRow], failing: &AtomicBool) {
    loop {
        match try_write(db, rows).await {
            Ok(()) => {
                if failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("the log is written again");
                }
                return;
            }
            // All of a batch is written or nothing: what is there was written by an attempt whose answer was lost.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                failing.store(false, Ordering::Relaxed);
                return;
            }
            Err(error) => {
                if !failing.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, waiting = rows.len(), "the log can't be written: work is refused until it can");
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn try_write(db: &Db, rows: &[LogRow]) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    insert(tx.on(), writer(), rows).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::log::{LogFilter, list};
    use crate::store::testing::{databases, sqlite};

    async fn outcomes(db: &Db) -> Vec<(String, String)> {
        let mut conn = db.read().await.unwrap();
        let rows = list(conn.on(), &LogFilter { limit: 100, ..LogFilter::default() }).await.unwrap();
        rows.into_iter().map(|r| (r.method, r.outcome)).collect()
    }

    fn entry(method: &str) -> Entry {
        Entry { method: method.into(), ..Entry::default() }
    }

    #[tokio::test]
    async fn everything_begun_is_written_at_the_stop() {
        for test in databases().await {
            let audit = Audit::start(test.db.clone(), Clock::system());
            audit.begin(entry("a")).await.unwrap().finish(|e| e.outcome = Outcome::Allowed);
            drop(audit.begin(entry("b")).await.unwrap());
            audit.close().await;
            let mut seen = outcomes(&test.db).await;
            seen.sort();
            assert_eq!(
                seen,
                [("a".into(), "allowed".into()), ("b".into(), "failed".into())],
                "{}",
                test.name
            );
        }
    }

    #[tokio::test]
    async fn a_batch_that_was_written_though_the_answer_was_lost_holds_nothing_up() {
        for test in databases().await {
            let failing = AtomicBool::new(true);
            let rows = vec![LogRow::from(entry("once"))];
            try_write(&test.db, &rows).await.unwrap();
            tokio::time::timeout(Duration::from_secs(2), write(&test.db, &rows, &failing)).await.unwrap();
            assert!(!failing.load(Ordering::Relaxed));
            assert_eq!(outcomes(&test.db).await.len(), 1, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn while_it_can_not_be_written_work_is_refused_and_nothing_is_lost() {
        let test = sqlite().await;
        let Db::Sqlite { write, .. } = &test.db else { unreachable!() };
        sqlx::query("ALTER TABLE mcp_log RENAME TO gone").execute(write).await.unwrap();
        let audit = Audit::start(test.db.clone(), Clock::system());
        audit.begin(entry("kept")).await.unwrap().finish(|e| e.outcome = Outcome::Allowed);
        while !audit.is_failing() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(audit.begin(entry("refused")).await.is_err());
        sqlx::query("ALTER TABLE gone RENAME TO mcp_log").execute(write).await.unwrap();
        while audit.is_failing() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        audit.begin(entry("after")).await.unwrap().finish(|e| e.outcome = Outcome::Allowed);
        audit.close().await;
        let mut seen = outcomes(&test.db).await;
        seen.sort();
        assert_eq!(seen, [("after".into(), "allowed".into()), ("kept".into(), "allowed".into())]);
    }

    #[tokio::test]
    async fn what_is_left_out_is_said_while_the_process_runs() {
        for test in databases().await {
            let audit = Audit::start_with(test.db.clone(), Clock::fixed(7), Duration::from_millis(300));
            for _ in 0..200 {
                let mut pending = audit.begin(entry("ping")).await.unwrap();
                pending.uncounted(&audit, "ping");
                pending.finish(|e| e.outcome = Outcome::Allowed);
            }
            let mut pending = audit.begin(entry("read")).await.unwrap();
            pending.uncounted(&audit, "read");
            pending.counted();
            pending.finish(|e| e.outcome = Outcome::Allowed);
            let said = async {
                loop {
                    let mut conn = test.db.read().await.unwrap();
                    let rows =
                        list(conn.on(), &LogFilter { limit: 100, ..LogFilter::default() }).await.unwrap();
                    let left_out: u64 = rows.iter().filter_map(left_out_in).sum();
                    let each = rows.iter().filter(|row| left_out_in(row).is_none()).count();
                    if left_out > 0 && each as u64 + left_out == 201 {
                        return rows.len();
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let rows = tokio::time::timeout(Duration::from_secs(20), said).await.unwrap();
            assert!(rows < 100, "{}: {rows}", test.name);
            audit.close().await;
        }
    }

    fn left_out_in(row: &LogRow) -> Option<u64> {
        serde_json::from_str::<serde_json::Value>(row.detail.as_deref()?).unwrap()["left_out"].as_u64()
    }

    #[tokio::test]
    async fn strangers_are_counted_even_while_the_log_can_not_be_written() {
        let test = sqlite().await;
        let audit = Audit::start(test.db.clone(), Clock::fixed(7));
        audit.failing.store(true, Ordering::Relaxed);
        assert!(audit.turned_away("authenticate", "missing", entry("authenticate")).await.is_none());
        audit.failing.store(false, Ordering::Relaxed);
        audit.close().await;
        let mut conn = test.db.read().await.unwrap();
        let rows = list(conn.on(), &LogFilter { limit: 100, ..LogFilter::default() }).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((left_out_in(&rows[0]), rows[0].outcome.as_str()), (Some(1), "denied"));
    }
}
