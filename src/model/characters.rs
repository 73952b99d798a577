//! Characters that nobody sees, and that let text read as something else than it is.

/// Whether it turns the direction of what stands beside it: the embeddings, overrides and isolates of UAX #9.
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether it is one of the marks of direction, which take no room: they order a sentence in Arabic or Hebrew, and
/// make two names of one that looks the same.
pub const fn is_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
}

/// Whether it shows as nothing, moves a terminal's cursor, or turns the direction of what stands beside it; line feed
/// and tab aside. NUL is among them, which PostgreSQL can't store.
pub fn misleads(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || turns(c) || is_mark(c)
}

/// A character that can't be shown, by its number: `U+000A (line feed)`.
pub fn named(c: char) -> String {
    let name = match c {
        '\0' => "NUL",
        '\t' => "tab",
        '\n' => "line feed",
        '\r' => "carriage return",
        '\u{1b}' => "escape",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}' | '\u{202b}' => "embedding of another direction",
        '\u{202c}' | '\u{2069}' => "end of another direction",
        '\u{202d}' | '\u{202e}' => "override of direction",
        '\u{2066}'..='\u{2068}' => "isolate of another direction",
        c if is_mark(c) => "mark of direction",
        _ => "control character",
    };
    format!("U+{:04X} ({name})", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_in_any_script_misleads_nobody() {
        for text in [
            "Müller & Söhne",
            "שלום, עולם!",
            "مرحبا ١٢٣",
            "می\u{200c}خواهم",
            "👩\u{200d}👩\u{200d}👧",
            "a\tb\nc",
        ] {
            assert!(!text.contains(misleads), "{text}");
        }
        for c in ['\0', '\r', '\u{1b}', '\u{7f}', '\u{9b}', '\u{61c}', '\u{200e}', '\u{202e}', '\u{2067}'] {
            assert!(misleads(c), "{}", named(c));
        }
    }

    #[test]
    fn a_character_is_named_by_its_number() {
        assert_eq!(named('\n'), "U+000A (line feed)");
        assert_eq!(named('\u{202e}'), "U+202E (override of direction)");
        assert_eq!(named('\u{7}'), "U+0007 (control character)");
    }
}
