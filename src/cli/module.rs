//! `axanta-mcp module`: Apps.

use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::Desk;
use super::error::CliError;
use super::table::{instant, json, table};
use crate::model::Complaint;
use crate::settings::{Module, Modules, NoUpgrade, standings, upgrade};

/// Modules: `mcp_server` and `mcp_server_oauth`
#[derive(Subcommand)]
pub enum ModuleCommand {
    /// List the modules: whether they are installed, in which version, and the version of this program
    List(List),
    /// Install a module, and the one it needs
    Install(Install),
    /// Upgrade a module, and the one it needs, to the version of this program
    Upgrade(Upgrade),
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

/// Arguments of `module upgrade`.
#[derive(Args)]
pub struct Upgrade {
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
    /// Delete its data too: settings, policies, keys, sessions, prompts, OAuth clients, connections. The log stays
    #[arg(long)]
    purge: bool,
}

impl ModuleCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::List(list) => list.run(desk).await,
            Self::Install(install) => install.run(desk).await,
            Self::Upgrade(upgrade) => upgrade.run(desk).await,
            Self::Uninstall(uninstall) => uninstall.run(desk).await,
        }
    }
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let all = standings(desk.read().await?.on()).await?;
        if self.json {
            let rows = all.iter().map(|found| {
                let version = found.version.as_ref().filter(|_| found.state.is_installed());
                json!({
                    "name": found.module.name(),
                    "label": found.module.label(),
                    "state": found.state.name(),
                    "version": version.map(ToString::to_string),
                    "available": found.module.version().to_string(),
                    "depends_on": found.module.depends_on().map(Module::name),
                    "changed_at": found.changed_at.map(instant),
                })
            });
            return Ok(json(&rows.collect::<Vec<_>>()));
        }
        let rows = all.into_iter().map(|found| {
            let version = found.version.filter(|_| found.state.is_installed());
            [
                found.module.name().to_owned(),
                found.module.label().to_owned(),
                found.state.name().replace('_', " "),
                version.map(|version| version.to_string()).unwrap_or_default(),
                found.module.version().to_string(),
            ]
        });
        Ok(table(["NAME", "LABEL", "STATE", "VERSION", "AVAILABLE"], rows))
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

impl Upgrade {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let done = match upgrade(acting.on(), self.module, desk.clock.millis()).await {
            Ok(done) => done,
            Err(NoUpgrade::Settings(error)) => return Err(error.into()),
            Err(NoUpgrade::Database(error)) => return Err(error.into()),
            Err(refused) => return Err(Complaint::new(refused.to_string()).into()),
        };
        if done.is_empty() {
            return Ok(format!("{} is up to date: {}", self.module, self.module.version()));
        }
        let detail = done.iter().map(|u| {
            let change = json!({"from": u.from.to_string(), "to": u.to.to_string()});
            (u.module.name().to_owned(), change)
        });
        acting.commit("module.upgrade", self.module.name(), detail.collect()).await?;
        let mut lines: Vec<String> =
            done.iter().map(|u| format!("upgraded {} from {} to {}", u.module, u.from, u.to)).collect();
        if done.iter().any(|u| u.reconnect) {
            lines.push("reconnect the Claude connector after upgrading the module".to_owned());
        }
        Ok(lines.join("\n"))
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
    use crate::store::modules::{ModuleRow, put};

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
    async fn an_upgrade_is_listed_done_and_logged() {
        for (desk, name) in desks().await {
            let refused = run(&desk, &["module", "upgrade", "mcp_server_oauth"]).await.unwrap_err();
            assert!(refused.to_string().contains("mcp_server is not installed"), "{name}: {refused}");
            for module in ["mcp_server", "mcp_server_oauth"] {
                let row = ModuleRow {
                    name: module.into(),
                    state: "installed".into(),
                    version: Some("0.1.0".into()),
                    changed_at: 1,
                };
                let mut tx = desk.db.begin().await.unwrap();
                put(tx.on(), &row).await.unwrap();
                tx.commit().await.unwrap();
            }
            let listed = run(&desk, &["module", "list"]).await.unwrap();
            let line = listed.lines().find(|line| line.contains("mcp_server_oauth")).unwrap();
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words[words.len() - 4..], ["to", "upgrade", "0.1.0", "0.2.0"], "{name}: {listed}");
            let said = run(&desk, &["module", "upgrade", "mcp_server_oauth"]).await.unwrap();
            assert!(said.starts_with("upgraded mcp_server from 0.1.0 to 0.2.0\nupgraded"), "{name}: {said}");
            assert!(said.ends_with("reconnect the Claude connector after upgrading the module"), "{name}");
            let again = run(&desk, &["module", "upgrade", "mcp_server_oauth"]).await.unwrap();
            assert_eq!(again, "mcp_server_oauth is up to date: 0.2.0", "{name}");
            let text = run(&desk, &["module", "list", "--json"]).await.unwrap();
            assert_eq!(text.matches("\"state\": \"installed\"").count(), 2, "{name}: {text}");
            let acts: Vec<_> = log(&desk).await.into_iter().map(|row| row.method).collect();
            assert_eq!(acts, ["module.upgrade"], "{name}");
        }
    }

    #[tokio::test]
    async fn an_unknown_module_is_told_the_names() {
        let (desk, _kept) = desks().await.remove(0);
        let error = run(&desk, &["module", "install", "mcp"]).await.unwrap_err().to_string();
        assert!(error.contains("mcp_server, mcp_server_oauth"), "{error}");
    }
}
