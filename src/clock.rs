//! Time as an argument: nothing reads the machine's clock but [`Clock::system`], so tests own time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

/// Where the process gets the time from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `millis` until [`Clock::advance`] moves it.
    pub fn fixed(millis: i64) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(millis))))
    }

    /// Milliseconds since the Unix epoch.
    pub fn millis(&self) -> i64 {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Source::System => Utc::now().timestamp_millis(),
            Source::Fixed(at) => at.load(Ordering::Relaxed),
        }
    }

    /// The same instant as a calendar time in UTC.
    pub fn utc(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.millis()).unwrap_or_default()
    }

    /// Moves a fixed clock on by `millis`; the machine's clock is left alone.
    pub fn advance(&self, millis: i64) {
        if let Source::Fixed(at) = &self.0 {
            at.fetch_add(millis, Ordering::Relaxed);
        }
    }
}
