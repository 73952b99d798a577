//! Calls that were counted in the store beforehand, to be let through without asking it again.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Bits of the calls; the second is above them.
const CALLS: u32 = 24;
/// Largest lease.
pub(super) const MOST: u32 = (1 << CALLS) - 1;

/// Calls left of one second, in one word so that no caller can take from another second's.
#[derive(Debug, Default)]
pub(super) struct Lease {
    second_and_calls: AtomicU64,
    limit: AtomicU32,
}

impl Lease {
    /// Takes one call, if the lease was counted in that second under that limit and has one left.
    pub(super) fn take(&self, second: i64, limit: u32) -> bool {
        if self.limit.load(Ordering::Acquire) != limit {
            return false;
        }
        let take_one = |packed: u64| {
            let (counted_in, calls) = unpack(packed);
            (counted_in == second && calls > 0).then(|| packed - 1)
        };
        self.second_and_calls.fetch_update(Ordering::AcqRel, Ordering::Acquire, take_one).is_ok()
    }

    /// Fills the lease. What is in it must have been taken out with [`Lease::close`].
    pub(super) fn open(&self, second: i64, limit: u32, calls: u32) {
        let Ok(high) = u64::try_from(second) else { return };
        self.limit.store(limit, Ordering::Release);
        self.second_and_calls.store((high << CALLS) | u64::from(calls.min(MOST)), Ordering::Release);
    }

    /// Empties the lease: the second it was counted in and the calls that were not made, if any.
    pub(super) fn close(&self) -> Option<(i64, u32)> {
        let (second, calls) = unpack(self.second_and_calls.swap(0, Ordering::AcqRel));
        (calls > 0).then_some((second, calls))
    }
}

fn unpack(packed: u64) -> (i64, u32) {
    let second = i64::try_from(packed >> CALLS).unwrap_or(i64::MAX);
    (second, u32::try_from(packed & u64::from(MOST)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_for_its_second_and_limit_alone() {
        let lease = Lease::default();
        assert!(!lease.take(0, 0));
        lease.open(1_800_000_000, 9000, 2);
        assert!(!lease.take(1_800_000_001, 9000));
        assert!(!lease.take(1_799_999_999, 9000));
        assert!(!lease.take(1_800_000_000, 8000));
        assert!(lease.take(1_800_000_000, 9000));
        assert_eq!(lease.close(), Some((1_800_000_000, 1)));
        assert!(!lease.take(1_800_000_000, 9000));
        assert_eq!(lease.close(), None);
    }

    #[test]
    fn callers_at_once_take_each_call_once() {
        let lease = Lease::default();
        lease.open(5, 9000, 10_000);
        let taken: usize = std::thread::scope(|scope| {
            let callers: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..5000).filter(|_| lease.take(5, 9000)).count())).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).sum()
        });
        assert_eq!(taken, 10_000);
    }
}
