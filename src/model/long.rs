//! Texts that are too long for one answer: how much of each is shown, and what is said where one was cut.

/// What a text takes at least, in bytes of JSON: no date, name or choice is cut.
const LEAST: usize = 200;
/// Room for what is said at the end of a text that was cut.
const MARK: usize = 60;

/// The beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// What is shown, with what is said at its end.
    pub text: String,
    /// Characters up to where it was cut.
    pub until: usize,
    /// Characters of the whole text.
    pub characters: usize,
}

/// Most bytes that each of these texts (bytes of JSON) may take, so that all of them take no more than `room`: the
/// longest are cut alike, and those that are no longer than the others become stay whole.
pub fn share(texts: &[usize], room: usize) -> usize {
    let fits = |most: usize| texts.iter().map(|length| *length.min(&most)).sum::<usize>() <= room;
    let (mut low, mut high) = (LEAST, texts.iter().copied().max().unwrap_or(LEAST).max(LEAST));
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// The beginning of a text, or of the rest of one whose first `from` characters were left out, in so many bytes of
/// JSON.
pub fn beginning(text: &str, bytes: usize, from: usize) -> Beginning {
    let kept = first(text, bytes.saturating_sub(MARK));
    let until = from + kept.chars().count();
    let characters = from + text.chars().count();
    Beginning { text: format!("{kept}… [cut after {until} of {characters} characters]"), until, characters }
}

/// The first characters of a text that take so many bytes as JSON. What is written together is not taken apart.
fn first(text: &str, bytes: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if !joins(c) && !text.get(..at).is_some_and(|before| before.ends_with('\u{200d}')) {
            end = at;
        }
        used += escaped(c);
        if used > bytes {
            // Nothing but accents: then it is cut between two of them, since reading on must come to an end.
            let end = if end == 0 { at } else { end };
            return text.get(..end).unwrap_or_default();
        }
    }
    text
}

/// Whether it belongs to the character before it: accents, choices of a form, and what joins emoji.
const fn joins(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Bytes of a character in JSON.
const fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\t' | '\r' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_are_cut_alike() {
        assert_eq!(share(&[100, 300, 5_000, 9_000], 4_400), 2_000);
        assert_eq!(share(&[100, 300], 1_000), 300, "all of them fit");
        assert_eq!(share(&[5_000, 5_000], 10), 200, "something is always shown");
        assert_eq!(share(&[], 10), 200);
    }

    #[test]
    fn where_it_was_cut_is_said() {
        let whole = "é".repeat(500);
        let shown = beginning(&whole, 260, 40);
        assert_eq!((shown.until, shown.characters), (140, 540));
        assert_eq!(shown.text, format!("{}… [cut after 140 of 540 characters]", "é".repeat(100)));
    }

    #[test]
    fn what_is_written_together_stays_together() {
        assert_eq!(first("abcdef", 3), "abc");
        assert_eq!(first("abe\u{301}d", 4), "ab");
        assert_eq!(first("a👩\u{200d}👧b", 9), "a");
        assert_eq!(first("a\nb", 2), "a");
        assert_eq!(first("ab", 2), "ab");
        assert_eq!(first(&"\u{301}".repeat(9), 4), "\u{301}\u{301}");
    }
}
