//! Texts in CSV that a spreadsheet would take for a formula, and run.

use std::borrow::Cow;

/// The text, with an apostrophe before each place from which a spreadsheet would read a formula: its beginning, and
/// behind what some of them part cells or lines by though it stands in quotation marks. Of line breaks that follow each
/// other only the first counts, so that empty lines stay empty.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains(starts) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len() + 1);
    let (mut begins, mut broke) = (true, false);
    for c in text.chars() {
        let breaks = matches!(c, '\r' | '\n');
        if begins && starts(c) && !(breaks && broke) {
            kept.push('\'');
        }
        broke = breaks;
        begins = matches!(c, ';' | ',' | '\t' | '\r' | '\n') || (begins && matches!(c, ' ' | '"' | '\''));
        kept.push(c);
    }
    if kept.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(kept) }
}

/// Whether a formula may begin with it; the wide forms too, which some spreadsheets narrow.
const fn starts(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_a_formula_does_not_begin_a_cell() {
        for formula in [
            "=HYPERLINK(\"http://evil\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            " =1",
            "\"=1",
        ] {
            let kept = neutral(formula);
            assert!(
                kept.contains('\'') && !kept.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                "{formula:?}"
            );
        }
        assert_eq!(neutral("x;=1+1"), "x;'=1+1");
        assert_eq!(neutral("x\n-1"), "x\n'-1");
        assert_eq!(neutral("Screws, -10 %"), "Screws, '-10 %");
        assert_eq!(neutral("x\r\n\r\n=1"), "x\r\n\r\n'=1");
        for plain in [
            "",
            "Screws, 10 %",
            "a=b",
            "a\n\nb",
            "a\r\n\r\nb",
            "2026-11-23",
            "Müller & Söhne",
            "O'Neil - sales",
        ] {
            assert!(matches!(neutral(plain), Cow::Borrowed(same) if same == plain), "{plain}");
        }
    }

    proptest! {
        #[test]
        fn only_apostrophes_are_added_and_none_is_lacking(text in "[-=+@\t\r\n;, '\"a1＝]{0,24}") {
            let kept = neutral(&text);
            let first = kept.trim_start_matches([' ', '"']).chars().next();
            prop_assert!(first.is_none_or(|c| !starts(c)), "{:?}", kept);
            for cell in kept.split([';', ',', '\t', '\r', '\n']) {
                let first = cell.trim_start_matches([' ', '"']).chars().next();
                prop_assert!(first.is_none_or(|c| !starts(c)), "{:?}", kept);
            }
            let mut left = text.chars().peekable();
            for c in kept.chars() {
                if left.next_if_eq(&c).is_none() {
                    prop_assert_eq!(c, '\'');
                }
            }
            prop_assert!(left.next().is_none());
        }
    }
}
