//! `axanta-mcp module`: Apps.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::Desk;
use super::error::CliError;
use super::table::{instant, json, table};
use crate::settings::{Module, Modules};
use crate::store::modules;

/// Modules: `mcp_server` and `mcp_server_oauth`
#[derive(Subcommand)]
pub enum ModuleCommand {
    /// List the modules and whether they are installed
    List(List),
    /// Install a module, and the one it needs
    Install(Install),
    /// Uninstall a module, and the one that needs it; keeps the data
    Uninstall(Uninstall),
}

/// Arguments of `module list`.
#[derive(Args)]
pub struct List {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Arguments of `module install`.
#[derive(Args)]
pub struct Install {
    /// `mcp_server`, or `mcp_server_oauth`
    #[arg(value_name = "MODULE")]
    module: Module,
}

/// Arguments of `module uninstall`.
#[derive(Args)]
pub struct Uninstall {
    /// `mcp_server`, or `mcp_server_oauth`
    #[arg(value_name = "MODULE")]
    module: Module,
    /// Delete its data too: settings, policies, keys, sessions and prompts. The log stays
    #[arg(long)]
    purge: bool,
}

impl ModuleCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::List(list) => list.run(desk).await,
            Self::Install(install) => install.run(desk).await,
            Self::Uninstall(uninstall) => uninstall.run(desk).await,
        }
    }
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let stored = modules::all(desk.read().await?.on()).await?;
        let rows = Module::ALL.map(|module| {
            let row = stored.iter().find(|row| row.name == module.name());
            (module, row.map_or("uninstalled", |r| r.state.as_str()), row)
        });
        if self.json {
            let rows = rows.map(|(module, state, row)| {
                json!({
                    "name": module.name(),
                    "label": module.label(),
                    "state": state,
                    "version": row.and_then(|r| r.version.as_deref()),
                    "depends_on": module.depends_on().map(Module::name),
                    "changed_at": row.map(|r| instant(r.changed_at)),
                })
            });
            return Ok(json(&rows));
        }
        let rows = rows.map(|(module, state, row)| {
            let version = row.and_then(|r| r.version.clone()).unwrap_or_default();
            [module.name().to_owned(), module.label().to_owned(), state.to_owned(), version]
        });
        Ok(table(["NAME", "LABEL", "STATE", "VERSION"], rows))
    }
}

impl Install {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let done = Modules::install(acting.on(), self.module, desk.clock.millis()).await?;
        if done.is_empty() {
            return Ok(format!("{} was installed before", self.module));
        }
        acting.commit("module.install", self.module.name(), json!({"installed": names(&done)})).await?;
        Ok(format!("installed {}", names(&done).join(", ")))
    }
}

impl Uninstall {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let done = Modules::uninstall(acting.on(), self.module, self.purge, desk.clock.millis()).await?;
        if done.is_empty() && !self.purge {
            return Ok(format!("{} was not installed", self.module));
        }
        let detail = json!({"uninstalled": names(&done), "purge": self.purge});
        acting.commit("module.uninstall", self.module.name(), detail).await?;
        let data = if self.purge { "deleted" } else { "kept" };
        Ok(format!("uninstalled {}; its data was {data}", names(&done).join(", ")))
    }
}

fn names(modules: &[Module]) -> Vec<&'static str> {
    modules.iter().map(|module| module.name()).collect()
}

#[cfg(test)]
mod tests {
    use crate::cli::testing::{desks, log, run};

    #[tokio::test]
    async fn modules_come_and_go() {
        for (desk, name) in desks().await {
            let states = async || {
                let text = run(&desk, &["module", "list", "--json"]).await.unwrap();
                let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
                rows.iter()
                    .map(|r| format!("{} {}", r["name"], r["state"]).replace('"', ""))
                    .collect::<Vec<_>>()
            };
            assert_eq!(states().await, ["mcp_server uninstalled", "mcp_server_oauth uninstalled"], "{name}");
            let said = run(&desk, &["module", "install", "mcp_server_oauth"]).await.unwrap();
            assert_eq!(said, "installed mcp_server, mcp_server_oauth", "{name}");
            assert_eq!(states().await, ["mcp_server installed", "mcp_server_oauth installed"], "{name}");
            run(&desk, &["settings", "set", "rate_limit", "7"]).await.unwrap();
            run(&desk, &["module", "uninstall", "mcp_server"]).await.unwrap();
            assert!(run(&desk, &["settings", "show", "--json"]).await.unwrap().contains("\"rate_limit\": 7"));
            run(&desk, &["module", "uninstall", "mcp_server", "--purge"]).await.unwrap();
            assert!(
                run(&desk, &["settings", "show", "--json"]).await.unwrap().contains("\"rate_limit\": 60")
            );
            assert_eq!(log(&desk).await.len(), 4, "{name}: the log stays");
        }
    }

    #[tokio::test]
    async fn an_unknown_module_is_told_the_names() {
        let (desk, _kept) = desks().await.remove(0);
        let error = run(&desk, &["module", "install", "mcp"]).await.unwrap_err().to_string();
        assert!(error.contains("mcp_server, mcp_server_oauth"), "{error}");
    }
}
