//! Pages as they are set: what stands on each, whatever the texts are.

use std::path::Path;

use chrono::{DateTime, Utc};
use fontdb::Database;
use typst::layout::{Frame, FrameItem};

use super::super::document::{
    Address, Column, ColumnKind, Document, Fact, Layout, Letterhead, Print, Section, Total,
};
use super::super::error::ReportError;
use super::Pdf;
use super::fonts::Shelf;
use super::job::Job;
use super::press::Press;

const LAYOUT: Layout = Layout { page: "Page", of: "of", printed: "Printed", tax_id: "Tax ID" };

fn document(number: &str, text: &str, rows: usize) -> Document {
    let column = |label, kind| Column { label, kind };
    Document {
        title: "Invoice".into(),
        number: number.into(),
        stamp: Some("Draft".into()),
        company: Letterhead {
            name: text.into(),
            address: vec![text.into()],
            contact: vec![text.into()],
            vat: Some(text.into()),
        },
        party: Some(Address { label: "Customer", name: text.into(), lines: vec![text.into()], vat: None }),
        facts: vec![Fact { label: "Date", value: text.into() }],
        columns: vec![
            column("Description", ColumnKind::Text),
            column("Unit", ColumnKind::Word),
            column("Amount", ColumnKind::Number),
        ],
        sections: vec![Section {
            title: None,
            rows: (1..=rows)
                .map(|n| vec![format!("row {n} {text}"), "Units".into(), "1.00".into()])
                .collect(),
            sums: Vec::new(),
        }],
        totals: vec![Total { label: "Total".into(), value: "12.00 EUR".into(), strong: true }],
        notes: vec![text.into()],
        signatures: vec!["Received by"],
    }
}

fn print(documents: Vec<Document>) -> Print {
    Print {
        title: "Invoice 1".into(),
        author: "Łódź & Söhne GmbH".into(),
        lang: "en",
        words: LAYOUT,
        printed: "21 Nov 2026".into(),
        documents,
        notes: Vec::new(),
        rows: 1,
    }
}

/// On a machine without fonts.
fn set(print: &Print, at: DateTime<Utc>) -> Result<Pdf, ReportError> {
    Job::of(print, at)?.set(&Database::new)
}

/// The text of each page, run by run.
fn texts(print: &Print) -> Vec<Vec<String>> {
    let (set, _) = Job::of(print, DateTime::default()).unwrap().pages(&Database::new).unwrap();
    set.pages().iter().map(|page| of_frame(&page.frame)).collect()
}

fn of_frame(frame: &Frame) -> Vec<String> {
    let runs = frame.items().flat_map(|(_, item)| match item {
        FrameItem::Group(group) => of_frame(&group.frame),
        FrameItem::Text(text) => vec![text.text.to_string()],
        _ => Vec::new(),
    });
    runs.collect()
}

/// The right end of every run of a frame that begins at `x`, in points.
fn ends(frame: &Frame, x: f64) -> Vec<f64> {
    let ends = frame.items().flat_map(|(at, item)| match item {
        FrameItem::Group(group) => ends(&group.frame, x + at.x.to_pt()),
        FrameItem::Text(text) => vec![x + at.x.to_pt() + text.width().to_pt()],
        _ => Vec::new(),
    });
    ends.collect()
}

#[test]
fn long_words_are_broken_and_copied_whole() {
    let address = "accounts.payable.department@long-company-name.example.com";
    for word in [address.to_owned(), "x".repeat(5_000)] {
        let print = print(vec![document("N", &word, 2)]);
        let (set, _) = Job::of(&print, DateTime::default()).unwrap().pages(&Database::new).unwrap();
        for page in set.pages() {
            let (width, ends) = (page.frame.width().to_pt(), ends(&page.frame, 0.0));
            assert!(ends.iter().all(|end| *end < width), "{word}: {ends:?}");
        }
        let whole = texts(&print).concat().concat();
        assert!(whole.contains(&word) && !whole.contains('\u{200b}'), "{whole}");
    }
}

fn count(page: &[String], text: &str) -> usize {
    page.iter().filter(|run| run.as_str() == text).count()
}

#[test]
fn five_hundred_rows_fill_pages_that_repeat_the_head() {
    let all = texts(&print(vec![document("INV/1", "Acme", 500), document("INV/2", "Acme", 1)]));
    let last = all.len() - 1;
    assert!(all.len() > 10, "{}", all.len());
    for (at, page) in all.iter().enumerate().take(last - 1) {
        assert_eq!(count(page, "Description"), 1, "page {at}");
        assert!(page.join("").contains(&format!("Page {} of {last}", at + 1)), "page {at}: {page:?}");
    }
    let whole = all.concat().join(" ");
    for n in 1..=500 {
        assert!(whole.contains(&format!("row {n} Acme")), "row {n}");
    }
    // The second document begins a page of its own and counts its pages alone.
    assert!(all[last].join("").contains("Page 1 of 1"), "{:?}", all[last]);
    assert!(all[last].join(" ").contains("INV/2"));
}

#[test]
fn no_text_is_markup_and_none_stops_the_press() {
    let long = "x".repeat(5_000);
    for hostile in [
        "#sys.version #read(\"/etc/passwd\") $x$ *b* _i_ `c` @ref <label> = h // c /* d */ ~ -- \\ \\u{41}",
        "\"; #panic(1) //",
        "<script>alert(1)</script>&amp;<b>",
        "שלום עולם مرحبا",
        "a\u{200b}b\u{fffd}\u{10ffff}🎉",
        "line\nline\n\n\nline",
        "",
        &long,
    ] {
        let all = texts(&print(vec![document("N", hostile, 3)])).concat();
        let whole: String = all.concat().replace('\u{200b}', "");
        assert!(whole.contains("12.00"), "{hostile}");
        if hostile.is_ascii() && !hostile.contains('\n') {
            let plain = |text: &str| text.replace([' ', '\u{a0}'], "");
            assert!(plain(&whole).contains(&plain(hostile)), "{hostile}: {whole}");
        }
    }
}

#[test]
fn nothing_at_all_is_a_page_as_well() {
    let empty = Document { title: "Invoice".into(), ..Document::default() };
    let all = texts(&print(vec![empty]));
    assert_eq!(all.len(), 1);
    assert!(all[0].join("").contains("Page 1 of 1"), "{all:?}");
}

#[test]
fn the_same_print_is_the_same_file_and_says_what_it_is() {
    let at = DateTime::from_timestamp(1_795_291_800, 0).unwrap();
    let print = print(vec![document("INV/1", "Zażółć gęślą jaźń, Straße, 1 € £", 40)]);
    let Pdf { bytes, unknown } = set(&print, at).unwrap();
    assert_eq!(bytes, set(&print, at).unwrap().bytes);
    assert_ne!(bytes, set(&print, at + chrono::TimeDelta::days(1)).unwrap().bytes);
    assert_eq!(unknown, "");
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let text = String::from_utf8_lossy(&bytes);
    for said in [
        "/Title(Invoice 1)",
        "/Creator(Axanta MCP)",
        "/CreationDate(D:20261121201000Z)",
        "<rdf:li>Łódź &amp; Söhne GmbH</rdf:li>",
        "/Type/Pages/Count 2",
    ] {
        assert!(text.contains(said), "{said}");
    }
    // Nothing that acts: no script, no link, no attachment.
    for active in ["/JavaScript", "/JS", "/URI", "/Launch", "/EmbeddedFile", "/OpenAction"] {
        assert!(!text.contains(active), "{active}");
    }
}

#[tokio::test]
async fn presses_are_few_and_free_themselves() {
    let at = DateTime::from_timestamp(0, 0).unwrap();
    let (press, print) = (Press::here(), print(vec![document("N", "Acme", 2)]));
    let all = (0..6).map(|_| press.pdf(&print, at));
    for printed in futures_util::future::join_all(all).await {
        assert!(printed.unwrap().bytes.starts_with(b"%PDF"));
    }
}

/// Characters that are set as the empty box of a font which lacks them, and the fonts of all the others.
fn boxes_and_fonts(print: &Print, shelf: &Shelf) -> (String, Vec<String>, String) {
    let (set, unknown) = Job::of(print, DateTime::default()).unwrap().pages(shelf).unwrap();
    let (mut boxes, mut fonts) = (String::new(), Vec::new());
    for page in set.pages() {
        glyphs(&page.frame, &mut boxes, &mut fonts);
    }
    fonts.sort();
    fonts.dedup();
    (boxes, fonts, unknown)
}

fn glyphs(frame: &Frame, boxes: &mut String, fonts: &mut Vec<String>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => glyphs(&group.frame, boxes, fonts),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    boxes.push_str(&text.text[glyph.range()]);
                }
                fonts.push(text.font.info().family.clone());
            }
            _ => {}
        }
    }
}

#[test]
fn names_are_set_in_their_script() {
    for (name, font) in [
        ("Łódź Žižka Ñandú Ωμέγα Привет Việt Nam ₪ € £ ₺", "Inter"),
        ("אביגיל כהן ובניו בע״מ", "Noto Sans Hebrew"),
        ("שָׁלוֹם", "Noto Sans Hebrew"),
        ("شركة النور للتجارة ١٢٣، الرياض", "Noto Sans Arabic"),
        ("پارس گچ ٹوکیو", "Noto Sans Arabic"),
    ] {
        let (boxes, fonts, unknown) = boxes_and_fonts(&print(vec![document("N", name, 2)]), &Database::new);
        assert_eq!((boxes.as_str(), unknown.as_str()), ("", ""), "{name}");
        assert!(fonts.iter().any(|used| used == font), "{name}: {fonts:?}");
    }
}

#[test]
fn what_no_shipped_font_has_is_taken_from_the_machine() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reports/pdf/testing");
    let machine = move || {
        let mut fonts = Database::new();
        fonts.load_fonts_dir(&folder);
        fonts
    };
    let print = print(vec![document("N", "株式会社東京商事 Acme", 2)]);
    let (boxes, fonts, unknown) = boxes_and_fonts(&print, &machine);
    assert_eq!((boxes.as_str(), unknown.as_str()), ("", ""));
    assert_eq!(fonts, ["Inter", "Noto Sans JP"]);
    // Without it there are boxes, and it is told which.
    let (boxes, fonts, unknown) = boxes_and_fonts(&print, &Database::new);
    assert!(boxes.contains('東'), "{boxes}");
    assert_eq!(fonts, ["Inter"]);
    assert_eq!(unknown, "事京会商式東株社");
}

#[test]
fn the_machine_is_not_asked_for_what_is_shipped() {
    let nobody = || -> Database { panic!("asked") };
    let print = print(vec![document("N", "Acme \u{a0} שלום سلام \u{200b}\u{200f} “”–…", 2)]);
    assert_eq!(boxes_and_fonts(&print, &nobody).0, "");
}
