//! What administrators decide for the whole server: settings, modules, model policies; and how every process
//! comes to know of a change.

mod current;
mod module;
mod modules;
mod rules;
mod standing;
mod upgrade;
mod values;

pub use current::{Controls, Current, Stale};
pub use module::Module;
pub use modules::Modules;
pub use rules::{load_rules, remove_rule, set_rule};
pub use standing::{Standing, State, standings};
pub use upgrade::{Effects, NoUpgrade, Upgraded, effects, upgrade};
pub use values::{Bounds, Change, SUBJECTS, Settings, bounds, set, subject_label};

use crate::store::fault::Plain;

/// What was stored can't be read, or the database failed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A row that no version of the program writes.
    #[error("the stored {what} `{name}` can't be understood: {why}")]
    Corrupt {
        /// `setting`, `policy` or `module`.
        what: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database failed.
    #[error("the database could not answer: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}
