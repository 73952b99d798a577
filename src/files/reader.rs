//! The bytes of a file, a chunk at a time.

use bytes::Bytes;

use super::{FilesError, Stored};
use crate::store::{Db, files};

/// The bytes of a file. Between two chunks no connection to the database is held.
#[derive(Debug)]
pub struct Chunks {
    db: Db,
    id: String,
    next: i64,
    left: u64,
}

impl Chunks {
    pub(super) fn new(db: Db, file: &Stored) -> Self {
        Self { db, id: file.id.clone(), next: 0, left: file.size }
    }

    /// The next bytes; `None` behind the last.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FilesError> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut conn = self.db.read().await?;
        let bytes = files::chunk(conn.on(), &self.id, self.next).await?.ok_or(FilesError::Gone)?;
        self.next += 1;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(Some(bytes.into()))
    }

    /// Whether no bytes are left.
    pub const fn is_done(&self) -> bool {
        self.left == 0
    }

    /// All of it at once: for files that are known to be small.
    pub async fn whole(mut self) -> Result<Vec<u8>, FilesError> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }
}
