//! The browsers' sessions, of whose cookies only the hash is stored.

use super::{On, on_db};

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WebSessionRow {
    /// SHA-256 of the cookie's value, hexadecimal.
    pub id: String,
    /// Who is signed in.
    pub user_id: Option<i64>,
    /// JSON object.
    pub data: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// Stores a session; in place of the one of the same id where `replace`, else false if there is one.
pub async fn put(on: On<'_>, row: &WebSessionRow, replace: bool) -> Result<bool, sqlx::Error> {
    const NEW: &str = "INSERT INTO web_sessions (id, user_id, data, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO NOTHING";
    // Only what is there: a session that was ended while a request of it was under way stays ended.
    const OLD: &str = "UPDATE web_sessions SET user_id = $2, data = $3, expires_at = $4 WHERE id = $1";
    let sql = if replace { OLD } else { NEW };
    let rows = on_db!(on, c => {
        sqlx::query(sql)
            .bind(&row.id)
            .bind(row.user_id)
            .bind(&row.data)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(rows > 0)
}

/// The session of that id, unless it has ended by `now`.
pub async fn find(on: On<'_>, id: &str, now: i64) -> Result<Option<WebSessionRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT id, user_id, data, expires_at FROM web_sessions WHERE id = $1 AND expires_at > $2";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).bind(now).fetch_optional(&mut *c).await)
}

/// Ends a session.
pub async fn delete(on: On<'_>, id: &str) -> Result<(), sqlx::Error> {
    on_db!(on, c => sqlx::query("DELETE FROM web_sessions WHERE id = $1").bind(id).execute(&mut *c).await.map(drop))
}

/// Ends every session of a user but the one of id `but`, and answers how many that were.
pub async fn delete_of_user(on: On<'_>, user: i64, but: &str) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM web_sessions WHERE user_id = $1 AND id <> $2";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(but).execute(&mut *c).await.map(|done| done.rows_affected()))
}

/// How many sessions of a user have not ended by `now`.
pub async fn count_of_user(on: On<'_>, user: i64, now: i64) -> Result<i64, sqlx::Error> {
    const SQL: &str = "SELECT COUNT(*) FROM web_sessions WHERE user_id = $1 AND expires_at > $2";
    let (count,): (i64,) =
        on_db!(on, c => sqlx::query_as(SQL).bind(user).bind(now).fetch_one(&mut *c).await)?;
    Ok(count)
}

/// Removes the sessions that ended before `now`.
pub async fn prune(on: On<'_>, now: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM web_sessions WHERE expires_at <= $1";
    on_db!(on, c => sqlx::query(SQL).bind(now).execute(&mut *c).await.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn row(id: &str, user_id: Option<i64>, expires_at: i64) -> WebSessionRow {
        WebSessionRow { id: id.into(), user_id, data: "{}".into(), expires_at }
    }

    #[tokio::test]
    async fn a_session_is_kept_until_it_ends() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert!(!put(tx.on(), &row("a", None, 50), true).await.unwrap(), "{test}: none to replace");
            assert!(put(tx.on(), &row("a", None, 50), false).await.unwrap());
            assert!(!put(tx.on(), &row("a", Some(1), 50), false).await.unwrap(), "{test}: taken");
            assert!(put(tx.on(), &row("a", Some(7), 60), true).await.unwrap());
            assert_eq!(find(tx.on(), "a", 59).await.unwrap(), Some(row("a", Some(7), 60)), "{test}");
            assert_eq!(find(tx.on(), "a", 60).await.unwrap(), None, "{test}");
            prune(tx.on(), 60).await.unwrap();
            assert_eq!(find(tx.on(), "a", 0).await.unwrap(), None, "{test}");
        }
    }

    #[tokio::test]
    async fn a_user_signs_out_everywhere_else() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, user) in [("a", 7), ("b", 7), ("c", 7), ("d", 8)] {
                put(tx.on(), &row(id, Some(user), 50), false).await.unwrap();
            }
            assert_eq!(count_of_user(tx.on(), 7, 49).await.unwrap(), 3, "{test}");
            assert_eq!(count_of_user(tx.on(), 7, 50).await.unwrap(), 0, "{test}");
            assert_eq!(delete_of_user(tx.on(), 7, "b").await.unwrap(), 2, "{test}");
            delete(tx.on(), "d").await.unwrap();
            let mut left = Vec::new();
            for id in ["a", "b", "c", "d"] {
                left.extend(find(tx.on(), id, 0).await.unwrap().map(|row| row.id));
            }
            assert_eq!(left, ["b"], "{test}");
        }
    }
}
