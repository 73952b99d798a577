//! Pages as they are set: what stands on each, whatever the texts are.

use chrono::DateTime;
use typst::layout::{Frame, FrameItem};

use super::super::document::{
    Address, Column, ColumnKind, Document, Fact, Layout, Letterhead, Print, Section, Total,
};
use super::press::{pages, set};

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

/// The text of each page, run by run.
fn texts(print: &Print) -> Vec<Vec<String>> {
    let set = pages(print).unwrap();
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
    let bytes = set(&print, at).unwrap();
    assert_eq!(bytes, set(&print, at).unwrap());
    assert_ne!(bytes, set(&print, at + chrono::TimeDelta::days(1)).unwrap());
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
    let all = (0..6).map(|_| super::pdf(print(vec![document("N", "Acme", 2)]), at));
    for printed in futures_util::future::join_all(all).await {
        assert!(printed.unwrap().starts_with(b"%PDF"));
    }
}
