//! From a request's `Authorization` header to the principal it speaks for, in about a microsecond.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use tokio_util::sync::CancellationToken;

use super::bearer::{self, BearerError, Shown};
use super::connection::{Connection, Standing};
use super::principal::{KeyFacts, Principal};
use super::secret::Digest;
use super::{IdentityError, user};
use crate::clock::Clock;
use crate::policy::CredentialState;
use crate::settings::{Controls, Module};
use crate::store::{Db, keys, oauth_grants, oauth_tokens};

/// Keys remembered at once; beyond that all are forgotten and looked up again.
const REMEMBERED: usize = 10_000;
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// Knows keys. Remembers those of one generation of the controls, so that a revocation forgets them all.
pub struct Authenticator {
    db: Db,
    clock: Clock,
    known: ArcSwap<Known>,
    /// Keys used since the last write.
    used: Mutex<Vec<Arc<Entry>>>,
}

#[derive(Default)]
struct Known {
    generation: i64,
    entries: RwLock<HashMap<Digest, Arc<Entry>>>,
}

struct Entry {
    principal: Arc<Principal>,
    /// Epoch milliseconds.
    used_at: AtomicI64,
    /// Whether it stands in `used`.
    noted: AtomicBool,
}

impl Authenticator {
    /// Knows no key yet.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, known: ArcSwap::default(), used: Mutex::default() }
    }

    /// The principal that an `Authorization` header speaks for, as of `controls`.
    ///
    /// An expired or revoked key is an error; an archived user or one without an MCP group is not: that is for
    /// the policy's gates to say.
    pub async fn authenticate(
        &self,
        controls: &Controls,
        header: Option<&HeaderValue>,
    ) -> Result<Arc<Principal>, BearerError> {
        let shown = bearer::shown(header, controls.modules.has(Module::McpServerOauth))?;
        let digest = shown.digest();
        let known = self.known_as_of(controls.generation);
        let entry = match known.get(&digest) {
            Some(entry) => entry,
            None => known.remember(digest, self.look_up(shown).await?),
        };
        let principal = Arc::clone(&entry.principal);
        let now = self.clock.millis();
        match principal.credential_state(now) {
            CredentialState::Active => {
                self.note(&entry, now);
                Ok(principal)
            }
            CredentialState::Expired | CredentialState::Revoked => Err(why_not(principal, now)),
        }
    }

    /// Writes now and then when each key was last used, and once more when told to stop.
    pub async fn write_uses(&self, stop: CancellationToken) {
        loop {
            let stopping = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(WRITE_EVERY) => false,
            };
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "when keys were last used could not be written; it will be tried again");
            }
            if stopping {
                return;
            }
        }
    }

    /// Writes when each key was last used; what could not be written is kept for the next time.
    pub async fn flush(&self) -> Result<(), sqlx::Error> {
        let mut used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        if used.is_empty() {
            return Ok(());
        }
        // In one order on every process, so that two of them can't wait for each other.
        used.sort_by(|a, b| a.principal.key.id.cmp(&b.principal.key.id));
        for entry in &used {
            entry.noted.store(false, Ordering::SeqCst);
        }
        let written = self.write(&used).await;
        if written.is_err() {
            for entry in used {
                self.note(&entry, entry.used_at.load(Ordering::SeqCst));
            }
        }
        written
    }

    async fn write(&self, used: &[Arc<Entry>]) -> Result<(), sqlx::Error> {
        let mut tx = self.db.begin().await?;
        let seen = |entry: &Entry| entry.used_at.load(Ordering::SeqCst);
        for entry in used {
            keys::touch(tx.on(), &entry.principal.key.id, seen(entry)).await?;
        }
        // Those too in the one order in which several are ever locked.
        let mut grants: Vec<(&str, i64)> =
            used.iter().filter_map(|entry| Some((entry.grant()?, seen(entry)))).collect();
        grants.sort_unstable();
        for (grant, at) in grants {
            oauth_grants::touch(tx.on(), grant, at).await?;
        }
        tx.commit().await
    }

    fn known_as_of(&self, generation: i64) -> Arc<Known> {
        let known = self.known.load();
        if known.generation >= generation {
            return Arc::clone(&known);
        }
        // Another request may do the same at once; then one of two empty memories is lost.
        let fresh = Arc::new(Known { generation, ..Known::default() });
        self.known.store(Arc::clone(&fresh));
        fresh
    }

    async fn look_up(&self, shown: Shown) -> Result<Principal, BearerError> {
        match shown {
            Shown::Key(digest) => self.by_key(&digest).await?.ok_or(BearerError::Unknown),
            Shown::Token(digest) => self.by_token(&digest).await?.ok_or(BearerError::UnknownToken),
        }
    }

    async fn by_key(&self, digest: &Digest) -> Result<Option<Principal>, IdentityError> {
        let mut conn = self.db.read().await?;
        let Some(row) = keys::by_hash(conn.on(), &digest.hex()).await? else { return Ok(None) };
        if !digest.matches(&row.hash) {
            return Ok(None);
        }
        let Some(user) = user::by_id(conn.on(), row.user_id).await? else { return Ok(None) };
        Ok(Some(Principal { user, key: KeyFacts::try_from(row)?, connection: None }))
    }

    async fn by_token(&self, digest: &Digest) -> Result<Option<Principal>, IdentityError> {
        let mut conn = self.db.read().await?;
        let Some(row) = oauth_tokens::access(conn.on(), &digest.hex()).await? else { return Ok(None) };
        if !digest.matches(&row.hash) {
            return Ok(None);
        }
        let key = keys::by_id(conn.on(), &row.key_id).await?.filter(|key| key.user_id == row.user_id);
        let (Some(key), Some(user)) = (key, user::by_id(conn.on(), row.user_id).await?) else {
            return Ok(None);
        };
        Ok(Some(Principal { user, key: KeyFacts::try_from(key)?, connection: Some(Connection::of(&row)?) }))
    }

    fn note(&self, entry: &Arc<Entry>, now: i64) {
        entry.used_at.store(now, Ordering::SeqCst);
        if !entry.noted.swap(true, Ordering::SeqCst) {
            self.used.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(entry));
        }
    }
}

impl Entry {
    fn grant(&self) -> Option<&str> {
        self.principal.connection.as_ref().map(|connection| connection.grant_id.as_str())
    }
}

/// Why a key or connection that is not good at `now` is refused.
fn why_not(principal: Arc<Principal>, now: i64) -> BearerError {
    let standing = principal.connection.as_ref().map(|connection| connection.standing);
    let ended = principal.key.revoked || principal.key.expires_at.is_some_and(|at| at <= now);
    match standing {
        Some(Standing::Revoked) => BearerError::ConnectionRevoked(principal),
        Some(_) if ended => BearerError::ConnectionKeyEnded(principal),
        _ if principal.key.revoked => BearerError::Revoked(principal),
        _ if principal.key.expires_at.is_some_and(|at| at <= now) => BearerError::Expired(principal),
        Some(Standing::ClientDisabled) => BearerError::ClientDisabled(principal),
        Some(Standing::NothingAllowed) => BearerError::NothingAllowed(principal),
        Some(Standing::Good) => BearerError::TokenExpired(principal),
        None => BearerError::Revoked(principal),
    }
}

impl Known {
    fn get(&self, digest: &Digest) -> Option<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    fn remember(&self, digest: Digest, principal: Principal) -> Arc<Entry> {
        let entry = Arc::new(Entry {
            principal: Arc::new(principal),
            used_at: AtomicI64::new(0),
            noted: AtomicBool::new(false),
        });
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= REMEMBERED {
            entries.clear();
        }
        Arc::clone(entries.entry(digest).or_insert(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::key::{NewKey, generate, revoke};
    use crate::identity::{group, user::NewUser};
    use crate::policy::Scope;
    use crate::settings::Current;
    use crate::store::control;
    use crate::store::testing::{TestDb, databases};

    struct Scene {
        test: TestDb,
        clock: Clock,
        current: Current,
        knows: Authenticator,
        key_id: String,
        header: HeaderValue,
    }

    async fn scenes() -> Vec<Scene> {
        let mut scenes = Vec::new();
        for test in databases().await {
            let clock = Clock::fixed(1_000);
            let mut tx = test.db.begin().await.unwrap();
            group::seed(tx.on()).await.unwrap();
            let demo =
                NewUser { id: None, login: "demo", name: "Demo", groups: &["MCP User"], password_hash: None };
            let user_id = user::add(tx.on(), &clock, &demo).await.unwrap();
            let laptop = NewKey {
                user_id,
                name: "laptop",
                scope: Scope::Write,
                rate_limit: None,
                expires_in_days: Some(1),
                created_by: None,
            };
            let made = generate(tx.on(), &clock, &laptop).await.unwrap();
            tx.commit().await.unwrap();
            scenes.push(Scene {
                current: Current::start(&test.db).await.unwrap(),
                knows: Authenticator::new(test.db.clone(), clock.clone()),
                key_id: made.id,
                header: HeaderValue::from_str(&format!("Bearer {}", made.secret.reveal())).unwrap(),
                test,
                clock,
            });
        }
        scenes
    }

    impl Scene {
        async fn ask(&self) -> Result<Arc<Principal>, BearerError> {
            self.knows.authenticate(&self.current.fresh().await.unwrap(), Some(&self.header)).await
        }

        async fn last_used(&self) -> Option<i64> {
            let mut conn = self.test.db.read().await.unwrap();
            keys::by_id(conn.on(), &self.key_id).await.unwrap().unwrap().last_used_at
        }
    }

    #[tokio::test]
    async fn a_key_speaks_for_its_user() {
        for scene in scenes().await {
            let principal = scene.ask().await.unwrap();
            assert_eq!(principal.user.login, "demo", "{}", scene.test.name);
            assert!(principal.user.has_group("MCP User"));
            assert_eq!((principal.key.scope, principal.key.name.as_str()), (Scope::Write, "laptop"));
            assert!(Arc::ptr_eq(&principal, &scene.ask().await.unwrap()), "remembered");
        }
    }

    #[tokio::test]
    async fn a_whole_key_that_nobody_has_is_unknown() {
        for scene in scenes().await {
            let other = super::super::secret::Secret::mint("axk_").unwrap();
            let header = HeaderValue::from_str(&format!("Bearer {}", other.reveal())).unwrap();
            let controls = scene.current.controls();
            let error = scene.knows.authenticate(&controls, Some(&header)).await.unwrap_err();
            assert_eq!(error.code(), "unknown", "{}", scene.test.name);
        }
    }

    #[tokio::test]
    async fn a_revoked_key_is_remembered_no_longer() {
        for scene in scenes().await {
            scene.ask().await.unwrap();
            let mut tx = scene.test.db.begin().await.unwrap();
            revoke(tx.on(), &scene.clock, &scene.key_id).await.unwrap();
            control::bump(tx.on()).await.unwrap();
            tx.commit().await.unwrap();
            scene.current.refresh().await.unwrap();
            let error = scene.ask().await.unwrap_err();
            assert_eq!(error.code(), "revoked", "{}", scene.test.name);
            assert_eq!(error.principal().unwrap().user.login, "demo");
        }
    }

    #[tokio::test]
    async fn a_key_expires_by_the_clock_alone() {
        for scene in scenes().await {
            scene.clock.advance(86_400_000 - 1);
            scene.ask().await.unwrap();
            scene.clock.advance(1);
            assert_eq!(scene.ask().await.unwrap_err().code(), "expired", "{}", scene.test.name);
        }
    }

    #[tokio::test]
    async fn the_last_use_is_written_later() {
        for scene in scenes().await {
            scene.ask().await.unwrap();
            scene.clock.advance(5);
            scene.ask().await.unwrap();
            assert_eq!(scene.last_used().await, None, "{}", scene.test.name);
            scene.knows.flush().await.unwrap();
            assert_eq!(scene.last_used().await, Some(1_005), "{}", scene.test.name);
            scene.clock.advance(5);
            scene.ask().await.unwrap();
            let stop = CancellationToken::new();
            stop.cancel();
            scene.knows.write_uses(stop).await;
            assert_eq!(scene.last_used().await, Some(1_010), "{}", scene.test.name);
        }
    }

    #[tokio::test]
    async fn a_use_that_could_not_be_written_is_kept() {
        for scene in scenes().await {
            scene.ask().await.unwrap();
            scene.test.db.close().await;
            assert!(scene.knows.flush().await.is_err(), "{}", scene.test.name);
            assert_eq!(scene.knows.used.lock().unwrap().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_lookup_that_fails_is_no_401() {
        for scene in scenes().await {
            let controls = scene.current.controls();
            scene.test.db.close().await;
            let error = scene.knows.authenticate(&controls, Some(&scene.header)).await.unwrap_err();
            assert_eq!(error.code(), "unavailable", "{}", scene.test.name);
        }
    }
}
