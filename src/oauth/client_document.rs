//! Client ID metadata documents: a client ID that is the address of a document, in which the client says who it
//! is and where it may be answered (draft-ietf-oauth-client-id-metadata-document, as MCP 2025-11-25 and
//! 2026-07-28 take it).
//!
//! Anybody can make us fetch such an address, so it is fetched as if a stranger had chosen it: from the public
//! internet alone, few at once, seldom, and with little patience.

mod address;
mod download;
mod error;
mod pinned;
mod public;
mod read;
mod resolver;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use self::address::Address;
use self::download::{Download, Downloaded, World};
pub use self::error::DocumentError;
use self::resolver::LookUp;
use crate::clock::Clock;
use crate::identity::RedirectUri;

/// Most documents that are fetched at the same time.
const AT_ONCE: usize = 4;
/// Longest wait for a place among them.
const WAIT: Duration = Duration::from_secs(2);
/// Most fetches from one host in a minute.
const FROM_A_HOST: u32 = 20;
/// Documents, failures and hosts remembered, each.
const REMEMBERED: usize = 1_000;
const MINUTE: i64 = 60_000;
/// How long a document is kept, in milliseconds: at least, at most, and if its server doesn't say.
const KEPT: (i64, i64, i64) = (5 * MINUTE, 24 * 60 * MINUTE, 60 * MINUTE);

/// What a client says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDocument {
    /// The client ID, which is the address of the document.
    pub client_id: String,
    /// Name to show, on one line; the host if the document has none. Anybody can take any name: the host says
    /// whose client it is.
    pub client_name: String,
    /// The host of the client ID.
    pub host: String,
    /// Where the client may be answered; at least one.
    pub redirect_uris: Vec<RedirectUri>,
    /// Page about the client, on the same host.
    pub client_uri: Option<String>,
}

impl ClientDocument {
    /// Whether a client ID is the address of a document rather than one that we gave out.
    pub fn is_address(client_id: &str) -> bool {
        client_id.starts_with("https://")
    }

    /// The redirect URI of a request, if the document permits it.
    pub fn permits(&self, asked: &str) -> Option<RedirectUri> {
        self.redirect_uris.iter().find_map(|uri| uri.permitted(asked))
    }
}

/// Fetches clients' documents, and remembers them.
pub struct Documents {
    download: Download,
    clock: Clock,
    places: Semaphore,
    good: Cache<String, Arc<Good>>,
    bad: Cache<String, Arc<Bad>>,
    hosts: Cache<String, Fetches>,
}

struct Good {
    document: ClientDocument,
    /// Until when it is good, and until when it will do if no other can be had.
    until: i64,
    at_most: i64,
}

struct Bad {
    error: DocumentError,
    until: i64,
}

/// Fetches from a host in a minute of the clock.
#[derive(Clone, Copy, Default)]
struct Fetches {
    minute: i64,
    count: u32,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

impl Documents {
    /// Documents of the internet. The error is [`DocumentError::Client`].
    pub fn new(clock: Clock) -> Result<Self, DocumentError> {
        Self::of(World::internet(), clock)
    }

    fn of<L: LookUp>(world: World<L>, clock: Clock) -> Result<Self, DocumentError> {
        Ok(Self {
            download: Download::new(world)?,
            clock,
            places: Semaphore::new(AT_ONCE),
            good: Cache::new(REMEMBERED),
            bad: Cache::new(REMEMBERED),
            hosts: Cache::new(REMEMBERED),
        })
    }

    /// The document at the address that is a client's ID: a pinned one, one that is remembered, or as it is now.
    pub async fn fetch(&self, client_id: &str) -> Result<ClientDocument, DocumentError> {
        if let Some(document) = pinned::find(client_id) {
            return Ok(document);
        }
        let address = Address::parse(client_id).map_err(DocumentError::Address)?;
        if let Some(remembered) = self.remembered(client_id) {
            return remembered;
        }
        let Ok(Ok(_place)) = tokio::time::timeout(WAIT, self.places.acquire()).await else {
            return self.instead(client_id, DocumentError::Busy);
        };
        // Whoever had the place before may have asked for the same.
        if let Some(remembered) = self.remembered(client_id) {
            return remembered;
        }
        if !self.may_ask(&address.host) {
            return self.instead(client_id, DocumentError::Busy);
        }
        let found = self.download.get(&address.url).await;
        match found.and_then(|found| Ok((ClientDocument::read(client_id, &found.body)?, found))) {
            Ok((document, found)) => Ok(self.keep(document, &found)),
            Err(error) => {
                // Not the answer is kept, which the draft forbids, but that we have just asked.
                let bad = Bad { error: error.clone(), until: self.clock.millis() + MINUTE };
                self.bad.insert(client_id.to_owned(), Arc::new(bad));
                self.instead(client_id, error)
            }
        }
    }

    fn remembered(&self, client_id: &str) -> Option<Result<ClientDocument, DocumentError>> {
        let now = self.clock.millis();
        if let Some(good) = self.good.get(client_id).filter(|good| now < good.until) {
            return Some(Ok(good.document.clone()));
        }
        let bad = self.bad.get(client_id).filter(|bad| now < bad.until)?;
        Some(self.instead(client_id, bad.error.clone()))
    }

    /// What is answered where no document can be had: the last one that could, for a day at most, unless its
    /// host has spoken and said something else.
    fn instead(&self, client_id: &str, error: DocumentError) -> Result<ClientDocument, DocumentError> {
        if matches!(error, DocumentError::Document(_) | DocumentError::Status(404 | 410)) {
            self.good.remove(client_id);
            return Err(error);
        }
        let now = self.clock.millis();
        match self.good.get(client_id).filter(|good| now < good.at_most) {
            Some(good) => Ok(good.document.clone()),
            None => Err(error),
        }
    }

    fn keep(&self, document: ClientDocument, found: &Downloaded) -> ClientDocument {
        let (now, (least, most, usual)) = (self.clock.millis(), KEPT);
        let good = Good {
            document: document.clone(),
            until: now + found.max_age.unwrap_or(usual).clamp(least, most),
            at_most: now + most,
        };
        self.bad.remove(&document.client_id);
        self.good.insert(document.client_id.clone(), Arc::new(good));
        document
    }

    /// Counts a fetch from a host; `false` if there were too many in this minute. Callers hold a place, so that
    /// those who count at the same time are few.
    fn may_ask(&self, host: &str) -> bool {
        let minute = self.clock.millis() / MINUTE;
        let before = self.hosts.get(host).filter(|fetches| fetches.minute == minute);
        let count = before.map_or(0, |fetches| fetches.count);
        if count >= FROM_A_HOST {
            return false;
        }
        self.hosts.insert(host.to_owned(), Fetches { minute, count: count + 1 });
        true
    }
}
