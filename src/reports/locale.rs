//! How numbers and dates are written for whom: by the language of the caller.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::number::Number;
use super::words::{ENGLISH, FRENCH, GERMAN, Words};

/// A language's habits, and the time zone in which instants become days.
#[derive(Clone, Copy, Debug)]
pub struct Locale {
    /// The words of a document.
    pub words: &'static Words,
    /// BCP 47 tag of the language, for example `de`.
    pub tag: &'static str,
    thousands: &'static str,
    point: &'static str,
    /// As chrono writes it.
    date: &'static str,
    tz: Tz,
}

const SPACE: &str = "\u{202f}";

impl Locale {
    /// The locale of a language such as `de_DE`; English where the language is none that documents speak.
    pub fn of(lang: &str, tz: Tz) -> Self {
        let (words, tag, thousands, point, date) = match lang.split(['_', '-']).next() {
            Some("de") => (&GERMAN, "de", ".", ",", "%d.%m.%Y"),
            Some("fr") => (&FRENCH, "fr", SPACE, ",", "%d/%m/%Y"),
            _ if lang == "en_GB" => (&ENGLISH, "en", ",", ".", "%-d %b %Y"),
            _ => (&ENGLISH, "en", ",", ".", "%b %-d, %Y"),
        };
        Self { words, tag, thousands, point, date, tz }
    }

    /// A number with at least and at most so many digits behind the point.
    pub fn number(&self, number: Number, least: usize, most: usize) -> String {
        let (negative, whole, fraction) = number.figures(least, most);
        let mut text = String::with_capacity(whole.len() + whole.len() / 3 + fraction.len() + 4);
        if negative {
            text.push('\u{2212}');
        }
        for (at, figure) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(figure);
        }
        if !fraction.is_empty() {
            text.push_str(self.point);
            text.push_str(&fraction);
        }
        text
    }

    /// An amount of money, without its currency.
    pub fn money(&self, amount: Number) -> String {
        self.number(amount, 2, 2)
    }

    /// A quantity: no digits that say nothing.
    pub fn quantity(&self, quantity: Number) -> String {
        self.number(quantity, 0, 3)
    }

    /// A rate in per cent.
    pub fn percent(&self, rate: Number) -> String {
        let figures = self.number(rate, 0, 2);
        if self.tag == "en" { format!("{figures}%") } else { format!("{figures}\u{a0}%") }
    }

    /// A calendar day, from `2026-10-31`.
    pub fn date(&self, text: &str) -> Option<String> {
        Some(self.day(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?))
    }

    /// The day of an instant, from `2026-10-31T12:00:00Z`, or `2026-10-31 12:00:00`, which is UTC.
    pub fn instant(&self, text: &str) -> Option<String> {
        let at = DateTime::parse_from_rfc3339(text)
            .map(|at| at.to_utc())
            .ok()
            .or_else(|| Some(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?.and_utc()));
        Some(self.today(at?))
    }

    /// The day on which it is that instant.
    pub fn today(&self, at: DateTime<Utc>) -> String {
        self.day(at.with_timezone(&self.tz).date_naive())
    }

    fn day(&self, day: NaiveDate) -> String {
        day.format(self.date).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(lang: &str, text: &str) -> String {
        Locale::of(lang, Tz::UTC).money(Number::parse(text).unwrap())
    }

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(number("en_US", "1234567.5"), "1,234,567.50");
        assert_eq!(number("de_DE", "-1234.5"), "\u{2212}1.234,50");
        assert_eq!(number("fr_FR", "123456"), "123\u{202f}456,00");
        assert_eq!(number("xx", "12"), "12.00");
    }

    #[test]
    fn an_instant_is_a_day_where_the_caller_is() {
        let late = "2026-10-31 23:30:00";
        assert_eq!(Locale::of("en_US", Tz::UTC).instant("2026-10-31T23:30:00Z").unwrap(), "Oct 31, 2026");
        assert_eq!(Locale::of("en_US", Tz::UTC).instant(late).unwrap(), "Oct 31, 2026");
        assert_eq!(Locale::of("de_DE", chrono_tz::Europe::Berlin).instant(late).unwrap(), "01.11.2026");
        assert_eq!(Locale::of("en_GB", Tz::UTC).date("2026-02-03").unwrap(), "3 Feb 2026");
        assert_eq!(Locale::of("fr_FR", Tz::UTC).date("soon"), None);
    }
}
