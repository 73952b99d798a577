//! What each module brings, as the cards say it and the search finds it.

use crate::settings::Module;
use crate::tools;

/// What a module brings.
pub(super) struct Brings {
    /// What it is for.
    pub about: &'static str,
    /// Its screens, as the menu has them.
    pub screens: &'static [&'static str],
    /// Its addresses, below the public URL.
    pub addresses: &'static [&'static str],
}

const MCP_SERVER: Brings = Brings {
    about: "Lets AI clients work in Axanta, within each user's rights, their MCP keys and the model policies. Codex connects with it alone.",
    screens: &[
        "Settings > MCP Server",
        "Users > MCP tab, My Preferences > MCP tab",
        "Technical > MCP > Model Policies, Approvals, Sessions, Logs",
    ],
    addresses: &["/mcp"],
};
const MCP_SERVER_OAUTH: Brings = Brings {
    about: "Lets Claude and other OAuth clients connect: a user logs in, approves the connection, and it acts for that user under one of their MCP keys.",
    screens: &[
        "Technical > MCP > OAuth Clients",
        "My Connections",
        "The page where a user approves a connection",
    ],
    addresses: &[
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/register",
        "/oauth/revoke",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ],
};

impl Brings {
    /// Of that module.
    pub(super) const fn of(module: Module) -> &'static Self {
        match module {
            Module::McpServer => &MCP_SERVER,
            Module::McpServerOauth => &MCP_SERVER_OAUTH,
        }
    }
}

/// Names of the tools that a module brings.
pub(super) fn tools(module: Module) -> Vec<&'static str> {
    match module {
        Module::McpServer => tools::ALL.iter().map(|tool| tool.name).collect(),
        Module::McpServerOauth => Vec::new(),
    }
}

/// Whether every word of `search` stands in a module's names or in what it brings.
pub(super) fn is_found(module: Module, search: &str) -> bool {
    let brings = Brings::of(module);
    let texts = [module.name(), module.label(), brings.about].into_iter();
    let all: Vec<&str> =
        texts.chain(brings.screens.iter().copied()).chain(brings.addresses.iter().copied()).collect();
    let all = all.join("\n").to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: &str) -> Vec<&'static str> {
        Module::ALL.into_iter().filter(|module| is_found(*module, search)).map(Module::name).collect()
    }

    #[test]
    fn a_module_is_found_by_its_names_and_by_what_it_is_for() {
        let both = ["mcp_server", "mcp_server_oauth"];
        for all in ["", "  ", "MCP Server", "mcp_server", "server mcp", "codex\u{a0}", "axanta"] {
            assert_eq!(found(all).first(), Some(&"mcp_server"), "{all:?}");
        }
        assert_eq!(found("mcp server"), both);
        for oauth in
            ["mcp_server_oauth", "OAuth", "claude", "my connections", "approves  USER", "/oauth/token"]
        {
            assert_eq!(found(oauth), ["mcp_server_oauth"], "{oauth}");
        }
        assert_eq!(found("Codex"), ["mcp_server"]);
        for none in ["sales", "mcp_serverx", "oauth sales", "%", "<b>"] {
            assert!(found(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn every_address_of_the_authorization_server_is_said() {
        let source = include_str!("../../oauth/mod.rs");
        let paths: Vec<&str> =
            source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(paths.len() > 10, "{paths:?}");
        for path in &paths {
            let said = MCP_SERVER_OAUTH.addresses.iter().any(|address| path.starts_with(address));
            assert!(said, "{path}");
        }
        for address in MCP_SERVER_OAUTH.addresses {
            assert!(paths.contains(address), "{address}");
        }
    }
}
