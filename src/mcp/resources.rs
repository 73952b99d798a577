//! Resources: the instructions, and what the tools answer under addresses of its own. Those go through the same
//! pipeline as the tools, so that policy, rights and the log hold for them too.

use rmcp::model::{
    ListResourceTemplatesResult, ListResourcesResult, MetaObject, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate,
};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::ask::Ask;
use super::envelope::text;
use super::error::Refusal;
use super::reply::Reply;
use crate::files::{self, Stored};
use crate::model::Untrusted;
use crate::tools::{self, ToolError};

const INSTRUCTIONS: &str = "axanta://instructions";
const MODELS: &str = "axanta://models";
const MODEL: &str = "axanta://model/";
const RECORD: &str = "axanta://record/";
/// Template of a model's description.
pub const MODEL_TEMPLATE: &str = "axanta://model/{model}";
/// Template of a record.
pub const RECORD_TEMPLATE: &str = "axanta://record/{model}/{id}";
/// Template of a file that an export or a report made.
const FILE_TEMPLATE: &str = "axanta://file/{id}";
/// Most files that are listed.
const FILES: u32 = 20;
const JSON: &str = "application/json";

/// The resources with an address of their own, and the files that wait for the user.
pub async fn list(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    ask.must_be_first_page()?;
    let mut resources = vec![
        Resource::new(INSTRUCTIONS, "instructions")
            .with_title("Global Assistant Instructions")
            .with_description("How to name the system and which model answers which question; follow them")
            .with_mime_type("text/plain"),
        Resource::new(MODELS, "models")
            .with_title("Models")
            .with_description("The models this connection can use, with what it may do with each")
            .with_mime_type(JSON),
    ];
    let files =
        ask.context.services.files.of_user(ask.context.principal.user.id, FILES).await.map_err(broken)?;
    resources.extend(files.iter().map(listed));
    resources.extend(ask.extra.iter().flat_map(|extra| extra.resources()).cloned());
    Ok(ask.reply(&ListResourcesResult {
        result_type: ask.result_type(),
        meta: ask.meta(),
        next_cursor: None,
        ttl_ms: ask.ttl(),
        cache_scope: ask.cache_scope(),
        resources,
    }))
}

/// The forms of address of the others.
pub fn templates(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    ask.must_be_first_page()?;
    let mut resource_templates = vec![
        ResourceTemplate::new(MODEL_TEMPLATE, "model")
            .with_title("Model")
            .with_description("A model's fields, methods and reports")
            .with_mime_type(JSON),
        ResourceTemplate::new(RECORD_TEMPLATE, "record")
            .with_title("Record")
            .with_description("One record with its usual fields")
            .with_mime_type(JSON),
        ResourceTemplate::new(FILE_TEMPLATE, "file")
            .with_title("File")
            .with_description(
                "A file that export_records or render_report made: a small text whole, any other as a link and its beginning",
            ),
    ];
    resource_templates.extend(ask.extra.iter().flat_map(|extra| extra.resource_templates()).cloned());
    Ok(ask.reply(&ListResourceTemplatesResult {
        result_type: ask.result_type(),
        meta: ask.meta(),
        next_cursor: None,
        ttl_ms: ask.ttl(),
        cache_scope: ask.cache_scope(),
        resource_templates,
    }))
}

/// Reads one.
pub async fn read(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let Some(uri) = ask.request.params.uri.and_then(text) else {
        return Err(Refusal::InvalidParams("resources/read needs params.uri, a string".to_owned()));
    };
    let contents = match uri.as_ref() {
        INSTRUCTIONS => {
            vec![ResourceContents::text(&ask.context.controls.settings.instructions, INSTRUCTIONS)]
        }
        MODELS => vec![as_json(MODELS, tool(ask, "list_models", &json!({})).await?.get())],
        other if other.starts_with(files::URI) => read_file(ask, other).await?,
        other => match (other.strip_prefix(MODEL), other.strip_prefix(RECORD)) {
            (Some(model), _) => {
                vec![as_json(other, tool(ask, "describe_model", &json!({ "model": model })).await?.get())]
            }
            (_, Some(record)) => read_record(ask, other, record).await?,
            _ => return Err(unknown(other)),
        },
    };
    let mut result = ReadResourceResult::new(contents);
    result.result_type = ask.result_type();
    result.ttl_ms = ask.ttl();
    result.cache_scope = ask.cache_scope();
    result.meta = ask.meta();
    Ok(ask.reply(&result))
}

async fn read_file(ask: &Ask<'_>, uri: &str) -> Result<Vec<ResourceContents>, Refusal> {
    let id = uri.strip_prefix(files::URI).unwrap_or_default();
    match tools::read_file(ask.context, id).await {
        Ok(Some(view)) => {
            let contents = ResourceContents::text(view.text, uri).with_mime_type(view.mime_type);
            Ok(marked(contents, uri, view.untrusted))
        }
        Ok(None) => Err(unknown(uri)),
        Err(error @ (ToolError::Denied(_) | ToolError::Erp(_) | ToolError::Arguments(_))) => {
            Err(Refusal::UnknownResource { message: error.to_string(), uri: None })
        }
        Err(error) => Err(broken(error)),
    }
}

fn listed(file: &Stored) -> Resource {
    let rows = file.rows.map(|rows| format!("{rows} rows of ")).unwrap_or_default();
    Resource::new(file.uri(), &file.name)
        .with_description(format!("{rows}{}; {} bytes", file.model, file.size))
        .with_mime_type(&file.mime_type)
}

fn broken(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "files can't be read");
    Refusal::Internal
}

/// Contents, and behind them a notice where text in them comes from outside the company.
fn marked(contents: ResourceContents, uri: &str, untrusted: Option<Untrusted>) -> Vec<ResourceContents> {
    let Some(untrusted) = untrusted else { return vec![contents] };
    let notice =
        ResourceContents::text(untrusted.said(), format!("{uri}#untrusted")).with_mime_type("text/plain");
    let mut meta = MetaObject::default();
    if let Ok(marks) = serde_json::to_value(&untrusted) {
        meta.0.insert("untrusted".to_owned(), marks);
    }
    vec![contents.with_meta(meta), notice]
}

async fn read_record(ask: &Ask<'_>, uri: &str, record: &str) -> Result<Vec<ResourceContents>, Refusal> {
    let parts = record.split_once('/').and_then(|(model, id)| Some((model, id.parse::<i64>().ok()?)));
    let (model, id) = parts.ok_or_else(|| unknown(uri))?;
    let found = tool(ask, "read_records", &json!({ "model": model, "ids": [id] })).await?;
    let found: Value = serde_json::from_str(found.get()).map_err(|_| Refusal::Internal)?;
    let text = found.pointer("/records/0").map(Value::to_string).ok_or_else(|| unknown(uri))?;
    let fields = found.pointer("/untrusted/fields").cloned().unwrap_or_default();
    let fields: Vec<String> = serde_json::from_value(fields).unwrap_or_default();
    Ok(marked(as_json(uri, &text), uri, Untrusted::marks(fields)))
}

/// What a tool answers; where it refuses, the refusal in its words.
async fn tool(ask: &Ask<'_>, name: &str, arguments: &Value) -> Result<Box<RawValue>, Refusal> {
    let arguments = to_raw_value(arguments).map_err(|_| Refusal::Internal)?;
    let answer = tools::call(ask.context, name, Some(&arguments)).await??;
    answer.structured.ok_or(Refusal::UnknownResource { message: answer.text, uri: None })
}

fn as_json(uri: &str, json: &str) -> ResourceContents {
    ResourceContents::text(json, uri).with_mime_type(JSON)
}

fn unknown(uri: &str) -> Refusal {
    Refusal::UnknownResource {
        message: format!(
            "there is no resource {uri}; there are {INSTRUCTIONS}, {MODELS}, {MODEL_TEMPLATE}, {RECORD_TEMPLATE} and {FILE_TEMPLATE}"
        ),
        uri: Some(uri.to_owned()),
    }
}
