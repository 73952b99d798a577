//! JSON schemas that every client accepts: draft 2020-12, no `anyOf` at the top, no `null` types, every array
//! with `items`.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a tool's arguments.
pub fn of<A: JsonSchema>() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let schema = settings.into_generator().into_root_schema_for::<A>();
    let mut value = schema.to_value();
    plain(&mut value);
    let mut map = object(value);
    map.remove("title");
    map.remove("description");
    map.entry("properties").or_insert_with(|| json!({}));
    map
}

/// The members of a schema written by hand.
pub fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A domain: what the schema says of it; a string is understood too.
pub fn domain(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "items": {},
        "description": "Odoo domain in prefix form, e.g. [[\"date\",\">=\",\"2026-07-01\"],[\"state\",\"=\",\"sale\"]]. Operators: = != < <= > >= in, not in, like, ilike, =like, =ilike, =?, child_of, parent_of, any, and the negated forms; & | ! in front. Dotted paths reach linked records. A bare date means that day in the user's time zone. Empty: every record."
    })
}

/// The same for conditions on groups.
pub fn having(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "items": {},
        "description": "Domain on the computed values, e.g. [[\"price_total:sum\",\">\",1000]]"
    })
}

/// Takes `null` out of types and the `format` of numbers, which some clients refuse.
fn plain(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            // Among properties, `format` is an argument, whose schema is no text.
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            map.remove("default");
            map.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}
