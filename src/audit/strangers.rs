//! Requests that were turned away at the door, in the log: enough of them to see what goes wrong, and never so many
//! that whoever has no key fills the disk. What is left out is counted, and the count is logged.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Entries for one reason within [`WHILE`].
const MOST: u32 = 20;
/// How long entries are counted together.
pub(super) const WHILE: Duration = Duration::from_mins(1);

/// Those turned away lately, by reason. Reasons are few: each is a word of ours, never what was sent.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<HashMap<&'static str, Count>>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    logged: u32,
    left_out: u64,
}

/// Whether one more is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The first of its reason for a while: logged, and the count is to be closed when the while is over.
    First,
    Logged,
    LeftOut,
}

impl Strangers {
    /// Counts one more.
    pub(super) fn count(&self, reason: &'static str) -> Verdict {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(reason).or_default();
        if count.logged >= MOST {
            count.left_out = count.left_out.saturating_add(1);
            return Verdict::LeftOut;
        }
        count.logged += 1;
        if count.logged == 1 { Verdict::First } else { Verdict::Logged }
    }

    /// Begins anew for a reason, and says how many were left out.
    pub(super) fn close(&self, reason: &str) -> u64 {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(reason).map_or(0, |count| count.left_out)
    }

    /// The same for all reasons, of those that left any out.
    pub(super) fn close_all(&self) -> Vec<(&'static str, u64)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.drain().filter(|(_, c)| c.left_out > 0).map(|(reason, c)| (reason, c.left_out)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_own_measure() {
        let strangers = Strangers::default();
        assert_eq!(strangers.count("missing"), Verdict::First);
        for _ in 1..MOST {
            assert_eq!(strangers.count("missing"), Verdict::Logged);
        }
        assert_eq!(strangers.count("missing"), Verdict::LeftOut);
        assert_eq!(strangers.count("revoked"), Verdict::First);
        assert_eq!(strangers.close_all(), [("missing", 1)]);
        assert_eq!(strangers.count("missing"), Verdict::First);
        assert_eq!(strangers.close("missing"), 0);
    }
}
