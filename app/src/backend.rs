//! What the screens ask of the server, bound to whoever is signed in: one trait for each screen.

use std::sync::Arc;

use leptos::prelude::expect_context;

use crate::pages::settings::mcp_server::McpServer;

/// Everything that screens can ask.
#[derive(Clone)]
pub struct Backend {
    /// Settings > MCP Server.
    pub mcp_server: Arc<dyn McpServer>,
}

impl Backend {
    /// The backend of the page that is being rendered.
    pub fn here() -> Self {
        expect_context()
    }
}
