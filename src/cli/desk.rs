//! Where commands are carried out: the database, the clock, and who acts. What changes something is done
//! between [`Desk::begin`] and [`Acting::commit`], so that the log always has it.

use super::error::CliError;
use super::setup;
use super::welcome::Voice;
use crate::audit::{Acting, Actor};
use crate::clock::Clock;
use crate::config::{self, Common, PublicUrl};
use crate::store::{Conn, Db};

/// What a command works with.
pub struct Desk {
    /// The database, ready.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    actor: Actor,
}

impl Desk {
    /// Opens the database of a command.
    pub async fn open(common: &Common, url: &PublicUrl) -> Result<Self, CliError> {
        Ok(Self::at(setup::open(common, url, Voice::Stderr).await?, Clock::system()))
    }

    /// A desk of the command line at a database that is open.
    pub fn at(db: Db, clock: Clock) -> Self {
        let login = config::operating_system_user()
            .map_or_else(|| "command line".to_owned(), |user| format!("command line ({user})"));
        Self { db, clock, actor: Actor { user_id: None, login } }
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn, CliError> {
        Ok(self.db.read().await?)
    }

    /// Begins an act.
    pub async fn begin(&self) -> Result<Acting, CliError> {
        Ok(Acting::begin(&self.db, &self.clock, &self.actor).await?)
    }
}
