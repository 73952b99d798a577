//! Decimal numbers as whole numbers of minor units, exactly: never through a float.

/// Bounds of the whole numbers that equal a value: `lo` included, `hi` not.
///
/// A value between two minor units equals none: its interval is empty, and stands where the value would.
/// So `=`, `<`, `<=`, `>` and `>=` are all exact, whatever digits the value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub lo: i128,
    pub hi: i128,
}

impl Interval {
    /// One whole number.
    pub(super) const fn exactly(n: i128) -> Self {
        Self { lo: n, hi: n + 1 }
    }

    /// Reads a decimal number (`-12.345`, `1e3`) in units of 10^-`digits`; `None` if it is none.
    pub(super) fn of_decimal(text: &str, digits: u8) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let figures = || whole.bytes().chain(fraction.bytes());
        if figures().next().is_none() || !figures().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // Figures up to this place make whole units; what is behind it is less than a unit.
        let place = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(digits);
        let mut units: i128 = 0;
        let mut rest = false;
        let mut read: i64 = 0;
        for byte in figures() {
            if read < place {
                units = units.saturating_mul(10).saturating_add(i128::from(byte - b'0'));
            } else {
                rest |= byte != b'0';
            }
            read += 1;
        }
        if units != 0 {
            for _ in read..place.min(read + 40) {
                units = units.saturating_mul(10);
            }
        }
        // Far outside of what can be stored, one number is as good as another, and none overflows below.
        let units = units.min(i128::from(i64::MAX) * 4);
        Some(match (negative, rest) {
            (false, false) => Self::exactly(units),
            (false, true) => Self { lo: units + 1, hi: units + 1 },
            (true, false) => Self::exactly(-units),
            (true, true) => Self { lo: -units, hi: -units },
        })
    }
}

/// Writes units of 10^-`digits` as a decimal number without needless zeros: 123450 with 2 digits is `1234.5`.
pub(super) fn write(out: &mut Vec<u8>, units: i64, digits: u8) {
    let scale = 10_u64.pow(u32::from(digits.min(18)));
    let magnitude = units.unsigned_abs();
    if units < 0 {
        out.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(magnitude / scale).as_bytes());
    let fraction = magnitude % scale;
    if fraction == 0 {
        return;
    }
    out.push(b'.');
    let figures = buffer.format(fraction).as_bytes();
    out.extend(std::iter::repeat_n(b'0', usize::from(digits).saturating_sub(figures.len())));
    let kept = figures.len() - figures.iter().rev().take_while(|b| **b == b'0').count();
    out.extend_from_slice(figures.get(..kept).unwrap_or(figures));
}

/// The same as text.
pub(super) fn written(units: i64, digits: u8) -> String {
    let mut out = Vec::new();
    write(&mut out, units, digits);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_exactly() {
        assert_eq!(written(123_450, 2), "1234.5");
        assert_eq!(written(-5, 3), "-0.005");
        assert_eq!(written(100, 2), "1");
        assert_eq!(written(0, 2), "0");
        assert_eq!(written(i64::MIN, 2), "-92233720368547758.08");
        assert_eq!(written(7, 0), "7");
    }

    #[test]
    fn reads_exactly() {
        let of = |text, digits| Interval::of_decimal(text, digits).map(|i| (i.lo, i.hi));
        assert_eq!(of("12.34", 2), Some((1234, 1235)));
        assert_eq!(of("12.345", 2), Some((1235, 1235)));
        assert_eq!(of("-12.345", 2), Some((-1234, -1234)));
        assert_eq!(of("1e3", 2), Some((100_000, 100_001)));
        assert_eq!(of("12.500", 1), Some((125, 126)));
        assert_eq!(of("0.001e2", 2), Some((10, 11)));
        assert_eq!(of("-0", 2), Some((0, 1)));
        assert!(of("1e999", 2).unwrap().0 > i128::from(i64::MAX));
        assert_eq!(of("1e-999", 2), Some((1, 1)));
        for wrong in ["", ".", "-", "1.2.3", "abc", "1e", "0x10", "NaN"] {
            assert_eq!(of(wrong, 2), None, "{wrong}");
        }
    }
}
