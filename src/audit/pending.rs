//! A request under way, as the log knows it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::OwnedPermit;

use super::entry::{Entry, Outcome};
use super::queue::Audit;
use super::uncounted::{Sort, Uncounted};
use crate::store::On;
use crate::store::log::{LogRow, insert};

/// A place in the log, to be filled.
#[derive(Debug)]
pub struct Pending {
    inner: Option<(OwnedPermit<Entry>, Entry)>,
    /// Where no rate limit counts it: what bounds it instead.
    uncounted: Option<(Arc<Uncounted>, Sort)>,
    begun: Instant,
}

impl Pending {
    pub(super) fn new(place: OwnedPermit<Entry>, entry: Entry) -> Self {
        Self { inner: Some((place, entry)), uncounted: None, begun: Instant::now() }
    }

    /// Notes that no rate limit counts this request: it is left out of the log, and counted there, where there are
    /// too many like it. `method` is a word of ours, not what was sent.
    pub fn uncounted(&mut self, audit: &Audit, method: &'static str) {
        self.measure(&audit.uncounted, Sort { method, code: "" });
    }

    pub(super) fn measure(&mut self, uncounted: &Arc<Uncounted>, sort: Sort) {
        self.uncounted = Some((Arc::clone(uncounted), sort));
    }

    /// Notes that the rate limit counted this request after all, so that it is never left out.
    pub fn counted(&mut self) {
        self.uncounted = None;
    }

    /// Hands over what is left to be said of this request: nothing is logged by `self` any more.
    #[must_use]
    pub fn take(&mut self) -> Self {
        Self { inner: self.inner.take(), uncounted: self.uncounted.take(), begun: self.begun }
    }

    /// Sets what became known on the way.
    pub fn note(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some((_, entry)) = &mut self.inner {
            change(entry);
        }
    }

    /// Hands the entry over, with how long it took.
    pub fn finish(mut self, change: impl FnOnce(&mut Entry)) {
        self.note(change);
        self.send();
    }

    /// Writes the entry in the transaction that does what it says, and answers its id. Until [`Pending::written`] it
    /// counts as under way: what is rolled back is logged as what became of it.
    pub async fn insert(
        &mut self,
        on: On<'_>,
        change: impl FnOnce(&mut Entry),
    ) -> Result<String, sqlx::Error> {
        let Some((_, entry)) = &self.inner else { return Err(sqlx::Error::RowNotFound) };
        let mut entry = entry.clone();
        change(&mut entry);
        entry.duration_us = i64::try_from(self.begun.elapsed().as_micros()).ok();
        let row = LogRow::from(entry);
        insert(on, super::queue::writer(), std::slice::from_ref(&row)).await?;
        Ok(row.id)
    }

    /// The transaction that [`Pending::insert`] wrote in was committed.
    pub fn written(mut self, outcome: Outcome) {
        if let Some((_, entry)) = self.inner.take() {
            measured(entry.tool, outcome, self.begun.elapsed());
        }
    }

    fn send(&mut self) {
        if let Some((place, mut entry)) = self.inner.take() {
            let took = self.begun.elapsed();
            entry.duration_us = i64::try_from(took.as_micros()).ok();
            measured(entry.tool, entry.outcome, took);
            let kept =
                self.uncounted.take().is_none_or(|(uncounted, sort)| uncounted.is_logged(sort, &entry));
            if kept {
                place.send(entry);
            }
        }
    }
}

fn measured(tool: Option<&'static str>, outcome: Outcome, took: Duration) {
    let tool = tool.unwrap_or("-");
    metrics::counter!("axanta_mcp_requests_total", "tool" => tool, "outcome" => outcome.name()).increment(1);
    metrics::histogram!("axanta_mcp_request_seconds", "tool" => tool).record(took.as_secs_f64());
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.note(|entry| {
            if entry.reason.is_none() {
                entry.failed("the client went away before the answer");
            }
        });
        self.send();
    }
}
