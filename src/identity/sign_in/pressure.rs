//! How many failures are free, how long the next try waits, and how fast they are forgotten. Pure.

use crate::store::sign_in::FailureRow;

/// One failure, in the thousandths that levels are kept in.
pub const ONE: i64 = 1_000;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// What one subject may fail.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Failures without a wait.
    free: i64,
    /// Milliseconds in which one is forgotten.
    forget: i64,
    /// Milliseconds of the longest wait.
    longest: i64,
}

/// One login from one address, or from one browser that is known.
pub const PAIR: Budget = Budget { free: 5, forget: 15 * MINUTE, longest: 15 * MINUTE };
/// One address, whatever the login: a whole office may sit behind it.
pub const ADDRESS: Budget = Budget { free: 30, forget: 2 * MINUTE, longest: 15 * MINUTE };
/// One login, from addresses that never signed in to it.
pub const ACCOUNT: Budget = Budget { free: 100, forget: MINUTE, longest: 5 * MINUTE };

/// The first wait; each further failure doubles it.
const FIRST: i64 = 30 * SECOND;

impl Budget {
    /// What is counted after one more failure at `now` (epoch milliseconds).
    pub fn count(self, before: FailureRow, now: i64) -> FailureRow {
        let forgotten = (now - before.seen_at).max(0).saturating_mul(ONE) / self.forget;
        let level = (before.level - forgotten).max(0) + ONE;
        let failures = (level + ONE / 2) / ONE;
        let wait_until = if failures < self.free { 0 } else { now + self.wait(failures - self.free) };
        FailureRow { level, seen_at: now, wait_until }
    }

    fn wait(self, over: i64) -> i64 {
        (FIRST << over.clamp(0, 20)).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(budget: Budget, tries: usize) -> Vec<i64> {
        let (mut row, mut now) = (FailureRow::default(), 1_000_000);
        let mut waits = Vec::new();
        for _ in 0..tries {
            row = budget.count(row, now);
            waits.push((row.wait_until - now).max(0) / SECOND);
            now = now.max(row.wait_until) + SECOND;
        }
        waits
    }

    #[test]
    fn the_wait_doubles_up_to_a_bound() {
        assert_eq!(waits(PAIR, 10), [0, 0, 0, 0, 30, 60, 120, 240, 240, 480]);
        assert_eq!(waits(ADDRESS, 30)[28..], [0, 30]);
    }

    #[test]
    fn one_who_tries_on_and_on_gets_few_tries_a_day() {
        let day = 24 * 60 * MINUTE;
        for (budget, most) in [(PAIR, 110), (ADDRESS, 800), (ACCOUNT, 1_600)] {
            let (mut row, mut now, mut tries) = (FailureRow::default(), 0, 0);
            while now < day {
                row = budget.count(row, now);
                now = now.max(row.wait_until) + SECOND;
                tries += 1;
            }
            assert!(tries < most, "{tries} of {budget:?}");
        }
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let row = FailureRow { level: 9 * ONE, seen_at: 0, wait_until: 5 };
        let later = PAIR.count(row, 24 * 60 * MINUTE);
        assert_eq!((later.level, later.wait_until), (ONE, 0));
        assert_eq!(PAIR.count(row, -MINUTE).level, 10 * ONE, "a clock that is set back forgets nothing");
    }
}
