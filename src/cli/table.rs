//! How commands print: a table for people, JSON for scripts.

use chrono::{DateTime, SecondsFormat};
use comfy_table::{Table, presets};
use serde::Serialize;

/// A table with headings, ready to be printed.
pub fn table<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_header(headings)
        .add_rows(rows.into_iter().map(|row| row.map(|cell| plain(&cell))));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Text that others wrote, fit for a terminal: what would move its cursor or change its colours is spelled out.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    })
}

/// Indented JSON.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| unreachable!("keys of these values are strings"))
}

/// An instant as RFC 3339 in UTC.
pub fn instant(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The same where it may be missing.
pub fn instant_or(millis: Option<i64>, otherwise: &str) -> String {
    millis.map_or_else(|| otherwise.to_owned(), instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line_whatever_the_letters() {
        let text = table(["ID", "NAME"], [["1".into(), "Zoë Łódź".into()], ["12".into(), "日本".into()]]);
        assert_eq!(text, "ID  NAME\n1   Zoë Łódź\n12  日本");
    }

    #[test]
    fn a_terminal_is_told_nothing_by_what_others_wrote() {
        let text = table(["NAME"], [["a\x1b[2J\nb\u{9b}1m".into()]]);
        assert_eq!(text, "NAME\na\\u{1b}[2J\\nb\\u{9b}1m");
    }

    #[test]
    fn an_instant_is_in_utc() {
        assert_eq!(instant(1_795_383_600_000), "2026-11-22T21:40:00Z");
        assert_eq!(instant_or(None, "never"), "never");
    }
}
