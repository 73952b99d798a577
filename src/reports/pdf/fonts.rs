//! Fonts: those that are shipped, for Latin, Greek, Cyrillic, Hebrew and Arabic; and those of the machine, where a text
//! has characters that none of the former has. They are looked for only then.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use fontdb::{Database, Source};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo, is_default_ignorable};
use typst::utils::LazyHash;

/// Where other fonts are looked for.
pub(super) type Shelf = dyn Fn() -> Database;

/// The fonts that are installed on this machine.
pub(super) fn of_machine() -> Database {
    let mut all = Database::new();
    all.load_system_fonts();
    all
}

macro_rules! shipped {
    ($($file:literal),* $(,)?) => { [$(include_bytes!(concat!("../fonts/", $file)).as_slice()),*] };
}

static SHIPPED: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files = shipped![
        "Inter-Regular.otf",
        "Inter-SemiBold.otf",
        "NotoSansHebrew-Regular.ttf",
        "NotoSansHebrew-SemiBold.ttf",
        "NotoSansArabic-Regular.ttf",
        "NotoSansArabic-SemiBold.ttf",
    ];
    files.into_iter().filter_map(|font| Font::new(Bytes::new(font), 0)).collect()
});

/// The fonts of one print.
pub(super) struct Fonts {
    book: LazyHash<FontBook>,
    found: Vec<Found>,
}

/// A font of the machine, read when it is first needed.
struct Found {
    file: PathBuf,
    index: u32,
    font: OnceLock<Option<Font>>,
}

impl Fonts {
    /// The fonts in which `text` is set, and those of its characters that none of them has.
    pub(super) fn for_text(text: &str, shelf: &Shelf) -> (Self, String) {
        let mut book = FontBook::from_fonts(SHIPPED.iter());
        let mut found = Vec::new();
        let mut lacking: BTreeSet<char> = text.chars().filter(|c| needs_a_glyph(*c)).collect();
        lacking.retain(|c| !SHIPPED.iter().any(|font| has(font.info(), *c)));
        if !lacking.is_empty() {
            let mut unknown = lacking.clone();
            for (info, font) in in_order(&shelf()) {
                if !info.is_last_resort() && lacking.iter().any(|c| has(&info, *c)) {
                    unknown.retain(|c| !has(&info, *c));
                    book.push(info);
                    found.push(font);
                }
            }
            lacking = unknown;
        }
        (Self { book: LazyHash::new(book), found }, lacking.into_iter().collect())
    }

    pub(super) const fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    /// The font at that place of the book.
    pub(super) fn font(&self, at: usize) -> Option<Font> {
        match at.checked_sub(SHIPPED.len()) {
            None => SHIPPED.get(at).cloned(),
            Some(at) => self.found.get(at)?.font(),
        }
    }
}

impl Found {
    fn font(&self) -> Option<Font> {
        let read = || Font::new(Bytes::new(std::fs::read(&self.file).ok()?), self.index);
        self.font.get_or_init(read).clone()
    }
}

/// What the fonts of a shelf are, always in the same order.
fn in_order(shelf: &Database) -> Vec<(FontInfo, Found)> {
    let mut all: Vec<(FontInfo, Found)> = shelf
        .faces()
        .filter_map(|face| {
            let Source::File(file) = &face.source else { return None };
            let info = shelf.with_face_data(face.id, FontInfo::new)??;
            Some((info, Found { file: file.clone(), index: face.index, font: OnceLock::new() }))
        })
        .collect();
    all.sort_by(|(_, a), (_, b)| (&a.file, a.index).cmp(&(&b.file, b.index)));
    all
}

fn has(font: &FontInfo, c: char) -> bool {
    font.coverage.contains(c.into())
}

/// Whether a character is to be seen.
fn needs_a_glyph(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_default_ignorable(c)
}
