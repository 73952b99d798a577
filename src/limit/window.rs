//! The calls of the last 60 seconds, a bucket for each.

/// Seconds in a window, and so its buckets.
pub(super) const SECONDS: usize = 60;

/// Calls by second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Epoch second of the newest bucket.
    newest: i64,
    /// Calls, newest first.
    buckets: [u32; SECONDS],
}

impl Window {
    /// Epoch second of the newest bucket.
    pub(super) const fn newest(&self) -> i64 {
        self.newest
    }

    /// Reads what [`Window::buckets`] wrote.
    pub(super) fn read(newest: i64, buckets: &str) -> Result<Self, serde_json::Error> {
        let written: Vec<u32> = serde_json::from_str(buckets)?;
        let mut buckets = [0; SECONDS];
        buckets.iter_mut().zip(written).for_each(|(bucket, calls)| *bucket = calls);
        Ok(Self { newest, buckets })
    }

    /// The buckets as a JSON array, newest first, without empty ones at the end.
    pub(super) fn buckets(&self) -> String {
        let used = self.buckets.iter().rposition(|calls| *calls > 0).map_or(0, |last| last + 1);
        let calls: Vec<String> = self.buckets.iter().take(used).map(ToString::to_string).collect();
        format!("[{}]", calls.join(","))
    }

    /// The window at `second`. A second a little before the newest bucket counts as that bucket's; one more than
    /// a whole window before it means that clocks went wrong, and the calls are taken as made just now.
    pub(super) fn at(&self, second: i64) -> Self {
        let passed = second.saturating_sub(self.newest);
        let span = i64::try_from(SECONDS).unwrap_or(i64::MAX);
        if passed < -span {
            return Self { newest: second, ..self.clone() };
        }
        let Ok(passed) = usize::try_from(passed) else { return self.clone() };
        let mut buckets = [0; SECONDS];
        buckets.iter_mut().skip(passed).zip(self.buckets).for_each(|(bucket, calls)| *bucket = calls);
        Self { newest: second, buckets }
    }

    /// Whether at `second` all of it has slid out.
    pub(super) fn is_over(&self, second: i64) -> bool {
        usize::try_from(second.saturating_sub(self.newest)).is_ok_and(|passed| passed >= SECONDS)
    }

    /// Calls in the window.
    pub(super) fn calls(&self) -> u64 {
        self.buckets.iter().copied().map(u64::from).sum()
    }

    /// How many more calls fit.
    pub(super) fn room(&self, limit: u32) -> u32 {
        u32::try_from(u64::from(limit).saturating_sub(self.calls())).unwrap_or(0)
    }

    /// Counts calls in the newest bucket.
    pub(super) fn count(&mut self, calls: u32) {
        if let Some(bucket) = self.buckets.first_mut() {
            *bucket = bucket.saturating_add(calls);
        }
    }

    /// Takes back calls that were counted in a second but not made. What has slid out is gone anyway.
    pub(super) fn give_back(&mut self, second: i64, calls: u32) {
        let age = usize::try_from(self.newest.saturating_sub(second)).ok();
        if let Some(bucket) = age.and_then(|age| self.buckets.get_mut(age)) {
            *bucket = bucket.saturating_sub(calls);
        }
    }

    /// Seconds from `millis` (epoch) until a call fits that does not fit now, at least 1; a whole window where
    /// none ever will.
    pub(super) fn retry_after(&self, limit: u32, millis: i64) -> u32 {
        let mut left = self.calls();
        let mut opens = self.newest;
        for calls in self.buckets.into_iter().rev() {
            // The oldest bucket slides out in the next second, the one after it a second later.
            opens = opens.saturating_add(1);
            left = left.saturating_sub(u64::from(calls));
            if left < u64::from(limit) {
                break;
            }
        }
        let wait = opens.saturating_mul(1000).saturating_sub(millis);
        u32::try_from(wait.saturating_add(999) / 1000).unwrap_or(0).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(newest: i64, buckets: &str) -> Window {
        Window::read(newest, buckets).unwrap()
    }

    #[test]
    fn slides_by_the_second() {
        let at_100 = window(100, "[5,0,2]");
        assert_eq!(at_100.at(100), at_100);
        assert_eq!(at_100.at(101), window(101, "[0,5,0,2]"));
        assert_eq!(at_100.at(157).calls(), 7);
        assert_eq!(at_100.at(158).calls(), 5);
        assert_eq!(at_100.at(159).calls(), 5);
        assert_eq!(at_100.at(160).calls(), 0);
        assert!(at_100.is_over(160) && !at_100.is_over(159) && !at_100.is_over(40));
        assert_eq!(at_100.at(i64::MAX).calls(), 0);
        assert_eq!(at_100.at(101).buckets(), "[0,5,0,2]");
        assert_eq!(at_100.at(160).buckets(), "[]");
    }

    #[test]
    fn a_clock_set_back_frees_nothing_and_locks_out_for_no_longer_than_two_windows() {
        let at_100 = window(100, "[5,0,2]");
        for second in [99, 70, 40] {
            assert_eq!(at_100.at(second), at_100, "{second}");
        }
        for second in [39, 0, -5000, i64::MIN] {
            assert_eq!(at_100.at(second), window(second, "[5,0,2]"), "{second}");
        }
        assert_eq!(at_100.at(40).at(160).calls(), 0);
        assert_eq!(at_100.at(39).at(99).calls(), 0);
    }

    #[test]
    fn what_was_not_used_goes_back_to_its_own_second() {
        let mut window = window(100, "[5,0,2]");
        window.give_back(98, 1);
        window.give_back(101, 1);
        window.give_back(40, 1);
        assert_eq!(window.buckets(), "[5,0,1]");
        window.give_back(98, 9);
        assert_eq!(window.buckets(), "[5]");
    }

    #[test]
    fn a_call_fits_after_the_seconds_said_and_no_sooner() {
        // 5 calls at 100, 2 at 98, 1 at 41 (the oldest bucket).
        let mut buckets = vec!["0"; SECONDS];
        (buckets[0], buckets[2], buckets[59]) = ("5", "2", "1");
        let window = window(100, &format!("[{}]", buckets.join(",")));
        for (limit, millis, seconds) in [
            (8, 100_000, 1),
            (8, 100_999, 1),
            (7, 100_000, 58),
            (7, 100_001, 58),
            (6, 100_500, 58),
            (5, 100_000, 60),
            (1, 100_000, 60),
            (1, 99_000, 61),
            (0, 100_000, 60),
        ] {
            assert_eq!(window.retry_after(limit, millis), seconds, "{limit} {millis}");
            let then = (millis + i64::from(seconds) * 1000).div_euclid(1000);
            assert_eq!(window.at(then).room(limit) > 0, limit > 0, "{limit} {millis}");
            assert!(seconds == 1 || window.at(then - 1).room(limit) == 0, "{limit} {millis}");
        }
    }

    #[test]
    fn an_impossible_row_is_an_error() {
        for wrong in ["", "{}", "[-1]", "[1.5]", "[4294967296]"] {
            assert!(Window::read(0, wrong).is_err(), "{wrong}");
        }
    }
}
