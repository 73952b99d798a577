//! A record as the ERP answered it, read field by field. What was not answered is not there.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::number::Number;
use super::text::clean;

/// One record: raw values by field, so that numbers stay as exact as they were written.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Record(BTreeMap<String, Box<RawValue>>);

/// A link to another record.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: i64,
    /// Its name, as the ERP shows it.
    pub name: String,
}

impl Record {
    /// Reads the records of an answer.
    pub fn list(json: &RawValue) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_str(json.get())
    }

    /// Its id.
    pub fn id(&self) -> i64 {
        self.read("id").unwrap_or_default()
    }

    /// Whether a field was answered, be it with nothing.
    pub fn knows(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Text that is not empty.
    pub fn text(&self, field: &str) -> Option<String> {
        let text = clean(&self.read::<String>(field)?);
        (!text.trim().is_empty()).then_some(text)
    }

    /// Text in lines, empty ones at the ends left out.
    pub fn lines(&self, field: &str) -> Vec<String> {
        let text = self.text(field).unwrap_or_default();
        text.trim().lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// A link.
    pub fn link(&self, field: &str) -> Option<Link> {
        let link: Link = self.read(field)?;
        Some(Link { name: clean(&link.name), ..link })
    }

    /// The name behind a link.
    pub fn name(&self, field: &str) -> Option<String> {
        Some(self.link(field)?.name).filter(|name| !name.is_empty())
    }

    /// A number.
    pub fn number(&self, field: &str) -> Option<Number> {
        Number::parse(self.0.get(field)?.get())
    }

    fn read<'a, T: Deserialize<'a>>(&'a self, field: &str) -> Option<T> {
        serde_json::from_str(self.0.get(field)?.get()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> Record {
        let json = RawValue::from_string(format!("[{json}]")).unwrap();
        Record::list(&json).unwrap().remove(0)
    }

    #[test]
    fn what_is_null_false_or_hidden_is_not_there() {
        let record = record(r#"{"id":7,"name":null,"ref":false,"note":"  ","n":1.50}"#);
        assert_eq!(record.id(), 7);
        for field in ["name", "ref", "note", "hidden"] {
            assert_eq!(record.text(field), None, "{field}");
            assert_eq!(record.link(field), None, "{field}");
            assert_eq!(record.number(field), None, "{field}");
        }
        assert_eq!(record.number("n"), Number::parse("1.5"));
    }

    #[test]
    fn links_and_lines() {
        let record =
            record(r#"{"id":1,"partner_id":{"id":3,"name":"Acme\u0000"},"note":"\none\r\n\ntwo\n"}"#);
        assert_eq!(record.link("partner_id").unwrap(), Link { id: 3, name: "Acme".into() });
        assert_eq!(record.lines("note"), ["one", "", "two"]);
    }
}
