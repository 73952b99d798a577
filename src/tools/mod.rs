//! What an assistant can do. A tool is data: names, schemas, and how its arguments become an [`Action`];
//! all of them stand in [`ALL`], and [`call()`] is the one way to run one.

mod aggregate_records;
mod answer;
mod approve;
mod arguments;
mod call;
mod call_method;
mod context;
mod count_records;
mod create_records;
mod delete_records;
mod describe_model;
mod error;
mod example;
mod explain_access;
mod export_records;
mod fetch;
mod file_reply;
mod fit;
mod get_context;
mod list_models;
mod long;
mod page;
mod path;
mod periods;
mod reach;
mod read_records;
mod render_report;
mod schema;
mod search_records;
mod untrusted;
mod update_records;
mod write;

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use rmcp::model as wire;
use serde_json::value::RawValue;

pub use answer::{Answer, Output};
pub use approve::{Foreseen, approve, foresee};
pub use call::{UnknownTool, admit, call, listed, operation};
pub use context::{Context, Services};
pub use error::ToolError;
pub use fetch::{View, may_come, may_fetch, read_file};
pub use get_context::Memory;
pub use reach::{Reach, reach};

use crate::audit::Pending;
use crate::model::{Complaint, Operation};
use crate::policy::{Permit, Wish};

/// Every tool, in the order in which clients see them.
pub static ALL: [&Tool; 14] = [
    &get_context::TOOL,
    &list_models::TOOL,
    &describe_model::TOOL,
    &search_records::TOOL,
    &read_records::TOOL,
    &count_records::TOOL,
    &aggregate_records::TOOL,
    &explain_access::TOOL,
    &export_records::TOOL,
    &render_report::TOOL,
    &create_records::TOOL,
    &update_records::TOOL,
    &delete_records::TOOL,
    &call_method::TOOL,
];

/// How a tool's arguments become an action.
type Parse = fn(&Tool, Option<&RawValue>) -> Result<Box<dyn Action>, Complaint>;

/// A tool: what clients see of it and how it is run.
pub struct Tool {
    /// Name, as `tools/call` gives it.
    pub name: &'static str,
    /// Operation it needs on some model to be listed; `None` for tools that everyone with MCP access has.
    pub operation: Option<Operation>,
    /// What `tools/list` answers.
    definition: LazyLock<wire::Tool>,
    parse: Parse,
}

impl Tool {
    /// What `tools/list` answers.
    pub fn definition(&self) -> &wire::Tool {
        &self.definition
    }
}

/// A tool's arguments, understood and ready to run.
#[async_trait]
pub trait Action: Send + Sync {
    /// What policy is asked for.
    fn wish<'a>(&'a self, context: &'a Context) -> Wish<'a>;

    /// Model for the log and for the check that it exists; by default the wish's.
    fn model(&self) -> Option<&str>;

    /// Ids or domain for the log, as JSON.
    fn target(&self) -> Option<String> {
        None
    }

    /// Does it. The permit was made for [`Action::wish`]; what changes data writes its entry of the log itself, in the
    /// change's own transaction, and says so in [`Output::logged`].
    async fn run(
        &self,
        context: &Context,
        permit: &Permit,
        pending: &mut Pending,
    ) -> Result<Output, ToolError>;
}

/// A boxed pair of schemas and a parser, made from an argument type.
const fn tool<A>(name: &'static str, operation: Option<Operation>, definition: fn() -> wire::Tool) -> Tool
where
    A: Action + serde::de::DeserializeOwned + 'static,
{
    Tool { name, operation, definition: LazyLock::new(definition), parse: arguments::parse::<A> }
}

/// A tool that only reads, as clients are told of it.
fn reading<A: schemars::JsonSchema>(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    output: serde_json::Value,
) -> wire::Tool {
    let mut tool = wire::Tool::new(name, description, Arc::new(schema::of::<A>()));
    tool.title = Some(title.to_owned());
    tool.output_schema = Some(Arc::new(schema::object(output)));
    tool.annotations = Some(
        wire::ToolAnnotations::with_title(title)
            .read_only(true)
            .destructive(false)
            .idempotent(true)
            .open_world(false),
    );
    tool
}

/// A tool that changes data, as clients are told of it.
fn writing<A: schemars::JsonSchema>(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    destructive: bool,
) -> wire::Tool {
    let mut tool = wire::Tool::new(name, description, Arc::new(schema::of::<A>()));
    tool.title = Some(title.to_owned());
    tool.output_schema = Some(Arc::new(schema::object(write::output())));
    tool.annotations = Some(
        wire::ToolAnnotations::with_title(title)
            .read_only(false)
            .destructive(destructive)
            .idempotent(false)
            .open_world(false),
    );
    tool
}
