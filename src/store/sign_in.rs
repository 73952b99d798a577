//! Tries to sign in that failed, and from where each user signed in before.

use super::{On, on_db};

/// What is counted against one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct FailureRow {
    /// Failures that are not forgotten yet, in thousandths, as of `seen_at`.
    pub level: i64,
    /// Epoch milliseconds of the last one.
    pub seen_at: i64,
    /// Epoch milliseconds before which there is no further try.
    pub wait_until: i64,
}

/// Epoch milliseconds before which a subject is not to try again; 0 if nothing is counted against it.
pub async fn wait_until(on: On<'_>, subject: &str) -> Result<i64, sqlx::Error> {
    const SQL: &str = "SELECT wait_until FROM sign_in_failures WHERE subject = $1";
    let row: Option<(i64,)> =
        on_db!(on, c => sqlx::query_as(SQL).bind(subject).fetch_optional(&mut *c).await)?;
    Ok(row.map_or(0, |(at,)| at))
}

/// What is counted against a subject, locked until the transaction ends; made at `now` if there is nothing yet.
pub async fn lock(mut on: On<'_>, subject: &str, now: i64) -> Result<FailureRow, sqlx::Error> {
    const MAKE: &str =
        "INSERT INTO sign_in_failures (subject, level, seen_at, wait_until) VALUES ($1, 0, $2, 0)
        ON CONFLICT (subject) DO NOTHING";
    // An update that changes nothing locks the row on PostgreSQL; on SQLite the transaction holds the lock anyway.
    const LOCK: &str = "UPDATE sign_in_failures SET level = level WHERE subject = $1
        RETURNING level, seen_at, wait_until";
    on_db!(on.on(), c => sqlx::query(MAKE).bind(subject).bind(now).execute(&mut *c).await.map(drop))?;
    on_db!(on, c => sqlx::query_as(LOCK).bind(subject).fetch_one(&mut *c).await)
}

/// Writes what is counted against a subject that is locked.
pub async fn put(on: On<'_>, subject: &str, row: &FailureRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "UPDATE sign_in_failures SET level = $2, seen_at = $3, wait_until = $4 WHERE subject = $1";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(subject)
            .bind(row.level)
            .bind(row.seen_at)
            .bind(row.wait_until)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Forgets what nobody added to since `before` (epoch milliseconds).
pub async fn prune(on: On<'_>, before: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM sign_in_failures WHERE seen_at < $1";
    on_db!(on, c => sqlx::query(SQL).bind(before).execute(&mut *c).await.map(drop))
}

/// Whether a user signed in from there since `since` (epoch milliseconds).
pub async fn is_known(on: On<'_>, mark: &str, user: i64, since: i64) -> Result<bool, sqlx::Error> {
    const SQL: &str = "SELECT 1 FROM sign_in_known WHERE mark = $1 AND user_id = $2 AND seen_at >= $3";
    let row: Option<(i32,)> = on_db!(on, c => {
        sqlx::query_as(SQL).bind(mark).bind(user).bind(since).fetch_optional(&mut *c).await
    })?;
    Ok(row.is_some())
}

/// Notes that a user signed in from there at `now`, and forgets all but the user's last `most` such places.
pub async fn know(mut on: On<'_>, mark: &str, user: i64, now: i64, most: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO sign_in_known (mark, user_id, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (mark, user_id) DO UPDATE SET seen_at = excluded.seen_at";
    const BEYOND: &str = "DELETE FROM sign_in_known WHERE user_id = $1 AND mark NOT IN (
            SELECT mark FROM sign_in_known WHERE user_id = $1 ORDER BY seen_at DESC, mark LIMIT $2)";
    on_db!(on.on(), c => sqlx::query(SQL).bind(mark).bind(user).bind(now).execute(&mut *c).await.map(drop))?;
    on_db!(on, c => sqlx::query(BEYOND).bind(user).bind(most).execute(&mut *c).await.map(drop))
}

/// Keeps a link that makes the first administrator, until `expires_at` (epoch milliseconds).
pub async fn add_first_link(on: On<'_>, hash: &str, expires_at: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO first_links (hash, expires_at) VALUES ($1, $2)";
    on_db!(on, c => sqlx::query(SQL).bind(hash).bind(expires_at).execute(&mut *c).await.map(drop))
}

/// Whether there is such a link that holds at `now`.
pub async fn has_first_link(on: On<'_>, hash: &str, now: i64) -> Result<bool, sqlx::Error> {
    const SQL: &str = "SELECT 1 FROM first_links WHERE hash = $1 AND expires_at > $2";
    let row: Option<(i32,)> =
        on_db!(on, c => sqlx::query_as(SQL).bind(hash).bind(now).fetch_optional(&mut *c).await)?;
    Ok(row.is_some())
}

/// Removes every such link.
pub async fn drop_first_links(on: On<'_>) -> Result<(), sqlx::Error> {
    on_db!(on, c => sqlx::query("DELETE FROM first_links").execute(&mut *c).await.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users::{NewUser, insert};

    #[tokio::test]
    async fn failures_are_counted_for_all_processes() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert_eq!(wait_until(tx.on(), "a").await.unwrap(), 0, "{test}");
            let made = lock(tx.on(), "a", 5).await.unwrap();
            assert_eq!(made, FailureRow { level: 0, seen_at: 5, wait_until: 0 }, "{test}");
            let counted = FailureRow { level: 1_500, seen_at: 7, wait_until: 90 };
            put(tx.on(), "a", &counted).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = test.db.begin().await.unwrap();
            assert_eq!(wait_until(tx.on(), "a").await.unwrap(), 90, "{test}");
            assert_eq!(lock(tx.on(), "a", 8).await.unwrap(), counted, "{test}: not made anew");
            prune(tx.on(), 7).await.unwrap();
            assert_eq!(wait_until(tx.on(), "a").await.unwrap(), 90, "{test}");
            prune(tx.on(), 8).await.unwrap();
            assert_eq!(wait_until(tx.on(), "a").await.unwrap(), 0, "{test}");
        }
    }

    #[tokio::test]
    async fn the_last_places_of_a_user_are_known() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = insert(tx.on(), &NewUser::named("u")).await.unwrap();
            for (mark, at) in [("a", 1), ("b", 2), ("c", 3), ("b", 4)] {
                know(tx.on(), mark, user, at, 2).await.unwrap();
            }
            let mut known = Vec::new();
            for mark in ["a", "b", "c", "d"] {
                known.push(is_known(tx.on(), mark, user, 3).await.unwrap());
            }
            assert_eq!(known, [false, true, true, false], "{test}");
            assert!(!is_known(tx.on(), "c", user, 4).await.unwrap(), "{test}: too long ago");
            assert!(!is_known(tx.on(), "b", user + 1, 0).await.unwrap(), "{test}: of another user");
        }
    }

    #[tokio::test]
    async fn a_first_link_holds_until_it_expires() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            add_first_link(tx.on(), "h", 10).await.unwrap();
            assert!(has_first_link(tx.on(), "h", 9).await.unwrap(), "{test}");
            assert!(!has_first_link(tx.on(), "h", 10).await.unwrap(), "{test}");
            assert!(!has_first_link(tx.on(), "x", 9).await.unwrap(), "{test}");
            drop_first_links(tx.on()).await.unwrap();
            assert!(!has_first_link(tx.on(), "h", 9).await.unwrap(), "{test}");
        }
    }
}
