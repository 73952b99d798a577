//! Rate limits as they are stored: for each subject the calls of its last 60 seconds, changed by
//! compare-and-swap, so that processes that share the database share the limit.

use super::{On, on_db};

/// The calls of one subject.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RateLimitRow {
    /// Grows by one with every change.
    pub version: i64,
    /// Epoch second of the newest bucket.
    pub second: i64,
    /// JSON array: calls of that second and of the ones before, newest first.
    pub buckets: String,
}

/// The row of a subject, locked until the transaction ends; made with no calls, at `second`, if there is none.
pub async fn lock(mut on: On<'_>, subject: &str, second: i64) -> Result<RateLimitRow, sqlx::Error> {
    const MAKE: &str = "INSERT INTO rate_limits (subject, version, second, buckets) VALUES ($1, 0, $2, '[]')
        ON CONFLICT (subject) DO NOTHING";
    if let Some(row) = locked(on.on(), subject).await? {
        return Ok(row);
    }
    on_db!(on.on(), c => sqlx::query(MAKE).bind(subject).bind(second).execute(&mut *c).await.map(drop))?;
    locked(on, subject).await?.ok_or(sqlx::Error::RowNotFound)
}

/// An update that changes nothing locks the row on PostgreSQL; on SQLite the transaction holds the lock anyway.
async fn locked(on: On<'_>, subject: &str) -> Result<Option<RateLimitRow>, sqlx::Error> {
    const SQL: &str = "UPDATE rate_limits SET version = version WHERE subject = $1
        RETURNING version, second, buckets";
    on_db!(on, c => sqlx::query_as(SQL).bind(subject).fetch_optional(&mut *c).await)
}

/// Writes a subject's calls if its row still has the version of `row`, and raises the version by one.
/// False: another caller changed the row since, and nothing was written.
pub async fn swap(on: On<'_>, subject: &str, row: &RateLimitRow) -> Result<bool, sqlx::Error> {
    const SQL: &str = "UPDATE rate_limits SET version = version + 1, second = $3, buckets = $4
        WHERE subject = $1 AND version = $2";
    let written = on_db!(on, c => {
        sqlx::query(SQL)
            .bind(subject)
            .bind(row.version)
            .bind(row.second)
            .bind(&row.buckets)
            .execute(&mut *c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(written == 1)
}

/// Takes away the rows whose newest bucket is older than `before` (epoch seconds); answers how many they were.
pub async fn prune(on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM rate_limits WHERE second < $1";
    on_db!(on, c => sqlx::query(SQL).bind(before).execute(&mut *c).await.map(|done| done.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn only_the_version_that_was_seen_is_replaced() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let made = lock(tx.on(), "key", 100).await.unwrap();
            assert_eq!(made, RateLimitRow { version: 0, second: 100, buckets: "[]".into() }, "{}", test.name);
            let next = RateLimitRow { version: 0, second: 101, buckets: "[3,1]".into() };
            assert!(swap(tx.on(), "key", &next).await.unwrap(), "{}", test.name);
            assert!(!swap(tx.on(), "key", &next).await.unwrap(), "{}", test.name);
            assert!(!swap(tx.on(), "other", &next).await.unwrap(), "{}", test.name);
            tx.commit().await.unwrap();

            let mut tx = test.db.begin().await.unwrap();
            let kept = lock(tx.on(), "key", 200).await.unwrap();
            assert_eq!(kept, RateLimitRow { version: 1, ..next }, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn who_locks_first_goes_first() {
        for test in databases().await {
            let mut first = test.db.begin().await.unwrap();
            let row = lock(first.on(), "key", 100).await.unwrap();
            let db = test.db.clone();
            let second = tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                lock(tx.on(), "key", 100).await.unwrap()
            });
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            assert!(!second.is_finished(), "{}", test.name);
            assert!(swap(first.on(), "key", &row).await.unwrap());
            first.commit().await.unwrap();
            assert_eq!(second.await.unwrap().version, 1, "{}", test.name);
        }
    }
}
