//! Whether a change would do now what it was shown to do.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::erp::{Difference, DifferenceKind, What};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What of a difference must not differ: everything but numbers, times and days that a document gets at the moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Essence {
    /// All that is fixed.
    fixed: String,
    /// Days that nobody gave, in the order of their fields.
    days: Vec<NaiveDate>,
}

/// Whether what was `shown` is what it comes to `now`, `later` milliseconds after it was asked for. Days that nobody
/// gave, such as that of an order, may all be later by as much as went by; the stock that others draw on too is left
/// out.
pub(super) fn is_same(what: &What, (shown, now): (&[Difference], &[Difference]), later: i64) -> bool {
    let mut given = BTreeSet::new();
    match what {
        What::Create(records) => {
            records.iter().flatten().for_each(|(name, value)| names(name, value, &mut given));
        }
        What::Write { values, .. } | What::Call { arguments: values, .. } => {
            values.iter().for_each(|(name, value)| names(name, value, &mut given));
        }
        What::Delete(_) => {}
    }
    let (shown, now) = (essence(shown, &given), essence(now, &given));
    if shown.len() != now.len() {
        return false;
    }
    let mut moved = BTreeSet::new();
    for (was, is) in shown.iter().zip(&now) {
        if was.fixed != is.fixed || was.days.len() != is.days.len() {
            return false;
        }
        moved.extend(was.days.iter().zip(&is.days).map(|(was, is)| (*is - *was).num_days()));
    }
    // What depends on a day that was given stays; all else is as much later as today is.
    moved.remove(&0);
    let most = later / DAY + 1;
    moved.len() <= 1 && moved.iter().all(|days| (1..=most).contains(days))
}

/// Names of fields that are given, at every depth.
fn names<'a>(name: &'a str, value: &'a Value, given: &mut BTreeSet<&'a str>) {
    given.insert(name);
    inner(value, given);
}

fn inner<'a>(value: &'a Value, given: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(values) => values.iter().for_each(|(name, value)| names(name, value, given)),
        Value::Array(items) => items.iter().for_each(|item| inner(item, given)),
        _ => {}
    }
}

fn essence(differences: &[Difference], given: &BTreeSet<&str>) -> Vec<Essence> {
    let mut all: Vec<Essence> = differences
        .iter()
        .filter(|difference| difference.model != "stock.quant")
        .map(|difference| {
            let mut days = Vec::new();
            let mut fields = Vec::new();
            for field in &difference.fields {
                let day = field.after.as_str().and_then(day).filter(|_| !given.contains(field.name.as_str()));
                days.extend(day);
                let after = if day.is_some() { json!("a day") } else { lasting(&field.after) };
                let before = lasting(&field.before);
                // Instants of one second are told as one: whether two of them differ depends on the moment.
                if before != after {
                    fields.push(json!([field.name, before, after]));
                }
            }
            let id = (difference.kind != DifferenceKind::Created).then_some(difference.id);
            Essence { fixed: json!([difference.model, difference.kind, id, fields]).to_string(), days }
        })
        .collect();
    all.sort_unstable();
    all
}

/// A day as it is read through MCP.
fn day(text: &str) -> Option<NaiveDate> {
    if text.len() == 10 { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// A value without what is given out at the moment: instants, and numbers such as S00012 or WH/OUT/00012.
fn lasting(value: &Value) -> Value {
    let given_out = |text: &str| {
        let number = text.len() > 4
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'/')
            && text.bytes().rev().take(4).all(|b| b.is_ascii_digit());
        number || chrono::DateTime::parse_from_rfc3339(text).is_ok()
    };
    match value {
        Value::String(text) if given_out(text) => Value::Null,
        // A link to what is made with it is known by its name alone.
        Value::Object(link) => match link.get("name").and_then(Value::as_str) {
            Some(name) if given_out(name) => Value::Null,
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::FieldDifference;

    fn made(fields: &[(&str, Value)]) -> Vec<Difference> {
        let fields = fields.iter().map(|(name, after)| FieldDifference {
            name: (*name).to_owned(),
            label: String::new(),
            before: Value::Null,
            after: after.clone(),
        });
        vec![Difference {
            model: "account.move".into(),
            label: String::new(),
            id: 7,
            name: String::new(),
            kind: DifferenceKind::Created,
            fields: fields.collect(),
        }]
    }

    fn same(given: &Value, was: &[(&str, &str)], is: &[(&str, &str)], later: i64) -> bool {
        let what = What::Create(vec![given.as_object().unwrap().clone()]);
        let of = |all: &[(&str, &str)]| {
            made(&all.iter().map(|(name, text)| (*name, json!(text))).collect::<Vec<_>>())
        };
        is_same(&what, (&of(was), &of(is)), later)
    }

    #[test]
    fn days_that_nobody_gave_go_with_today() {
        let was = [("date", "2026-11-23"), ("invoice_date_due", "2026-12-23")];
        let is = [("date", "2026-11-24"), ("invoice_date_due", "2026-12-24")];
        let nothing = json!({"partner_id": 5});
        assert!(same(&nothing, &was, &was, 0));
        assert!(same(&nothing, &was, &is, 60_000), "midnight went by");
        assert!(!same(&nothing, &is, &was, 60_000), "no day comes back");
        assert!(!same(&json!({"date": "2026-11-23"}), &was, &is, 60_000), "a day that was given");
        let nested = json!({"invoice_line_ids": [[0, 0, {"date": "2026-11-23"}]]});
        assert!(!same(&nested, &was, &is, 60_000), "at any depth");
    }

    #[test]
    fn a_day_that_follows_from_something_else_is_not_today() {
        let nothing = json!({});
        let was = [("date", "2026-11-23"), ("invoice_date_due", "2026-12-23")];
        let other = [("date", "2026-11-23"), ("invoice_date_due", "2027-01-22")];
        assert!(!same(&nothing, &was, &other, 60_000), "another payment term");
        let both = [("date", "2026-11-24"), ("invoice_date_due", "2027-01-23")];
        assert!(!same(&nothing, &was, &both, 60_000), "and midnight");
        let fixed = [("date", "2026-11-24"), ("invoice_date_due", "2026-12-23")];
        assert!(same(&nothing, &was, &fixed, 60_000), "due by a day that stays");
    }

    #[test]
    fn whether_two_instants_fall_into_one_second_does_not_count() {
        let changed = |fields: &[(&str, &str, &str)]| {
            let fields = fields.iter().map(|(name, before, after)| FieldDifference {
                name: (*name).to_owned(),
                label: String::new(),
                before: json!(before),
                after: json!(after),
            });
            let fields = fields.collect();
            vec![Difference { kind: DifferenceKind::Changed, fields, ..made(&[]).remove(0) }]
        };
        let what =
            What::Call { method: "action_confirm".into(), ids: vec![7], arguments: serde_json::Map::new() };
        let state = ("state", "draft", "sale");
        let shown = changed(&[state]);
        let now = changed(&[("date_order", "2026-11-23T10:00:00Z", "2026-11-23T10:05:00Z"), state]);
        assert!(is_same(&what, (&shown, &now), 300_000));
        assert!(!is_same(&what, (&shown, &changed(&[("state", "draft", "sent")])), 300_000));
    }
}
