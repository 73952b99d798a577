//! Takes away what is stored of connections that nobody can use any more.

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::store::sweep::now_and_then;
use crate::store::{Db, oauth_clients, oauth_grants, oauth_tokens};

const DAY: i64 = 86_400_000;
/// Tokens that ended are kept for a week, so that whoever shows one is told that it has expired, and not that it is
/// unknown.
const TOKENS: i64 = 7 * DAY;
/// Codes are kept for a day, so that one that comes twice is seen; and so long is waited for whoever registered.
const CODES: i64 = DAY;
/// Connections that ended are shown for a quarter of a year; the log has them for longer.
const GRANTS: i64 = 90 * DAY;

/// Sweeps now and then, until told to stop.
pub async fn sweep_always(db: Db, clock: Clock, stop: CancellationToken) {
    now_and_then("ended tokens, codes and clients", stop, || sweep(&db, &clock)).await;
}

/// Takes away tokens and codes that ended, approvals that no client came for, and clients that came by themselves and
/// that nobody approved; answers how many rows they were.
pub async fn sweep(db: &Db, clock: &Clock) -> Result<u64, sqlx::Error> {
    let now = clock.millis();
    // Each by itself: what one can't take away now, because somebody has just come for it, holds up no other.
    let mut tx = db.begin().await?;
    let mut rows = oauth_tokens::prune(tx.on(), now - TOKENS).await?;
    tx.commit().await?;
    let mut tx = db.begin().await?;
    rows += oauth_grants::prune(tx.on(), now - CODES).await?
        + oauth_grants::forget(tx.on(), now - GRANTS).await?;
    tx.commit().await?;
    let mut tx = db.begin().await?;
    rows += oauth_clients::prune(tx.on(), now - CODES).await?;
    tx.commit().await?;
    Ok(rows)
}
