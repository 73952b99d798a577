//! Chance, the same for the same seed on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of chances.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream that belongs to a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to `n - 1`; 0 for 0.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * u128::try_from(n).unwrap_or(0);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(0);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }

    /// `thousandths` as a whole number, rounded up or down so that the mean is right.
    pub fn round(&mut self, thousandths: i64) -> i64 {
        let rest = thousandths.rem_euclid(1000);
        thousandths.div_euclid(1000) + i64::from(self.chance(rest))
    }

    /// One of them.
    #[expect(clippy::indexing_slicing, reason = "below() stays below the length, and no list here is empty")]
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of them, in proportion to its weight.
    pub fn weighted<T: Copy>(&mut self, from: &[(T, i64)]) -> T {
        let total = from.iter().map(|(_, weight)| weight).sum::<i64>();
        let mut left = self.between(0, total - 1);
        for (value, weight) in from {
            left -= weight;
            if left < 0 {
                return *value;
            }
        }
        self.pick(from).0
    }

    /// Puts them in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let throw = |seed| {
            let mut dice = Dice::new(seed);
            (0..50).map(|_| dice.between(-3, 3)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
        assert!(throw(7).iter().all(|n| (-3..=3).contains(n)));
    }

    #[test]
    fn weights_and_rounding_keep_their_mean() {
        let mut dice = Dice::new(1);
        let rare = (0..10_000).filter(|_| dice.weighted(&[("rare", 1), ("often", 9)]) == "rare").count();
        assert!((800..1200).contains(&rare), "{rare}");
        let sum: i64 = (0..10_000).map(|_| dice.round(1300)).sum();
        assert!((12_500..13_500).contains(&sum), "{sum}");
    }
}
