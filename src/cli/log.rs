//! `axanta-mcp log`: what was asked, by whom, and how it was answered.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::desk::Desk;
use super::error::CliError;
use super::table::{instant, json, table};
use crate::model::Complaint;
use crate::store::log::{LogFilter, LogRow, list};

/// The log of requests, calls and administrators' acts
#[derive(Subcommand)]
pub enum LogCommand {
    /// List entries, newest first
    List(List),
}

/// Arguments of `log list`.
#[derive(Args)]
#[command(after_help = "Example: axanta-mcp log list --since 2h --outcome denied")]
pub struct List {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
    /// Not older than this: 30m, 2h, 7d, a day such as 2026-11-22, or 2026-11-22T21:40:00Z (UTC)
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Of the user with this login
    #[arg(long, value_name = "LOGIN")]
    user: Option<String>,
    /// With this outcome
    #[arg(long, value_parser = ["allowed", "denied", "limited", "failed"])]
    outcome: Option<String>,
    /// At most so many entries; without it 100, or 10000 as JSON
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
}

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    /// So many milliseconds before now.
    Ago(i64),
    /// Epoch milliseconds.
    At(i64),
}

impl FromStr for Since {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let units = [('s', 1_000), ('m', 60_000), ('h', 3_600_000), ('d', 86_400_000)];
        for (unit, millis) in units {
            if let Some(count) = text.strip_suffix(unit).and_then(|n| n.parse::<u32>().ok()) {
                return Ok(Self::Ago(i64::from(count) * millis));
            }
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Ok(Self::At(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()));
        }
        match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Self::At(at.timestamp_millis())),
            Err(_) => Err(Complaint::new(format!("`{text}` is no time")).example("2h, 7d, 2026-11-22")),
        }
    }
}

impl LogCommand {
    /// Carries it out; answers what to print.
    pub async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let Self::List(list) = self;
        list.run(desk).await
    }
}

impl List {
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        let filter = LogFilter {
            since: self.since.map(|since| match since {
                Since::Ago(millis) => desk.clock.millis() - millis,
                Since::At(at) => at,
            }),
            login: self.user.clone(),
            outcome: self.outcome.clone(),
            limit: i64::from(self.limit.unwrap_or(if self.json { 10_000 } else { 100 })),
            ..LogFilter::default()
        };
        let rows = list(desk.read().await?.on(), &filter).await?;
        if self.json {
            return Ok(json(&rows.iter().map(entry).collect::<Vec<_>>()));
        }
        let rows = rows.iter().map(|row| {
            let what = row.tool.as_deref().unwrap_or(&row.method);
            let upon = row.model.as_deref().or(row.target.as_deref()).unwrap_or_default();
            [
                instant(row.at),
                row.login.clone().unwrap_or_default(),
                row.key_name.clone().unwrap_or_default(),
                what.to_owned(),
                upon.to_owned(),
                row.outcome.clone(),
                row.reason.clone().unwrap_or_default(),
            ]
        });
        Ok(table(["TIME", "USER", "KEY", "WHAT", "UPON", "OUTCOME", "REASON"], rows))
    }
}

fn entry(row: &LogRow) -> Value {
    json!({
        "id": row.id,
        "at": instant(row.at),
        "kind": row.kind,
        "request_id": row.request_id,
        "user_id": row.user_id,
        "login": row.login,
        "key_id": row.key_id,
        "key_name": row.key_name,
        "client": row.client,
        "oauth_client": row.oauth_client,
        "connection": row.grant_id,
        "session": row.session,
        "method": row.method,
        "tool": row.tool,
        "model": row.model,
        "target": nested(row.target.as_deref()),
        "row_count": row.row_count,
        "bytes": row.bytes,
        "duration_us": row.duration_us,
        "outcome": row.outcome,
        "gate": row.gate,
        "reason": row.reason,
        "detail": nested(row.detail.as_deref()),
    })
}

/// What is stored as JSON is shown as JSON; a login or a model's name stays text.
fn nested(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| {
        serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Outcome;
    use crate::cli::testing::{desks, run};

    #[test]
    fn a_time_can_be_said_in_several_ways() {
        assert_eq!("2h".parse(), Ok(Since::Ago(7_200_000)));
        assert_eq!("7d".parse(), Ok(Since::Ago(604_800_000)));
        assert_eq!("2026-11-22".parse(), Ok(Since::At(1_795_305_600_000)));
        assert_eq!("2026-11-22T22:40:00+01:00".parse(), Ok(Since::At(1_795_383_600_000)));
        assert!("yesterday".parse::<Since>().unwrap_err().to_string().contains("2026-11-22"));
        assert!("99999999999d".parse::<Since>().is_err());
    }

    #[tokio::test]
    async fn administrators_acts_are_in_it() {
        for (desk, name) in desks().await {
            run(&desk, &["settings", "set", "rate_limit", "7"]).await.unwrap();
            run(&desk, &["user", "add", "demo", "--name", "Demo"]).await.unwrap();
            let rows = async |args: &[&str]| {
                let text = run(&desk, &[&["log", "list", "--json"], args].concat()).await.unwrap();
                serde_json::from_str::<Vec<Value>>(&text).unwrap()
            };
            let all = rows(&[]).await;
            assert_eq!(all[0]["method"], "user.add", "{name}: newest first");
            assert_eq!(all[1]["detail"]["to"], 7, "{name}");
            assert_eq!(all[1]["target"], "rate_limit", "{name}");
            assert_eq!(all[1]["outcome"], Outcome::Allowed.name(), "{name}");
            assert_eq!(rows(&["--limit", "1"]).await.len(), 1, "{name}");
            assert_eq!(rows(&["--since", "1h", "--outcome", "allowed"]).await.len(), 2, "{name}");
            assert!(rows(&["--outcome", "denied"]).await.is_empty(), "{name}");
            assert!(rows(&["--user", "demo"]).await.is_empty(), "{name}");
            assert!(run(&desk, &["log", "list"]).await.unwrap().contains("settings.set"), "{name}");
        }
    }
}
