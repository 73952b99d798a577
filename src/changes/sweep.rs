//! Takes away answers that nobody will ask for again.

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::store::sweep::now_and_then;
use crate::store::{Db, idempotency};

/// Answers are kept for a day: whoever repeats a call later has forgotten why.
pub const KEPT: i64 = 86_400_000;

/// Sweeps now and then, until told to stop.
pub async fn sweep_always(db: Db, clock: Clock, stop: CancellationToken) {
    now_and_then("answers of writes", stop, || sweep(&db, &clock)).await;
}

async fn sweep(db: &Db, clock: &Clock) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let rows = idempotency::prune(tx.on(), clock.millis() - KEPT).await?;
    tx.commit().await?;
    Ok(rows)
}
