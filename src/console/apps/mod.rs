//! Apps: the modules, and how they come and go.

mod acts;
mod brings;

pub use acts::{back, install, purge, uninstall, upgrade};

use std::sync::Arc;

use app::pages::apps::{App, AppList, AppState, Apps, AtWork, Other, Upgrade};
use app::refusal::Refusal;
use async_trait::async_trait;

use self::brings::Brings;
use super::Shared;
use super::error::Problem;
use super::seen::fingerprint;
use super::visitor::Visitor;
use crate::settings::{Effects, Module, Standing, State, effects, standings};
use crate::store::modules::{Usage, usage};

const MINUTE: i64 = 60_000;

/// What the screen shows.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(Arc::clone(&visitor.console))
    }

    async fn load(&self, search: &str) -> Result<AppList, Problem> {
        let state = &self.0.state;
        let now = state.clock.millis();
        let ttl = i64::from(state.current.controls().settings.session_ttl);
        let mut conn = state.db.read().await?;
        let all = standings(conn.on()).await?;
        let used = usage(conn.on(), now, now.saturating_sub(ttl * MINUTE)).await?;
        let found = all.iter().filter(|standing| brings::is_found(standing.module, search));
        Ok(AppList {
            seen: fingerprint(&facts(&all)),
            apps: found.map(|standing| card(standing, &all, &used)).collect(),
        })
    }
}

#[async_trait]
impl Apps for Desk {
    async fn list(&self, search: String) -> Result<AppList, Refusal> {
        Ok(self.load(&search).await?)
    }
}

/// How the modules stand, for what was seen to be compared with what is.
fn facts(all: &[Standing]) -> Vec<(&'static str, &'static str, Option<String>)> {
    all.iter()
        .map(|s| (s.module.name(), s.state.name(), s.version.as_ref().map(ToString::to_string)))
        .collect()
}

fn card(standing: &Standing, all: &[Standing], used: &Usage) -> App {
    let module = standing.module;
    let brings = Brings::of(module);
    let other = |other: Option<Module>| all.iter().find(|s| Some(s.module) == other).map(related);
    let Effects { ends_sessions, reconnect } =
        standing.version.as_ref().map(|version| effects(module, version)).unwrap_or_default();
    App {
        name: module.name(),
        label: module.label(),
        about: brings.about,
        screens: brings.screens,
        addresses: brings.addresses,
        tools: brings::tools(module),
        state: match standing.state {
            State::Absent => AppState::Absent,
            State::Installed => AppState::Installed,
            State::ToUpgrade => AppState::ToUpgrade,
            State::Newer => AppState::Newer,
        },
        version: standing.version.as_ref().map(ToString::to_string),
        available: module.version().to_string(),
        needs: other(module.depends_on()),
        needed_by: other(module.needed_by()),
        at_work: AtWork {
            keys: used.active_keys,
            holders: used.holders,
            sessions: used.sessions,
            connections: used.live_connections,
            approvers: used.approvers,
        },
        keeps: keeps(module, used),
        upgrade: Upgrade { ends_sessions, reconnect },
    }
}

fn related(standing: &Standing) -> Other {
    Other {
        name: standing.module.name(),
        label: standing.module.label(),
        installed: standing.state.is_installed(),
        to_upgrade: standing.state == State::ToUpgrade,
    }
}

/// What a purge of a module deletes.
fn keeps(module: Module, used: &Usage) -> Vec<(i64, &'static str)> {
    let oauth = [(used.clients, "OAuth client"), (used.connections, "connection")];
    match module {
        Module::McpServer => {
            let own = [
                (used.keys, "MCP key"),
                (used.policies, "model policy"),
                (used.prompts, "prompt"),
                (used.settings, "changed setting"),
            ];
            own.into_iter().chain(oauth).collect()
        }
        Module::McpServerOauth => oauth.into(),
    }
}
