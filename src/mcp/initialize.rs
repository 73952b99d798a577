//! How a client comes in: `initialize` in the legacy era, `server/discover` in the modern one. Both deliver the
//! Global Assistant Instructions as they stand now.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use rmcp::model::{CacheScope, DiscoverResult, InitializeResult, ProtocolVersion, ServerCapabilities};
use rmcp::transport::common::http_header::HEADER_SESSION_ID;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ask::{Ask, server_info};
use super::envelope::is_object;
use super::era::Version;
use super::error::Refusal;
use super::reply::Reply;

/// Name and version of a client, as it says itself.
#[derive(Debug, Default, Deserialize)]
pub struct Client<'a> {
    /// For example `codex-mcp-client`.
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
    /// For example `0.169.0`.
    #[serde(borrow, default)]
    pub version: Cow<'a, str>,
}

impl<'a> Client<'a> {
    /// Reads `clientInfo`; one that can't be understood is as good as none.
    pub fn read(info: Option<&'a RawValue>) -> Option<Self> {
        info.and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Both in one text.
    pub fn label(&self) -> String {
        let mut label = String::with_capacity(self.name.len() + self.version.len() + 1);
        label.extend(self.name.chars().filter(|c| !c.is_control()).take(100));
        label.push(' ');
        label.extend(self.version.chars().filter(|c| !c.is_control()).take(100));
        label
    }
}

/// Time to live of MCP sessions under the current settings.
pub fn session_ttl(ask: &Ask<'_>) -> Duration {
    ttl(ask.context.controls.settings.session_ttl)
}

/// Minutes of Settings as a time.
pub fn ttl(minutes: u32) -> Duration {
    Duration::from_mins(u64::from(minutes))
}

/// Answers `initialize` and begins an MCP session.
pub async fn initialize(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let params = &ask.request.params;
    if !params.capabilities.is_some_and(is_object) || !params.client_info.is_some_and(is_object) {
        return Err(Refusal::InvalidParams(
            "initialize needs params.capabilities and params.clientInfo, both objects".to_owned(),
        ));
    }
    let client = Client::read(params.client_info).unwrap_or_default();
    let (secret, _) = ask
        .sessions
        .open(&ask.context.principal, ask.version, (&client.name, &client.version), session_ttl(ask))
        .await?;
    let mut result = InitializeResult::new(capabilities())
        .with_server_info(server_info())
        .with_protocol_version(protocol(ask.version));
    result.instructions = instructions(ask);
    let mut reply = ask.reply(&result);
    if let Ok(value) = HeaderValue::try_from(secret) {
        let name = HeaderName::from_bytes(HEADER_SESSION_ID.as_bytes()).map_err(|_| Refusal::Internal)?;
        reply.header = Some((name, value));
    }
    Ok(reply)
}

/// Answers `server/discover`.
pub fn discover(ask: &Ask<'_>) -> Reply {
    let mut result = DiscoverResult::new(Version::ALL.map(protocol).to_vec(), capabilities())
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private)
        .with_server_info(server_info());
    result.instructions = instructions(ask);
    ask.reply(&result)
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_completions()
        .enable_prompts()
        .enable_resources()
        .enable_tools()
        .build()
}

fn instructions(ask: &Ask<'_>) -> Option<String> {
    let text = &ask.context.controls.settings.instructions;
    (!text.trim().is_empty()).then(|| text.clone())
}

fn protocol(version: Version) -> ProtocolVersion {
    match version {
        Version::V2025_03_26 => ProtocolVersion::V_2025_03_26,
        Version::V2025_06_18 => ProtocolVersion::V_2025_06_18,
        Version::V2025_11_25 => ProtocolVersion::V_2025_11_25,
        Version::V2026_07_28 => ProtocolVersion::V_2026_07_28,
    }
}
