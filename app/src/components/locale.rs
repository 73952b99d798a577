//! How dates and numbers are written in the languages that are offered (as CLDR has them).

use chrono::{DateTime, NaiveDate, TimeZone};

/// How one language writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// A day, in chrono's letters.
    date: &'static str,
    /// A time of day to the second.
    time: &'static str,
    /// Between groups of three digits.
    group: char,
    /// Before the decimals.
    point: char,
    /// Digits from which on a number is grouped.
    grouped_from: usize,
}

const fn locale(date: &'static str, group: char, point: char, grouped_from: usize) -> Locale {
    Locale { date, time: "%H:%M:%S", group, point, grouped_from }
}

/// How a language, as `de_CH`, writes them; a language that is not offered is read as English.
pub fn of(lang: &str) -> Locale {
    match lang {
        "en_GB" => locale("%d/%m/%Y", ',', '.', 4),
        "de_DE" => locale("%d.%m.%Y", '.', ',', 4),
        "de_CH" => locale("%d.%m.%Y", '\u{2019}', '.', 4),
        "fr_FR" => locale("%d/%m/%Y", '\u{202f}', ',', 4),
        "es_ES" | "it_IT" => locale("%d/%m/%Y", '.', ',', 5),
        "nl_NL" => locale("%d-%m-%Y", '.', ',', 4),
        "pt_BR" => locale("%d/%m/%Y", '.', ',', 4),
        _ => Locale { time: "%-I:%M:%S %p", ..locale("%m/%d/%Y", ',', '.', 4) },
    }
}

impl Locale {
    /// A day.
    pub fn day<Z: TimeZone>(self, at: &DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        at.format(self.date).to_string()
    }

    /// A day of no time zone.
    pub fn date(self, day: NaiveDate) -> String {
        day.format(self.date).to_string()
    }

    /// A day and a time to the second.
    pub fn moment<Z: TimeZone>(self, at: &DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        at.format(&format!("{} {}", self.date, self.time)).to_string()
    }

    /// A whole number.
    pub fn whole(self, value: i64) -> String {
        self.decimal(value, 0)
    }

    /// A number of which the last `places` digits stand after the point: minor units of money, for example.
    pub fn decimal(self, value: i64, places: usize) -> String {
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
        let (whole, rest) = digits.split_at(digits.len() - places);
        let mut text = String::from(if value < 0 { "-" } else { "" });
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && whole.len() >= self.grouped_from && (whole.len() - index) % 3 == 0 {
                text.push(self.group);
            }
            text.push(digit);
        }
        if places > 0 {
            text.push(self.point);
            text.push_str(rest);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_as_its_readers_do() {
        let at = DateTime::from_timestamp(1_741_187_049, 0).unwrap();
        for (lang, moment, four, five, minor) in [
            ("en_US", "03/05/2025 3:04:09 PM", "1,234", "-12,345", "9,876.05"),
            ("en_GB", "05/03/2025 15:04:09", "1,234", "-12,345", "9,876.05"),
            ("de_DE", "05.03.2025 15:04:09", "1.234", "-12.345", "9.876,05"),
            ("de_CH", "05.03.2025 15:04:09", "1’234", "-12’345", "9’876.05"),
            ("fr_FR", "05/03/2025 15:04:09", "1\u{202f}234", "-12\u{202f}345", "9\u{202f}876,05"),
            ("es_ES", "05/03/2025 15:04:09", "1234", "-12.345", "9876,05"),
            ("it_IT", "05/03/2025 15:04:09", "1234", "-12.345", "9876,05"),
            ("nl_NL", "05-03-2025 15:04:09", "1.234", "-12.345", "9.876,05"),
            ("pt_BR", "05/03/2025 15:04:09", "1.234", "-12.345", "9.876,05"),
        ] {
            let locale = of(lang);
            assert_eq!(locale.moment(&at), moment, "{lang}");
            assert!(moment.starts_with(&format!("{} ", locale.date(at.date_naive()))), "{lang}");
            assert_eq!(locale.whole(1_234), four, "{lang}");
            assert_eq!(locale.whole(-12_345), five, "{lang}");
            assert_eq!(locale.decimal(987_605, 2), minor, "{lang}");
        }
    }

    #[test]
    fn small_and_extreme_numbers_keep_their_digits() {
        let locale = of("en_US");
        assert_eq!(locale.decimal(5, 2), "0.05");
        assert_eq!(locale.decimal(-5, 2), "-0.05");
        assert_eq!(locale.whole(0), "0");
        assert_eq!(locale.whole(999), "999");
        assert_eq!(locale.whole(i64::MIN), "-9,223,372,036,854,775,808");
    }
}
