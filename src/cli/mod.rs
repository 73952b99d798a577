//! The command line: one file per command. A command answers what to print; `main` prints it.

mod desk;
mod error;
mod first_link;
mod first_start;
mod key;
mod log;
mod logging;
mod module;
mod oauth_client;
mod policy;
mod serve;
mod settings;
pub mod setup;
mod table;
#[cfg(test)]
mod testing;
mod user;
pub mod welcome;

use std::io::Write;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use self::desk::Desk;
pub use self::error::CliError;
use crate::config::{Common, ServeOptions};
use crate::reports;

/// Lets an AI assistant work in an Axanta ERP: MCP endpoint, console and OAuth server in one process
///
/// Without a command it serves.
#[derive(Parser)]
#[command(
    name = "axanta-mcp",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done; 1 refused or failed, with one line on stderr; 2 wrong usage.\n\
                  Commands work on the same database while the server runs, which heeds a change within a second."
)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve: the default
    Serve(ServeOptions),
    #[command(flatten)]
    Desk(DeskCommand),
    /// What the server has a process of its own do: reads a document from stdin, writes it as PDF to stdout
    #[command(hide = true)]
    PrintPdf,
}

/// The commands that work on the database and end.
#[derive(Subcommand)]
enum DeskCommand {
    #[command(subcommand)]
    User(user::UserCommand),
    #[command(subcommand)]
    Key(key::KeyCommand),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    #[command(subcommand)]
    Module(module::ModuleCommand),
    #[command(subcommand)]
    OauthClient(oauth_client::OauthClientCommand),
    #[command(subcommand)]
    Log(log::LogCommand),
}

/// Reads the arguments, carries the command out and prints: what `main` does.
pub async fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(usage) => usage.exit(),
    };
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where stderr is closed there is no one to tell.
            let _ = writeln!(std::io::stderr(), "axanta-mcp: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    /// Reads arguments and environment. Options of `serve` may stand without it, but not before another command,
    /// which would ignore them.
    fn read<T: Into<std::ffi::OsString> + Clone>(
        args: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(args)?;
        let cli = Self::from_arg_matches(&matches)?;
        let typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let stray =
            ["listen", "public_url", "trusted_proxy", "metrics_listen"].into_iter().find(|id| typed(id));
        match (stray, matches.subcommand_name()) {
            (Some(id), Some(command)) => Err(Self::command().error(
                clap::error::ErrorKind::ArgumentConflict,
                format!("--{} can't stand before `{command}`; it belongs to serve", id.replace('_', "-")),
            )),
            _ => Ok(cli),
        }
    }

    async fn run(self) -> Result<(), CliError> {
        match self.command {
            None => serve::run(&self.common, &self.serve).await,
            Some(Command::Serve(options)) => serve::run(&self.common, &options).await,
            Some(Command::PrintPdf) => Ok(reports::work()?),
            Some(Command::Desk(command)) => {
                let desk = Desk::open(&self.common, &self.serve.public_url()).await?;
                let answer = command.run(&desk).await;
                desk.db.close().await;
                let text = answer?;
                match writeln!(std::io::stdout(), "{text}") {
                    // Whoever read it has had enough, as `head` does.
                    Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                    written => Ok(written?),
                }
            }
        }
    }
}

impl DeskCommand {
    /// Answers what to print.
    async fn run(&self, desk: &Desk) -> Result<String, CliError> {
        match self {
            Self::User(command) => command.run(desk).await,
            Self::Key(command) => command.run(desk).await,
            Self::Policy(command) => command.run(desk).await,
            Self::Settings(command) => command.run(desk).await,
            Self::Module(command) => command.run(desk).await,
            Self::OauthClient(command) => command.run(desk).await,
            Self::Log(command) => command.run(desk).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Cli, clap::Error> {
        Cli::read([&["axanta-mcp"], args].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        let bare = read(&["--listen", "127.0.0.1:9", "--public-url", "https://x.example/mcp"]).unwrap();
        assert!(bare.command.is_none());
        assert_eq!(bare.serve.listen.port(), 9);
        assert_eq!(bare.serve.public_url().origin(), "https://x.example");
        let Some(Command::Serve(named)) = read(&["serve", "--listen", "127.0.0.1:9"]).unwrap().command else {
            panic!("serve")
        };
        assert_eq!(named.public_url().origin(), "http://127.0.0.1:9");
    }

    #[test]
    fn options_of_every_command_stand_before_and_behind_it() {
        for args in [
            &["--database-url", "sqlite://x.db", "--demo", "none", "user", "list"][..],
            &["user", "list", "--database-url", "sqlite://x.db", "--demo", "none"],
            &["user", "--database-url", "sqlite://x.db", "list", "--demo", "none"],
            &["serve", "--demo", "none", "--database-url", "sqlite://x.db"],
        ] {
            let cli = read(args).unwrap();
            assert_eq!(cli.common.database_url, "sqlite://x.db", "{args:?}");
            assert_eq!(cli.common.demo.name(), "none", "{args:?}");
        }
    }

    #[test]
    fn wrong_usage_is_refused_with_exit_code_2() {
        for args in [
            &["--listen", "127.0.0.1:9", "user", "list"][..],
            &["user"],
            &["key", "generate", "demo", "--name", "x"],
            &["--public-url", "https://x.example/axanta"],
            &["--demo", "huge"],
            &["frobnicate"],
        ] {
            assert_eq!(read(args).err().map(|e| e.exit_code()), Some(2), "{args:?}");
        }
        for args in [&["--help"][..], &["key", "generate", "--help"], &["--version"]] {
            assert_eq!(read(args).err().map(|e| e.exit_code()), Some(0), "{args:?}");
        }
    }

    #[test]
    fn a_database_url_that_is_wrong_is_not_repeated() {
        // Kept as text here and refused on opening, since clap would print the password.
        assert!(read(&["--database-url", "postgres://u:secret@host:notaport/x", "user", "list"]).is_ok());
    }
}
