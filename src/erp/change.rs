//! What an ERP is asked to change, and what came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::About;
use crate::model::Operation;

/// Values by field, as a caller wrote them.
pub type Values = Map<String, Value>;

/// A change, as asked for. The model is the permit's.
#[derive(Clone, Debug)]
pub struct Change {
    /// Epoch milliseconds at which it is done.
    pub at: i64,
    /// A person approved it, so that it is compared with what they saw, whether or not a policy still demands their
    /// word.
    pub approved: bool,
    /// What is changed.
    pub what: What,
}

impl What {
    /// Its operation on the model.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            Self::Write { .. } => Operation::Write,
            Self::Delete(_) => Operation::Delete,
            Self::Call { .. } => Operation::MethodCall,
        }
    }

    /// How many records it is asked for.
    pub fn records(&self) -> usize {
        match self {
            Self::Create(records) => records.len(),
            Self::Write { ids, .. } | Self::Delete(ids) | Self::Call { ids, .. } => ids.len(),
        }
    }

    /// How many records are written by name, lines included: at least so many count in limits and approvals.
    pub fn touches(&self) -> usize {
        match self {
            Self::Create(records) => records.iter().map(|values| 1 + nested(values)).sum(),
            Self::Write { ids, values } => ids.len() * (1 + nested(values)),
            Self::Delete(ids) | Self::Call { ids, .. } => ids.len(),
        }
    }

    /// The method, where it is a method call.
    pub fn method(&self) -> Option<&str> {
        match self {
            Self::Call { method, .. } => Some(method),
            _ => None,
        }
    }
}

/// What is changed. Serialised it is what a person approves, and what then runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// New records, each with its values.
    Create(Vec<Values>),
    /// The same values on existing records.
    Write {
        /// Which records.
        ids: Vec<i64>,
        /// Values by field; one2many fields take commands.
        values: Values,
    },
    /// Records removed.
    Delete(Vec<i64>),
    /// A public business method.
    Call {
        /// Its name; the model has it.
        method: String,
        /// On which records.
        ids: Vec<i64>,
        /// Named arguments.
        arguments: Values,
    },
}

/// A change to be taken back.
#[derive(Clone, Copy, Debug)]
pub struct Undo<'a> {
    /// Epoch milliseconds at which it is taken back.
    pub at: i64,
    /// The model that was asked to be changed; others changed with it.
    pub model: &'a str,
    /// What the change did.
    pub images: &'a [Image],
}

/// Records that the commands of one2many fields name, at every depth.
fn nested(values: &Values) -> usize {
    values.values().map(commands).sum()
}

/// What is written for one field: ids, one command, or several of them.
fn commands(value: &Value) -> usize {
    let Value::Array(items) = value else { return command(value) };
    let numbers: Option<Vec<i64>> = items.iter().map(Value::as_i64).collect();
    match numbers.as_deref() {
        Some([5, 0, 0] | [2..=4, _, 0]) => 1,
        Some(ids) => ids.len(),
        None if matches!(items.as_slice(), [Value::Number(_), ..]) => command(value),
        None => items.iter().map(command).sum(),
    }
}

fn command(value: &Value) -> usize {
    match value {
        Value::Object(values)
            if values.contains_key("id") && values.len() <= 2 && values.contains_key("name") =>
        {
            0
        }
        Value::Object(values) => 1 + nested(values),
        // A link as Odoo writes it.
        Value::Array(pair) if matches!(pair.as_slice(), [Value::Number(_), Value::String(_)]) => 0,
        Value::Array(items) => match items.as_slice() {
            // What follows its number counts: values, or the ids of [6,0,[…]].
            [Value::Number(_), rest @ ..] => rest.iter().map(target).sum::<usize>().max(1),
            items => items.iter().map(command).sum(),
        },
        _ => 0,
    }
}

fn target(value: &Value) -> usize {
    match value {
        Value::Array(ids) => ids.len(),
        Value::Object(_) => command(value),
        _ => 0,
    }
}

/// What a change did, on a transaction that is not committed yet.
#[derive(Debug, Default)]
pub struct Effect {
    /// Records that were created, or acted upon.
    pub ids: Vec<i64>,
    /// What a method answered.
    pub answer: Option<Value>,
    /// Every record that is not as it was, in the order in which they were first touched.
    pub images: Vec<Image>,
    /// Lines among them that came, went or have other values, each with the document that it is or was of, and the records
    /// that commands of one2many fields were about.
    pub lines: Vec<Line>,
    /// Why it can't be undone; `None` where it can.
    pub lasting: Option<String>,
    /// Whether a document became posted: books and stock are changed for good.
    pub posts: bool,
    /// What the heaviest of the documents concerned moves, those of lines that were written among them, in cents of its
    /// company's currency: its total, or what its lines add up to on one side where others take from it.
    pub amount: Option<i64>,
    /// Digest of the records that were acted upon, of their lines and of the documents that they are lines of, as they
    /// were before: whoever approved a change saw these and no others. `None` where no policy demands anybody's
    /// approval and nobody gave it.
    pub seal: Option<String>,
    /// What a person calls the first of `ids` by. Empty where no policy demands anybody's approval and nobody gave it.
    pub about: Vec<About>,
}

/// A line that was written, and the document that changes with it even where its own values stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Technical name of the line's model.
    pub model: String,
    /// Which line.
    pub id: i64,
    /// Technical name of the document's model.
    pub document: String,
    /// Which document.
    pub document_id: i64,
}

/// A record before and after a change, as it is stored: numbers in minor units, instants in epoch milliseconds, days
/// since 1970-01-01. Of a record that was changed, the fields that are not as they were, and the state of its document;
/// of one that was created or deleted, all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Technical name.
    pub model: String,
    /// Which record.
    pub id: i64,
    /// `None`: the change created it.
    pub before: Option<Row>,
    /// `None`: the change deleted it.
    pub after: Option<Row>,
}

/// Records of a change that somebody looks at.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The records.
    pub images: &'a [Image],
    /// Whether it was done; what was only tried and made has its number no more.
    pub done: bool,
}

/// Stored values by field.
pub type Row = BTreeMap<String, Cell>;

/// A stored value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Not set.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// Numbers, links, instants, days.
    Int(i64),
    /// Text and selections.
    Text(String),
}

/// An [`Image`] as people read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Technical name.
    pub model: String,
    /// What people call the model.
    pub label: String,
    /// Which record.
    pub id: i64,
    /// What the record is called.
    pub name: String,
    /// What happened to it.
    pub kind: DifferenceKind,
    /// Its fields that are not as they were.
    pub fields: Vec<FieldDifference>,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// It was not there before.
    Created,
    /// It has other values.
    Changed,
    /// It is not there any more.
    Deleted,
}

/// A field before and after; links as `{"id","name"}`, the rest as read through MCP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// Technical name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// `null` where it was not set, and of a record that was not there.
    pub before: Value,
    /// `null` where it is not set, and of a record that is not there.
    pub after: Value,
}

impl Cell {
    /// The number, link, instant or day.
    pub const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What becomes of a field of a new record that nothing is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ungiven {
    /// The record is not made without it.
    Refused,
    /// It is filled in: with what, in words.
    Becomes(&'static str),
    /// It stays empty, or is the system's own.
    Empty,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_at_every_depth() {
        let of = |order_line: Value| {
            let values = serde_json::json!({"partner_id": [7, "Acme"], "user_id": {"id": 1, "name": "x"},
                "order_line": order_line});
            What::Create(vec![values.as_object().unwrap().clone()]).touches()
        };
        for (lines, touched) in [
            (serde_json::json!([]), 1),
            (serde_json::json!([[0, 0, {"product_id": 3}], {"product_id": 4}]), 3),
            (serde_json::json!([0, 0, {"product_id": 3}]), 2),
            (serde_json::json!([[6, 0, [1, 2, 3]]]), 4),
            (serde_json::json!([1, 2, 3]), 4),
            (serde_json::json!([[2, 9, 0], [5]]), 3),
            (serde_json::json!([2, 9, 0]), 2),
            (serde_json::json!([5, 0, 0]), 2),
            (serde_json::json!([6, 0, [1, 2]]), 3),
            (serde_json::json!([[6, 0, []]]), 2),
            (serde_json::json!([[1, 9, {"name": "x"}], {"id": 9, "product_id": 3}]), 3),
            (serde_json::json!([[0, 0, {"child_ids": [[0, 0, {}], [0, 0, {}]]}]]), 4),
        ] {
            assert_eq!(of(lines.clone()), touched, "{lines}");
        }
    }

    #[test]
    fn images_come_back_from_json_as_they_were() {
        let row: Row = [
            ("a".to_owned(), Cell::Null),
            ("b".to_owned(), true.into()),
            ("c".to_owned(), 9_007_199_254_740_993.into()),
            ("d".to_owned(), "null".into()),
        ]
        .into();
        let image = Image { model: "sale.order".into(), id: 7, before: None, after: Some(row) };
        let json = serde_json::to_string(&image).unwrap();
        assert_eq!(serde_json::from_str::<Image>(&json).unwrap(), image, "{json}");
    }
}
