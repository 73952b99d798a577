//! The tools, resources and prompts that the suite expects to find.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axanta_mcp::mcp::envelope::{Request, text};
use axanta_mcp::mcp::era::Version;
use axanta_mcp::mcp::error::Refusal;
use axanta_mcp::mcp::extra::Extra;
use axanta_mcp::mcp::stream::Notifier;
use rmcp::model::{Prompt, PromptArgument, Resource, ResourceTemplate, Tool};
use serde_json::{Value, json};

use crate::content::{self, said};
use crate::rounds;

/// Between two of a fixture's notifications: the suite wants to see that they come one by one.
const PAUSE: Duration = Duration::from_millis(50);

/// All of them.
pub struct Fixtures {
    tools: Vec<Tool>,
    resources: Vec<Resource>,
    templates: Vec<ResourceTemplate>,
    prompts: Vec<Prompt>,
    seal: rounds::Seal,
}

impl Fixtures {
    /// With a key of its own for the state that it hands out.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self {
            tools: tools(),
            resources: vec![
                Resource::new("test://static-text", "static-text")
                    .with_description("A static text")
                    .with_mime_type("text/plain"),
                Resource::new("test://static-binary", "static-binary")
                    .with_description("A static image")
                    .with_mime_type("image/png"),
            ],
            templates: vec![
                ResourceTemplate::new("test://template/{id}/data", "template")
                    .with_description("Data of an id")
                    .with_mime_type("application/json"),
            ],
            prompts: prompts(),
            seal: rounds::Seal::new()?,
        })
    }

    async fn tool(
        &self,
        name: &str,
        request: &Request<'_>,
        notifier: &Notifier,
    ) -> Option<Result<Value, Refusal>> {
        if let Some(answered) = rounds::tool(&self.seal, name, request) {
            return Some(answered);
        }
        Some(Ok(match name {
            "test_simple_text" => said("This is a simple text response for testing."),
            "test_image_content" => json!({"content": [content::image()]}),
            "test_audio_content" => json!({"content": [content::audio()]}),
            "test_embedded_resource" => json!({"content": [content::embedded(
                "test://embedded-resource", "text/plain", "This is an embedded resource content.")]}),
            "test_multiple_content_types" => json!({"content": [
                {"type": "text", "text": "Multiple content types test:"},
                content::image(),
                content::embedded("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#)
            ]}),
            "test_error_handling" => json!({"isError": true, "content": [
                {"type": "text", "text": "This tool intentionally returns an error for testing"}
            ]}),
            "test_tool_with_progress" => {
                progress(request, notifier).await;
                said("Tool with progress executed")
            }
            // Without `logLevel` in the request nothing may be logged, and this one never asks.
            "test_logging_tool" => said("Nothing was logged"),
            "json_schema_2020_12_tool" | "test_header_param" => said("ok"),
            _ => return None,
        }))
    }
}

async fn progress(request: &Request<'_>, notifier: &Notifier) {
    let token = request.params.meta.as_ref().and_then(|meta| meta.progress_token);
    let token: Option<Value> = token.and_then(|raw| serde_json::from_str(raw.get()).ok());
    for done in [0, 50, 100] {
        if let Some(token) = &token {
            let params = json!({"progressToken": token, "progress": done, "total": 100});
            notifier.notify("notifications/progress", &params).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[async_trait]
impl Extra for Fixtures {
    fn tools(&self) -> &[Tool] {
        &self.tools
    }

    fn resources(&self) -> &[Resource] {
        &self.resources
    }

    fn resource_templates(&self) -> &[ResourceTemplate] {
        &self.templates
    }

    fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    async fn answer(
        &self,
        request: &Request<'_>,
        _: Version,
        notifier: &Notifier,
    ) -> Option<Result<Value, Refusal>> {
        let params = &request.params;
        let name = params.name.and_then(text).unwrap_or_default();
        match request.method.as_ref() {
            "tools/call" => self.tool(&name, request, notifier).await,
            "prompts/get" => {
                rounds::prompt(&name, request).or_else(|| content::prompt(&name, request).map(Ok))
            }
            "resources/read" => content::resource(&params.uri.and_then(text)?).map(Ok),
            _ => None,
        }
    }
}

fn tools() -> Vec<Tool> {
    let mut tools: Vec<Tool> = [
        "test_simple_text",
        "test_image_content",
        "test_audio_content",
        "test_embedded_resource",
        "test_multiple_content_types",
        "test_error_handling",
        "test_tool_with_progress",
        "test_logging_tool",
        "test_missing_capability",
        "test_streaming_elicitation",
        "test_input_required_result_elicitation",
        "test_input_required_result_sampling",
        "test_input_required_result_list_roots",
        "test_input_required_result_request_state",
        "test_input_required_result_multiple_inputs",
        "test_input_required_result_multi_round",
        "test_input_required_result_tampered_state",
        "test_input_required_result_capabilities",
    ]
    .map(|name| fixture(name, json!({"type": "object", "properties": {}})))
    .into();
    tools.push(fixture(
        "test_header_param",
        json!({"type": "object", "properties": {
            "region": {"type": "string", "description": "Repeated in a header", "x-mcp-header": "Region"}
        }}),
    ));
    tools.push(fixture("json_schema_2020_12_tool", content::schema_2020_12()));
    tools
}

fn fixture(name: &'static str, schema: Value) -> Tool {
    let Value::Object(schema) = schema else { return Tool::default() };
    Tool::new(name, "A fixture of the conformance suite", Arc::new(schema))
}

fn prompts() -> Vec<Prompt> {
    let prompt = |name: &str, arguments: &[&str]| {
        let arguments = arguments
            .iter()
            .map(|name| PromptArgument::new(*name).with_description("An argument").with_required(true))
            .collect();
        Prompt::new(name, Some("A fixture of the conformance suite"), Some(arguments))
    };
    vec![
        prompt("test_simple_prompt", &[]),
        prompt("test_prompt_with_arguments", &["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", &["resourceUri"]),
        prompt("test_prompt_with_image", &[]),
        prompt("test_input_required_result_prompt", &[]),
    ]
}
