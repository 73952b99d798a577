//! Upgrades: what each version of a module needs, in order.

use semver::Version;

use super::standing::standing;
use super::{Module, SettingsError, State, modules};
use crate::store::fault::Plain;
use crate::store::{On, mcp_sessions};

/// What a version needs.
struct Step {
    module: Module,
    /// Version that it leads to, from any older one.
    to: Version,
    act: Act,
    /// Whether Claude keeps of the older version what no longer holds.
    reconnect: bool,
}

enum Act {
    /// Nothing in the database; the tables themselves are the migrations' to change.
    None,
    /// Ends the MCP sessions, whose clients know what the older version told them; they begin new ones by themselves.
    EndSessions,
}

/// The oldest first.
static STEPS: [Step; 2] = [
    // The challenge of a 401, the scopes and the instructions are those of a server that OAuth clients reach.
    Step { module: Module::McpServer, to: Version::new(0, 2, 0), act: Act::EndSessions, reconnect: false },
    // The authorization server. A connector that was told there was none asks only when it is connected anew.
    Step { module: Module::McpServerOauth, to: Version::new(0, 2, 0), act: Act::None, reconnect: true },
];

/// A module that was upgraded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// Which.
    pub module: Module,
    /// From what.
    pub from: Version,
    /// To what.
    pub to: Version,
    /// Whether the Claude connector must be connected anew (the guide, section 11).
    pub reconnect: bool,
}

/// Why a module can't be upgraded.
#[derive(Debug, thiserror::Error)]
pub enum NoUpgrade {
    /// It is not there.
    #[error("{0} is not installed; install it instead")]
    NotInstalled(Module),
    /// A newer program was here.
    #[error(
        "{module} is installed in version {stored}, newer than the {available} of this program; it is not downgraded. Start the newer program again"
    )]
    Newer {
        /// Which.
        module: Module,
        /// Version in the database.
        stored: Version,
        /// Version of this program.
        available: Version,
    },
    /// Modules can't be read or written.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database failed.
    #[error("the database could not answer: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}

/// Upgrades a module at `now` (epoch milliseconds), and before it the one it needs. Answers what was upgraded, in
/// order; nothing where all is up to date.
pub async fn upgrade(mut on: On<'_>, module: Module, now: i64) -> Result<Vec<Upgraded>, NoUpgrade> {
    let mut done = Vec::new();
    for module in module.depends_on().into_iter().chain([module]) {
        let found = standing(on.on(), module).await?;
        let (State::ToUpgrade, Some(from)) = (found.state, &found.version) else {
            match (found.state, found.version) {
                (State::Newer, Some(stored)) => {
                    return Err(NoUpgrade::Newer { module, stored, available: module.version() });
                }
                (State::Absent, _) => return Err(NoUpgrade::NotInstalled(module)),
                _ => continue,
            }
        };
        run(on.on(), module, from).await?;
        let to = module.version();
        modules::put(on.on(), module, true, Some(&to), now).await?;
        let reconnect = effects(module, from).reconnect;
        done.push(Upgraded { module, from: from.clone(), to, reconnect });
    }
    Ok(done)
}

/// What lies between a version and the program's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Whether the open MCP sessions end.
    pub ends_sessions: bool,
    /// Whether the Claude connector must be connected anew.
    pub reconnect: bool,
}

/// What an upgrade from that version does.
pub fn effects(module: Module, from: &Version) -> Effects {
    steps(module, from).fold(Effects::default(), |all, step| Effects {
        ends_sessions: all.ends_sessions || matches!(step.act, Act::EndSessions),
        reconnect: all.reconnect || step.reconnect,
    })
}

/// Does what lies between a version and the program's, in order.
pub(super) async fn run(mut on: On<'_>, module: Module, from: &Version) -> Result<(), sqlx::Error> {
    for step in steps(module, from) {
        match step.act {
            Act::None => {}
            Act::EndSessions => mcp_sessions::prune(on.on(), i64::MAX).await?,
        }
    }
    Ok(())
}

fn steps(module: Module, from: &Version) -> impl Iterator<Item = &'static Step> {
    STEPS.iter().filter(move |step| step.module == module && step.to > *from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Modules, standings};
    use crate::store::modules::ModuleRow;
    use crate::store::testing::databases;
    use crate::store::{self, mcp_sessions::McpSessionRow};

    async fn stored(mut on: On<'_>, module: Module, version: &str) {
        let row = ModuleRow {
            name: module.name().into(),
            state: "installed".into(),
            version: Some(version.into()),
            changed_at: 1,
        };
        store::modules::put(on.on(), &row).await.unwrap();
        let session = McpSessionRow {
            id: "s".into(),
            key_id: "k".into(),
            grant_id: None,
            user_id: 1,
            client_name: "codex".into(),
            client_version: "1".into(),
            protocol_version: "p".into(),
            created_at: 1,
            last_seen_at: 1,
            calls: 0,
        };
        mcp_sessions::delete(on.on(), "s").await.unwrap();
        mcp_sessions::insert(on, &session, 9).await.unwrap();
    }

    async fn sessions(on: On<'_>) -> i64 {
        mcp_sessions::count_live(on, 0).await.unwrap()
    }

    #[tokio::test]
    async fn an_upgrade_begins_with_what_is_needed_and_goes_on_where_it_was() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            stored(tx.on(), Module::McpServer, "0.1.0").await;
            stored(tx.on(), Module::McpServerOauth, "0.1.0").await;
            let modules = Modules::load(tx.on()).await.unwrap();
            assert!(modules.has(Module::McpServer) && modules.has(Module::McpServerOauth), "{test}: at work");
            let done = upgrade(tx.on(), Module::McpServerOauth, 7).await.unwrap();
            let told: Vec<_> = done.iter().map(|u| (u.module, u.from.to_string(), u.reconnect)).collect();
            let from = "0.1.0".to_owned();
            assert_eq!(
                told,
                [(Module::McpServer, from.clone(), false), (Module::McpServerOauth, from, true)],
                "{test}"
            );
            assert_eq!(sessions(tx.on()).await, 0, "{test}: its step was taken");
            let all = standings(tx.on()).await.unwrap();
            assert!(all.iter().all(|s| s.state == State::Installed && s.changed_at == Some(7)), "{test}");
            stored(tx.on(), Module::McpServerOauth, "0.2.0").await;
            assert!(upgrade(tx.on(), Module::McpServerOauth, 8).await.unwrap().is_empty(), "{test}: twice");
            assert_eq!(sessions(tx.on()).await, 1, "{test}: no step is taken twice");
        }
    }

    #[tokio::test]
    async fn nothing_is_downgraded_and_nothing_absent_upgraded() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let absent = upgrade(tx.on(), Module::McpServer, 1).await.unwrap_err();
            assert!(matches!(absent, NoUpgrade::NotInstalled(Module::McpServer)), "{test}: {absent}");
            stored(tx.on(), Module::McpServer, "99.0.0").await;
            let newer = upgrade(tx.on(), Module::McpServer, 1).await.unwrap_err().to_string();
            assert!(
                newer.contains("version 99.0.0, newer than the 0.2.0 of this program"),
                "{test}: {newer}"
            );
            let all = standings(tx.on()).await.unwrap();
            assert_eq!(all[0].version, Some(Version::new(99, 0, 0)), "{test}");
            assert_eq!(sessions(tx.on()).await, 1, "{test}");
        }
    }

    #[tokio::test]
    async fn data_that_an_older_version_left_is_upgraded_when_it_is_installed_anew() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            stored(tx.on(), Module::McpServer, "0.1.0").await;
            Modules::uninstall(tx.on(), Module::McpServer, false, 2).await.unwrap();
            let left = standing(tx.on(), Module::McpServer).await.unwrap();
            assert_eq!((left.state, left.version), (State::Absent, Some(Version::new(0, 1, 0))), "{test}");
            Modules::install(tx.on(), Module::McpServer, 3).await.unwrap();
            assert_eq!(standing(tx.on(), Module::McpServer).await.unwrap().state, State::Installed, "{test}");
            stored(tx.on(), Module::McpServer, "99.0.0").await;
            Modules::uninstall(tx.on(), Module::McpServer, false, 4).await.unwrap();
            Modules::install(tx.on(), Module::McpServer, 5).await.unwrap();
            assert_eq!(standing(tx.on(), Module::McpServer).await.unwrap().state, State::Newer, "{test}");
        }
    }

    #[test]
    fn what_an_upgrade_does_is_known_before() {
        let (old, new) = (Version::new(0, 1, 0), Version::new(0, 2, 0));
        assert!(
            effects(Module::McpServer, &old).ends_sessions && !effects(Module::McpServer, &old).reconnect
        );
        assert!(effects(Module::McpServerOauth, &old).reconnect);
        for module in Module::ALL {
            assert_eq!(effects(module, &new), Effects::default());
            assert!(STEPS.iter().all(|step| step.to <= step.module.version()), "a step that is never taken");
        }
        assert!(STEPS.is_sorted_by(|a, b| a.module != b.module || a.to < b.to));
    }
}
