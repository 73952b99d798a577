//! Why a client's document can't be had.

use super::download::{LARGEST, PATIENCE};
use crate::model::Complaint;

/// Why the document behind a client ID was refused. What it says may be shown to the user and logged: it tells
/// nothing about names and addresses within our own network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The client ID isn't the address of a document.
    #[error("{0}")]
    Address(Complaint),
    /// The host has no address at all, or none of the public internet.
    #[error(
        "the client's document can't be reached on the public internet at the address that is its client ID"
    )]
    NoPublicAddress,
    /// No connection, or it broke.
    #[error(
        "the client's document can't be reached on the public internet at the address that is its client ID"
    )]
    Unreachable,
    /// It took too long.
    #[error("the client's document did not arrive within {} seconds", PATIENCE.as_secs())]
    Slow,
    /// The answer has another status than 200; redirects are not followed.
    #[error(
        "the address of the client's document answers with status {0}; only 200 is taken, redirects are not followed"
    )]
    Status(u16),
    /// Not JSON by its own account.
    #[error("the client's document isn't of the type application/json")]
    MediaType,
    /// More than we read.
    #[error("the client's document is larger than {} KiB", LARGEST / 1024)]
    TooLarge,
    /// It isn't the document of this client, or of none that we can serve.
    #[error("the client's document is wrong: {0}")]
    Document(Complaint),
    /// Too many documents are being fetched now, or too many were of late from this host.
    #[error("too many clients' documents are asked for just now; try again in a minute")]
    Busy,
    /// The client could not be set up; an error of this program.
    #[error("the program can't fetch documents: {0}")]
    Client(String),
}
