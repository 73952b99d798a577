//! What an act on a module will do, said before it is done.

use super::{App, AppState};

/// Before an installation.
pub fn install(app: &App) -> String {
    let mut said = vec![match app.needs.filter(|other| !other.installed) {
        Some(other) => format!("Installs {} first, then {}.", other.label, app.label),
        None => "What it brings is there at once.".to_owned(),
    }];
    let work = app.at_work;
    if app.version.is_some() {
        let mut kept = vec!["What it kept holds again".to_owned()];
        if work.keys > 0 {
            kept.push(format!("{} of {} work again", count(work.keys, "key"), count(work.holders, "user")));
        }
        if work.connections > 0 {
            let (connections, users) = (count(work.connections, "connection"), count(work.approvers, "user"));
            kept.push(format!("{connections} of {users} work again"));
        }
        said.push(format!("{}.", kept.join(": ")));
    } else {
        said.push(first(app.name).to_owned());
    }
    said.join(" ")
}

/// What a first installation does not do by itself.
fn first(name: &str) -> &'static str {
    if name == "mcp_server" {
        "Nothing is exposed before MCP Server is enabled in Settings and a model policy allows it."
    } else {
        "Nobody is connected before an OAuth client is made and a user approves it."
    }
}

/// Before an upgrade.
pub fn upgrade(app: &App) -> String {
    let mut said = Vec::new();
    if let Some(other) = app.needs.filter(|other| other.to_upgrade) {
        said.push(format!("Upgrades {} first.", other.label));
    }
    said.push(format!(
        "Works on in version {} until it is upgraded to {}; nothing is lost.",
        app.version.as_deref().unwrap_or_default(),
        app.available
    ));
    if app.upgrade.ends_sessions && app.at_work.sessions > 0 {
        let (sessions, verb) = (count(app.at_work.sessions, "open session"), s(app.at_work.sessions, "end"));
        said.push(format!("{sessions} {verb}; most clients begin a new one by themselves."));
    }
    if app.upgrade.reconnect {
        said.push("Afterwards, reconnect the Claude connector.".to_owned());
    }
    said.join(" ")
}

/// Before it is uninstalled.
pub fn uninstall(app: &App) -> String {
    let mut said = Vec::new();
    if let Some(other) = app.needed_by.filter(|other| other.installed) {
        said.push(format!("{} needs it, and is uninstalled first.", other.label));
    }
    let tools = match app.tools.len() {
        0 => String::new(),
        n => format!(" and {n} tools"),
    };
    said.push(format!("For everybody its screens, addresses{tools} are gone at once (404)."));
    let work = app.at_work;
    let mut stops = Vec::new();
    if app.name == "mcp_server" {
        stops.push(format!("{} of {}", count(work.keys, "active key"), count(work.holders, "user")));
        stops.push(count(work.sessions, "open session"));
    }
    if app.name != "mcp_server" || app.needed_by.is_some_and(|other| other.installed) {
        stops.push(format!("{} of {}", count(work.connections, "connection"), count(work.approvers, "user")));
    }
    said.push(format!("{} stop at once.", list(&stops)));
    if app.name != "mcp_server" {
        said.push("MCP keys, such as Codex uses, go on working.".to_owned());
    }
    said.push("Its data is kept: when it is installed again, all holds as before.".to_owned());
    said.join(" ")
}

/// Before its data is deleted.
pub fn purge(app: &App) -> String {
    let kept: Vec<String> =
        app.keeps.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what)).collect();
    let what = if kept.is_empty() { "What it has left".to_owned() } else { list(&kept) };
    format!(
        "{what} will be deleted for good. It can't be undone. The log stays, and so do users and their groups."
    )
}

/// Word, and what there is to say to it.
pub const fn state(state: AppState) -> &'static str {
    match state {
        AppState::Installed => "Installed",
        AppState::ToUpgrade => "To upgrade",
        AppState::Newer => "Newer than this program",
        AppState::Absent => "Not installed",
    }
}

fn count(n: i64, what: &str) -> String {
    match (n, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (n, Some(stem)) if !what.ends_with("ey") => format!("{n} {stem}ies"),
        (n, _) => format!("{n} {what}s"),
    }
}

fn s(n: i64, verb: &str) -> String {
    if n == 1 { format!("{verb}s") } else { verb.to_owned() }
}

fn list(parts: &[String]) -> String {
    match parts {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        [last] => last.clone(),
        _ => String::new(),
    }
}
