//! The scopes of a connection, as OAuth writes them (RFC 6749, 3.3).

use std::fmt;

use crate::policy::Scope;

/// Analyse data.
pub const READ: &str = "mcp:read";
/// Create or update too; includes [`READ`].
pub const WRITE: &str = "mcp:write";
/// Go on without the person: a refresh token.
pub const OFFLINE: &str = "offline_access";
/// All of them, as a challenge and the metadata name them.
pub const ALL: [&str; 3] = [READ, WRITE, OFFLINE];

/// A set of scopes. Writing includes reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    data: Scope,
    offline: bool,
}

impl Scopes {
    /// Everything there is.
    pub const fn all() -> Self {
        Self { data: Scope::Write, offline: true }
    }

    /// What is ours of the scopes that a client asks for; everything where it names none. `None` where it names some,
    /// but none that reaches data.
    pub fn asked(text: Option<&str>) -> Option<Self> {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            return Some(Self::all());
        }
        let has = |scope: &str| text.split(' ').any(|word| word == scope);
        let offline = has(OFFLINE);
        if has(WRITE) {
            Some(Self { data: Scope::Write, offline })
        } else {
            has(READ).then_some(Self { data: Scope::Read, offline })
        }
    }

    /// The same with no more data than `most`.
    #[must_use]
    pub fn within(self, most: Scope) -> Self {
        Self { data: self.data.min(most), ..self }
    }

    /// The same with [`OFFLINE`].
    #[must_use]
    pub const fn with_offline(self) -> Self {
        Self { offline: true, ..self }
    }

    /// What data it reaches.
    pub const fn data(self) -> Scope {
        self.data
    }

    /// Whether the client may go on without the person.
    pub const fn offline(self) -> bool {
        self.offline
    }

    /// Whether everything in `other` is in this too.
    pub fn include(self, other: Self) -> bool {
        self.data >= other.data && (self.offline || !other.offline)
    }

    /// The scopes by name.
    pub fn names(self) -> Vec<&'static str> {
        let write = (self.data == Scope::Write).then_some(WRITE);
        let offline = self.offline.then_some(OFFLINE);
        [READ].into_iter().chain(write).chain(offline).collect()
    }
}

/// Separated by spaces, as they are stored and sent.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

/// What a client may be given at all; `None` where neither reading nor writing is allowed.
pub const fn allowance(allow_read: bool, allow_write: bool) -> Option<Scope> {
    match (allow_read, allow_write) {
        (_, true) => Some(Scope::Write),
        (true, false) => Some(Scope::Read),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(text: &str) -> Option<String> {
        Scopes::asked(Some(text)).map(|scopes| scopes.to_string())
    }

    #[test]
    fn what_is_not_ours_is_left_out() {
        assert_eq!(asked("mcp:read").as_deref(), Some("mcp:read"));
        assert_eq!(asked("openid mcp:read offline_access").as_deref(), Some("mcp:read offline_access"));
        assert_eq!(asked("mcp:write").as_deref(), Some("mcp:read mcp:write"));
        assert_eq!(asked("").as_deref(), Some("mcp:read mcp:write offline_access"));
        assert_eq!(Scopes::asked(None), Some(Scopes::all()));
        for nothing in ["openid", "offline_access", "mcp:readx", "MCP:READ", "mcp:read,mcp:write"] {
            assert_eq!(asked(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_key_or_a_client_narrows() {
        let all = Scopes::all();
        let read = all.within(Scope::Read);
        assert_eq!(read.to_string(), "mcp:read offline_access");
        assert!(all.include(read) && !read.include(all));
        assert!(!Scopes::asked(Some("mcp:write")).unwrap().include(read), "offline_access is missing");
        assert_eq!(allowance(false, false), None);
        assert_eq!(allowance(true, false), Some(Scope::Read));
        assert_eq!(allowance(true, true), Some(Scope::Write));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[a-z:_ ]{0,40}|(mcp:read|mcp:write|offline_access| ){0,6}") {
            if let Some(scopes) = Scopes::asked(Some(&text)) {
                prop_assert_eq!(Scopes::asked(Some(&scopes.to_string())), Some(scopes));
                prop_assert!(scopes.include(scopes.within(Scope::Read)));
            }
        }
    }
}
