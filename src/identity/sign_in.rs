//! Who may try to sign in, and when again: failures are counted in the store for every process together.
//!
//! A try is counted as a failure before the password is looked at, so that many at once are no way round, and taken
//! back when it fits. Counted are a login from an address, an address, and a login from everywhere. Whoever signed in
//! to that account before, from this address or with this browser, is not held up by what strangers do elsewhere:
//! nobody can lock another out. A login that there is not is treated like one that there is.

mod pressure;

use std::net::IpAddr;

use self::pressure::{ACCOUNT, ADDRESS, Budget, PAIR};
use super::IdentityError;
use super::secret::{Digest, Secret};
use crate::clock::Clock;
use crate::store::sign_in::{self as rows, FailureRow};
use crate::store::{Db, On, accounts, users};

/// What the cookie begins with by which a browser is known again.
pub const BROWSER_PREFIX: &str = "axd_";
const DAY: i64 = 86_400_000;
/// For how long a place is known from which somebody signed in.
const KNOWN: i64 = 180 * DAY;
/// Places that are remembered of each user.
const KNOWN_MOST: i64 = 50;
/// Failures that nothing was added to for so long are forgotten for good.
const KEPT: i64 = 2 * DAY;

/// Somebody who wants in.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a> {
    /// As it was typed.
    pub login: &'a str,
    /// Where from.
    pub address: IpAddr,
    /// The browser's cookie of an earlier sign-in.
    pub browser: Option<&'a str>,
}

/// Whether the password may be tried.
pub enum Door {
    /// It may; the try is counted as a failure until [`let_in`].
    Open(Entry),
    /// Not before so many seconds have passed.
    Wait {
        /// From now; at least 1.
        seconds: i64,
    },
}

/// A try that is under way.
pub struct Entry {
    held: Vec<Held>,
    address: String,
    browser: Option<Digest>,
    /// Seconds that the next try will have to wait if this one fails.
    pub wait_after: i64,
}

struct Held {
    subject: String,
    row: FailureRow,
    /// Whether it is forgotten altogether once somebody is let in.
    own: bool,
}

/// Counts a try, unless there were too many.
pub async fn knock(db: &Db, clock: &Clock, knock: &Knock<'_>) -> Result<Door, IdentityError> {
    let now = clock.millis();
    let browser = knock.browser.and_then(|text| Digest::of_sent(BROWSER_PREFIX, text).ok());
    let address = mark("address", &place(knock.address));
    let mut conn = db.read().await?;
    let user = users::by_login(conn.on(), knock.login).await?.map_or(-1, |user| user.id);
    let since = now - KNOWN;
    let known_browser = match &browser {
        Some(browser) => rows::is_known(conn.on(), &browser.hex(), user, since).await?,
        None => false,
    };
    let known_address = rows::is_known(conn.on(), &address, user, since).await?;
    let subjects = subjects(knock, browser.as_ref().filter(|_| known_browser), known_address, &address);
    // Looked at first without a transaction, so that one who knocks on and on writes nothing.
    let mut until = 0;
    for (subject, ..) in &subjects {
        until = until.max(rows::wait_until(conn.on(), subject).await?);
    }
    drop(conn);
    if until > now {
        return Ok(Door::Wait { seconds: seconds(until - now) });
    }
    let mut tx = db.begin().await?;
    let mut held = Vec::new();
    for (subject, budget, own) in subjects {
        let before = rows::lock(tx.on(), &subject, now).await?;
        if before.wait_until > now {
            return Ok(Door::Wait { seconds: seconds(before.wait_until - now) });
        }
        let row = budget.count(before, now);
        rows::put(tx.on(), &subject, &row).await?;
        held.push(Held { subject, row, own });
    }
    tx.commit().await?;
    // On its own: it must not hold what others wait for while it waits for them.
    if let Err(error) = prune(db, now - KEPT).await {
        tracing::debug!(%error, "old failures to sign in could not be forgotten");
    }
    let wait_after = held.iter().map(|held| held.row.wait_until - now).max().unwrap_or_default();
    let wait_after = if wait_after > 0 { seconds(wait_after) } else { 0 };
    Ok(Door::Open(Entry { held, address, browser, wait_after }))
}

async fn prune(db: &Db, before: i64) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    rows::prune(tx.on(), before).await?;
    tx.commit().await
}

/// Takes back what was counted: the password fitted.
pub async fn absolve(mut on: On<'_>, clock: &Clock, entry: &Entry) -> Result<(), IdentityError> {
    let now = clock.millis();
    for Held { subject, row, own } in &entry.held {
        let stored = rows::lock(on.on(), subject, now).await?;
        let left =
            if *own { FailureRow { seen_at: now, ..FailureRow::default() } } else { back(stored, *row) };
        rows::put(on.on(), subject, &left).await?;
    }
    Ok(())
}

/// Takes back what was counted, and remembers from where the user signed in. Answers what the browser's cookie is to
/// be from now on, if it is to be another.
pub async fn let_in(
    mut on: On<'_>,
    clock: &Clock,
    entry: &Entry,
    user: i64,
) -> Result<Option<Secret>, IdentityError> {
    absolve(on.on(), clock, entry).await?;
    let now = clock.millis();
    let (cookie, browser) = if let Some(known) = entry.browser {
        (None, known)
    } else {
        let secret = Secret::mint(BROWSER_PREFIX)?;
        let digest = secret.digest();
        (Some(secret), digest)
    };
    rows::know(on.on(), &entry.address, user, now, KNOWN_MOST).await?;
    rows::know(on.on(), &browser.hex(), user, now, KNOWN_MOST).await?;
    accounts::note_login(on, user, now).await?;
    Ok(cookie)
}

/// What is counted, under which budget, and whether it is the caller's own; in one order, so that no two wait for
/// each other.
fn subjects(
    knock: &Knock<'_>,
    browser: Option<&Digest>,
    known_address: bool,
    address: &str,
) -> Vec<(String, Budget, bool)> {
    let login = knock.login.to_ascii_lowercase();
    let mut subjects = if let Some(browser) = browser {
        vec![(mark("browser", &format!("{} {login}", browser.hex())), PAIR, true)]
    } else {
        let pair = mark("login from", &format!("{address} {login}"));
        vec![(pair, PAIR, true), (address.to_owned(), ADDRESS, false)]
    };
    if browser.is_none() && !known_address {
        subjects.push((mark("login", &login), ACCOUNT, false));
    }
    subjects.sort_by(|a, b| a.0.cmp(&b.0));
    subjects
}

/// Without the one failure that turned out to be none.
const fn back(stored: FailureRow, counted: FailureRow) -> FailureRow {
    let level = if stored.level > pressure::ONE { stored.level - pressure::ONE } else { 0 };
    let wait_until = if stored.wait_until == counted.wait_until { 0 } else { stored.wait_until };
    FailureRow { level, wait_until, ..stored }
}

/// A typed login may be a password: what is stored of it can't be read.
fn mark(kind: &str, text: &str) -> String {
    Digest::of(format!("{kind} {text}")).hex()
}

/// What one party holds: an address of IPv4, the /64 of one of IPv6.
fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", u128::from(address) >> 64),
    }
}

const fn seconds(millis: i64) -> i64 {
    (millis + 999) / 1_000
}

#[cfg(test)]
mod tests;
