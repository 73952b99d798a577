//! A policy in the words of its form, so that a change of it is read as it was made there.

use serde_json::{Map, Value};

use crate::model::Operation;

/// Whether it is a policy as the log keeps one.
pub(super) fn is_one(value: &Map<String, Value>) -> bool {
    value.contains_key("allow") && value.contains_key("model")
}

/// What it says, each under the label that the form has for it.
pub(super) fn said(policy: &Map<String, Value>) -> Map<String, Value> {
    let mut said = Map::new();
    let mut say = |label: &str, value: Option<Value>| {
        said.extend(value.map(|value| (label.to_owned(), value)));
    };
    let empty = Map::new();
    say("Operations", policy.get("allow").map(labels));
    say(
        "Allowed methods",
        policy.get("methods").cloned().filter(|methods| *methods != Value::Array(Vec::new())),
    );
    say("Active", policy.get("active").cloned());
    let refined = policy.get("refinements").and_then(Value::as_object).unwrap_or(&empty);
    say("Can't be read", refined.get("unreadable").cloned());
    say("Fields shown", Some(fields(refined.get("fields"))));
    say("Extra domain", refined.get("domain").map(|domain| domain.to_string().into()));
    say("Max records", refined.get("max_records").cloned());
    say("Require narrowing", Some(refined.get("narrowing").cloned().unwrap_or_else(|| false.into())));
    let approval = refined.get("approval").and_then(Value::as_object);
    say("Operations that wait", approval.and_then(|rule| rule.get("operations")).map(labels));
    for (name, label) in [
        ("over_records", "Only above (records)"),
        ("over_amount", "Only above the amount"),
        ("posted_documents", "Posting waits"),
        ("four_eyes", "Four eyes"),
        ("expires_hours", "Expires after (hours)"),
    ] {
        say(label, approval.and_then(|rule| rule.get(name)).cloned());
    }
    said
}

/// The guide's words for operations.
fn labels(names: &Value) -> Value {
    let label = |name: &Value| {
        let known = name.as_str().and_then(|name| name.parse::<Operation>().ok());
        known.map_or_else(|| name.clone(), |operation| operation.label().into())
    };
    names.as_array().map_or_else(|| names.clone(), |names| names.iter().map(label).collect())
}

fn fields(rule: Option<&Value>) -> Value {
    let names = |names: &Value| {
        let names = names.as_array().map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
        names.unwrap_or_default().join(", ")
    };
    match (rule.and_then(|rule| rule.get("hidden")), rule.and_then(|rule| rule.get("allowed"))) {
        (Some(hidden), _) => format!("All but {}", names(hidden)).into(),
        (None, Some(allowed)) => format!("Only {}", names(allowed)).into(),
        (None, None) => "All fields".into(),
    }
}
