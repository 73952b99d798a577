//! Who may open what. What stands in no line is open to nobody.

use app::frame::Modules;
use url::Url;

use crate::identity::{User, group};
use crate::settings::Module;

/// Who may open an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Whoever is signed in.
    Anyone,
    /// Members of one of these groups; the first is the one that others are told of.
    Groups(&'static [&'static str]),
    /// Nobody: there is no such page.
    Wall,
}

const MCP: &[&str] = &[group::MCP_ADMINISTRATOR];
const SETTINGS: &[&str] = &[group::SETTINGS_ADMINISTRATOR];
const EITHER: &[&str] = &[group::SETTINGS_ADMINISTRATOR, group::MCP_ADMINISTRATOR];

/// Path (itself, and what is below it), module that brings it, and who may open it. Of two that begin alike, the
/// longer one stands first.
const DOORS: [(&str, Option<Module>, Door); 10] = [
    ("/theme", None, Door::Anyone),
    ("/apps", None, Door::Groups(SETTINGS)),
    ("/preferences", None, Door::Anyone),
    ("/connections", Some(Module::McpServerOauth), Door::Anyone),
    ("/settings/mcp", Some(Module::McpServer), Door::Groups(MCP)),
    ("/settings/users", None, Door::Groups(EITHER)),
    ("/settings/groups", None, Door::Groups(SETTINGS)),
    ("/settings/companies", None, Door::Groups(SETTINGS)),
    ("/technical/mcp/oauth-clients", Some(Module::McpServerOauth), Door::Groups(MCP)),
    ("/technical/mcp", Some(Module::McpServer), Door::Groups(MCP)),
];

/// Whether a module is installed, with the one it needs.
const fn has(modules: Modules, module: Module) -> bool {
    match module {
        Module::McpServer => modules.mcp_server,
        Module::McpServerOauth => modules.mcp_server && modules.mcp_server_oauth,
    }
}

/// Whether a path is written as it is meant. The pages' router resolves `..` and its disguises: what it would open
/// must not be another address than the one that was judged here.
pub fn is_plain(path: &str) -> bool {
    const HERE: &str = "http://here.invalid";
    let resolved = Url::parse(HERE).and_then(|here| here.join(path));
    path.starts_with('/')
        && !path.contains("//")
        && !path.contains('\\')
        && !path.contains("%00")
        && resolved.is_ok_and(|url| url.path() == path && url.origin().ascii_serialization() == HERE)
}

/// Who may open the address of this path.
pub fn door(path: &str, modules: Modules) -> Door {
    if path == "/" {
        return Door::Anyone;
    }
    let below =
        |door: &str| path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    DOORS
        .iter()
        .find(|(prefix, ..)| below(prefix))
        .filter(|(_, module, _)| module.is_none_or(|module| has(modules, module)))
        .map_or(Door::Wall, |(.., door)| *door)
}

impl Door {
    /// Group that the user would need; `None` if the user may pass.
    pub fn missing(self, user: &User) -> Option<&'static str> {
        match self {
            Self::Groups(groups) if !groups.iter().any(|group| user.has_group(group)) => {
                groups.first().copied()
            }
            Self::Anyone | Self::Groups(_) | Self::Wall => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_resolves_to_another_address_is_not_plain() {
        for plain in
            ["/", "/settings/users/2", "/technical/mcp/policies/stock.movement", "/a/..b", "/first/x.y"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for disguised in [
            "/preferences/../settings/users",
            "/preferences/%2e%2e/settings/users",
            "/preferences/%2E./settings/users",
            "/preferences/..",
            "/preferences/.",
            "/preferences/./x",
            "/preferences\\..\\settings",
            "/preferences//../settings",
            "//evil.com/x",
            "/technical/mcp/logs/%00",
            "settings",
            "",
        ] {
            assert!(!is_plain(disguised), "{disguised}");
        }
    }

    #[test]
    fn what_is_in_no_line_is_open_to_nobody() {
        let (all, none) = (Modules { mcp_server: true, mcp_server_oauth: true }, Modules::default());
        assert_eq!(door("/", none), Door::Anyone);
        assert_eq!(door("/settings/mcp", all), Door::Groups(MCP));
        assert_eq!(door("/settings/mcp", none), Door::Wall, "not installed");
        let mcp_alone = Modules { mcp_server: true, mcp_server_oauth: false };
        assert_eq!(door("/technical/mcp/oauth-clients/7", all), Door::Groups(MCP));
        assert_eq!(door("/connections", all), Door::Anyone);
        for path in ["/technical/mcp/oauth-clients", "/technical/mcp/oauth-clients/7", "/connections"] {
            assert_eq!(door(path, mcp_alone), Door::Wall, "{path}");
        }
        assert_eq!(door("/technical/mcp/logs", mcp_alone), Door::Groups(MCP));
        assert_eq!(door("/apps", none), Door::Groups(SETTINGS), "where modules are installed");
        assert_eq!(door("/settings/mcpx", all), Door::Wall);
        assert_eq!(door("/technical/mcp/logs/7", all), Door::Groups(MCP));
        assert_eq!(door("/settings", all), Door::Wall);
        assert_eq!(door("/anything", all), Door::Wall);
    }
}
