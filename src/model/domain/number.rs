//! Numbers as exact decimal text: `1.50`, `15e-1` and `+1.5` are all `1.5`.

/// Most digits before the point: enough for every 64-bit integer.
const WHOLE: usize = 20;
/// Most digits behind the point: enough for every double that people write.
const FRACTION: usize = 18;

/// The plain decimal text of a number written as JSON writes them; `None` if it is no number or has more
/// digits than any value of the ERP.
pub(super) fn plain(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let all = format!("{whole}{fraction}");
    if !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = all.trim_start_matches('0');
    let leading = i64::try_from(all.len() - digits.len()).ok()?;
    let point = i64::try_from(whole.len()).ok()?.checked_sub(leading)?.checked_add(exponent)?;
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let length = i64::try_from(digits.len()).ok()?;
    if point > i64::try_from(WHOLE).ok()? || length.checked_sub(point)? > i64::try_from(FRACTION).ok()? {
        return None;
    }
    let before = usize::try_from(point).unwrap_or(0);
    let zeros = "0".repeat(usize::try_from(-point).unwrap_or(0));
    let padded = format!("{digits:0<before$}");
    let (whole, fraction) = padded.split_at_checked(before)?;
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{dot}{zeros}{fraction}"))
}

/// The JSON number of a plain decimal text, where JSON numbers (64-bit integers, doubles) can hold it exactly.
pub(super) fn exact(plain_text: &str) -> Option<serde_json::Number> {
    let number = serde_json::from_str::<serde_json::Number>(plain_text).ok()?;
    (plain(&number.to_string())? == plain_text).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_value_has_one_text() {
        for (written, text) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("7", "7"),
            ("-7", "-7"),
            ("100", "100"),
            ("2.0", "2"),
            ("1.50", "1.5"),
            ("15e-1", "1.5"),
            ("1e3", "1000"),
            ("1.25E+1", "12.5"),
            ("0.05", "0.05"),
            ("5e-3", "0.005"),
            (".5", "0.5"),
            ("5.", "5"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            assert_eq!(plain(written).as_deref(), Some(text), "{written}");
        }
    }

    #[test]
    fn refuses_what_is_none_or_endless() {
        for wrong in
            ["", "-", ".", "1e", "1e400", "1e-30", "0x1", "1 2", "e5", "1e99999999999999999999", "--1"]
        {
            assert_eq!(plain(wrong), None, "{wrong}");
        }
        assert_eq!(exact("0.1234567890123456789"), None);
        assert_eq!(exact("9007199254740993.5"), None);
    }

    proptest! {
        #[test]
        fn keeps_the_value(n in any::<i64>(), scale in 0_u32..18) {
            let text = plain(&format!("{n}e-{scale}")).unwrap();
            prop_assert_eq!(plain(&text).unwrap(), text.clone());
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let back = format!("{whole}{fraction:0<width$}", width = scale as usize);
            prop_assert_eq!(back.parse::<i128>().unwrap(), i128::from(n));
        }
    }
}
