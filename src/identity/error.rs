//! Why something about users, groups or keys could not be done.

use crate::model::Complaint;
use crate::store::fault::Plain;

/// Users, groups, passwords, keys: what can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// What was asked for is wrong; says how to mend it.
    #[error("{0}")]
    Wrong(#[from] Complaint),
    /// A row that no version of the program writes.
    #[error("the stored {what} of {whom} can't be understood: `{value}`")]
    Corrupt {
        /// `time zone`, `scope`, …
        what: &'static str,
        /// Login, or a key's id.
        whom: String,
        /// What is stored.
        value: String,
    },
    /// The machine gives no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// A password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The database failed.
    #[error("the database could not answer: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}
