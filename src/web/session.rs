//! The browser's session: tower-sessions on our store.

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

use crate::clock::Clock;
use crate::identity::Digest;
use crate::store::Db;
use crate::store::web_sessions::{self, WebSessionRow};

const USER: &str = "user";
const SEEN: &str = "seen";
const MARK: &str = "mark";
/// A session that is not used ends after this.
const IDLE: time::Duration = time::Duration::hours(12);
/// Between two notes that it was used; each is a write.
const NOTED: i64 = 10 * 60 * 1_000;
/// Tries until a new id is one that nobody has; the second is never needed with 128 random bits.
const TRIES: u32 = 8;

/// Sessions in the database.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: Clock,
}

impl Sessions {
    /// Sessions in this database.
    pub const fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    async fn write(&self, record: &Record, replace: bool) -> StoreResult<bool> {
        let row = row(record)?;
        let mut tx = self.db.begin().await.map_err(backend)?;
        let done = web_sessions::put(tx.on(), &row, replace).await.map_err(backend)?;
        if !replace {
            web_sessions::prune(tx.on(), self.clock.millis()).await.map_err(backend)?;
        }
        tx.commit().await.map_err(backend)?;
        Ok(done)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        for _ in 0..TRIES {
            if self.write(record, false).await? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no new session id was free".to_owned()))
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        self.write(record, true).await.map(drop)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let mut conn = self.db.read().await.map_err(backend)?;
        let found = web_sessions::find(conn.on(), &hash(*id), self.clock.millis()).await.map_err(backend)?;
        found.map(|row| record(*id, &row)).transpose()
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        web_sessions::delete(tx.on(), &hash(*id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

fn row(record: &Record) -> StoreResult<WebSessionRow> {
    let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
    Ok(WebSessionRow {
        id: hash(record.id),
        user_id: record.data.get(USER).and_then(serde_json::Value::as_i64),
        data,
        expires_at: record.expiry_date.unix_timestamp().saturating_mul(1_000),
    })
}

fn record(id: Id, row: &WebSessionRow) -> StoreResult<Record> {
    let decode = |e: String| Error::Decode(e);
    Ok(Record {
        id,
        data: serde_json::from_str(&row.data).map_err(|e| decode(e.to_string()))?,
        expiry_date: OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000)
            .map_err(|e| decode(e.to_string()))?,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

fn hash(id: Id) -> String {
    Digest::of(id.0.to_be_bytes()).hex()
}

/// The layer that brings a session to every request of the console. `secure`: browsers come by https.
pub fn layer(sessions: Sessions, secure: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(sessions)
        // The prefix makes browsers refuse it from anywhere but this very host.
        .with_name(if secure { "__Host-axanta" } else { "axanta" })
        .with_secure(secure)
        // Lax, and not Strict: whoever comes back from Claude to approve is still signed in.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Id in `res.users`.
    pub user_id: i64,
    /// What the session is stored under.
    pub session: String,
    /// Mark of the password that was theirs at sign-in ([`crate::identity::password::mark`]).
    pub mark: String,
}

/// Who is signed in, and notes that the session is used.
pub async fn signed_in(
    session: &Session,
    now: i64,
) -> Result<Option<SignedIn>, tower_sessions::session::Error> {
    let Some(user_id) = session.get::<i64>(USER).await? else { return Ok(None) };
    if session.get::<i64>(SEEN).await?.is_none_or(|seen| seen + NOTED < now) {
        session.insert(SEEN, now).await?;
    }
    let mark = session.get(MARK).await?.unwrap_or_default();
    Ok(session.id().map(|id| SignedIn { user_id, session: hash(id), mark }))
}

/// Signs a user in, under a new id: one that somebody planted before is worth nothing. `mark` is of the password.
pub async fn sign_in(
    session: &Session,
    user_id: i64,
    mark: &str,
    now: i64,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(USER, user_id).await?;
    session.insert(MARK, mark).await?;
    session.insert(SEEN, now).await
}

/// Ends the session.
pub async fn sign_out(session: &Session) -> Result<(), tower_sessions::session::Error> {
    session.flush().await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::testing::{TestDb, databases};

    async fn stored(test: &TestDb, session: &Session) -> Option<WebSessionRow> {
        let mut conn = test.db.read().await.unwrap();
        web_sessions::find(conn.on(), &hash(session.id().unwrap()), 0).await.unwrap()
    }

    #[tokio::test]
    async fn signing_in_changes_the_id_and_signing_out_ends_it() {
        for test in databases().await {
            let store = Arc::new(Sessions::new(test.db.clone(), Clock::fixed(1_000)));
            let session = Session::new(None, Arc::clone(&store), Some(Expiry::OnInactivity(IDLE)));
            session.insert("notices", 1).await.unwrap();
            session.save().await.unwrap();
            let before = session.id().unwrap();
            assert_eq!(signed_in(&session, 1).await.unwrap(), None, "{test}");
            sign_in(&session, 7, "m", 1).await.unwrap();
            session.save().await.unwrap();
            let after = session.id().unwrap();
            assert_ne!(before, after, "{test}");
            assert!(store.load(&before).await.unwrap().is_none(), "{test}: the old one is gone");
            assert_eq!(stored(&test, &session).await.unwrap().user_id, Some(7), "{test}");
            let again = Session::new(Some(after), Arc::clone(&store), None);
            assert_eq!(signed_in(&again, 2).await.unwrap().unwrap().user_id, 7, "{test}");
            assert!(!again.is_modified(), "{test}: looking writes nothing");
            assert_eq!(signed_in(&again, NOTED + 2).await.unwrap().unwrap().user_id, 7);
            assert!(again.is_modified(), "{test}: its use is noted now and then");
            sign_out(&again).await.unwrap();
            assert!(store.load(&after).await.unwrap().is_none(), "{test}");
        }
    }

    #[tokio::test]
    async fn one_that_was_ended_meanwhile_stays_ended() {
        for test in databases().await {
            let store = Arc::new(Sessions::new(test.db.clone(), Clock::fixed(1_000)));
            let session = Session::new(None, Arc::clone(&store), Some(Expiry::OnInactivity(IDLE)));
            sign_in(&session, 7, "m", 1).await.unwrap();
            session.save().await.unwrap();
            let mut tx = test.db.begin().await.unwrap();
            web_sessions::delete_of_user(tx.on(), 7, "").await.unwrap();
            tx.commit().await.unwrap();
            session.insert(SEEN, 5).await.unwrap();
            session.save().await.unwrap();
            assert_eq!(stored(&test, &session).await, None, "{test}");
        }
    }
}
