//! Text of people, made fit for paper.

use crate::model::characters::turns;

/// Letters of a word that are set without a place to break it; longer words are links, hashes and the like.
#[cfg(feature = "reports")]
const LONGEST: usize = 28;

/// The text without what can't be printed: control characters but line breaks, and the invisible characters that turn
/// the direction of what follows, so that an amount reads as it is.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            '\u{feff}' => None,
            c if c.is_control() || turns(c) => None,
            c => Some(c),
        })
        .collect()
}

/// The text with places where words may be broken that are too long for any column: U+200B, of which the templates
/// make places without a character.
#[cfg(feature = "reports")]
pub fn breakable(text: &str) -> std::borrow::Cow<'_, str> {
    let mut run = 0;
    let mut out = None::<String>;
    for (at, c) in text.char_indices() {
        run = if c.is_whitespace() { 0 } else { run + 1 };
        if run > LONGEST {
            run = 1;
            out.get_or_insert_with(|| text.get(..at).unwrap_or_default().to_owned()).push('\u{200b}');
        }
        if let Some(out) = &mut out {
            out.push(c);
        }
    }
    out.map_or(text.into(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_printed_goes() {
        assert_eq!(clean("a\0b\u{7}c\u{202e}d\u{2067}e\tf\r\ng"), "abcde f\ng");
        assert_eq!(clean("Łódź, שלום, €"), "Łódź, שלום, €");
    }

    #[cfg(feature = "reports")]
    #[test]
    fn only_long_words_get_places_to_break() {
        assert_eq!(breakable("a few short words"), "a few short words");
        let long = "ä".repeat(60);
        let broken = breakable(&long);
        assert_eq!(broken.replace('\u{200b}', ""), long);
        assert_eq!(broken.matches('\u{200b}').count(), 2);
    }
}
