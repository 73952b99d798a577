//! Arguments as models write them, brought into the form that a tool's schema asks for where they can mean one thing
//! alone: numbers and lists in a string, one thing where a list is due, a linked record for its id.

use serde_json::{Map, Value};

/// Whole numbers up to here are exact where they were written with a point: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Characters of what was given that are repeated.
const SHOWN: usize = 60;

/// Something that can't be what the schema asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which argument, and what of it: `ids[1]`.
    pub place: String,
    /// What was given, and what that is: `"Acme", a text`.
    pub given: String,
    /// What is meant.
    pub meant: String,
}

/// The arguments with each value as the schema's `properties` ask for it; what is null is left out where it may be.
pub fn all(
    properties: &Map<String, Value>,
    required: &[&str],
    given: Map<String, Value>,
) -> Result<Map<String, Value>, Misfit> {
    let mut fitted = Map::new();
    for (name, value) in given {
        if value.is_null() && !required.contains(&name.as_str()) {
            continue;
        }
        let value = match properties.get(&name) {
            Some(schema) => one(schema, value, &name, &name)?,
            None => value,
        };
        fitted.insert(name, value);
    }
    Ok(fitted)
}

/// One value of the argument `name`, which stands at `place`.
fn one(schema: &Value, value: Value, name: &str, place: &str) -> Result<Value, Misfit> {
    let wanted = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let misfit =
        |value: &Value| Misfit { place: place.to_owned(), given: shown(value), meant: meant(schema, name) };
    match (wanted, value) {
        ("array", value) => match schema.get("items").filter(|items| items.get("type").is_some()) {
            Some(items) => list(items, value, name, place).unwrap_or_else(|value| Err(misfit(&value))),
            // A domain, which is read by its own rules.
            None => Ok(value),
        },
        ("integer", value) => whole(&value).map(Value::from).ok_or_else(|| misfit(&value)),
        ("boolean", value) => truth(&value).map(Value::from).ok_or_else(|| misfit(&value)),
        ("object", value) => object(value).map_err(|value| misfit(&value)),
        ("string", value) => text(schema, &value, name).map(Value::from).ok_or_else(|| misfit(&value)),
        (_, value) => Ok(value),
    }
}

/// A list, each item fitted; `Err` where it can't be one.
fn list(items: &Value, value: Value, name: &str, place: &str) -> Result<Result<Value, Misfit>, Value> {
    let of_objects = items.get("type").is_some_and(|wanted| wanted == "object");
    let all = match value {
        Value::Array(all) => all,
        Value::String(written) => match written.trim() {
            "" => return Err(Value::String(written)),
            json if json.starts_with(['[', '{']) => match serde_json::from_str(json) {
                Ok(Value::Array(all)) => all,
                Ok(one @ Value::Object(_)) => vec![one],
                _ => return Err(Value::String(written)),
            },
            _ if of_objects => return Err(Value::String(written)),
            // No id and no name of a field has a comma in it.
            parts => parts.split(',').map(|part| Value::from(part.trim())).collect(),
        },
        Value::Null => return Err(Value::Null),
        only => vec![only],
    };
    let fitted = all
        .into_iter()
        .enumerate()
        .map(|(at, item)| one(items, item, name, &format!("{place}[{at}]")))
        .collect::<Result<Vec<Value>, _>>();
    Ok(fitted.map(Value::Array))
}

/// A whole number: `7`, `7.0`, `"7"`; of records that are linked, `{"id":7,…}` and `[7,"name"]`.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT)?;
            format!("{float:.0}").parse().ok()
        }),
        Value::String(written) => written.trim().parse().ok(),
        Value::Object(link) => link.get("id").and_then(Value::as_i64),
        Value::Array(pair) => match pair.as_slice() {
            [id] | [id, Value::String(_)] => id.as_i64(),
            _ => None,
        },
        Value::Null | Value::Bool(_) => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(written) => match written.trim().to_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn object(value: Value) -> Result<Value, Value> {
    match value {
        Value::Object(_) => Ok(value),
        Value::String(written) => match serde_json::from_str(written.trim()) {
            Ok(read @ Value::Object(_)) => Ok(read),
            _ => Err(Value::String(written)),
        },
        Value::Array(mut only) if only.len() == 1 => match only.pop() {
            Some(one @ Value::Object(_)) => Ok(one),
            other => Err(Value::Array(other.into_iter().collect())),
        },
        other => Err(other),
    }
}

fn text(schema: &Value, value: &Value, name: &str) -> Option<String> {
    let written = match value {
        Value::String(written) => written.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().map(Value::as_str).collect::<Option<_>>()?;
            match parts.as_slice() {
                [only] => (*only).to_owned(),
                // Several orders, one after the other.
                [_, _, ..] if name == "order" => parts.join(", "),
                _ => return None,
            }
        }
        _ => return None,
    };
    let Some(choices) = choices(schema) else { return Some(written) };
    choices.into_iter().find(|choice| choice.eq_ignore_ascii_case(written.trim())).map(str::to_owned)
}

fn choices(schema: &Value) -> Option<Vec<&str>> {
    Some(schema.get("enum")?.as_array()?.iter().filter_map(Value::as_str).collect())
}

/// What an argument takes, in words.
pub fn meant(schema: &Value, name: &str) -> String {
    let of = |part: &Value| part.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let items = schema.get("items").map(of).unwrap_or_default();
    let said = match (of(schema).as_str(), items.as_str(), name) {
        ("array", _, "company_ids") => "a list of ids of companies, whole numbers that get_context answers",
        ("array", "integer", _) => "a list of ids, whole numbers that search_records answers",
        ("array", "string", "group_by") => "a list of fields to group by",
        ("array", "string", "aggregates") => "a list of field:function, such as those of the example",
        ("array", "string", _) => "a list of names of fields, which describe_model lists",
        ("array", "object", _) => "a list of records, each an object of values by field name",
        ("array", _, _) => "a list",
        ("integer", _, "ids" | "company_ids") => "an id, a whole number",
        ("integer", _, _) => "a whole number",
        ("boolean", _, _) => "true or false",
        ("object", _, "records") => "an object of values by field name",
        ("object", _, "values") => "one object of values by field name",
        ("object", _, _) => "an object",
        ("string", _, "model") => "the technical name of a model, which list_models lists",
        ("string", _, "fields") => "the name of a field",
        _ => match choices(schema) {
            Some(choices) => return format!("one of {}", choices.join(", ")),
            None => "a text",
        },
    };
    said.to_owned()
}

/// What was given, short enough to be repeated, and what it is.
fn shown(value: &Value) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "a truth",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…, {kind}", text.get(..cut).unwrap_or_default()),
        None => format!("{text}, {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: &Value, value: Value) -> Result<Value, Misfit> {
        one(schema, value, "ids", "ids")
    }

    #[test]
    fn ids_are_understood_as_models_write_them() {
        let ids = json!({"type": "array", "items": {"type": "integer"}});
        for value in [
            json!([7]),
            json!(7),
            json!(7.0),
            json!("7"),
            json!("[7]"),
            json!(["7"]),
            json!([" 7 "]),
            json!([7.0]),
            json!([{"id": 7, "name": "Acme"}]),
            json!({"id": 7}),
            json!([[7, "Acme"]]),
        ] {
            assert_eq!(of(&ids, value.clone()), Ok(json!([7])), "{value}");
        }
        assert_eq!(of(&ids, json!("7, 8")), Ok(json!([7, 8])));
        for (value, place, given) in [
            (json!("Acme"), "ids[0]", "\"Acme\", a text"),
            (json!([7, "Acme"]), "ids[1]", "\"Acme\", a text"),
            (json!([7.5]), "ids[0]", "7.5, a number"),
            (json!([1e300]), "ids[0]", "1e+300, a number"),
            (json!([true]), "ids[0]", "true, a truth"),
            (json!([null]), "ids[0]", "null"),
            (json!({"name": "Acme"}), "ids[0]", "{\"name\":\"Acme\"}, an object"),
            (json!(null), "ids", "null"),
            (json!(""), "ids", "\"\", a text"),
            (json!("[7"), "ids", "\"[7\", a text"),
        ] {
            let misfit = of(&ids, value).unwrap_err();
            assert_eq!((misfit.place.as_str(), misfit.given.as_str()), (place, given));
            assert!(misfit.meant.contains("whole number"), "{misfit:?}");
        }
    }

    #[test]
    fn what_can_mean_one_thing_alone_is_taken() {
        let object = json!({"type": "object"});
        let objects = json!({"type": "array", "items": object});
        let choice = json!({"type": "string", "enum": ["csv", "xlsx"]});
        for (schema, value, fitted) in [
            (&objects, json!({"name": "Acme"}), json!([{"name": "Acme"}])),
            (&objects, json!("[{\"name\":\"Acme\"}]"), json!([{"name": "Acme"}])),
            (&objects, json!(["{\"name\":\"Acme\"}"]), json!([{"name": "Acme"}])),
            (&object, json!("{\"a\":1}"), json!({"a": 1})),
            (&object, json!([{"a": 1}]), json!({"a": 1})),
            (&json!({"type": "boolean"}), json!("True"), json!(true)),
            (&json!({"type": "boolean"}), json!(0), json!(false)),
            (&json!({"type": "integer"}), json!("10"), json!(10)),
            (&json!({"type": "string"}), json!(4711), json!("4711")),
            (&json!({"type": "string"}), json!(["name"]), json!("name")),
            (&choice, json!("XLSX"), json!("xlsx")),
            (&json!({"type": "array", "items": {"type": "string"}}), json!("a, b"), json!(["a", "b"])),
            (&json!({"type": "array", "items": {}}), json!("[('a','=',1)]"), json!("[('a','=',1)]")),
        ] {
            assert_eq!(one(schema, value.clone(), "x", "x"), Ok(fitted), "{value}");
        }
        let order = json!({"type": "string"});
        assert_eq!(one(&order, json!(["a", "b desc"]), "order", "order"), Ok(json!("a, b desc")));
        for (schema, value) in [
            (&objects, json!("Acme")),
            (&objects, json!(["Acme"])),
            (&object, json!([{"a": 1}, {"a": 2}])),
            (&object, json!(7)),
            (&json!({"type": "boolean"}), json!("yes")),
            (&json!({"type": "integer"}), json!(true)),
            (&json!({"type": "string"}), json!(true)),
            (&json!({"type": "string"}), json!(["a", "b"])),
            (&choice, json!("docx")),
        ] {
            assert!(one(schema, value.clone(), "x", "x").is_err(), "{value}");
        }
    }
}
