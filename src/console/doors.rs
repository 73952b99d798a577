//! Who may open what. What stands in no line is open to nobody.

use app::frame::Modules;
use url::Url;

use crate::identity::{User, group};

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

/// Path (itself, and what is below it), module that brings it, and who may open it.
const DOORS: [(&str, bool, Door); 7] = [
    ("/theme", false, Door::Anyone),
    ("/preferences", false, Door::Anyone),
    ("/settings/mcp", true, Door::Groups(MCP)),
    ("/settings/users", false, Door::Groups(EITHER)),
    ("/settings/groups", false, Door::Groups(SETTINGS)),
    ("/settings/companies", false, Door::Groups(SETTINGS)),
    ("/technical/mcp", true, Door::Groups(MCP)),
];

/// Whether a path is written as it is meant. The pages' router resolves `..` and its disguises: what it would open
/// must not be another address than the one that was judged here.
pub fn is_plain(path: &str) -> bool {
    const HERE: &str = "http://here.invalid";
    let resolved = Url::parse(HERE).and_then(|here| here.join(path));
    path.starts_with('/')
        && !path.contains("//")
        && !path.contains('\\')
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
        .filter(|(_, needs_mcp, _)| !needs_mcp || modules.mcp_server)
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
        assert_eq!(door("/settings/mcpx", all), Door::Wall);
        assert_eq!(door("/technical/mcp/logs/7", all), Door::Groups(MCP));
        assert_eq!(door("/settings", all), Door::Wall);
        assert_eq!(door("/anything", all), Door::Wall);
    }
}
