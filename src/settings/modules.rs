//! Which modules are installed; how they come and go.

use semver::Version;

use super::standing::{standing, standings};
use super::upgrade::run;
use super::{Module, SettingsError};
use crate::store::modules::{ModuleRow, Purged};
use crate::store::{self, On, mcp_sessions};

/// Which modules are installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    mcp_server: bool,
    mcp_server_oauth: bool,
}

impl Modules {
    /// Whether `module` is installed.
    pub const fn has(self, module: Module) -> bool {
        match module {
            Module::McpServer => self.mcp_server,
            Module::McpServerOauth => self.mcp_server_oauth,
        }
    }

    /// What is installed, as it is stored.
    pub async fn load(on: On<'_>) -> Result<Self, SettingsError> {
        let mut modules = Self::default();
        for standing in standings(on).await? {
            let installed = standing.state.is_installed();
            match standing.module {
                Module::McpServer => modules.mcp_server = installed,
                Module::McpServerOauth => modules.mcp_server_oauth = installed,
            }
        }
        Ok(modules)
    }

    /// Installs a module at `now` (epoch milliseconds), and before it the one it needs. Data that an older version
    /// left is upgraded. Answers what was newly installed, in order.
    pub async fn install(mut on: On<'_>, module: Module, now: i64) -> Result<Vec<Module>, SettingsError> {
        let modules = Self::load(on.on()).await?;
        let missing: Vec<Module> =
            module.depends_on().into_iter().chain([module]).filter(|m| !modules.has(*m)).collect();
        for module in &missing {
            let (left, ours) = (standing(on.on(), *module).await?.version, module.version());
            if let Some(left) = &left {
                run(on.on(), *module, left).await?;
            }
            // What a newer program left is not taken for ours.
            let version = left.filter(|left| *left > ours).unwrap_or(ours);
            put(on.on(), *module, true, Some(&version), now).await?;
        }
        Ok(missing)
    }

    /// Uninstalls a module at `now` (epoch milliseconds), and before it the one that needs it. Its data stays,
    /// unless `purge`; its MCP sessions end; the log always stays. Answers what was uninstalled, in order.
    pub async fn uninstall(
        mut on: On<'_>,
        module: Module,
        purge: bool,
        now: i64,
    ) -> Result<Vec<Module>, SettingsError> {
        let modules = Self::load(on.on()).await?;
        let present: Vec<Module> =
            module.needed_by().into_iter().chain([module]).filter(|m| modules.has(*m)).collect();
        for module in &present {
            let version = standing(on.on(), *module).await?.version;
            put(on.on(), *module, false, version.as_ref(), now).await?;
            match module {
                Module::McpServer => mcp_sessions::prune(on.on(), i64::MAX).await?,
                Module::McpServerOauth => mcp_sessions::delete_of_grants(on.on()).await?,
            }
        }
        if purge {
            Self::purge(on, module, now).await?;
        }
        Ok(present)
    }

    /// Deletes the data of a module that is not installed, at `now` (epoch milliseconds), and that of the one that
    /// needs it; the log stays. Answers the tables and how many rows each lost.
    pub async fn purge(mut on: On<'_>, module: Module, now: i64) -> Result<Purged, SettingsError> {
        let deleted = match module {
            Module::McpServer => store::modules::purge_mcp_server(on.on()).await?,
            Module::McpServerOauth => store::modules::purge_mcp_server_oauth(on.on()).await?,
        };
        for module in module.needed_by().into_iter().chain([module]) {
            if standing(on.on(), module).await?.version.is_some() {
                put(on.on(), module, false, None, now).await?;
            }
        }
        Ok(deleted)
    }
}

pub(super) async fn put(
    on: On<'_>,
    module: Module,
    installed: bool,
    version: Option<&Version>,
    now: i64,
) -> Result<(), sqlx::Error> {
    let row = ModuleRow {
        name: module.name().to_owned(),
        state: if installed { "installed" } else { "uninstalled" }.to_owned(),
        version: version.map(ToString::to_string),
        changed_at: now,
    };
    store::modules::put(on, &row).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn the_second_module_comes_and_goes_with_the_first() {
        const BOTH: [Module; 2] = [Module::McpServer, Module::McpServerOauth];
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert_eq!(Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap(), BOTH);
            let modules = Modules::load(tx.on()).await.unwrap();
            assert!(BOTH.iter().all(|m| modules.has(*m)), "{}", test.name);
            assert!(Modules::install(tx.on(), Module::McpServer, 1).await.unwrap().is_empty());
            let gone = Modules::uninstall(tx.on(), Module::McpServer, false, 2).await.unwrap();
            assert_eq!(gone, [Module::McpServerOauth, Module::McpServer], "{}", test.name);
            assert_eq!(Modules::load(tx.on()).await.unwrap(), Modules::default(), "{}", test.name);
            assert!(Modules::uninstall(tx.on(), Module::McpServer, false, 2).await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn data_stays_unless_purged() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            store::settings::put(tx.on(), "rate_limit", "70").await.unwrap();
            Modules::install(tx.on(), Module::McpServer, 1).await.unwrap();
            Modules::uninstall(tx.on(), Module::McpServer, false, 2).await.unwrap();
            assert!(!Modules::load(tx.on()).await.unwrap().has(Module::McpServer));
            assert_eq!(store::settings::all(tx.on()).await.unwrap().len(), 1, "{}", test.name);
            Modules::uninstall(tx.on(), Module::McpServer, true, 3).await.unwrap();
            assert!(store::settings::all(tx.on()).await.unwrap().is_empty(), "{}", test.name);
        }
    }
}
