//! MCP sessions of the legacy era: rows that every process sees, and a memory of a second in front of them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::task::AbortHandle;

use super::era::Version;
use crate::clock::Clock;
use crate::identity::Principal;
use crate::store::Db;
use crate::store::mcp_sessions::{self, McpSessionRow};

/// How long what was read is believed: a session that is ended elsewhere is refused after that.
const BELIEVED: i64 = 1_000;
/// Between two writings of what was seen.
const WRITE: Duration = Duration::from_secs(2);
/// Writings between two sweeps of ended sessions.
const SWEEP: u32 = 30;
/// Sessions of one key; the least recently used goes when there would be more.
const MOST: i64 = 100;
/// Sessions remembered at most, before those that were not just used are forgotten.
const REMEMBERED: usize = 4_096;
/// Longest name or version of a client that is kept.
const LONGEST: usize = 100;

/// A session, as a request finds it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Hash of its id.
    pub id: Arc<str>,
    /// Revision that was agreed on.
    pub version: Version,
    /// Client's name and version, as it said itself.
    pub client: String,
}

impl Session {
    /// What the log calls it: the first characters of the hash.
    pub fn short(&self) -> String {
        self.id.chars().take(12).collect()
    }
}

/// The MCP sessions of this process's database.
#[derive(Clone, Debug)]
pub struct McpSessions {
    shared: Arc<Shared>,
    writer: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    clock: Clock,
    /// The time to live of the newest request, for the sweep; milliseconds.
    ttl: AtomicI64,
    known: Mutex<HashMap<Arc<str>, Known>>,
}

#[derive(Debug)]
struct Known {
    key_id: String,
    grant_id: Option<String>,
    session: Session,
    read_at: i64,
    last_seen: i64,
    /// Not yet written.
    calls: i64,
    dirty: bool,
}

enum Memory {
    /// It lives and is this principal's.
    Lives(Session),
    /// It has ended, or is another's.
    Gone,
    /// It has to be read again.
    Faded,
}

impl McpSessions {
    /// Starts the task that writes what was seen.
    pub fn start(db: Db, clock: Clock) -> Self {
        let shared = Arc::new(Shared { db, clock, ttl: AtomicI64::new(i64::MAX), known: Mutex::default() });
        let writing = Arc::clone(&shared);
        let writer = tokio::spawn(async move { writing.write_always().await }).abort_handle();
        Self { shared, writer }
    }

    /// Begins a session and gives out its id, which is stored nowhere.
    pub async fn open(
        &self,
        principal: &Principal,
        version: Version,
        client: (&str, &str),
        ttl: Duration,
    ) -> Result<(String, Session), sqlx::Error> {
        let now = self.shared.clock.millis();
        self.shared.heed(ttl);
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret).map_err(|e| sqlx::Error::Io(std::io::Error::other(e)))?;
        let secret = hexadecimal(&secret);
        let row = McpSessionRow {
            id: hash(&secret),
            key_id: principal.key.id.clone(),
            user_id: principal.user.id,
            client_name: shorten(client.0),
            client_version: shorten(client.1),
            protocol_version: version.name().to_owned(),
            created_at: now,
            last_seen_at: now,
            calls: 0,
            grant_id: principal.connection.as_ref().map(|c| c.grant_id.clone()),
        };
        let mut tx = self.shared.db.begin().await?;
        mcp_sessions::insert(tx.on(), &row, MOST).await?;
        tx.commit().await?;
        let known = Known::from_row(row, version, now);
        let session = known.session.clone();
        self.shared.remember(known);
        Ok((secret, session))
    }

    /// The session of that id, if it lives and is this principal's; counts the request.
    pub async fn find(
        &self,
        secret: &str,
        principal: &Principal,
        ttl: Duration,
    ) -> Result<Option<Session>, sqlx::Error> {
        self.shared.heed(ttl);
        let id = hash(secret);
        match self.shared.remembered(&id, principal, ttl) {
            Memory::Lives(session) => return Ok(Some(session)),
            Memory::Gone => return Ok(None),
            Memory::Faded => {}
        }
        let mut conn = self.shared.db.read().await?;
        let Some(row) = mcp_sessions::find(conn.on(), &id).await? else {
            self.shared.forget(&id);
            return Ok(None);
        };
        let Some(version) = Version::named(&row.protocol_version) else { return Ok(None) };
        let read_at = self.shared.clock.millis();
        self.shared.remember(Known::from_row(row, version, read_at));
        match self.shared.remembered(&id, principal, ttl) {
            Memory::Lives(session) => Ok(Some(session)),
            Memory::Gone | Memory::Faded => Ok(None),
        }
    }

    /// Ends the session of that id; `false` if it is not this principal's or not there.
    pub async fn end(&self, secret: &str, principal: &Principal, ttl: Duration) -> Result<bool, sqlx::Error> {
        let Some(session) = self.find(secret, principal, ttl).await? else { return Ok(false) };
        let mut tx = self.shared.db.begin().await?;
        let ended = mcp_sessions::delete(tx.on(), &session.id).await?;
        tx.commit().await?;
        self.shared.forget(&session.id);
        Ok(ended)
    }

    /// Writes what was seen and stops the task.
    pub async fn close(&self) {
        self.writer.abort();
        if let Err(error) = self.shared.write().await {
            tracing::warn!(%error, "what MCP sessions did last can't be written");
        }
    }
}

impl Shared {
    fn heed(&self, ttl: Duration) {
        self.ttl.store(millis(ttl), Ordering::Relaxed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered of a session, counting a request of its own principal.
    fn remembered(&self, id: &str, principal: &Principal, ttl: Duration) -> Memory {
        let now = self.clock.millis();
        let mut all = self.lock();
        let Some(known) = all.get_mut(id) else { return Memory::Faded };
        if now - known.read_at > BELIEVED {
            return Memory::Faded;
        }
        let theirs = known.key_id == principal.key.id
            && known.grant_id.as_deref() == principal.connection.as_ref().map(|c| c.grant_id.as_str());
        if !theirs || known.last_seen.saturating_add(millis(ttl)) <= now {
            return Memory::Gone;
        }
        known.last_seen = known.last_seen.max(now);
        known.calls += 1;
        known.dirty = true;
        Memory::Lives(known.session.clone())
    }

    /// What was seen here and is not yet written is newer than what was read.
    fn remember(&self, mut known: Known) {
        let mut all = self.lock();
        if let Some(before) = all.get(&known.session.id) {
            known.last_seen = known.last_seen.max(before.last_seen);
            known.calls = before.calls;
            known.dirty = before.dirty;
        }
        if all.len() >= REMEMBERED {
            let now = self.clock.millis();
            all.retain(|_, k| k.dirty || now - k.read_at <= BELIEVED);
        }
        all.insert(Arc::clone(&known.session.id), known);
    }

    fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    async fn write_always(&self) {
        let mut round: u32 = 0;
        loop {
            tokio::time::sleep(WRITE).await;
            round = round.wrapping_add(1);
            let done = async {
                self.write().await?;
                if round.is_multiple_of(SWEEP) { self.sweep().await } else { Ok(()) }
            };
            if let Err(error) = done.await {
                tracing::warn!(%error, "what MCP sessions did can't be written; it is tried again");
            }
        }
    }

    async fn write(&self) -> Result<(), sqlx::Error> {
        let seen: Vec<(Arc<str>, i64, i64)> = self
            .lock()
            .iter()
            .filter(|(_, known)| known.dirty)
            .map(|(id, known)| (Arc::clone(id), known.last_seen, known.calls))
            .collect();
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        for (id, last_seen, calls) in &seen {
            mcp_sessions::touch(tx.on(), id, *last_seen, *calls).await?;
        }
        tx.commit().await?;
        let mut all = self.lock();
        for (id, last_seen, calls) in seen {
            if let Some(known) = all.get_mut(&id) {
                known.calls -= calls;
                known.dirty = known.calls > 0 || known.last_seen > last_seen;
            }
        }
        Ok(())
    }

    async fn sweep(&self) -> Result<(), sqlx::Error> {
        let before = self.clock.millis().saturating_sub(self.ttl.load(Ordering::Relaxed));
        let mut tx = self.db.begin().await?;
        mcp_sessions::prune(tx.on(), before).await?;
        tx.commit().await
    }
}

impl Known {
    fn from_row(row: McpSessionRow, version: Version, read_at: i64) -> Self {
        let client = format!("{} {}", row.client_name, row.client_version).trim().to_owned();
        Self {
            key_id: row.key_id,
            grant_id: row.grant_id,
            session: Session { id: row.id.into(), version, client },
            read_at,
            last_seen: row.last_seen_at,
            calls: 0,
            dirty: false,
        }
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String has nothing to fail on.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
