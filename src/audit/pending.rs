//! A request under way, as the log knows it.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::OwnedPermit;

use super::entry::Entry;
use super::queue::Audit;
use super::uncounted::{Sort, Uncounted};

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

    fn send(&mut self) {
        if let Some((place, mut entry)) = self.inner.take() {
            let took = self.begun.elapsed();
            entry.duration_us = i64::try_from(took.as_micros()).ok();
            let tool = entry.tool.unwrap_or("-");
            metrics::counter!("axanta_mcp_requests_total", "tool" => tool, "outcome" => entry.outcome.name())
                .increment(1);
            metrics::histogram!("axanta_mcp_request_seconds", "tool" => tool).record(took.as_secs_f64());
            let kept =
                self.uncounted.take().is_none_or(|(uncounted, sort)| uncounted.is_logged(sort, &entry));
            if kept {
                place.send(entry);
            }
        }
    }
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
