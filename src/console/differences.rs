//! What a change does to records, as whoever reads it may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::components::{Differences, FieldValue, Paging, RecordDifference, RecordKind, ValueDifference};
use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use crate::changes::is_readable;
use crate::erp::{Caller, Difference, DifferenceKind, Erp, ErpError, Image, Seen};
use crate::model::{FieldKind, Model};
use crate::store::On;

/// Records of a page.
const ROWS: usize = 20;

/// What somebody may read, by their own access rights and the record rules that hold for them.
pub struct Readable<'a> {
    erp: &'a dyn Erp,
    reader: &'a Caller,
    /// Models that were asked about; `None` where they may not read it.
    known: BTreeMap<String, Option<Arc<Model>>>,
    records: BTreeSet<(String, i64)>,
}

impl<'a> Readable<'a> {
    /// By this reader.
    pub fn by(erp: &'a dyn Erp, reader: &'a Caller) -> Self {
        Self { erp, reader, known: BTreeMap::new(), records: BTreeSet::new() }
    }

    /// Whether they may read that model. One that Axanta no longer has is read by nobody.
    pub async fn may(&mut self, model: &str) -> Result<bool, ErpError> {
        if let Some(known) = self.known.get(model) {
            return Ok(known.is_some());
        }
        let readable = match is_readable(self.erp, self.reader, model).await {
            Err(ErpError::UnknownModel(_)) => None,
            answer => answer?.then_some(self.erp.model(model).await?),
        };
        let may = readable.is_some();
        self.known.insert(model.to_owned(), readable);
        Ok(may)
    }

    /// What a field holds, of a model that they may read.
    fn kind(&self, model: &str, field: &str) -> Option<&FieldKind> {
        Some(&self.known.get(model)?.as_ref()?.field(field)?.kind)
    }

    /// Finds out which of these records they may read, all at once; those that were not found out about are kept back.
    pub async fn find(&mut self, on: On<'_>, images: Vec<Image>, done: bool) -> Result<(), ErpError> {
        let mut open = Vec::with_capacity(images.len());
        for image in images {
            if self.may(&image.model).await? {
                open.push(image);
            }
        }
        let seen = Seen { images: &open, done };
        self.records.extend(self.erp.readable(on, None, self.reader, &seen).await?);
        Ok(())
    }

    /// Whether they may read that record.
    pub fn shows(&self, model: &str, id: i64) -> bool {
        self.records.contains(&(model.to_owned(), id))
    }
}

/// A record that is there, of which nothing is known but its number.
pub fn bare(model: &str, id: i64) -> Image {
    Image { model: model.to_owned(), id, before: None, after: None }
}

/// A page of the records that change, and how many are kept from the reader.
pub fn shown(readable: &Readable<'_>, all: Vec<Difference>, offset: u64) -> Differences {
    let mut open = Vec::new();
    let mut hidden: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for difference in all {
        if readable.shows(&difference.model, difference.id) {
            open.push(difference);
        } else {
            hidden.entry(difference.model).or_insert((difference.label, 0)).1 += 1;
        }
    }
    let total = open.len();
    let offset = usize::try_from(offset).ok().filter(|offset| *offset < total).unwrap_or(0);
    let records: Vec<_> = open.into_iter().skip(offset).take(ROWS).map(|one| record(readable, one)).collect();
    Differences {
        paging: Paging {
            offset: offset as u64,
            shown: records.len() as u64,
            total: Some(total as u64),
            size: ROWS as u64,
        },
        records,
        hidden: hidden.into_iter().map(|(model, (label, count))| (label, model, count)).collect(),
    }
}

fn record(readable: &Readable<'_>, difference: Difference) -> RecordDifference {
    let fields = difference.fields.into_iter().map(|field| {
        let kind = readable.kind(&difference.model, &field.name);
        ValueDifference {
            before: value(kind, &field.before),
            after: value(kind, &field.after),
            label: field.label,
            name: field.name,
        }
    });
    // What is kept more finely than it is read, such as an instant, has not changed to anybody who reads it.
    let fields = fields.filter(|field| field.before != field.after).collect();
    RecordDifference {
        kind: match difference.kind {
            DifferenceKind::Created => RecordKind::Created,
            DifferenceKind::Changed => RecordKind::Changed,
            DifferenceKind::Deleted => RecordKind::Deleted,
        },
        label: difference.label,
        model: difference.model,
        id: difference.id,
        name: difference.name,
        fields,
    }
}

/// A value of a field; as it stands where it is none of that kind.
fn value(kind: Option<&FieldKind>, value: &Value) -> Option<FieldValue> {
    let typed = kind.and_then(|kind| match (kind, value) {
        (
            FieldKind::Integer | FieldKind::Float { .. } | FieldKind::Monetary { .. },
            Value::Number(number),
        ) => units(&number.to_string(), usize::from(kind.digits())),
        (FieldKind::Date, Value::String(day)) => {
            NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().map(FieldValue::Day)
        }
        (FieldKind::Datetime, Value::String(at)) => {
            DateTime::parse_from_rfc3339(at).ok().map(|at| FieldValue::Instant(at.timestamp_millis()))
        }
        (FieldKind::Selection(choices), Value::String(value)) => choices
            .iter()
            .find(|(choice, _)| *choice == value.as_str())
            .map(|(_, label)| FieldValue::Text(label.to_string())),
        _ => None,
    });
    typed.or_else(|| text(value).map(|text| FieldValue::Text(short(text))))
}

/// Most characters of a value that are shown.
const SHOWN: usize = 2_000;

/// The beginning of a text that is too long for a page.
fn short(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} … ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}

/// A number with at least `places` digits behind the point; `None` where it is no plain decimal.
fn units(number: &str, places: usize) -> Option<FieldValue> {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let rest = rest.trim_end_matches('0');
    let places = places.max(rest.len());
    let units = format!("{whole}{rest:0<places$}").parse().ok()?;
    Some(FieldValue::Number { units, places })
}

/// A value as people read it; `None` where there is none.
pub fn text(value: &Value) -> Option<String> {
    let plain = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
    Some(match value {
        Value::Null => return None,
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "(empty text)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(link) => match (link.get("id"), link.get("name").and_then(Value::as_str)) {
            (Some(id), Some(name)) if link.len() == 2 && !name.is_empty() => format!("{name} ({id})"),
            _ => serde_json::to_string_pretty(value).unwrap_or_default(),
        },
        Value::Array(list) if !list.is_empty() && list.iter().all(plain) => {
            list.iter().filter_map(text).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_read_by_what_its_field_holds() {
        let money = FieldKind::Monetary { currency_field: "currency_id".into() };
        let state = FieldKind::Selection(vec![("sale".into(), "Sales Order".into())]);
        let number = |units, places| Some(FieldValue::Number { units, places });
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        let day = NaiveDate::from_ymd_opt(2026, 10, 1);
        for (kind, json, shown) in [
            (&money, json!(1_250_000.0), number(125_000_000, 2)),
            (&money, json!(-0.5), number(-50, 2)),
            (&FieldKind::Integer, json!(1234), number(1234, 0)),
            (&FieldKind::Float { digits: 1 }, json!(1.125), number(1125, 3)),
            (&FieldKind::Float { digits: 1 }, json!(1e300), text("1e+300")),
            (&FieldKind::Date, json!("2026-10-01"), day.map(FieldValue::Day)),
            (&FieldKind::Date, json!("today"), text("today")),
            (
                &FieldKind::Datetime,
                json!("2026-10-01T00:00:05Z"),
                Some(FieldValue::Instant(1_790_812_805_000)),
            ),
            (&FieldKind::Char, json!("2026-10-01"), text("2026-10-01")),
            (&state, json!("sale"), text("Sales Order")),
            (&state, json!("gone"), text("gone")),
            (&money, json!(null), None),
        ] {
            assert_eq!(value(Some(kind), &json), shown, "{kind:?} {json}");
        }
        assert_eq!(value(None, &json!(2.5)), text("2.5"));
    }

    #[test]
    fn a_value_is_said_as_people_do() {
        for (value, said) in [
            (json!(null), None),
            (json!(true), Some("Yes")),
            (json!(12.5), Some("12.5")),
            (json!(""), Some("(empty text)")),
            (json!({"id": 3, "name": "Azure Interior"}), Some("Azure Interior (3)")),
            (json!([6, "a"]), Some("6, a")),
            (json!([]), Some("[]")),
        ] {
            assert_eq!(text(&value).as_deref(), said, "{value}");
        }
        assert!(text(&json!([[0, 0, {"name": "x"}]])).unwrap().contains("\"name\": \"x\""));
    }
}
