//! `axanta-mcp settings`: Settings > MCP Server.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::desk::Desk;
use super::error::CliError;
use super::policy::known_model;
use super::table::{json, table};
use crate::model::Complaint;
use crate::settings::{self, Change, Settings};

/// Settings of the MCP Server
#[derive(Subcommand)]
pub enum SettingsCommand {
    /// Show every setting
    Show(Show),
    /// Change one setting; holds within a second
    Set(Set),
}

/// Arguments of `settings show`.
#[derive(Args)]
pub struct Show {
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `settings set`.
#[derive(Args)]
#[command(after_help = "Settings:\n  \
    mcp_enabled         true or false: whether /mcp answers\n  \
    rate_limit          calls per minute and key, 1 to 1000000\n  \
    max_records         records per request, 1 to 10000\n  \
    export_limit        records per exported file, 1 to 1000000\n  \
    token_budget        tokens per result, about, 1000 to 24000\n  \
    session_ttl         minutes until an unused MCP session ends, 1 to 43200\n  \
    instructions        Global Assistant Instructions, a text\n  \
    reporting_models    JSON object, or one subject as reporting_models.SUBJECT MODEL;\n                      \
    subjects: sales, retail_sales, financial, on_hand_inventory, stock_movement\n  \
    oauth_registration  true or false: whether OAuth clients may register themselves\n\n\
    Example: axanta-mcp settings set rate_limit 120")]
pub struct Set {
    /// Name of the setting
    name: String,
    /// Its new value
    #[arg(allow_hyphen_values = true)]
    value: String,
}

impl SettingsCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::Show(show) => show.run(desk).await,
            Self::Set(set) => set.run(desk).await,
        }
    }
}

impl Show {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let settings = Settings::load(desk.read().await?.on()).await?;
        if self.json {
            return Ok(json(&settings));
        }
        let models = settings
            .reporting_models
            .iter()
            .map(|(subject, model)| [format!("reporting_models.{subject}"), model.clone()]);
        let rows = [
            ["mcp_enabled".to_owned(), settings.mcp_enabled.to_string()],
            ["rate_limit".to_owned(), format!("{} calls per minute and key", settings.rate_limit)],
            ["max_records".to_owned(), format!("{} per request", settings.max_records)],
            ["export_limit".to_owned(), format!("{} per exported file", settings.export_limit)],
            ["token_budget".to_owned(), format!("{} tokens per result", settings.token_budget)],
            ["session_ttl".to_owned(), format!("{} minutes", settings.session_ttl)],
            ["oauth_registration".to_owned(), settings.oauth_registration.to_string()],
        ];
        let rows = rows.into_iter().chain(models);
        Ok(format!("{}\n\ninstructions:\n{}", table(["SETTING", "VALUE"], rows), settings.instructions))
    }
}

impl Set {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let mut acting = desk.begin().await?;
        let before = Settings::load(acting.on()).await?;
        let change = before.change(&self.name, &self.value)?;
        models_exist(&change)?;
        settings::set(acting.on(), &change).await?;
        let before = json!(before).get(change.name()).cloned().unwrap_or_default();
        acting.commit("settings.set", change.name(), json!({"from": before, "to": change.value()})).await?;
        Ok(format!("{} is set", self.name))
    }
}

/// The settings know no models; this command does.
fn models_exist(change: &Change) -> Result<(), Complaint> {
    if change.name() != "reporting_models" {
        return Ok(());
    }
    let models =
        change.value().as_object().into_iter().flat_map(serde_json::Map::values).filter_map(Value::as_str);
    for model in models {
        known_model(model)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::cli::testing::{desks, log, run};

    #[tokio::test]
    async fn a_setting_is_set_and_shown() {
        for (desk, name) in desks().await {
            run(&desk, &["settings", "set", "rate_limit", "120"]).await.unwrap();
            run(&desk, &["settings", "set", "instructions", "--- Be brief.\nSay Axanta."]).await.unwrap();
            run(&desk, &["settings", "set", "reporting_models.sales", "sale.order"]).await.unwrap();
            let text = run(&desk, &["settings", "show", "--json"]).await.unwrap();
            let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(shown["rate_limit"], 120, "{name}");
            assert_eq!(shown["instructions"], "--- Be brief.\nSay Axanta.", "{name}");
            assert_eq!(shown["reporting_models"]["sales"], "sale.order", "{name}");
            assert_eq!(shown["reporting_models"]["stock_movement"], "stock.movement", "{name}");
            assert!(run(&desk, &["settings", "show"]).await.unwrap().contains("120 calls per minute"));
            let first = log(&desk).await.pop().unwrap();
            assert_eq!(first.detail.as_deref(), Some(r#"{"from":60,"to":120}"#), "{name}");
        }
    }

    #[tokio::test]
    async fn a_model_that_is_not_there_is_refused() {
        let (desk, _kept) = desks().await.remove(0);
        let error = run(&desk, &["settings", "set", "reporting_models.sales", "report.sale.analysis"])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("report.sales.analysis"), "{error}");
        assert!(log(&desk).await.is_empty());
    }
}
