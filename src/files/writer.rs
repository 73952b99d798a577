//! Writes a file, a chunk at a time, in memory of the size of one chunk.

use uuid::Uuid;

use super::{Files, FilesError, MOST_BYTES, MOST_OF_USER, NewFile, Owner, Stored, WAITS};
use crate::store::files::{self, FileRow};
use crate::store::{Db, On};

/// Bytes of a chunk.
pub(super) const CHUNK: usize = 256 * 1024;
/// Characters of a name that are kept.
const LONGEST_NAME: usize = 120;
/// Most bytes of a preview.
const LONGEST_PREVIEW: usize = 4_000;

/// A file that is being written. Dropped before [`Writer::finish`], it leaves nothing.
pub struct Writer {
    files: Files,
    row: FileRow,
    buffer: Vec<u8>,
    next: i64,
    /// Whether something of it is in the database.
    begun: bool,
    #[cfg(test)]
    peak: usize,
}

impl Writer {
    pub(super) fn new(files: Files, owner: Owner, new: NewFile) -> Self {
        let row = FileRow {
            id: Uuid::now_v7().to_string(),
            user_id: owner.user_id,
            key_id: owner.key_id,
            grant_id: owner.grant_id,
            request_id: new.request_id,
            kind: new.kind.name().to_owned(),
            model: new.model,
            name: plain(&new.name),
            mime_type: new.mime_type.to_owned(),
            size: 0,
            row_count: None,
            preview: None,
            untrusted: (!new.untrusted.is_empty())
                .then(|| serde_json::Value::from(new.untrusted).to_string()),
            ready: false,
            created_at: files.clock.millis(),
            expires_at: 0,
        };
        Self {
            files,
            row,
            buffer: Vec::new(),
            next: 0,
            begun: false,
            #[cfg(test)]
            peak: 0,
        }
    }

    /// Adds bytes to the file.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), FilesError> {
        let size = self.size().saturating_add(bytes.len() as u64);
        if size > MOST_BYTES {
            return Err(FilesError::TooLarge);
        }
        self.row.size = i64::try_from(size).map_err(|_| FilesError::TooLarge)?;
        #[cfg(test)]
        {
            self.peak = self.peak.max(self.buffer.capacity() + bytes.len());
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Bytes written so far.
    pub fn size(&self) -> u64 {
        u64::try_from(self.row.size).unwrap_or_default()
    }

    /// Most bytes that ever waited in memory: in the buffer, and in what was handed over at once.
    #[cfg(test)]
    pub(super) const fn peak(&self) -> usize {
        self.peak
    }

    /// Makes the file last, with how many records stand in it and its first rows as text.
    pub async fn finish(mut self, rows: Option<u32>, preview: Option<String>) -> Result<Stored, FilesError> {
        let now = self.files.clock.millis();
        self.row.row_count = rows.map(i64::from);
        self.row.preview = preview.map(shorten);
        self.row.expires_at = now + WAITS;
        let mut tx = self.files.db.begin().await?;
        self.room(tx.on(), now).await?;
        if self.begun {
            if !files::finish(tx.on(), &self.row).await? {
                return Err(FilesError::Gone);
            }
        } else {
            let row = FileRow { ready: true, ..self.row.clone() };
            files::insert(tx.on(), &row).await?;
        }
        if !self.buffer.is_empty() {
            files::add_chunk(tx.on(), &self.row.id, self.next, &self.buffer).await?;
        }
        tx.commit().await?;
        self.begun = false;
        Ok(Stored::from(self.row.clone()))
    }

    /// Each chunk is a transaction of its own, so that a large file holds up nobody else who writes.
    async fn flush(&mut self) -> Result<(), FilesError> {
        let mut tx = self.files.db.begin().await?;
        if !self.begun {
            let now = self.files.clock.millis();
            self.room(tx.on(), now).await?;
            let row = FileRow { expires_at: now + WAITS, ..self.row.clone() };
            files::insert(tx.on(), &row).await?;
        }
        // From here on something may be there, whatever the answer says.
        self.begun = true;
        files::add_chunk(tx.on(), &self.row.id, self.next, &self.buffer).await?;
        tx.commit().await?;
        self.next += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Makes room of what has expired, and complains where there is none.
    async fn room(&self, mut on: On<'_>, now: i64) -> Result<(), FilesError> {
        files::prune_of_user(on.on(), self.row.user_id, now).await?;
        let (stored, first) = files::stored(on, self.row.user_id).await?;
        let stored = u64::try_from(stored).unwrap_or_default();
        if stored.saturating_add(self.size()) <= MOST_OF_USER {
            return Ok(());
        }
        let left = first.unwrap_or(now).saturating_sub(now);
        Err(FilesError::Full { minutes: (left + 59_999) / 60_000 })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.begun {
            return;
        }
        let (db, id) = (self.files.db.clone(), std::mem::take(&mut self.row.id));
        // Without a runtime the process is ending: what it leaves is swept away by the next.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = delete(&db, &id).await {
                    tracing::warn!(%error, "an unfinished file could not be deleted; it will be swept away");
                }
            });
        }
    }
}

async fn delete(db: &Db, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    files::delete(tx.on(), id).await?;
    tx.commit().await
}

/// A name that every file system takes, and that can't be mistaken for another: letters, digits, dots, hyphens and
/// underscores.
fn plain(name: &str) -> String {
    let name: String = name
        .chars()
        .take(LONGEST_NAME)
        .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' })
        .collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

fn shorten(mut preview: String) -> String {
    let cut = preview.len().min(LONGEST_PREVIEW);
    let cut = (0..=cut).rev().find(|at| preview.is_char_boundary(*at)).unwrap_or(0);
    preview.truncate(cut);
    // PostgreSQL stores no NUL.
    preview.replace('\0', "\u{fffd}")
}
