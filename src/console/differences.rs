//! What a change does to records, as whoever reads it may see it.

use std::collections::{BTreeMap, BTreeSet};

use app::components::{Differences, Paging, RecordDifference, RecordKind, ValueDifference};
use serde_json::Value;

use crate::changes::is_readable;
use crate::erp::{Caller, Difference, DifferenceKind, Erp, ErpError, Image, Seen};
use crate::store::On;

/// Records of a page.
const ROWS: usize = 20;

/// What somebody may read, by their own access rights and the record rules that hold for them.
pub struct Readable<'a> {
    erp: &'a dyn Erp,
    reader: &'a Caller,
    known: BTreeMap<String, bool>,
    records: BTreeSet<(String, i64)>,
}

impl<'a> Readable<'a> {
    /// By this reader.
    pub fn by(erp: &'a dyn Erp, reader: &'a Caller) -> Self {
        Self { erp, reader, known: BTreeMap::new(), records: BTreeSet::new() }
    }

    /// Whether they may read that model. One that Axanta no longer has is read by nobody.
    pub async fn may(&mut self, model: &str) -> Result<bool, ErpError> {
        if let Some(may) = self.known.get(model) {
            return Ok(*may);
        }
        let may = match is_readable(self.erp, self.reader, model).await {
            Err(ErpError::UnknownModel(_)) => false,
            answer => answer?,
        };
        self.known.insert(model.to_owned(), may);
        Ok(may)
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
    let records: Vec<_> = open.into_iter().skip(offset).take(ROWS).map(record).collect();
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

fn record(difference: Difference) -> RecordDifference {
    let fields = difference.fields.into_iter().map(|field| ValueDifference {
        label: field.label,
        name: field.name,
        before: text(&field.before),
        after: text(&field.after),
    });
    // What is kept more finely than it is read, such as an instant, has not changed to anybody who reads it.
    let fields = fields.filter(|field| field.before != field.after);
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
        fields: fields.collect(),
    }
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
