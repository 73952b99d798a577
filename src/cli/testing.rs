//! Commands in tests: parsed and carried out as the binary does.

use clap::Parser;

use super::desk::Desk;
use super::error::CliError;
use super::{Cli, Command};
use crate::clock::Clock;
use crate::identity::group;
use crate::model::Complaint;
use crate::store::log::{LogFilter, LogRow, list};
use crate::store::testing::{TestDb, databases};

/// A desk at each kind of database, with the groups and nothing else.
pub async fn desks() -> Vec<(Desk, TestDb)> {
    let mut desks = Vec::new();
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        group::seed(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        desks.push((Desk::at(test.db.clone(), Clock::system()), test));
    }
    desks
}

/// What the command prints.
pub async fn run(desk: &Desk, args: &[&str]) -> Result<String, CliError> {
    let cli = Cli::try_parse_from([&["axanta-mcp"], args].concat())
        .map_err(|usage| Complaint::new(usage.to_string()))?;
    match cli.command {
        Some(Command::Desk(command)) => command.run(desk).await,
        _ => panic!("{args:?} is no command of the desk"),
    }
}

/// The whole log, newest first.
pub async fn log(desk: &Desk) -> Vec<LogRow> {
    let filter = LogFilter { limit: 1_000, ..LogFilter::default() };
    list(desk.read().await.unwrap().on(), &filter).await.unwrap()
}
