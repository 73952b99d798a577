//! From what a caller wrote to what is stored: each value by the type of its field, generously where it can mean one
//! thing alone, and with a way to mend it where it can't.

use chrono_tz::Tz;
use serde_json::Value;

use super::super::decimal::Interval;
use super::super::moment;
use super::money::{LARGEST, largest_of};
use super::text;
use crate::erp::Cell;
use crate::model::{Complaint, Field, FieldKind};

/// A value of a field that has a column. `place` says where it stands, as `values.partner_id`.
pub(super) fn read(field: &Field, place: &str, value: &Value, tz: Tz) -> Result<Cell, Complaint> {
    // Odoo writes false where nothing is set.
    let unset = matches!(value, Value::Null)
        || (matches!(value, Value::Bool(false)) && !matches!(field.kind, FieldKind::Boolean));
    if unset {
        return Ok(Cell::Null);
    }
    let wrong = |fits: &str, example: &str| {
        Complaint::new(format!(
            "{place}: {} ({}) is {}; {} does not fit, it takes {fits}",
            field.name,
            field.label,
            field.kind.name(),
            shown(value)
        ))
        .example(format!(r#"{{"{}":{example}}}"#, field.name))
    };
    let misfit = |takes: &str, why: &str| {
        Complaint::new(format!("{place}: {} ({}) {takes}: {why}", field.name, field.label))
    };
    match &field.kind {
        FieldKind::Char => {
            let written = characters(value).ok_or_else(|| wrong("text of one line", r#""text""#))?;
            text::line(&written).map_err(|unfit| misfit("takes text of one line", &unfit.said()))
        }
        FieldKind::Text => {
            let written = characters(value).ok_or_else(|| wrong("text", r#""text""#))?;
            text::lines(&written).map_err(|unfit| misfit("takes text", &unfit.said()))
        }
        FieldKind::Boolean => truth(value).ok_or_else(|| wrong("true or false", "true")),
        FieldKind::Selection(choices) => selection(choices, value).ok_or_else(|| {
            let known: Vec<String> =
                choices.iter().map(|(value, label)| format!("{value} ({label})")).collect();
            let first = choices.first().map_or("", |(value, _)| value.as_ref());
            wrong(&format!("one of {}", known.join(", ")), &format!("\"{first}\""))
        }),
        FieldKind::Integer | FieldKind::Float { .. } | FieldKind::Monetary { .. } => {
            let (digits, largest) = (field.kind.digits(), largest_of(&field.kind));
            let fits = match digits {
                0 => "a whole number".to_owned(),
                digits => format!("a number with at most {digits} digits behind the point"),
            };
            let example = if digits == 0 { "1" } else { "12.5" };
            number(value, digits).map(Cell::Int).map_err(|misfits| match misfits {
                Misfits::NoNumber => wrong(&fits, example),
                Misfits::Finer => {
                    misfit(&format!("takes {fits}"), &format!("{} has more; round it", shown(value)))
                }
                Misfits::Larger => misfit(
                    &format!("takes numbers from -{largest} to {largest}"),
                    &format!("{} is beyond; check it for digits too many", shown(value)),
                ),
            })
        }
        FieldKind::Date => value
            .as_str()
            .and_then(moment::read_date)
            .and_then(one)
            .ok_or_else(|| match value.as_str().and_then(moment::no_such_day) {
                Some(why) => misfit("takes a day", &why),
                None => wrong("a day", r#""2026-10-05""#),
            })
            .map(Cell::Int),
        FieldKind::Datetime => value
            .as_str()
            .and_then(|text| moment::read_datetime(text, tz))
            .and_then(|span| i64::try_from(span.lo).ok())
            .ok_or_else(|| match value.as_str().and_then(moment::no_such_day) {
                Some(why) => misfit("takes an instant or a day", &why),
                None => {
                    wrong("an instant (UTC unless it says otherwise) or a day", r#""2026-10-05 14:30:00""#)
                }
            })
            .map(Cell::Int),
        FieldKind::Many2one { relation } => id(value)
            .ok_or_else(|| {
                wrong(&format!("the id of a {relation}, or the name that one of them alone has"), "7")
            })
            .map(Cell::Int),
        FieldKind::One2many { .. } | FieldKind::Many2many { .. } => {
            Err(wrong("commands", r#"[[0,0,{"name":"…"}]]"#))
        }
    }
}

/// The name written for a link, where it is no id.
pub(super) fn name<'v>(field: &Field, value: &'v Value) -> Option<&'v str> {
    let FieldKind::Many2one { .. } = field.kind else { return None };
    let name = value.as_str()?.trim();
    (!name.is_empty() && matches!(number(value, 0), Err(Misfits::NoNumber))).then_some(name)
}

/// An id: `7`, `"7"`, `{"id":7,…}` as records are answered, or `[7,"name"]` as Odoo answers them.
pub(super) fn id(value: &Value) -> Option<i64> {
    let id = match value {
        Value::Object(link) => link.get("id")?.as_i64()?,
        Value::Array(pair) => match pair.as_slice() {
            [Value::Number(id), Value::String(_)] => id.as_i64()?,
            _ => return None,
        },
        other => number(other, 0).ok()?,
    };
    (id > 0).then_some(id)
}

/// What was written, short enough to be repeated.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

fn characters(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<Cell> {
    Some(Cell::Bool(match value {
        Value::Bool(truth) => *truth,
        Value::Number(n) if n.as_i64() == Some(1) => true,
        Value::Number(n) if n.as_i64() == Some(0) => false,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => return None,
    }))
}

/// By value, or by what people read where that names one alone.
fn selection(
    choices: &[(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)],
    value: &Value,
) -> Option<Cell> {
    let wanted = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if let Some((value, _)) = choices.iter().find(|(value, _)| *value == *wanted) {
        return Some(Cell::Text(value.to_string()));
    }
    let mut named = choices
        .iter()
        .filter(|(value, label)| label.eq_ignore_ascii_case(&wanted) || value.eq_ignore_ascii_case(&wanted));
    match (named.next(), named.next()) {
        (Some((value, _)), None) => Some(Cell::Text(value.to_string())),
        _ => None,
    }
}

/// Why something is not the number that is wanted.
#[derive(Clone, Copy)]
enum Misfits {
    NoNumber,
    /// It has more digits behind the point.
    Finer,
    /// Sums of it could not be held.
    Larger,
}

/// In units of 10^-`digits`.
fn number(value: &Value, digits: u8) -> Result<i64, Misfits> {
    let interval = match value {
        Value::Number(number) => Interval::of_decimal(&number.to_string(), digits),
        Value::String(text) => Interval::of_decimal(text, digits),
        _ => None,
    };
    let interval = interval.ok_or(Misfits::NoNumber)?;
    match i64::try_from(interval.lo) {
        Ok(n) if (-LARGEST..=LARGEST).contains(&n) => one(interval).ok_or(Misfits::Finer),
        _ => Err(Misfits::Larger),
    }
}

/// The whole number that an interval is, if it is one.
fn one(interval: Interval) -> Option<i64> {
    if interval.hi - interval.lo == 1 { i64::try_from(interval.lo).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::embedded::registry;
    use serde_json::json;

    fn of(model: &str, field: &str, value: &Value) -> Result<Cell, String> {
        let field = registry::model(model).unwrap().field(field).unwrap();
        read(field, "values", value, chrono_tz::Europe::Berlin).map_err(|c| c.to_string())
    }

    #[test]
    fn values_are_read_by_type() {
        for (field, value, cell) in [
            ("partner_id", json!(7), Cell::Int(7)),
            ("partner_id", json!("7"), Cell::Int(7)),
            ("partner_id", json!({"id": 7, "name": "Acme"}), Cell::Int(7)),
            ("partner_id", json!([7, "Acme"]), Cell::Int(7)),
            ("partner_id", json!(false), Cell::Null),
            ("note", json!("  a\nb "), "a\nb".into()),
            ("note", json!(""), Cell::Null),
            ("client_order_ref", json!(4711), "4711".into()),
            ("team", json!("direct"), "direct".into()),
            ("team", json!("Direct Sales"), "direct".into()),
            ("amount_total", json!(12.34), Cell::Int(1234)),
            ("amount_total", json!("1e2"), Cell::Int(10_000)),
            ("amount_total", json!(10_000_000_000_i64), Cell::Int(LARGEST)),
            ("amount_total", json!("-1e10"), Cell::Int(-LARGEST)),
            ("client_order_ref", json!("\u{200e}PO-7\u{200f} "), "PO-7".into()),
            ("validity_date", json!("2026-10-05"), Cell::Int(20_731)),
            ("date_order", json!("2026-10-05"), Cell::Int(1_791_151_200_000)),
            ("date_order", json!("2026-10-05 00:00:00"), Cell::Int(1_791_158_400_000)),
        ] {
            assert_eq!(of("sale.order", field, &value), Ok(cell), "{field} {value}");
        }
        assert_eq!(of("res.partner", "active", &json!(0)), Ok(Cell::Bool(false)));
        assert_eq!(of("res.partner", "active", &json!(false)), Ok(Cell::Bool(false)));
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        for (field, value, part) in [
            ("partner_id", json!("Acme"), "the id of a res.partner, or the name"),
            ("partner_id", json!(-1), "the id of"),
            ("partner_id", json!([7]), "the id of"),
            ("team", json!("indirect"), "one of direct (Direct Sales), online (Online)"),
            ("amount_total", json!(12.345), "at most 2 digits"),
            (
                "amount_total",
                json!(1e300),
                "takes numbers from -10000000000 to 10000000000: 1e+300 is beyond",
            ),
            ("amount_total", json!(-1e13), "is beyond; check it for digits too many"),
            ("amount_total", json!("10000000000.01"), "to 10000000000: \"10000000000.01\" is beyond"),
            ("amount_total", json!(12.345), "12.345 has more; round it"),
            ("amount_total", json!("12,34"), "a number"),
            ("validity_date", json!("05.10.2026"), "a day"),
            ("validity_date", json!("2026-02-30"), "\"2026-02-30\" does not exist: 2026-02 has 28 days"),
            ("date_order", json!("2026-13-01"), "\"2026-13-01\" does not exist: a year has 12 months"),
            ("date_order", json!(5), "an instant"),
            ("client_order_ref", json!("a\nb"), "text of one line"),
            ("client_order_ref", json!("a\u{202e}b"), "U+202E (override of direction)"),
            ("client_order_ref", json!("é".repeat(1_001)), "1001 characters, and it takes at most 1000"),
            ("note", json!("a\u{0}b"), "U+0000 (NUL)"),
            ("note", json!({"a": 1}), "text"),
        ] {
            let said = of("sale.order", field, &value).unwrap_err();
            assert!(said.contains(part) && said.contains(field), "{field}: {said}");
            assert!(!said.contains(['\u{202e}', '\0']), "{said}");
        }
    }

    #[test]
    fn long_values_are_not_repeated() {
        assert_eq!(shown(&json!("é".repeat(100))).chars().count(), 61);
    }
}
