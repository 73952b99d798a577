//! From the JSON a model wrote to a tool's typed arguments, with errors that teach.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Action, Tool, ToolError};
use crate::model::Complaint;

/// Reads the arguments of `tool`; absent ones are an empty object.
pub fn parse<A>(tool: &Tool, raw: Option<&RawValue>) -> Result<Box<dyn Action>, ToolError>
where
    A: Action + DeserializeOwned + 'static,
{
    let text = raw.map_or("{}", RawValue::get);
    let mut reader = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, A>(&mut reader) {
        Ok(action) => Ok(Box::new(action)),
        Err(error) => Err(complain(tool, text, &error).into()),
    }
}

fn complain(tool: &Tool, text: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Complaint {
    let example = example(tool);
    let given = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(given)) => given,
        Ok(_) => {
            return Complaint::new(format!("the arguments of {} must be a JSON object", tool.name))
                .example(example);
        }
        // A number beyond all bounds, half of a surrogate pair, too many brackets.
        Err(unreadable) => {
            return Complaint::new(format!("the arguments of {} can't be read: {unreadable}", tool.name))
                .example(example);
        }
    };
    let known = properties(tool);
    if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Complaint::new(format!(
            "{} has no argument `{unknown}`; its arguments are {}",
            tool.name,
            known.join(", ")
        ))
        .near(unknown, known)
        .example(example);
    }
    if let Some(missing) = required(tool).into_iter().find(|name| !given.contains_key(*name)) {
        return Complaint::new(format!("{} needs the argument `{missing}`", tool.name)).example(example);
    }
    let path = error.path().to_string();
    let reason = error.inner().to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    Complaint::new(format!("argument `{path}` of {} is not right: {reason}", tool.name)).example(example)
}

fn properties(tool: &Tool) -> Vec<&str> {
    tool.definition()
        .input_schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|p| p.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

fn required(tool: &Tool) -> Vec<&str> {
    tool.definition()
        .input_schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

/// A call that would be right, made of the examples that stand in the schema.
fn example(tool: &Tool) -> String {
    let mut call = Map::new();
    if let Some(all) = tool.definition().input_schema.get("properties").and_then(Value::as_object) {
        for (name, schema) in all {
            if let Some(value) = schema.get("examples").and_then(Value::as_array).and_then(|e| e.first()) {
                call.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(call).to_string()
}
