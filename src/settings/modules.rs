//! The two modules of the guide, what each needs, and whether it is installed.

use std::fmt;
use std::str::FromStr;

use super::SettingsError;
use crate::model::Complaint;
use crate::store::modules::ModuleRow;
use crate::store::{self, On};

/// A part of the product that an administrator installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// MCP Server: the endpoint, keys and policies.
    McpServer,
    /// MCP Server OAuth: connections such as Claude's.
    McpServerOauth,
}

impl Module {
    /// Both, each after what it depends on.
    pub const ALL: [Self; 2] = [Self::McpServer, Self::McpServerOauth];

    /// Technical name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::McpServer => "mcp_server",
            Self::McpServerOauth => "mcp_server_oauth",
        }
    }

    /// The name people see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::McpServer => "MCP Server",
            Self::McpServerOauth => "MCP Server OAuth",
        }
    }

    /// The module that must be installed before.
    pub const fn depends_on(self) -> Option<Self> {
        match self {
            Self::McpServer => None,
            Self::McpServerOauth => Some(Self::McpServer),
        }
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Module {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        Self::ALL.into_iter().find(|m| m.name() == text).ok_or_else(|| {
            Complaint::new(format!("there is no module `{text}`; modules are mcp_server, mcp_server_oauth"))
                .near(text, Self::ALL.map(Self::name))
        })
    }
}

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
        for row in store::modules::all(on).await? {
            let corrupt =
                |why: String| SettingsError::Corrupt { what: "module", name: row.name.clone(), why };
            let module: Module = row.name.parse().map_err(|c: Complaint| corrupt(c.to_string()))?;
            let installed = match row.state.as_str() {
                "installed" => true,
                "uninstalled" => false,
                other => return Err(corrupt(format!("state `{other}`"))),
            };
            match module {
                Module::McpServer => modules.mcp_server = installed,
                Module::McpServerOauth => modules.mcp_server_oauth = installed,
            }
        }
        Ok(modules)
    }

    /// Installs a module at `now` (epoch milliseconds), and before it the one it needs. Answers what was newly
    /// installed, in order.
    pub async fn install(mut on: On<'_>, module: Module, now: i64) -> Result<Vec<Module>, SettingsError> {
        let modules = Self::load(on.on()).await?;
        let missing: Vec<Module> =
            module.depends_on().into_iter().chain([module]).filter(|m| !modules.has(*m)).collect();
        for module in &missing {
            put(on.on(), *module, true, now).await?;
        }
        Ok(missing)
    }

    /// Uninstalls a module at `now` (epoch milliseconds), and before it the one that needs it. Its data stays,
    /// unless `purge`; the log always stays. Answers what was uninstalled, in order.
    pub async fn uninstall(
        mut on: On<'_>,
        module: Module,
        purge: bool,
        now: i64,
    ) -> Result<Vec<Module>, SettingsError> {
        let modules = Self::load(on.on()).await?;
        let dependents = Module::ALL.into_iter().filter(|m| m.depends_on() == Some(module));
        let present: Vec<Module> = dependents.chain([module]).filter(|m| modules.has(*m)).collect();
        for module in &present {
            put(on.on(), *module, false, now).await?;
        }
        if purge && module == Module::McpServer {
            store::modules::purge_mcp_server(on).await?;
        }
        Ok(present)
    }
}

async fn put(on: On<'_>, module: Module, installed: bool, now: i64) -> Result<(), SettingsError> {
    let row = ModuleRow {
        name: module.name().to_owned(),
        state: if installed { "installed" } else { "uninstalled" }.to_owned(),
        version: installed.then(|| env!("CARGO_PKG_VERSION").to_owned()),
        changed_at: now,
    };
    Ok(store::modules::put(on, &row).await?)
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
