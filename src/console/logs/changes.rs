//! What an administrator's act changed, from the log's detail: `{from, to}`, or such a pair for each name.

use app::pages::technical::logs::Change;
use serde_json::{Map, Value};

use super::policy;

/// The changes that a detail tells of; none where it tells of something else.
pub(super) fn changes(detail: &Value) -> Vec<Change> {
    let Value::Object(detail) = detail else { return Vec::new() };
    if is_pair(detail) {
        return pair("", detail);
    }
    detail
        .iter()
        .filter_map(|(name, value)| {
            value.as_object().filter(|value| is_pair(value)).map(|value| (name, value))
        })
        .flat_map(|(name, value)| pair(name, value))
        .collect()
}

fn is_pair(value: &Map<String, Value>) -> bool {
    value.contains_key("from") || value.contains_key("to")
}

/// One change; where both sides have members, one for each member that differs.
fn pair(name: &str, value: &Map<String, Value>) -> Vec<Change> {
    let (from, to) = (value.get("from").unwrap_or(&Value::Null), value.get("to").unwrap_or(&Value::Null));
    let members = match (from, to) {
        (Value::Object(from), Value::Object(to)) => Some((members(from), members(to))),
        (Value::Object(from), Value::Null) => Some((members(from), Map::new())),
        (Value::Null, Value::Object(to)) => Some((Map::new(), members(to))),
        _ => None,
    };
    let Some((from, to)) = &members else {
        let what = if name.is_empty() { "Value" } else { name };
        return vec![Change { what: what.to_owned(), from: said(from), to: said(to) }];
    };
    let mut names: Vec<&String> = from.keys().chain(to.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |member: &&String| from.get(*member) != to.get(*member);
    names
        .into_iter()
        .filter(differs)
        .map(|member| Change {
            what: if name.is_empty() { member.clone() } else { format!("{name}: {member}") },
            from: from.get(member).map(said).unwrap_or_default(),
            to: to.get(member).map(said).unwrap_or_default(),
        })
        .collect()
}

/// What stands on one side; of a policy what its form says.
fn members(side: &Map<String, Value>) -> Map<String, Value> {
    if policy::is_one(side) { policy::said(side) } else { side.clone() }
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(said).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(detail: &Value) -> Vec<(String, String, String)> {
        changes(detail).into_iter().map(|c| (c.what, c.from, c.to)).collect()
    }

    fn line(what: &str, from: &str, to: &str) -> (String, String, String) {
        (what.into(), from.into(), to.into())
    }

    #[test]
    fn what_differs_is_told() {
        let policy = json!({
            "from": {"model": "a", "allow": ["read"], "active": true},
            "to": {"model": "a", "allow": ["read", "write"], "active": false},
            "restricted_model": true,
        });
        assert_eq!(told(&policy), [line("Active", "yes", "no"), line("Operations", "Read", "Read, Write")]);
        let refined = json!({
            "from": {"model": "a", "allow": ["read"], "methods": [], "active": true,
                "refinements": {"fields": {"hidden": ["email", "phone"]}, "narrowing": true}},
            "to": {"model": "a", "allow": ["read"], "methods": ["action_confirm"], "active": true,
                "refinements": {"domain": [["state", "=", "sale"]], "max_records": 9,
                    "approval": {"operations": ["write", "method_call"], "over_amount": "1000.00", "four_eyes": true,
                        "expires_hours": 24}}},
        });
        assert_eq!(
            told(&refined),
            [
                line("Allowed methods", "", "action_confirm"),
                line("Expires after (hours)", "", "24"),
                line("Extra domain", "", r#"[["state","=","sale"]]"#),
                line("Fields shown", "All but email, phone", "All fields"),
                line("Four eyes", "", "yes"),
                line("Max records", "", "9"),
                line("Only above the amount", "", "1000.00"),
                line("Operations that wait", "", "Write, Method Call"),
                line("Require narrowing", "yes", "no"),
            ]
        );
        let settings = json!({"rate_limit": {"from": 60, "to": 7}});
        assert_eq!(told(&settings), [line("rate_limit", "60", "7")]);
        let several =
            json!({"a": {"from": null, "to": {"allow": ["read"]}}, "b": {"from": {"allow": []}, "to": null}});
        assert_eq!(told(&several), [line("a: allow", "", "read"), line("b: allow", "", "")]);
        let matrix = json!({"a": {"from": null, "to": {"model": "a", "allow": ["export"], "active": true}}});
        assert_eq!(told(&matrix)[1..2], [line("a: Fields shown", "", "All fields")]);
        assert_eq!(told(&json!({"from": "x"})), [line("Value", "x", "")]);
        assert!(told(&json!({"name": "Codex"})).is_empty() && told(&json!(1)).is_empty());
    }
}
