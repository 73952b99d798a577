//! What clients are told of the tools, for all of them.

use serde_json::{Value, json};

use crate::tools::ALL;

#[test]
fn every_tool_is_described_as_clients_demand() {
    for tool in ALL {
        let definition = serde_json::to_value(tool.definition()).unwrap();
        let name = tool.name;
        assert_eq!(definition["name"], name);
        assert!(name.len() <= 64 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        for member in ["title", "description", "inputSchema", "outputSchema"] {
            assert!(!definition[member].is_null(), "{name} has no {member}");
        }
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
            assert!(definition["annotations"][hint].is_boolean(), "{name} does not say {hint}");
        }
        for schema in ["inputSchema", "outputSchema"] {
            let schema = &definition[schema];
            assert_eq!(schema["type"], "object", "{name}");
            for combined in ["anyOf", "oneOf", "allOf"] {
                assert!(schema[combined].is_null(), "{name}: {combined} at the top");
            }
            each(schema, &mut |part| {
                if part["type"] == "array" {
                    assert!(part.get("items").is_some(), "{name}: an array without items: {part}");
                }
                assert!(!part["type"].is_array(), "{name}: several types: {part}");
            });
        }
        for (argument, schema) in definition["inputSchema"]["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name}.{argument} has no description");
        }
    }
}

#[test]
fn definitions_change_only_on_purpose() {
    let all: Vec<Value> = ALL.iter().map(|t| json!({t.name: t.definition()})).collect();
    insta::assert_json_snapshot!(all);
}

fn each(value: &Value, look: &mut impl FnMut(&Value)) {
    if let Value::Object(map) = value {
        look(value);
        for v in map.values() {
            each(v, look);
        }
    } else if let Value::Array(items) = value {
        for v in items {
            each(v, look);
        }
    }
}
