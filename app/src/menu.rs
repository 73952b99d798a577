//! The menu: what stands where, and for whom (SCREENS.md).

use crate::components::Glyph;
use crate::frame::Frame;

/// A section of the app menu.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it says.
    pub label: &'static str,
    /// What is in it.
    pub entries: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it looks like.
    pub icon: Glyph,
    /// Part of its section that it stands under.
    pub under: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// One sentence on what it is for, shown on the home page.
    pub about: &'static str,
    /// How much waits there.
    pub waiting: i64,
}

const fn entry(icon: Glyph, label: &'static str, href: &'static str, about: &'static str) -> Entry {
    Entry { icon, under: "", label, href, about, waiting: 0 }
}

impl Entry {
    const fn under(mut self, part: &'static str) -> Self {
        self.under = part;
        self
    }

    /// Whether a path is its page or one below it.
    pub fn leads_to(&self, path: &str) -> bool {
        path.strip_prefix(self.href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The sections that the signed-in person may open; what they may not open is not there.
pub fn sections(frame: &Frame) -> Vec<Section> {
    let rights = frame.rights();
    let (settings, mcp) = (rights.settings_administrator, rights.mcp_administrator);
    let (installed, oauth) = (frame.modules.mcp_server, has_oauth(frame));
    let mut sections = Vec::new();
    let mut add = |label, entries: &[(bool, Entry)]| {
        let entries: Vec<Entry> = entries.iter().filter(|(may, _)| *may).map(|(_, entry)| *entry).collect();
        if !entries.is_empty() {
            sections.push(Section { label, entries });
        }
    };
    let mcp = mcp && installed;
    add(
        "Settings",
        &[
            (mcp, MCP_SERVER),
            (settings || rights.mcp_administrator, USERS),
            (settings, GROUPS),
            (settings, COMPANIES),
        ],
    );
    add(
        "Technical",
        &[
            (mcp, POLICIES),
            (mcp && oauth, OAUTH_CLIENTS),
            (mcp, Entry { waiting: frame.waiting, ..APPROVALS }),
            (mcp, SESSIONS),
            (mcp, LOGS),
        ],
    );
    sections
}

/// Apps, which stands before the sections, for those who may open it.
pub fn apps(frame: &Frame) -> Option<Entry> {
    frame.rights().settings_administrator.then_some(APPS)
}

/// The entries of the user's own menu.
pub fn own(frame: &Frame) -> Vec<Entry> {
    let connections = has_oauth(frame).then_some(MY_CONNECTIONS);
    std::iter::once(MY_PREFERENCES).chain(connections).collect()
}

const fn has_oauth(frame: &Frame) -> bool {
    frame.modules.mcp_server && frame.modules.mcp_server_oauth
}

const APPS: Entry =
    entry(Glyph::Box, "Apps", "/apps", "The modules: what each brings, install, upgrade, uninstall.");
const MCP_SERVER: Entry = entry(
    Glyph::Server,
    "MCP Server",
    "/settings/mcp",
    "Enable MCP, set its limits, write the Global Assistant Instructions.",
)
.under("General");
const USERS: Entry = entry(Glyph::Users, "Users", "/settings/users", "Who may use MCP, and with which keys.")
    .under("Users & Companies");
const GROUPS: Entry =
    entry(Glyph::Lock, "Groups", "/settings/groups", "What each group may do, and who is in it.")
        .under("Users & Companies");
const COMPANIES: Entry =
    entry(Glyph::Building, "Companies", "/settings/companies", "The companies whose records users work in.")
        .under("Users & Companies");
const POLICIES: Entry = entry(
    Glyph::ShieldCheck,
    "Model Policies",
    "/technical/mcp/policies",
    "What the AI can do with each model.",
)
.under("MCP");
const OAUTH_CLIENTS: Entry = entry(
    Glyph::Plug,
    "OAuth Clients",
    "/technical/mcp/oauth-clients",
    "What Claude connects as: credentials, redirect URIs, connections.",
)
.under("MCP");
const APPROVALS: Entry = entry(
    Glyph::CheckCircle,
    "Approvals",
    "/technical/mcp/approvals",
    "Changes by the AI that wait for a person's word.",
)
.under("MCP");
const SESSIONS: Entry =
    entry(Glyph::Activity, "Sessions", "/technical/mcp/sessions", "Clients that are connected now.")
        .under("MCP");
const LOGS: Entry =
    entry(Glyph::Scroll, "Logs", "/technical/mcp/logs", "Every call, with what decided it.").under("MCP");
const MY_PREFERENCES: Entry = entry(
    Glyph::Sliders,
    "My Preferences",
    "/preferences",
    "Your name, language, password, and your own MCP keys.",
);
const MY_CONNECTIONS: Entry = entry(
    Glyph::Link,
    "My Connections",
    "/connections",
    "Claude and other clients that work for you: what each may do, and revoke.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_lit_on_its_page_and_those_below() {
        assert!(MCP_SERVER.leads_to("/settings/mcp") && USERS.leads_to("/settings/users/7"));
        assert!(!MCP_SERVER.leads_to("/settings/mcp-else") && !USERS.leads_to("/settings"));
    }
}
