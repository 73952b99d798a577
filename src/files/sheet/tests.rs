use proptest::prelude::*;
use serde_json::Value;
use tokio::sync::mpsc::channel;

use super::*;
use crate::clock::Clock;
use crate::files::{Files, Kind, NewFile, Owner};
use crate::model::table::{Cell, ColumnKind};
use crate::store::testing::sqlite;

fn columns() -> Vec<Column> {
    let choices = vec![("draft".into(), "Quotation".into()), ("sale".into(), "Sales Order".into())];
    [
        ("id", "ID", ColumnKind::Whole),
        ("name", "Name", ColumnKind::Text),
        ("partner_id", "Customer", ColumnKind::Link),
        ("state", "Status", ColumnKind::Choice(choices)),
        ("amount", "Total", ColumnKind::Money(2)),
        ("currency_id", "Currency", ColumnKind::Text),
        ("qty", "Quantity", ColumnKind::Decimal(3)),
        ("ok", "OK", ColumnKind::Truth),
        ("day", "Day", ColumnKind::Day),
        ("at", "Order Date", ColumnKind::Instant),
    ]
    .map(|(name, label, kind)| Column { name: name.into(), label: label.into(), kind })
    .into()
}

fn row(id: i64, name: &str) -> Row {
    vec![
        Cell::Number(id),
        Cell::Text(name.into()),
        Cell::Link(7, "Müller & \"Söhne\", KG".into()),
        Cell::Text("sale".into()),
        Cell::Number(-123_450),
        Cell::Text("EUR".into()),
        Cell::Number(1_500),
        Cell::Truth(true),
        Cell::Number(20_729),
        Cell::Number(1_790_936_999_000),
    ]
}

fn empty(id: i64) -> Row {
    let mut row = vec![Cell::Empty; columns().len()];
    row[0] = Cell::Number(id);
    row[7] = Cell::Truth(false);
    row
}

/// Writes a table as the tool does; answers the file, what is said of it, and the most bytes that waited.
async fn made(format: Format, batches: impl Iterator<Item = Vec<Row>> + Send) -> (Vec<u8>, Written, usize) {
    let test = sqlite().await;
    let files = Files::new(test.db.clone(), Clock::fixed(1), "http://x");
    let owner = Owner { user_id: 1, key_id: "k".into(), grant_id: None };
    let new = NewFile {
        kind: Kind::Export,
        model: "m".into(),
        name: "n".into(),
        mime_type: format.mime_type(),
        request_id: "r".into(),
        untrusted: Vec::new(),
    };
    let mut writer = files.begin(owner, new);
    let (parts, taken) = channel(2);
    let sent = async {
        parts.send(Part::Columns(columns())).await.unwrap();
        for rows in batches {
            parts.send(Part::Rows(rows)).await.unwrap();
        }
        drop(parts);
    };
    let (written, ()) = tokio::join!(write(format, taken, &mut writer, chrono_tz::Europe::Berlin), sent);
    let (written, most) = (written.unwrap(), writer.peak());
    let stored = writer.finish(None, None).await.unwrap();
    (files.read(&stored).whole().await.unwrap(), written, most)
}

#[tokio::test]
async fn csv_is_read_back_as_it_was() {
    let rows = vec![row(1, "=1+1"), row(2, "two\nlines, \"quoted\""), empty(3)];
    let (bytes, written, _) = made(Format::Csv, [rows].into_iter()).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.starts_with(
            "\u{feff}id,name,partner_id,partner_id/id,state,amount,currency_id,qty,ok,day,at\r\n"
        )
    );
    let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let read: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(
        read[0],
        [
            "1",
            "'=1+1",
            "Müller & \"Söhne\", KG",
            "7",
            "sale",
            "-1234.50",
            "EUR",
            "1.500",
            "true",
            "2026-10-03",
            "2026-10-02T10:29:59Z"
        ]
    );
    assert_eq!(read[1][1], "two\nlines, \"quoted\"");
    assert_eq!(read[2], ["3", "", "", "", "", "", "", "", "false", "", ""]);
    assert_eq!(written.notes.len(), 2, "{:?}", written.notes);
    assert!(written.notes[0].contains("apostrophe") && written.notes[1].contains("currencies"));
    assert!(written.preview.starts_with("id,name,"), "{}", written.preview);
    let (_, plain, _) = made(Format::Csv, [vec![row(1, "Acme")]].into_iter()).await;
    assert_eq!(plain.notes.len(), 1, "a negative amount is a number");
}

#[tokio::test]
async fn json_says_the_same_in_its_own_words() {
    let (bytes, ..) = made(Format::Json, [vec![row(1, "=1\u{7}")], vec![empty(3)]].into_iter()).await;
    let all: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        all[0],
        serde_json::json!({
            "id": 1, "name": "=1\u{7}", "partner_id": {"id": 7, "name": "Müller & \"Söhne\", KG"}, "state": "sale",
            "amount": -1234.5, "currency_id": "EUR", "qty": 1.5, "ok": true, "day": "2026-10-03",
            "at": "2026-10-02T10:29:59Z",
        })
    );
    assert!(all[1]["amount"].is_null() && all[1]["ok"] == false);
    let (bytes, ..) = made(Format::Json, std::iter::empty()).await;
    assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), serde_json::json!([]));
}

/// The text of a member of a workbook.
fn member(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[tokio::test]
async fn a_workbook_has_labels_numbers_and_days_and_no_formula() {
    let long = "ä".repeat(40_000);
    let mut far = row(3, "http://example.com");
    far[4] = Cell::Number(i64::MAX);
    far[8] = Cell::Number(-100_000);
    let rows = vec![row(1, "=HYPERLINK(\"x\")"), row(2, &long), far, empty(4)];
    let (bytes, written, _) = made(Format::Xlsx, [rows].into_iter()).await;
    let sheet = member(&bytes, "xl/worksheets/sheet1.xml");
    for (cell, value) in [
        ("A1", "<is><t>ID</t></is>"),
        ("D1", "<is><t>Customer (ID)</t></is>"),
        ("K1", "<is><t>Order Date (Europe/Berlin)</t></is>"),
        ("B2", "<is><t>=HYPERLINK(\"x\")</t></is>"),
        ("C2", "<is><t>Müller &amp; \"Söhne\", KG</t></is>"),
        ("D2", "<v>7</v>"),
        ("E2", "<is><t>Sales Order</t></is>"),
        ("F2", "<v>-1234.5</v>"),
        ("H2", "<v>1.5</v>"),
        ("J2", "<v>46298</v>"),
        ("F4", "<is><t>92233720368547758.07</t></is>"),
        ("J4", "<is><t>1696-03-17</t></is>"),
    ] {
        let found = sheet.split("<c r=\"").find(|rest| rest.starts_with(&format!("{cell}\""))).unwrap();
        assert!(found.contains(value), "{cell}: {}", &found[..found.len().min(200)]);
    }
    // 12:29:59 in Berlin.
    assert!(sheet.contains("<v>46297.52082175"), "{sheet}");
    assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"));
    assert!(sheet.contains("ySplit=\"1\"") && sheet.contains("<autoFilter ref=\"A1:K5\""));
    assert!(member(&bytes, "xl/styles.xml").contains("#,##0.00"));
    assert!(written.notes.iter().any(|note| note.contains("Europe/Berlin")), "{:?}", written.notes);
    assert!(written.notes.iter().any(|note| note.contains("32767")), "{:?}", written.notes);
}

#[tokio::test]
async fn a_hundred_thousand_rows_wait_in_no_more_memory_than_some_hundred() {
    for format in [Format::Csv, Format::Json, Format::Xlsx] {
        let batches = (0..400)
            .map(|batch| (0..250).map(|n| row(batch * 250 + n, "A name of the usual length")).collect());
        let (bytes, written, most) = made(format, batches).await;
        assert!(bytes.len() > 2_000_000, "{format:?}: {}", bytes.len());
        assert!(most <= 3 * 256 * 1024, "{format:?}: {most} bytes waited");
        assert!(written.preview.lines().count() <= 21 && written.preview.len() < 4_500);
    }
}

#[tokio::test]
async fn a_table_that_breaks_off_makes_no_workbook() {
    let test = sqlite().await;
    let files = Files::new(test.db.clone(), Clock::fixed(1), "http://x");
    let owner = Owner { user_id: 1, key_id: "k".into(), grant_id: None };
    let new = NewFile {
        kind: Kind::Export,
        model: "m".into(),
        name: "n".into(),
        mime_type: "x",
        request_id: "r".into(),
        untrusted: Vec::new(),
    };
    let mut writer = files.begin(owner, new);
    let (parts, taken) = channel(2);
    parts.send(Part::Columns(columns())).await.unwrap();
    {
        let writing = write(Format::Xlsx, taken, &mut writer, chrono_tz::UTC);
        let cut = tokio::time::timeout(std::time::Duration::from_millis(50), writing).await;
        assert!(cut.is_err(), "it waits for more");
    }
    assert!(parts.is_closed() && writer.size() == 0);
    drop(writer);
    assert!(files.of_user(1, 9).await.unwrap().is_empty());
}

proptest! {
    #[test]
    fn any_text_comes_back_from_csv_and_json(texts in proptest::collection::vec(".{0,20}|[-=+@;,\"'\r\n\t a]{0,12}", 1..5)) {
        let columns: Vec<Column> = (0..texts.len())
            .map(|n| Column { name: format!("f{n}"), label: String::new(), kind: ColumnKind::Text })
            .collect();
        let row: Row = texts.iter().map(|text| Cell::Text(text.clone())).collect();
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        let (mut to_csv, mut to_json) = (Csv::default(), Json::default());
        to_csv.begin(&columns, &mut csv);
        to_csv.rows(&columns, std::slice::from_ref(&row), &mut csv);
        to_json.begin(&columns, &mut json);
        to_json.rows(&columns, &[row], &mut json);
        to_json.end(&mut json);
        let read: Vec<::csv::StringRecord> =
            ::csv::Reader::from_reader(csv.as_slice()).records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), 1);
        let all: Value = serde_json::from_slice(&json).unwrap();
        for (n, text) in texts.iter().enumerate() {
            let kept = neutral::neutral(text);
            prop_assert_eq!(&read[0][n], kept.as_ref());
            prop_assert_eq!(all[0][format!("f{n}")].as_str(), Some(text.as_str()));
        }
    }
}
