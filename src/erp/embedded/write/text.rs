//! Text as it is stored: what means nothing is left out, and what would let it read as something else is refused.

use crate::erp::Cell;
use crate::model::characters::{is_mark, named, turns};

/// Most characters of a line of text, and of a text of many lines.
const LONGEST_LINE: usize = 1_000;
const LONGEST_TEXT: usize = 50_000;

/// Why a text can't be stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// So many characters, and so many are taken.
    Long(usize, usize),
    /// A character that has no place in it.
    Character(char),
}

/// One line. Marks of direction are left out, since two names that differ by them look the same.
pub(super) fn line(text: &str) -> Result<Cell, Unfit> {
    let text: String = text.chars().filter(|c| !is_mark(*c) && *c != '\u{feff}').collect();
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    stored(&text, LONGEST_LINE, breaks)
}

/// Text of many lines, each ended by a line feed, however it was written.
pub(super) fn lines(text: &str) -> Result<Cell, Unfit> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    stored(&text, LONGEST_TEXT, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The text without the space around it; nothing where there is nothing in it that can be seen.
fn stored(text: &str, longest: usize, is_out_of_place: impl Fn(char) -> bool) -> Result<Cell, Unfit> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_nothing(c));
    if let Some(c) = text.chars().find(|c| turns(*c) || is_out_of_place(*c)) {
        return Err(Unfit::Character(c));
    }
    match text.chars().count() {
        0 => Ok(Cell::Null),
        n if n > longest => Err(Unfit::Long(n, longest)),
        _ => Ok(Cell::Text(text.to_owned())),
    }
}

/// Characters without width that mean nothing at the ends of a text.
const fn is_nothing(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

impl Unfit {
    /// What is wrong with it, and how to mend it.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Long(length, longest) => {
                format!("this has {length} characters, and it takes at most {longest}; shorten it")
            }
            Self::Character(c) if turns(*c) => format!(
                "{} turns the direction of what stands beside it, so that people would read something else than what \
                 is stored; leave that character out, letters of every script stand in their own direction without it",
                named(*c)
            ),
            Self::Character(c) => format!("{} can't stand in it; leave that character out", named(*c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_stored_as_they_wrote_it() {
        for text in [
            "Müller & Söhne",
            "حساب ١٢٣ (شركة)",
            "חברה בע\"מ, תל אביב",
            "می\u{200c}خواهم",
            "👩\u{200d}👩\u{200d}👧\u{fe0f}",
            "नमस्\u{200d}ते",
            "e\u{301}",
            "a\u{a0}b",
        ] {
            assert_eq!(line(text), Ok(text.into()), "{text}");
            assert_eq!(lines(text), Ok(text.into()), "{text}");
        }
    }

    #[test]
    fn what_means_nothing_is_left_out() {
        assert_eq!(line(" \u{200e}+49 30 123\u{200f}\u{200b} \n"), Ok("+49 30 123".into()));
        assert_eq!(line("Ac\u{200e}me\u{61c}"), Ok("Acme".into()));
        assert_eq!(line("\u{feff} \u{200b}\u{200f}"), Ok(Cell::Null));
        assert_eq!(lines(" a\r\nb\rc\n"), Ok("a\nb\nc".into()));
        assert_eq!(lines("א\u{200f}!\tb"), Ok("א\u{200f}!\tb".into()), "a sentence keeps its marks");
    }

    #[test]
    fn what_would_mislead_is_named() {
        for c in
            ['\0', '\t', '\n', '\u{1b}', '\u{85}', '\u{2028}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}']
        {
            let said = line(&format!("a{c}b")).unwrap_err().said();
            assert!(said.contains(&format!("U+{:04X}", u32::from(c))) && said.contains("leave"), "{said}");
        }
        for c in ['\0', '\u{1b}', '\u{7f}', '\u{202e}', '\u{2067}'] {
            assert_eq!(lines(&format!("a{c}b")), Err(Unfit::Character(c)));
        }
        assert_eq!(line(&"é".repeat(1_001)), Err(Unfit::Long(1_001, 1_000)));
        assert_eq!(lines(&"é".repeat(50_001)), Err(Unfit::Long(50_001, 50_000)));
    }
}
