//! Numbers as the ERP wrote them, kept exact: millionths in a whole number, never a float.

use std::iter::Sum;
use std::ops::{Add, Sub};

/// Digits behind the point that are kept.
const KEPT: usize = 6;
const ONE: i128 = 1_000_000;

/// A decimal number, exact to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(i128);

impl Number {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a number as JSON writes it; what is behind the sixth digit is rounded. `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(['e', 'E']) {
            // No amount of money needs an exponent; a float of a live ERP may have one.
            let float: f64 = text.parse().ok()?;
            return Self::parse(&format!("{float:.6}"));
        }
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let figures = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 24 || !figures(whole) || !figures(fraction) {
            return None;
        }
        let padded: String = fraction.chars().chain(std::iter::repeat('0')).take(KEPT).collect();
        let up = fraction.as_bytes().get(KEPT).is_some_and(|next| *next >= b'5');
        let units = whole.parse::<i128>().ok()? * ONE + padded.parse::<i128>().ok()? + i128::from(up);
        Some(Self(if negative { -units } else { units }))
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The number without its sign.
    #[must_use]
    pub const fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// Its sign, and the figures before and behind the point: rounded (half away from zero) to `most` digits, with
    /// needless zeros only as far as `least` digits ask for them.
    pub fn figures(self, least: usize, most: usize) -> (bool, String, String) {
        let most = most.min(KEPT);
        let step = 10_i128.pow(u32::try_from(KEPT - most).unwrap_or_default());
        let units = (self.0.abs() + step / 2) / step * step;
        let mut fraction = format!("{:06}", units % ONE);
        fraction.truncate(most);
        while fraction.len() > least && fraction.ends_with('0') {
            fraction.pop();
        }
        (self.0 < 0 && units != 0, (units / ONE).to_string(), fraction)
    }
}

impl Add for Number {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Number {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Number {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, least: usize, most: usize) -> String {
        let (negative, whole, fraction) = Number::parse(text).unwrap().figures(least, most);
        format!("{}{whole}.{fraction}", if negative { "-" } else { "" })
    }

    #[test]
    fn keeps_every_cent_of_large_amounts() {
        assert_eq!(written("-92233720368547758.08", 2, 2), "-92233720368547758.08");
        assert_eq!(written("0.1", 2, 2), "0.10");
        let sum: Number = std::iter::repeat_n(Number::parse("0.1").unwrap(), 3).sum();
        assert_eq!(sum, Number::parse("0.3").unwrap());
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(written("1.005", 2, 2), "1.01");
        assert_eq!(written("-1.005", 2, 2), "-1.01");
        assert_eq!(written("0.9999999", 0, 3), "1.");
        assert_eq!(written("-0.001", 2, 2), "0.00");
    }

    #[test]
    fn needless_zeros_go() {
        assert_eq!(written("12.500", 0, 3), "12.5");
        assert_eq!(written("12", 0, 3), "12.");
        assert_eq!(written("1e3", 2, 2), "1000.00");
    }

    #[test]
    fn what_is_no_number_is_none() {
        for wrong in ["", "-", "abc", "1.2.3", ".5", "NaN", "1e", "99999999999999999999999999", "null"] {
            assert_eq!(Number::parse(wrong), None, "{wrong}");
        }
    }
}
