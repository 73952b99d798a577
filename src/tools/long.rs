//! A record that is longer than one answer may be: its long texts are cut, say so where they end, and are read on
//! with `text_offset` of `read_records`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::ToolError;
use super::page::{self, Fitted};
use crate::model::Complaint;
use crate::model::long::{beginning, share};

/// A text of which only a part was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Of which record.
    id: i64,
    /// Its field.
    field: String,
    /// Characters before what was answered.
    from: usize,
    /// Characters up to where it was cut: the `text_offset` that reads on.
    until: usize,
    /// Characters of all of it.
    characters: usize,
}

impl Cut {
    /// What was cut, and how the rest is had.
    pub fn said(&self, model: &str) -> String {
        format!(
            "`{}` of record {} was cut after {} of {} characters because the record is longer than Token Budget of \
             Settings > MCP Server lets one result be; read_records {} reads on",
            self.field,
            self.id,
            self.until,
            self.characters,
            json!({"model": model, "ids": [self.id], "fields": [self.field], "text_offset": self.until})
        )
    }

    /// What output schemas say of them.
    pub fn schema() -> Value {
        json!({
            "type": "array",
            "description": "Texts that were cut because the record alone is longer than one answer may be",
            "items": {"type": "object", "properties": {
                "id": {"type": "integer"},
                "field": {"type": "string"},
                "from": {"type": "integer", "description": "Characters left out before it"},
                "until": {"type": "integer", "description": "Characters up to where it was cut: text_offset of read_records reads on from there"},
                "characters": {"type": "integer", "description": "Characters of the whole text"}
            }, "required": ["id", "field", "from", "until", "characters"]}
        })
    }
}

/// Cuts an array of records to the characters of one answer: between records, and within one that is too long alone.
pub fn records<'a>(
    json: &'a RawValue,
    rows: u32,
    budget: usize,
    go_on: &str,
) -> Result<(Fitted<'a>, Vec<Cut>), serde_json::Error> {
    let mut fitted = page::fit(json, rows, budget, go_on)?;
    if fitted.rows != 1 || fitted.json.get().len() <= budget {
        return Ok((fitted, Vec::new()));
    }
    let [row]: [Record<'_>; 1] = serde_json::from_str(fitted.json.get())?;
    let (row, cuts) = row.shortened(budget.saturating_sub(2), 0)?;
    fitted.json = Cow::Owned(to_raw_value(&[row])?);
    Ok((fitted, cuts))
}

/// The one text of a single record from its character `from` on, cut to the characters of one answer.
pub fn read_on(
    json: &RawValue,
    field: &str,
    from: usize,
    budget: usize,
) -> Result<(Box<RawValue>, Vec<Cut>), ToolError> {
    let [mut row]: [Record<'_>; 1] = serde_json::from_str(json.get())?;
    let Some(text) = row.text(field)? else {
        return Err(
            Complaint::new(format!("text_offset reads on in a text, and `{field}` holds none")).into()
        );
    };
    let length = text.chars().count();
    if from >= length {
        return Err(Complaint::new(format!(
            "`{field}` has {length} characters, so there is nothing from text_offset {from} on"
        ))
        .into());
    }
    let rest: String = text.chars().skip(from).collect();
    row.set(field, Cow::Owned(to_raw_value(&rest)?));
    let (row, cuts) = row.shortened(budget.saturating_sub(2), from)?;
    Ok((to_raw_value(&[row])?, cuts))
}

/// A record as it was written: its fields in order.
struct Record<'r>(Vec<(Cow<'r, str>, Cow<'r, RawValue>)>);

impl<'r> Record<'r> {
    fn text(&self, field: &str) -> Result<Option<String>, serde_json::Error> {
        let raw = self.0.iter().find(|(name, _)| name == field).map(|(_, raw)| raw.get());
        raw.filter(|raw| raw.starts_with('"')).map(serde_json::from_str).transpose()
    }

    fn set(&mut self, field: &str, value: Cow<'r, RawValue>) {
        if let Some((_, raw)) = self.0.iter_mut().find(|(name, _)| name == field) {
            *raw = value;
        }
    }

    /// The record in so many bytes, as far as cutting its texts alike makes it so short; those that are no longer than
    /// the rest stay whole. `from` is what was left out of them before.
    fn shortened(mut self, budget: usize, from: usize) -> Result<(Self, Vec<Cut>), serde_json::Error> {
        let whole = to_raw_value(&self)?.get().len();
        if whole <= budget {
            return Ok((self, Vec::new()));
        }
        let texts: Vec<usize> = self
            .0
            .iter()
            .map(|(_, raw)| raw.get())
            .filter(|raw| raw.starts_with('"'))
            .map(str::len)
            .collect();
        let others = whole.saturating_sub(texts.iter().sum());
        let most = share(&texts, budget.saturating_sub(others));
        let id = self.0.iter().find(|(name, _)| name == "id").map(|(_, raw)| raw.get().parse());
        let id = id.and_then(Result::ok).unwrap_or_default();
        let mut cuts = Vec::new();
        for (name, raw) in &mut self.0 {
            if !raw.get().starts_with('"') || raw.get().len() <= most {
                continue;
            }
            let text: String = serde_json::from_str(raw.get())?;
            let kept = beginning(&text, most, from);
            *raw = Cow::Owned(to_raw_value(&kept.text)?);
            let (until, characters) = (kept.until, kept.characters);
            cuts.push(Cut { id, field: name.to_string(), from, until, characters });
        }
        Ok((self, cuts))
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Record<'r> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Record<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    all.push((Cow::Owned(name), Cow::Borrowed(value)));
                }
                Ok(Record(all))
            }
        }

        from.deserialize_map(Fields)
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(value: &Value) -> Box<RawValue> {
        to_raw_value(value).unwrap()
    }

    #[test]
    fn what_fits_is_left_alone() {
        let json = raw(&json!([{"id": 1, "note": "x".repeat(500)}, {"id": 2, "note": "y"}]));
        let (fitted, cuts) = records(&json, 2, 2_000, "go on").unwrap();
        assert_eq!((fitted.rows, cuts), (2, Vec::new()));
        let (fitted, cuts) = records(&json, 2, 530, "go on").unwrap();
        assert_eq!((fitted.rows, cuts), (1, Vec::new()), "cut between records first");
    }

    #[test]
    fn a_record_that_is_too_long_alone_is_cut_in_its_texts() {
        let json = raw(
            &json!([{"id": 7, "name": "Short", "note": "é\"".repeat(5_000), "more": "z".repeat(900), "n": 1.5}]),
        );
        let (fitted, cuts) = records(&json, 1, 3_000, "go on").unwrap();
        assert!(fitted.json.get().len() <= 3_000, "{}", fitted.json.get().len());
        assert!(fitted.json.get().len() > 2_800, "{}", fitted.json.get().len());
        let shown: Value = serde_json::from_str(fitted.json.get()).unwrap();
        assert_eq!((&shown[0]["name"], &shown[0]["n"]), (&json!("Short"), &json!(1.5)));
        assert_eq!(shown[0]["more"].as_str().unwrap().len(), 900, "the shorter one is whole");
        let [cut] = cuts.as_slice() else { panic!("{cuts:?}") };
        assert_eq!((cut.id, cut.field.as_str(), cut.from, cut.characters), (7, "note", 0, 10_000));
        let note = shown[0]["note"].as_str().unwrap();
        assert!(note.ends_with(&format!("… [cut after {} of 10000 characters]", cut.until)), "{note}");
        assert_eq!(note.chars().position(|c| c == '…'), Some(cut.until));
        let said = cut.said("crm.lead");
        assert!(
            said.contains(&format!(r#""text_offset":{}"#, cut.until)) && said.contains("crm.lead"),
            "{said}"
        );
    }

    #[test]
    fn read_on_again_and_again_it_is_the_whole_text() {
        let text: String = "één 👩\u{200d}👧\n\"".repeat(3_000);
        let json = raw(&json!([{"id": 7, "note": text}]));
        let (fitted, mut cuts) = records(&json, 1, 1_500, "").unwrap();
        let mut shown: Value = serde_json::from_str(fitted.json.get()).unwrap();
        let (mut whole, mut calls) = (String::new(), 0);
        loop {
            let part = shown[0]["note"].as_str().unwrap();
            let Some(cut) = cuts.pop() else {
                whole.push_str(part);
                break;
            };
            whole.extend(part.chars().take(cut.until - cut.from));
            let (next, more) = read_on(&json, "note", cut.until, 1_500).unwrap();
            assert!(next.get().len() <= 1_500);
            shown = serde_json::from_str(next.get()).unwrap();
            cuts = more;
            calls += 1;
            assert!(calls < 200);
        }
        assert!(calls > 20);
        assert!(whole == text, "nothing is lost, nothing twice");
    }

    #[test]
    fn what_is_no_text_is_not_read_on() {
        let json = raw(&json!([{"id": 7, "note": "abc", "n": 5}]));
        for (field, from, part) in
            [("n", 1, "holds none"), ("other", 1, "holds none"), ("note", 3, "has 3 characters")]
        {
            let said = read_on(&json, field, from, 1_000).unwrap_err().to_string();
            assert!(said.contains(part), "{said}");
        }
    }
}
