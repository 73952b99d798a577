//! From the JSON a model wrote to a tool's typed arguments, with errors that teach.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fit::{self, Misfit};
use super::{Action, Tool};
use crate::model::Complaint;

/// What models call an argument, and what it is called here.
const ALSO_CALLED: [(&str, &str); 30] = [
    ("args", "arguments"),
    ("columns", "fields"),
    ("company_id", "company_ids"),
    ("conditions", "domain"),
    ("data", "records"),
    ("data", "values"),
    ("document", "report"),
    ("dryrun", "dry_run"),
    ("field_names", "fields"),
    ("filter", "domain"),
    ("filters", "domain"),
    ("function", "method"),
    ("groupby", "group_by"),
    ("id", "ids"),
    ("kwargs", "arguments"),
    ("language", "lang"),
    ("max_results", "limit"),
    ("measures", "aggregates"),
    ("metrics", "aggregates"),
    ("order_by", "order"),
    ("orderby", "order"),
    ("page_size", "limit"),
    ("params", "arguments"),
    ("record", "records"),
    ("record_id", "ids"),
    ("record_ids", "ids"),
    ("search", "query"),
    ("sort", "order"),
    ("vals", "values"),
    ("where", "domain"),
];

/// Reads the arguments of `tool`; absent ones are an empty object.
pub fn parse<A>(tool: &Tool, raw: Option<&RawValue>) -> Result<Box<dyn Action>, Complaint>
where
    A: Action + DeserializeOwned + 'static,
{
    let text = raw.map_or("{}", RawValue::get);
    // Arguments have names; in a list they would be taken by their places.
    let is_object = text.trim_start().starts_with('{');
    match serde_json::from_str::<A>(text) {
        Ok(action) if is_object => return Ok(Box::new(action)),
        Ok(_) => {}
        Err(error) => {
            let said = error.to_string();
            if let Some(twice) =
                said.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next())
            {
                return Err(Complaint::new(format!(
                    "the argument `{twice}` of {} is given twice",
                    tool.name
                )));
            }
        }
    }
    let fitted = fitted(tool, text)?;
    match serde_path_to_error::deserialize::<_, A>(Value::Object(fitted)) {
        Ok(action) => Ok(Box::new(action)),
        Err(error) => Err(Complaint::new(format!(
            "the argument `{}` of {} is not what its description asks for",
            error.path(),
            tool.name
        ))),
    }
}

/// The arguments as the tool's schema asks for them.
fn fitted(tool: &Tool, text: &str) -> Result<Map<String, Value>, Complaint> {
    let given = match serde_json::from_str(text) {
        Ok(Value::String(inner)) => serde_json::from_str(&inner).ok(),
        Ok(value) => Some(value),
        // A number beyond all bounds, half of a surrogate pair, too many brackets.
        Err(unreadable) => {
            return Err(Complaint::new(format!(
                "the arguments of {} can't be read: {unreadable}",
                tool.name
            )));
        }
    };
    let Some(Value::Object(given)) = given else {
        return Err(Complaint::new(format!("the arguments of {} must be a JSON object", tool.name)));
    };
    let schema = &tool.definition().input_schema;
    let nothing = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if let Some(unknown) = given.keys().find(|key| !properties.contains_key(*key)) {
        return Err(unknown_argument(tool, unknown, properties));
    }
    if let Some(missing) = required.iter().find(|name| !given.contains_key(**name)) {
        let takes = properties.get(*missing).map(|schema| fit::meant(schema, missing)).unwrap_or_default();
        return Err(Complaint::new(format!("{} needs the argument `{missing}`: {takes}", tool.name)));
    }
    fit::all(properties, &required, given).map_err(|Misfit { place, given, meant }| {
        Complaint::new(format!("the argument `{place}` of {} is {given}; it takes {meant}", tool.name))
    })
}

fn unknown_argument(tool: &Tool, unknown: &str, properties: &Map<String, Value>) -> Complaint {
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    let takes = if names.is_empty() {
        "it takes none".to_owned()
    } else {
        format!("its arguments are {}", names.join(", "))
    };
    let complaint = Complaint::new(format!("{} has no argument `{unknown}`; {takes}", tool.name));
    let lower = unknown.to_lowercase();
    let meant: Vec<String> = ALSO_CALLED
        .iter()
        .filter(|(called, name)| *called == lower && names.contains(name))
        .map(|(_, name)| (*name).to_owned())
        .collect();
    if meant.is_empty() { complaint.near(unknown, names) } else { Complaint { nearest: meant, ..complaint } }
}
