//! Counts calls and says which fit.

use std::convert::Infallible;
use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::lease::{self, Lease};
use super::window::Window;
use crate::clock::Clock;
use crate::policy::Quota;
use crate::store::rate_limits::{self, RateLimitRow};
use crate::store::{Db, Tx};

/// Largest limit of which every call is counted in the store.
const EXACT_UP_TO: u32 = 6_000;
/// Leases in a larger limit.
const LEASES: u32 = 200;
/// Subjects remembered; one that is forgotten is looked up again, and what it held of a lease is lost.
const SUBJECTS: usize = 10_000;

/// Rate limits of any number of subjects.
#[derive(Debug)]
pub struct Limiter {
    db: Db,
    clock: Clock,
    subjects: Cache<String, Arc<Subject>>,
}

#[derive(Debug, Default)]
struct Subject {
    lease: Lease,
    /// Callers of one subject queue here, so that a process does not race with itself for the row.
    known: Mutex<Known>,
}

/// What this process knows of a subject. It is taken out before each write and put back after, so that a caller
/// who goes away amid one leaves nothing behind that may be untrue.
#[derive(Debug, Default)]
struct Known {
    row: Option<Counted>,
    /// Second and calls of a lease that were not made, to be given back.
    unused: Option<(i64, u32)>,
    /// Second in which the store confirmed that no call fits.
    refused_in: Option<i64>,
}

#[derive(Clone, Debug)]
struct Counted {
    version: i64,
    window: Window,
}

impl Limiter {
    /// A limiter that shares its limits with every other one on the same database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, subjects: Cache::new(SUBJECTS) }
    }

    /// Counts one call of `subject`, if it fits `per_minute` calls in 60 seconds; one that does not fit is not
    /// counted. An error says that the store failed and nothing is known: refuse the call.
    pub async fn take(&self, subject: &str, per_minute: u32) -> Result<Quota, sqlx::Error> {
        let Ok(entry) =
            self.subjects.get_or_insert_with::<_, Infallible>(subject, || Ok(Arc::<Subject>::default()));
        if entry.lease.take(self.second(), per_minute) {
            return Ok(Quota::Within);
        }
        let mut known = entry.known.lock().await;
        let second = self.second();
        let newest = known.row.as_ref().map_or(second, |row| row.window.at(second).newest());
        // Who stood before in the queue may have brought a lease.
        if entry.lease.take(newest, per_minute) {
            return Ok(Quota::Within);
        }
        if let Some(unused) = entry.lease.close() {
            known.unused = Some(unused);
        }
        if let Some(quota) = self.refusal(&known, per_minute) {
            return Ok(quota);
        }
        self.count(subject, &entry.lease, &mut known, per_minute).await
    }

    fn second(&self) -> i64 {
        self.clock.millis().div_euclid(1000)
    }

    /// A refusal that needs no I/O: nothing fits by what is known, and the store said so in this same second.
    fn refusal(&self, known: &Known, limit: u32) -> Option<Quota> {
        let row = known.row.as_ref().filter(|_| known.refused_in == Some(self.second()))?;
        self.claim(row, limit, known.unused).err()
    }

    async fn count(
        &self,
        subject: &str,
        lease: &Lease,
        known: &mut Known,
        limit: u32,
    ) -> Result<Quota, sqlx::Error> {
        let Known { row, mut unused, .. } = std::mem::take(known);
        let newest = row.as_ref().map(|row| row.window.newest());
        // A window that is over may have been taken away since, and another have come to the version remembered.
        let mut seen = row.filter(|row| !row.window.is_over(self.second()));
        let mut tx = self.db.begin().await?;
        // First what is remembered is tried; where another process was faster, the row is locked and read.
        for _ in 0..2 {
            let (row, is_remembered) = match seen.take() {
                Some(row) => (row, true),
                None => (self.look_up(&mut tx, subject).await?, false),
            };
            if newest.is_some_and(|newest| row.window.newest() < newest) {
                // Another process moved the window back in time: a second no longer names the bucket it did.
                unused = None;
            }
            match self.claim(&row, limit, unused) {
                Ok((window, calls)) if self.write(&mut tx, subject, row.version, &window).await? => {
                    tx.commit().await?;
                    lease.open(window.newest(), limit, calls - 1);
                    known.row = Some(Counted { version: row.version + 1, window });
                    return Ok(Quota::Within);
                }
                Err(quota) if !is_remembered => {
                    let row = self.keep_moved(tx, subject, row).await?;
                    *known = Known { row: Some(row), unused, refused_in: Some(self.second()) };
                    return Ok(quota);
                }
                _ => {}
            }
        }
        Err(sqlx::Error::Protocol("a rate limit changed although its row was locked".into()))
    }

    /// The window with another call (or lease) counted in, and how many calls that are; or the refusal.
    fn claim(&self, row: &Counted, limit: u32, unused: Option<(i64, u32)>) -> Result<(Window, u32), Quota> {
        let millis = self.clock.millis();
        let mut window = row.window.at(millis.div_euclid(1000));
        // As above, for a window that is moved now.
        let moved = window.newest() < row.window.newest();
        if let Some((second, calls)) = unused.filter(|_| !moved) {
            window.give_back(second, calls);
        }
        match window.room(limit).min(wanted(limit)) {
            0 => Err(Quota::Exceeded { limit, retry_after: window.retry_after(limit, millis) }),
            calls => {
                window.count(calls);
                Ok((window, calls))
            }
        }
    }

    /// Ends a transaction that counted nothing. A window that had to be moved back in time is written all the
    /// same: moved anew at each refusal, it would never slide.
    async fn keep_moved(&self, mut tx: Tx, subject: &str, row: Counted) -> Result<Counted, sqlx::Error> {
        let window = row.window.at(self.second());
        if window.newest() >= row.window.newest()
            || !self.write(&mut tx, subject, row.version, &window).await?
        {
            tx.rollback().await?;
            return Ok(row);
        }
        tx.commit().await?;
        Ok(Counted { version: row.version + 1, window })
    }

    async fn look_up(&self, tx: &mut Tx, subject: &str) -> Result<Counted, sqlx::Error> {
        let row = rate_limits::lock(tx.on(), subject, self.second()).await?;
        let window = Window::read(row.second, &row.buckets).map_err(|e| sqlx::Error::Decode(e.into()))?;
        Ok(Counted { version: row.version, window })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        subject: &str,
        version: i64,
        window: &Window,
    ) -> Result<bool, sqlx::Error> {
        let row = RateLimitRow { version, second: window.newest(), buckets: window.buckets() };
        rate_limits::swap(tx.on(), subject, &row).await
    }
}

/// Calls to count at once.
fn wanted(limit: u32) -> u32 {
    if limit > EXACT_UP_TO { (limit / LEASES).min(lease::MOST) } else { 1 }
}
