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

/// A module can't be installed or uninstalled.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// It needs another one first.
    #[error("{module} needs {needed}; first: axanta-mcp module install {needed}")]
    Needs {
        /// The module to install.
        module: Module,
        /// What it depends on.
        needed: Module,
    },
    /// Another one needs it.
    #[error("{dependent} needs {module}; first: axanta-mcp module uninstall {dependent}")]
    NeededBy {
        /// The module to uninstall.
        module: Module,
        /// The installed module that depends on it.
        dependent: Module,
    },
    /// The modules could not be read or written.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl From<sqlx::Error> for ModuleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Settings(error.into())
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

    /// Installs a module at `now` (epoch milliseconds); one that is installed stays as it is.
    pub async fn install(mut on: On<'_>, module: Module, now: i64) -> Result<(), ModuleError> {
        let modules = Self::load(on.on()).await?;
        if let Some(needed) = module.depends_on().filter(|needed| !modules.has(*needed)) {
            return Err(ModuleError::Needs { module, needed });
        }
        let row = ModuleRow {
            name: module.name().to_owned(),
            state: "installed".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            changed_at: now,
        };
        Ok(store::modules::put(on, &row).await?)
    }

    /// Uninstalls a module at `now` (epoch milliseconds). Its data stays, unless `purge`; the log always stays.
    pub async fn uninstall(mut on: On<'_>, module: Module, purge: bool, now: i64) -> Result<(), ModuleError> {
        let modules = Self::load(on.on()).await?;
        let dependent = Module::ALL.into_iter().find(|m| m.depends_on() == Some(module) && modules.has(*m));
        if let Some(dependent) = dependent {
            return Err(ModuleError::NeededBy { module, dependent });
        }
        let row = ModuleRow {
            name: module.name().to_owned(),
            state: "uninstalled".to_owned(),
            version: None,
            changed_at: now,
        };
        store::modules::put(on.on(), &row).await?;
        if purge && module == Module::McpServer {
            store::modules::purge_mcp_server(on).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn the_second_module_needs_the_first() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let error = Modules::install(tx.on(), Module::McpServerOauth, 1).await.unwrap_err().to_string();
            assert_eq!(
                error, "mcp_server_oauth needs mcp_server; first: axanta-mcp module install mcp_server",
                "{}",
                test.name
            );
            for module in Module::ALL {
                Modules::install(tx.on(), module, 1).await.unwrap();
                assert!(Modules::load(tx.on()).await.unwrap().has(module), "{}", test.name);
            }
            let error =
                Modules::uninstall(tx.on(), Module::McpServer, false, 2).await.unwrap_err().to_string();
            assert!(error.contains("module uninstall mcp_server_oauth"), "{error}");
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
