//! Takes away what is stored of keys that call no more.

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::store::sweep::now_and_then;
use crate::store::{Db, rate_limits};

/// Windows whose newest call is older are taken away, in seconds. They hold nothing since a minute after it; a day
/// leaves room for a clock that is set back.
const KEPT: i64 = 86_400;

/// Sweeps now and then, until told to stop.
pub async fn sweep_always(db: Db, clock: Clock, stop: CancellationToken) {
    now_and_then("rate limits of keys that call no more", stop, || sweep(&db, &clock)).await;
}

/// Takes away the windows of keys that made no call for a day, revoked, expired and deleted ones among them; answers
/// how many they were.
async fn sweep(db: &Db, clock: &Clock) -> Result<u64, sqlx::Error> {
    let before = clock.millis().div_euclid(1000).saturating_sub(KEPT);
    let mut tx = db.begin().await?;
    let rows = rate_limits::prune(tx.on(), before).await?;
    tx.commit().await?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Limiter;
    use crate::policy::Quota;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn a_day_without_calls_leaves_nothing_and_frees_nothing() {
        for test in databases().await {
            let clock = Clock::fixed(1_795_000_000_000);
            let (one, two) =
                (Limiter::new(test.db.clone(), clock.clone()), Limiter::new(test.db.clone(), clock.clone()));
            for limiter in [&one, &one, &one] {
                assert_eq!(limiter.take("idle", 3).await.unwrap(), Quota::Within, "{}", test.name);
            }
            clock.advance(KEPT * 1000);
            assert_eq!(sweep(&test.db, &clock).await.unwrap(), 0, "{}", test.name);
            one.take("busy", 3).await.unwrap();
            clock.advance(1000);
            assert_eq!(sweep(&test.db, &clock).await.unwrap(), 1, "{}", test.name);
            // The row is made anew by another process and comes to the version that the first one remembers.
            for _ in 0..3 {
                assert_eq!(two.take("idle", 3).await.unwrap(), Quota::Within, "{}", test.name);
            }
            assert_eq!(
                one.take("idle", 3).await.unwrap(),
                Quota::Exceeded { limit: 3, retry_after: 60 },
                "{}",
                test.name
            );
        }
    }
}
