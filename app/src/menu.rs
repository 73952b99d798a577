//! The menu: what stands where, and for whom (SCREENS.md).

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
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// One sentence on what it is for, shown on the home page.
    pub about: &'static str,
}

const fn entry(label: &'static str, href: &'static str, about: &'static str) -> Entry {
    Entry { label, href, about }
}

/// The sections that the signed-in person may open; what they may not open is not there.
pub fn sections(frame: &Frame) -> Vec<Section> {
    let rights = frame.rights();
    let (settings, mcp) = (rights.settings_administrator, rights.mcp_administrator);
    let installed = frame.modules.mcp_server;
    let mut sections = Vec::new();
    let mut add = |label, entries: &[(bool, Entry)]| {
        let entries: Vec<Entry> = entries.iter().filter(|(may, _)| *may).map(|(_, entry)| *entry).collect();
        if !entries.is_empty() {
            sections.push(Section { label, entries });
        }
    };
    add(
        "Settings",
        &[
            (
                mcp && installed,
                entry(
                    "MCP Server",
                    "/settings/mcp",
                    "Enable MCP, set its limits, write the Global Assistant Instructions.",
                ),
            ),
            (settings || mcp, entry("Users", "/settings/users", "Who may use MCP, and with which keys.")),
            (settings, entry("Groups", "/settings/groups", "What each group may do, and who is in it.")),
            (
                settings,
                entry("Companies", "/settings/companies", "The companies whose records users work in."),
            ),
        ],
    );
    add(
        "Technical",
        &[
            (
                mcp && installed,
                entry("Model Policies", "/technical/mcp/policies", "What the AI can do with each model."),
            ),
            (
                mcp && installed,
                entry("Sessions", "/technical/mcp/sessions", "Clients that are connected now."),
            ),
            (mcp && installed, entry("Logs", "/technical/mcp/logs", "Every call, with what decided it.")),
        ],
    );
    sections
}

/// The entries of the user's own menu.
pub fn own(_frame: &Frame) -> Vec<Entry> {
    vec![entry("My Preferences", "/preferences", "Your name, language, password, and your own MCP keys.")]
}
