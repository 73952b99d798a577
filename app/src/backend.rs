//! What the screens ask of the server, bound to whoever is signed in: one trait for each screen.

use std::sync::Arc;

use leptos::prelude::expect_context;

use crate::pages::apps::Apps;
use crate::pages::connections::Connections;
use crate::pages::preferences::Preferences;
use crate::pages::settings::companies::Companies;
use crate::pages::settings::groups::Groups;
use crate::pages::settings::mcp_server::McpServer;
use crate::pages::settings::users::Users;
use crate::pages::technical::approvals::Approvals;
use crate::pages::technical::logs::Logs;
use crate::pages::technical::oauth_clients::OauthClients;
use crate::pages::technical::policies::Policies;
use crate::pages::technical::sessions::McpSessions;

/// Everything that screens can ask.
#[derive(Clone)]
pub struct Backend {
    /// Apps.
    pub apps: Arc<dyn Apps>,
    /// Settings > MCP Server.
    pub mcp_server: Arc<dyn McpServer>,
    /// Settings > Users & Companies > Users.
    pub users: Arc<dyn Users>,
    /// Settings > Users & Companies > Groups.
    pub groups: Arc<dyn Groups>,
    /// Settings > Users & Companies > Companies.
    pub companies: Arc<dyn Companies>,
    /// My Preferences.
    pub preferences: Arc<dyn Preferences>,
    /// My Connections.
    pub connections: Arc<dyn Connections>,
    /// Technical > MCP > Model Policies.
    pub policies: Arc<dyn Policies>,
    /// Technical > MCP > OAuth Clients.
    pub oauth_clients: Arc<dyn OauthClients>,
    /// Technical > MCP > Approvals.
    pub approvals: Arc<dyn Approvals>,
    /// Technical > MCP > Logs.
    pub logs: Arc<dyn Logs>,
    /// Technical > MCP > Sessions.
    pub mcp_sessions: Arc<dyn McpSessions>,
}

impl Backend {
    /// The backend of the page that is being rendered.
    pub fn here() -> Self {
        expect_context()
    }
}
