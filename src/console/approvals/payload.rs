//! What runs once it is approved, in words.

use app::pages::technical::approvals::{Payload, PayloadValue, Subject};
use serde_json::Value;

use super::super::differences::text;
use super::Read;
use crate::erp::{Values, What};
use crate::store::approvals::{ApprovalRow, Listed};

/// New records whose values are shown one by one.
const SHOWN: usize = 10;
/// Records that are named.
const NAMED: usize = 100;

/// What is asked for, naming the thing where the reader may know it: `Confirm S00123`, `Change 5 records of Contact`.
pub(super) fn title(row: &Listed, label: &str, subjects: &[Subject]) -> String {
    let verb = match (row.method.as_deref(), row.operation.as_str()) {
        (Some(method), _) => in_words(method),
        (None, "create") => "Create".to_owned(),
        (None, "delete") => "Delete".to_owned(),
        (None, _) => "Change".to_owned(),
    };
    if row.records != 1 {
        return format!("{verb} {} records of {label}", row.records);
    }
    let (name, id) = subjects.first().map_or((None, None), |one| (one.name.as_deref(), one.id));
    match (name, id.or(row.record_id)) {
        (Some(name), _) if row.method.is_some() => format!("{verb} {name}"),
        (Some(name), _) => format!("{verb} {label} {name}"),
        (None, Some(id)) => format!("{verb} {label} {id}"),
        (None, None) => format!("{verb} {label}"),
    }
}

/// `action_confirm` as `Confirm`.
pub(in super::super) fn in_words(method: &str) -> String {
    let bare = method.strip_prefix("action_").or_else(|| method.strip_prefix("button_")).unwrap_or(method);
    if bare == "draft" {
        return "Reset to draft".to_owned();
    }
    let words = bare.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(|| method.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The records that are named.
pub(super) fn ids(what: &What) -> &[i64] {
    match what {
        What::Create(_) => &[],
        What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. } => ids,
    }
}

/// Exactly what runs. Values are those that the client sent, which the log shows too; names of records are only
/// shown to those who may read them.
pub(super) fn payload(row: &ApprovalRow, read: &Read, subjects: &[Subject]) -> Payload {
    let all = ids(&read.what);
    let called = |id: &i64| subjects.iter().find(|one| one.id == Some(*id)).and_then(|one| one.name.clone());
    let named = |id: &i64| (*id, called(id).unwrap_or_default());
    let values = match &read.what {
        What::Create(records) => {
            let several = records.len() > 1;
            let title =
                |n: usize| if several { format!("New record {}", n + 1) } else { "New record".to_owned() };
            let shown = records.iter().take(SHOWN).enumerate();
            shown.map(|(n, values)| (title(n), fields(read, values))).collect()
        }
        What::Write { values, .. } => vec![("Field that is set".to_owned(), fields(read, values))],
        What::Call { arguments, .. } if !arguments.is_empty() => {
            vec![(
                "Argument".to_owned(),
                arguments.iter().map(|(name, value)| argument(name, value)).collect(),
            )]
        }
        What::Delete(_) | What::Call { .. } => Vec::new(),
    };
    let created =
        if let What::Create(records) = &read.what { records.len().saturating_sub(SHOWN) } else { 0 };
    let parsed: Option<Value> = serde_json::from_str(&row.payload).ok();
    let pretty = parsed.and_then(|value| serde_json::to_string_pretty(&value).ok());
    Payload {
        tool: row.tool.clone(),
        method: row.method.clone(),
        ids: all.iter().take(NAMED).map(named).collect(),
        values,
        more: created + all.len().saturating_sub(NAMED),
        raw: pretty.unwrap_or_else(|| row.payload.clone()),
    }
}

fn fields(read: &Read, values: &Values) -> Vec<PayloadValue> {
    let label = |name: &str| {
        let field = read.model.as_ref().and_then(|model| model.field(name));
        field.map_or_else(|| name.to_owned(), |field| field.label.to_string())
    };
    values
        .iter()
        .map(|(name, value)| PayloadValue { label: label(name), name: name.clone(), value: text(value) })
        .collect()
}

fn argument(name: &str, value: &Value) -> PayloadValue {
    PayloadValue { label: name.to_owned(), name: name.to_owned(), value: text(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_said_in_words() {
        let said = ["action_confirm", "button_draft", "message_post", "action_"].map(in_words);
        assert_eq!(said, ["Confirm", "Reset to draft", "Message post", "action_"]);
    }
}
