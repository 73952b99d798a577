//! Why a command failed: one line on stderr, exit code 1.

use std::io;
use std::path::PathBuf;

use crate::identity::IdentityError;
use crate::model::Complaint;
use crate::settings::SettingsError;
use crate::store::DbError;
use crate::store::fault::Plain;
use crate::store::migrate::SetupError;

/// Every way in which a command can fail.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked for is wrong.
    #[error("{0}")]
    Wrong(#[from] Complaint),
    /// The database can't be opened.
    #[error(transparent)]
    Open(#[from] DbError),
    /// The database can't be brought up to date.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Users, groups, keys.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Settings, modules, policies.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database failed.
    #[error("the database could not answer: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
    /// The demo company can't be made.
    #[error(transparent)]
    Demo(#[from] crate::erp::embedded::demo::DemoError),
    /// A password was to come from stdin, and did not.
    #[error("the password can't be read from stdin: {0}")]
    Password(io::Error),
    /// The file with the first start's secrets can't be written.
    #[error("cannot write the first start's passwords and key to {0}: {1}")]
    Secrets(PathBuf, io::Error),
    /// The address can't be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, io::Error),
    /// Metrics can't be recorded.
    #[error("metrics can't be recorded: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}
