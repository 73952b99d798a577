//! Settings > MCP Server.

use app::pages::settings::mcp_server::{Bounded, McpServer, McpServerSettings};
use app::refusal::Refusal;
use async_trait::async_trait;
use axum::response::Response;
use serde_json::{Value, json};
use url::Host;

use super::Shared;
use super::error::Problem;
use super::seen::{fingerprint, unchanged};
use super::visitor::Visitor;
use crate::model::{Complaint, Model, ModelKind};
use crate::settings::{self, SUBJECTS, Settings, bounds};
use crate::web::Submission;

const PATH: &str = "/settings/mcp";
const TEXTS: [(&str, &str); 6] = [
    ("rate_limit", "Rate Limit"),
    ("max_records", "Max Records Per Request"),
    ("export_limit", "Export Limit"),
    ("token_budget", "Token Budget"),
    ("session_ttl", "Session TTL"),
    ("instructions", "Global Assistant Instructions"),
];

/// What the screen shows.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(std::sync::Arc::clone(&visitor.console))
    }

    async fn load(&self) -> Result<McpServerSettings, Problem> {
        let state = &self.0.state;
        let settings = Settings::load(state.db.read().await?.on()).await?;
        let (default, limits) = (Settings::default(), bounds());
        let url = &state.addresses.public_url;
        let bounded = |value: u32, default: u32, bounds: &std::ops::RangeInclusive<u32>| Bounded {
            value: value.into(),
            default: default.into(),
            least: (*bounds.start()).into(),
            most: (*bounds.end()).into(),
        };
        Ok(McpServerSettings {
            seen: fingerprint(&settings),
            enabled: settings.mcp_enabled,
            url: format!("{}/mcp", url.origin().ascii_serialization()),
            url_is_local: url.host().is_none_or(|host| is_local(&host)),
            rate_limit: bounded(settings.rate_limit, default.rate_limit, &limits.rate_limit),
            max_records: bounded(settings.max_records, default.max_records, &limits.max_records),
            export_limit: bounded(settings.export_limit, default.export_limit, &limits.export_limit),
            token_budget: bounded(settings.token_budget, default.token_budget, &limits.token_budget),
            session_ttl: bounded(settings.session_ttl, default.session_ttl, &limits.session_ttl),
            instructions_most: limits.instructions,
            instructions_example: default.instructions,
            models: state
                .services
                .erp
                .models()
                .await?
                .iter()
                .filter(|model| model.kind != ModelKind::Technical)
                .map(|model| (model.name.to_string(), model.label.to_string()))
                .collect(),
            reporting_models: SUBJECTS
                .iter()
                .map(|(subject, _)| {
                    let model = settings.reporting_models.get(*subject).cloned().unwrap_or_default();
                    ((*subject).to_owned(), settings::subject_label(subject).to_owned(), model)
                })
                .collect(),
            instructions: settings.instructions,
        })
    }
}

#[async_trait]
impl McpServer for Desk {
    async fn show(&self) -> Result<McpServerSettings, Refusal> {
        Ok(self.load().await?)
    }
}

/// Whether only this machine or its network reaches it, and so no service on the internet.
pub fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            *name == "localhost"
                || !name.contains('.')
                || [".localhost", ".local", ".internal", ".test", ".lan"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        Host::Ipv4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Host::Ipv6(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
    }
}

/// `POST /settings/mcp`
pub async fn save(visitor: Visitor, mut sent: Submission) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let before = Settings::load(acting.on()).await?;
    unchanged(&mut sent, &before);
    let mut wishes = vec![
        ("mcp_enabled".to_owned(), sent.ticked("mcp_enabled").to_string()),
        ("rate_limit".to_owned(), sent.text("rate_limit").to_owned()),
        ("max_records".to_owned(), sent.text("max_records").to_owned()),
        ("export_limit".to_owned(), sent.text("export_limit").to_owned()),
        ("token_budget".to_owned(), sent.text("token_budget").to_owned()),
        ("session_ttl".to_owned(), sent.text("session_ttl").to_owned()),
        ("instructions".to_owned(), sent.lines("instructions")),
    ];
    let models = visitor.console.state.services.erp.models().await?;
    let mut reporting = before.reporting_models.clone();
    for (subject, _) in SUBJECTS {
        let field = format!("reporting_models.{subject}");
        let model = sent.text(&field).to_owned();
        let known = |known: &Model| known.kind != ModelKind::Technical && known.name == model;
        if !models.iter().any(|model| known(model)) {
            let complaint = Complaint::new(format!("there is no model `{model}`"))
                .near(&model, models.iter().map(|known| known.name.as_ref()));
            sent.wrong(&field, complaint.to_string());
        }
        reporting.insert(subject.to_owned(), model);
    }
    wishes.push(("reporting_models".to_owned(), json!(reporting).to_string()));
    let stored = json!(before);
    let mut changes = serde_json::Map::new();
    for (name, text) in wishes {
        match before.change(&name, &text) {
            Err(complaint) => sent.wrong(&name, said(&complaint)),
            Ok(change) if stored.get(change.name()) != Some(change.value()) => {
                settings::set(acting.on(), &change).await?;
                let from = stored.get(change.name()).cloned().unwrap_or(Value::Null);
                changes.insert(name, json!({"from": from, "to": change.value()}));
            }
            Ok(_) => {}
        }
    }
    if !sent.is_right() {
        drop(acting);
        return visitor.again(PATH, sent).await;
    }
    if changes.is_empty() {
        return visitor.done(PATH, "Nothing was changed.").await;
    }
    let names = changes.keys().cloned().collect::<Vec<_>>().join(", ");
    acting.commit("settings.set", &names, Value::Object(changes)).await?;
    visitor.done(PATH, "The settings are saved; they hold for the next call.").await
}

/// A complaint in the words of the screen.
fn said(complaint: &Complaint) -> String {
    let mut text = complaint.problem.clone();
    for (name, label) in TEXTS {
        text = text.replace(name, label);
    }
    format!("{text}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claude_reaches_no_local_address() {
        for (host, local) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("[::1]", true),
            ("[fd00::1]", true),
            ("axanta", true),
            ("axanta.local", true),
            ("your-domain.com", false),
            ("8.8.8.8", false),
        ] {
            let url = url::Url::parse(&format!("http://{host}:8070")).unwrap();
            assert_eq!(is_local(&url.host().unwrap()), local, "{host}");
        }
    }
}
