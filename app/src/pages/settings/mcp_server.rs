//! Settings > MCP Server.

use async_trait::async_trait;
use leptos::prelude::*;

use crate::backend::Backend;
use crate::components::{
    Choice, Crumb, Form, Group, NumberField, Page, ReadOnly, SelectField, TextArea, Toggle, Warning,
};
use crate::refusal::Refusal;
use crate::screen::screen;

/// What the screen asks of the server.
#[async_trait]
pub trait McpServer: Send + Sync {
    /// The settings as they are stored.
    async fn show(&self) -> Result<McpServerSettings, Refusal>;
}

/// What the screen shows.
#[derive(Clone, Debug)]
pub struct McpServerSettings {
    /// Fingerprint of what is stored.
    pub seen: String,
    /// Whether `/mcp` answers.
    pub enabled: bool,
    /// The MCP URL.
    pub url: String,
    /// Whether that URL is one that only this machine or network reaches.
    pub url_is_local: bool,
    /// Calls per minute and key.
    pub rate_limit: Bounded,
    /// Records per request.
    pub max_records: Bounded,
    /// Records per exported file.
    pub export_limit: Bounded,
    /// Tokens per result.
    pub token_budget: Bounded,
    /// Minutes.
    pub session_ttl: Bounded,
    /// Global Assistant Instructions.
    pub instructions: String,
    /// Most characters of them.
    pub instructions_most: u32,
    /// The guide's example.
    pub instructions_example: String,
    /// Reporting models: name of the subject, what it is called, model.
    pub reporting_models: Vec<(String, String, String)>,
    /// Models that can be chosen for them: technical name and label.
    pub models: Vec<(String, String)>,
}

/// A number and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounded {
    /// What is stored.
    pub value: i64,
    /// Least.
    pub least: i64,
    /// Most.
    pub most: i64,
    /// What it is unless it was changed.
    pub default: i64,
}

const FORM: &str = "mcp";

/// The screen.
#[component]
pub fn McpServerPage() -> impl IntoView {
    screen(async move { Backend::here().mcp_server.show().await }, |settings| view! { <Shown settings/> })
}

#[component]
fn Shown(settings: McpServerSettings) -> impl IntoView {
    let choices: Vec<Choice> = settings
        .models
        .iter()
        .map(|(name, label)| Choice::new(name.clone(), format!("{label} ({name})")))
        .collect();
    let models = settings
        .reporting_models
        .into_iter()
        .map(|(subject, label, model)| {
            let name = format!("reporting_models.{subject}");
            view! { <SelectField form=FORM name=name label=label value=model choices=choices.clone()/> }
        })
        .collect_view();
    let (rate, records, ttl) = (settings.rate_limit, settings.max_records, settings.session_ttl);
    let exports = settings.export_limit;
    let budget = settings.token_budget;
    view! {
        <Page title="MCP Server" crumbs=vec![Crumb::new("Settings", "/")]>
            <div class="sheet">
                <Form name=FORM action="/settings/mcp" seen=settings.seen discard="/settings/mcp">
                    <Toggle form=FORM name="mcp_enabled" label="Enable MCP Server" value=settings.enabled
                        help="While it is off, every client is refused and told that MCP Server is disabled."/>
                    <ReadOnly label="MCP URL" help="What clients are given as the server's URL." copy=settings.url/>
                    {settings.url_is_local.then(|| view! {
                        <Warning title="Important">
                            "Claude must use a public URL. Local URLs such as localhost or 127.0.0.1 will not work for Claude. Start the server with --public-url to give it one."
                        </Warning>
                    })}
                    <Group title="Default values" help="They hold where a key has no value of its own.">
                        <NumberField form=FORM name="rate_limit" label="Rate Limit" unit="calls per minute and key"
                            value=rate.value least=rate.least most=rate.most required=true
                            help=format!("{} to {}; {} unless changed. A key may have a limit of its own.", rate.least, rate.most, rate.default)/>
                        <NumberField form=FORM name="max_records" label="Max Records Per Request" unit="records"
                            value=records.value least=records.least most=records.most required=true
                            help=format!("{} to {}; {} unless changed. A request for more is cut to this, and told so.", records.least, records.most, records.default)/>
                        <NumberField form=FORM name="export_limit" label="Export Limit" unit="records per file"
                            value=exports.value least=exports.least most=exports.most required=true
                            help=format!("{} to {}; {} unless changed. An export of more is cut to this, and says so.", exports.least, exports.most, exports.default)/>
                        <NumberField form=FORM name="token_budget" label="Token Budget" unit="tokens per result"
                            value=budget.value least=budget.least most=budget.most required=true
                            help=format!("{} to {}; {} unless changed. A longer result is cut between two records, and says how to go on.", budget.least, budget.most, budget.default)/>
                        <NumberField form=FORM name="session_ttl" label="Session TTL" unit="minutes"
                            value=ttl.value least=ttl.least most=ttl.most required=true
                            help=format!("{} to {}; {} unless changed. An MCP session that is not used for so long ends.", ttl.least, ttl.most, ttl.default)/>
                    </Group>
                    <Group title="Assistant" help="What every assistant is told when it connects.">
                        <TextArea form=FORM name="instructions" label="Global Assistant Instructions" value=settings.instructions
                            most=settings.instructions_most rows=14 mark=512 mark_means="what Codex surely reads"
                            example=settings.instructions_example
                            help="They help the AI choose the correct reporting model and use the correct Axanta naming. After a change, reconnect the client so it receives fresh instructions."/>
                    </Group>
                    <Group title="Reporting models" help="The model that answers questions on each subject; assistants are told of them by get_context.">
                        {models}
                    </Group>
                </Form>
            </div>
        </Page>
    }
}
