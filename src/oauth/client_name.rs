//! Names that clients give themselves, made fit to be shown to people.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Most characters of a client's name; what is longer is cut, and says so by an ellipsis.
pub const LONGEST: usize = 100;
/// Letters that show as nothing (Hangul fillers, the braille blank).
const BLANKS: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// A client's name on one line, without what isn't seen or turns the direction of what stands beside it
/// (control and format characters, unassigned and private ones). `None` if nothing is left.
pub fn clean(name: &str) -> Option<String> {
    let shown: String = name
        .chars()
        .map(|c| if c.is_whitespace() || BLANKS.contains(&c) { ' ' } else { c })
        .filter(|c| *c == ' ' || is_shown(*c))
        .collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let name = words.join(" ");
    if name.is_empty() {
        return None;
    }
    match name.char_indices().nth(LONGEST) {
        None => Some(name),
        Some(_) => Some(name.chars().take(LONGEST - 1).chain(['…']).collect()),
    }
}

fn is_shown(c: char) -> bool {
    !matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_keeps_what_is_seen() {
        for (name, shown) in [
            ("Claude", Some("Claude")),
            ("  Claude\tCode\r\n", Some("Claude Code")),
            ("Клод 中文 e\u{301} 🤖", Some("Клод 中文 e\u{301} 🤖")),
            ("Cl\0au\x1b[31mde", Some("Clau[31mde")),
            ("a\u{202e}edualC\u{202c}\u{2066}b\u{200f}", Some("aedualCb")),
            ("a\u{200b}\u{feff}\u{ad}\u{e0041}b", Some("ab")),
            ("a\u{2028}b\u{a0}\u{3000}c", Some("a b c")),
            ("", None),
            (" \u{3164}\u{200b}\u{202e}", None),
        ] {
            assert_eq!(clean(name).as_deref(), shown, "{name:?}");
        }
        assert_eq!(clean(&"x".repeat(LONGEST)).unwrap(), "x".repeat(LONGEST));
        assert_eq!(clean(&"ä".repeat(LONGEST + 1)).unwrap(), format!("{}…", "ä".repeat(LONGEST - 1)));
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_short_line(name in any::<String>()) {
            if let Some(shown) = clean(&name) {
                prop_assert!((1..=LONGEST).contains(&shown.chars().count()));
                prop_assert!(shown.chars().all(|c| c == ' ' || (is_shown(c) && !c.is_whitespace())));
                let again = clean(&shown);
                prop_assert_eq!(again, Some(shown));
            }
        }
    }
}
