//! Whether a user can use MCP, gate by gate, and who can mend what is missing.

use app::pages::settings::users::mcp_tab::{KeyState, Lack};

use super::Console;
use super::error::Problem;
use super::keys::key_state;
use crate::identity::{User, group};
use crate::policy::Scope;
use crate::store::keys::KeyRow;
use crate::tools;

/// What a user can do, or what is missing.
pub struct Readiness {
    /// Group, keys that work, models; where nothing is missing.
    pub can: Option<(String, usize, usize)>,
    /// What is missing, in the order of the gates.
    pub lacks: Vec<Lack>,
}

/// How a user stands; `may`: whether the reader may generate keys.
pub async fn of(
    console: &Console,
    user: &User,
    keys: &[KeyRow],
    may: bool,
    administrators: &[String],
) -> Result<Readiness, Problem> {
    let now = console.state.clock.millis();
    let works = |key: &&KeyRow| matches!(key_state(key, now), KeyState::Active | KeyState::Expiring(_));
    let active: Vec<&KeyRow> = keys.iter().filter(works).collect();
    let scope =
        if active.iter().any(|key| key.scope == Scope::Write.name()) { Scope::Write } else { Scope::Read };
    let models = models(console, user, scope).await?;
    let ask = format!("Ask an MCP Administrator: {}.", people(administrators));
    let mut lacks = Vec::new();
    let mut lack = |text: String, link: Option<(&'static str, String)>| {
        let who = if link.is_some() { String::new() } else { ask.clone() };
        lacks.push(Lack { text, link, who });
    };
    let open = |label: &'static str, href: String| may.then_some((label, href));
    if !console.state.current.fresh().await?.settings.mcp_enabled {
        lack(
            "MCP Server is not enabled.".to_owned(),
            open("Settings > MCP Server", "/settings/mcp".to_owned()),
        );
    }
    if !user.active {
        lack(
            format!("{} is archived.", user.name),
            open("Access Rights", format!("/settings/users/{}", user.id)),
        );
    }
    if !user.in_mcp_group() {
        lack(
            "Neither MCP User nor MCP Administrator is assigned.".to_owned(),
            open("Access Rights", format!("/settings/users/{}", user.id)),
        );
    }
    if active.is_empty() {
        let text = if keys.is_empty() { "There is no MCP key." } else { "No MCP key is active." };
        lack(text.to_owned(), open("Generate MCP Key", "#generate".to_owned()));
    }
    if models == 0 {
        lack(
            "No model policy allows anything that the user's access rights allow too.".to_owned(),
            open("Model Policies", "/technical/mcp/policies".to_owned()),
        );
    }
    let highest =
        if user.has_group(group::MCP_ADMINISTRATOR) { group::MCP_ADMINISTRATOR } else { group::MCP_USER };
    let can = lacks.is_empty().then(|| (highest.to_owned(), active.len(), models));
    Ok(Readiness { can, lacks })
}

/// Models on which policy, scope and the user's access rights allow something.
async fn models(console: &Console, user: &User, scope: Scope) -> Result<usize, Problem> {
    let state = &console.state;
    let controls = state.current.fresh().await?;
    Ok(tools::reach(state.services.erp.as_ref(), &controls.rules, user, scope).await?.len())
}

/// Names of people, a few of many.
pub fn people(names: &[String]) -> String {
    const MOST: usize = 3;
    match names {
        [] => "there is none yet".to_owned(),
        few if few.len() <= MOST => few.join(", "),
        many => format!(
            "{} and {} more",
            many.iter().take(MOST).cloned().collect::<Vec<_>>().join(", "),
            many.len() - MOST
        ),
    }
}
