//! Files that exports and reports made, waiting for an hour to be fetched by the user for whom they were made.
//!
//! The bytes are rows of the database, a chunk each, so that every process on it serves them. A file is there when
//! its [`Writer`] has finished it, and not before; a writer that is dropped leaves nothing, and what a process leaves
//! that died is swept away. It is read by its user through `resources/read`, or by whoever holds a link
//! ([`Files::link`]), which holds for ten minutes and no longer than the key through which it was given out.

mod reader;
pub mod sheet;
mod turn;
mod writer;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use reader::Chunks;
pub use turn::Turn;
pub use writer::Writer;

use crate::clock::Clock;
use crate::identity::{Digest, Principal, Secret};
use crate::model::Operation;
use crate::store::Db;
use crate::store::fault::Plain;
use crate::store::files::{self, FileRow, LinkRow};
use crate::store::policies;
use crate::store::sweep::now_and_then;

/// What the address of every file begins with.
pub const URI: &str = "axanta://file/";
/// What every link's token begins with.
pub const LINK_PREFIX: &str = "axl_";
/// How long a file waits, in milliseconds.
pub const WAITS: i64 = 60 * 60_000;
/// How long a link holds, in milliseconds.
pub const LINK_HOLDS: i64 = 10 * 60_000;
/// Most bytes of one file.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Most bytes of all that waits for one user.
pub const MOST_OF_USER: u64 = 256 * 1024 * 1024;

/// Why a file can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It would be larger than a file may be.
    #[error(
        "the file would be larger than {} MiB; export less at once: fewer fields, or a narrower domain",
        MOST_BYTES / 1024 / 1024
    )]
    TooLarge,
    /// Too much waits for the user already.
    #[error(
        "{} MiB of files wait for this user already; the oldest goes in {minutes} min",
        MOST_OF_USER / 1024 / 1024
    )]
    Full {
        /// Minutes until the oldest expires.
        minutes: i64,
    },
    /// It was deleted while it was being written or read: its time is up, or the module was purged.
    #[error("the file is gone; make it again")]
    Gone,
    /// Too many files are made at once.
    #[error("{0}")]
    Busy(&'static str),
    /// A workbook could not be made; the cause is for the server's log alone.
    #[error("the workbook could not be made: {0}")]
    Sheet(String),
    /// The machine gives no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The database failed.
    #[error("the file could not be stored or read: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}

impl From<rust_xlsxwriter::XlsxError> for FilesError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self::Sheet(error.to_string())
    }
}

/// What made a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `export_records`.
    Export,
    /// `render_report`.
    Report,
}

impl Kind {
    /// The word in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Report => "report",
        }
    }

    /// What its user must still be allowed on its model when it is fetched.
    pub const fn operation(self) -> Operation {
        match self {
            Self::Export => Operation::Export,
            Self::Report => Operation::Report,
        }
    }

    fn of(name: &str) -> Self {
        if name == "report" { Self::Report } else { Self::Export }
    }
}

/// For whom a file is made or a link is given out, and through what.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Id in `res.users`.
    pub user_id: i64,
    /// Id of the MCP key.
    pub key_id: String,
    /// Id of the connection, where it came through one.
    pub grant_id: Option<String>,
}

impl Owner {
    /// The principal of a request.
    pub fn of(principal: &Principal) -> Self {
        Self {
            user_id: principal.user.id,
            key_id: principal.key.id.clone(),
            grant_id: principal.connection.as_ref().map(|connection| connection.grant_id.clone()),
        }
    }
}

/// What is known of a file before it is written.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What made it.
    pub kind: Kind,
    /// Technical name of the model its records are of.
    pub model: String,
    /// What it is called, for example `sale.order.xlsx`. What no file system takes is replaced.
    pub name: String,
    /// Its media type.
    pub mime_type: &'static str,
    /// The request that makes it.
    pub request_id: String,
    /// What of it holds text from outside the company: names of columns.
    pub untrusted: Vec<String>,
}

/// A file that is there.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its id: a UUID of version 7.
    pub id: String,
    /// For whom, and through which key and connection it is reached: those of the link where it came by one.
    pub owner: Owner,
    /// What made it.
    pub kind: Kind,
    /// Technical name of the model its records are of.
    pub model: String,
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// Bytes.
    pub size: u64,
    /// Records in it, where they are counted.
    pub rows: Option<u32>,
    /// First rows as text.
    pub preview: Option<String>,
    /// What of it holds text from outside the company.
    pub untrusted: Vec<String>,
    /// Epoch milliseconds at which it was begun: what it holds is no older.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

impl Stored {
    /// Its address for `resources/read`.
    pub fn uri(&self) -> String {
        format!("{URI}{}", self.id)
    }
}

impl From<FileRow> for Stored {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            owner: Owner { user_id: row.user_id, key_id: row.key_id, grant_id: row.grant_id },
            kind: Kind::of(&row.kind),
            model: row.model,
            name: row.name,
            mime_type: row.mime_type,
            size: u64::try_from(row.size).unwrap_or_default(),
            rows: row.row_count.and_then(|rows| u32::try_from(rows).ok()),
            preview: row.preview,
            // What can't be read is taken for what has to be minded most.
            untrusted: row.untrusted.map_or_else(Vec::new, |json| {
                serde_json::from_str(&json).unwrap_or_else(|_| vec!["document".to_owned()])
            }),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// A link that was just made. It has no `Debug`: whoever reads it can fetch the file.
pub struct Link {
    /// The whole address.
    pub url: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// The files of this process's database.
#[derive(Clone)]
pub struct Files {
    db: Db,
    clock: Clock,
    /// Public origin, for links.
    origin: Arc<str>,
    turns: Arc<turn::Turns>,
}

impl Files {
    /// Those of `db`; links begin with `origin` (no slash at its end).
    pub fn new(db: Db, clock: Clock, origin: &str) -> Self {
        Self { db, clock, origin: origin.into(), turns: Arc::default() }
    }

    /// Waits for leave to make a file for a user.
    pub async fn turn(&self, user_id: i64) -> Result<Turn, FilesError> {
        self.turns.take(user_id).await
    }

    /// Begins a file; nothing is stored before the first chunk is full.
    pub fn begin(&self, owner: Owner, new: NewFile) -> Writer {
        Writer::new(self.clone(), owner, new)
    }

    /// A user's file of that id; `None` too where it is another user's, is not finished or has expired.
    pub async fn find(&self, user_id: i64, id: &str) -> Result<Option<Stored>, FilesError> {
        let Ok(id) = Uuid::try_parse(id) else { return Ok(None) };
        let mut conn = self.db.read().await?;
        let row = files::find(conn.on(), user_id, &id.to_string(), self.clock.millis()).await?;
        Ok(row.map(Stored::from))
    }

    /// A user's newest files, `most` of them.
    pub async fn of_user(&self, user_id: i64, most: u32) -> Result<Vec<Stored>, FilesError> {
        let mut conn = self.db.read().await?;
        let rows = files::of_user(conn.on(), user_id, self.clock.millis(), most.into()).await?;
        Ok(rows.into_iter().map(Stored::from).collect())
    }

    /// The bytes of a file, a chunk at a time.
    pub fn read(&self, file: &Stored) -> Chunks {
        Chunks::new(self.db.clone(), file)
    }

    /// Makes a link to a file, which whoever asks for it may read.
    pub async fn link(&self, owner: &Owner, file: &Stored) -> Result<Link, FilesError> {
        let token = Secret::mint(LINK_PREFIX)?;
        let expires_at = (self.clock.millis() + LINK_HOLDS).min(file.expires_at);
        let row = LinkRow {
            hash: token.digest().hex(),
            file_id: file.id.clone(),
            key_id: owner.key_id.clone(),
            grant_id: owner.grant_id.clone(),
            expires_at,
        };
        let mut tx = self.db.begin().await?;
        files::add_link(tx.on(), &row).await?;
        tx.commit().await?;
        Ok(Link { url: format!("{}/files/{}", self.origin, token.reveal()), expires_at })
    }

    /// The file to which a link's token leads, as it was sent; its owner is who was given the link. Whether that one
    /// may still read it, the caller judges.
    pub async fn by_token(&self, token: &str) -> Result<Option<Stored>, FilesError> {
        let Ok(digest) = Digest::of_sent(LINK_PREFIX, token) else { return Ok(None) };
        let mut conn = self.db.read().await?;
        let row = files::by_link(conn.on(), &digest.hex(), self.clock.millis()).await?;
        Ok(row.map(Stored::from))
    }

    /// Models whose policy was set anew since a file was made.
    pub async fn policies_changed_since(&self, file: &Stored) -> Result<Vec<String>, FilesError> {
        let mut conn = self.db.read().await?;
        Ok(policies::changed_since(conn.on(), file.created_at).await?)
    }

    /// Sweeps now and then what has expired, until told to stop.
    pub async fn sweep_always(self, stop: CancellationToken) {
        now_and_then("files and links that expired", stop, || self.sweep()).await;
    }

    /// Deletes what has expired; answers how many files and links it was.
    pub async fn sweep(&self) -> Result<u64, sqlx::Error> {
        let mut tx = self.db.begin().await?;
        let rows = files::prune(tx.on(), self.clock.millis()).await?;
        tx.commit().await?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests;
