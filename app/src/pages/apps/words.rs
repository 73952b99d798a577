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
        let mut back = Vec::new();
        if app.name == "mcp_server" && work.keys > 0 {
            back.push(of(work.keys, "key", work.holders));
        }
        if app.name != "mcp_server" && work.connections > 0 {
            back.push(of(work.connections, "connection", work.approvers));
        }
        let back = if back.is_empty() { String::new() } else { format!(", and {} work again", list(&back)) };
        said.push(format!("What it kept holds again{back}."));
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
    let gone = match app.tools.len() {
        0 => "screens and addresses".to_owned(),
        n => format!("screens, addresses and {n} tools"),
    };
    said.push(format!("Its {gone} are gone at once for everybody (404)."));
    let work = app.at_work;
    let mut stops = Vec::new();
    if app.name == "mcp_server" {
        stops.push(of(work.keys, "active key", work.holders));
        stops.push(count(work.sessions, "open session"));
    }
    if app.name != "mcp_server" || app.needed_by.is_some_and(|other| other.installed) {
        stops.push(of(work.connections, "connection", work.approvers));
    }
    stops.retain(|stop| !stop.starts_with("0 "));
    said.push(if stops.is_empty() {
        "Nobody is connected through it now.".to_owned()
    } else {
        format!("What is at work through it stops at once: {}.", list(&stops))
    });
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

fn of(n: i64, what: &str, users: i64) -> String {
    if n == 0 { count(n, what) } else { format!("{} of {}", count(n, what), count(users, "user")) }
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

#[cfg(test)]
mod tests {
    use super::super::{AtWork, Other, Upgrade};
    use super::*;

    fn app(name: &'static str) -> App {
        App {
            name,
            label: if name == "mcp_server" { "MCP Server" } else { "MCP Server OAuth" },
            about: "",
            screens: &[],
            addresses: &[],
            tools: vec!["count_records"; if name == "mcp_server" { 8 } else { 0 }],
            state: AppState::Installed,
            version: None,
            available: "0.2.0".to_owned(),
            needs: None,
            needed_by: None,
            at_work: AtWork::default(),
            keeps: Vec::new(),
            upgrade: Upgrade::default(),
        }
    }

    #[test]
    fn what_stops_is_counted() {
        let (mut mcp, mut oauth) = (app("mcp_server"), app("mcp_server_oauth"));
        mcp.at_work = AtWork { keys: 2, holders: 1, sessions: 0, connections: 3, approvers: 2 };
        oauth.at_work = mcp.at_work;
        let said = uninstall(&mcp);
        assert!(said.starts_with("Its screens, addresses and 8 tools are gone at once"), "{said}");
        assert!(said.contains(" stops at once: 2 active keys of 1 user. "), "{said}");
        mcp.needed_by = Some(Other {
            name: "mcp_server_oauth",
            label: "MCP Server OAuth",
            installed: true,
            to_upgrade: false,
        });
        let said = uninstall(&mcp);
        assert!(said.contains(" at once: 2 active keys of 1 user and 3 connections of 2 users. "), "{said}");
        let said = uninstall(&oauth);
        assert!(said.contains(" at once: 3 connections of 2 users. "), "{said}");
        assert!(said.contains("such as Codex uses, go on working"), "{said}");
        oauth.at_work = AtWork::default();
        let said = uninstall(&oauth);
        assert!(said.contains("Nobody is connected through it now."), "{said}");
    }

    #[test]
    fn what_comes_back_and_what_goes_for_good_is_counted() {
        let (mut mcp, mut oauth) = (app("mcp_server"), app("mcp_server_oauth"));
        assert!(install(&mcp).ends_with("a model policy allows it."), "{}", install(&mcp));
        for app in [&mut mcp, &mut oauth] {
            app.version = Some("0.1.0".to_owned());
            app.at_work = AtWork { keys: 1, holders: 1, sessions: 0, connections: 1, approvers: 1 };
            app.keeps = vec![(1, "model policy"), (0, "prompt"), (2, "MCP key"), (3, "model policy")];
        }
        assert!(install(&mcp).ends_with("What it kept holds again, and 1 key of 1 user work again."));
        assert!(install(&oauth).ends_with("and 1 connection of 1 user work again."));
        assert!(purge(&mcp).starts_with("1 model policy, 2 MCP keys and 3 model policies will be deleted"));
        mcp.keeps.clear();
        assert!(purge(&mcp).starts_with("What it has left will be deleted for good."));
    }
}
