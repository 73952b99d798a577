//! MCP keys as they are stored: never the key, only its hash.

use super::{On, on_db};

/// One MCP key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyRow {
    /// A UUID of version 7.
    pub id: String,
    /// For whom it speaks.
    pub user_id: i64,
    /// Name its owner gave it.
    pub name: String,
    /// `read` or `write`.
    pub scope: String,
    /// SHA-256 of the whole key, hexadecimal.
    pub hash: String,
    /// First characters, to tell keys apart.
    pub hint: String,
    /// Calls per minute; `None` for the default of Settings.
    pub rate_limit: Option<i64>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Who made it; `None` for the command line.
    pub created_by: Option<i64>,
    /// Epoch milliseconds; `None` if it does not expire.
    pub expires_at: Option<i64>,
    /// Epoch milliseconds of its revocation.
    pub revoked_at: Option<i64>,
    /// Epoch milliseconds; written in batches, so up to some seconds late.
    pub last_used_at: Option<i64>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, scope, hash, hint, rate_limit, created_at, created_by, expires_at,
             revoked_at, last_used_at FROM mcp_keys ",
            $rest
        )
    };
}

/// Stores a new key.
pub async fn insert(on: On<'_>, row: &KeyRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_keys (id, user_id, name, scope, hash, hint, rate_limit, created_at,
            created_by, expires_at, revoked_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(row.user_id)
            .bind(&row.name)
            .bind(&row.scope)
            .bind(&row.hash)
            .bind(&row.hint)
            .bind(row.rate_limit)
            .bind(row.created_at)
            .bind(row.created_by)
            .bind(row.expires_at)
            .bind(row.revoked_at)
            .bind(row.last_used_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The key of that hash (hexadecimal SHA-256).
pub async fn by_hash(on: On<'_>, hash: &str) -> Result<Option<KeyRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE hash = $1");
    on_db!(on, c => sqlx::query_as(SQL).bind(hash).fetch_optional(&mut *c).await)
}

/// The key of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<KeyRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE id = $1");
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// A user's keys, newest first.
pub async fn of_user(on: On<'_>, user: i64) -> Result<Vec<KeyRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE user_id = $1 ORDER BY created_at DESC, id DESC");
    on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_all(&mut *c).await)
}

/// What a key is called, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyName {
    /// Its id.
    pub id: String,
    /// Name its owner gave it.
    pub name: String,
    /// Login of its owner.
    pub login: String,
}

/// The names of the keys that were made last, `most` of them, by owner and name.
pub async fn names(on: On<'_>, most: i64) -> Result<Vec<KeyName>, sqlx::Error> {
    const SQL: &str = "SELECT k.id, k.name, u.login FROM mcp_keys k JOIN res_users u ON u.id = k.user_id
        ORDER BY k.created_at DESC, k.id DESC LIMIT $1";
    let mut names: Vec<KeyName> = on_db!(on, c => sqlx::query_as(SQL).bind(most).fetch_all(&mut *c).await)?;
    names.sort_by(|a, b| (&a.login, &a.name, &a.id).cmp(&(&b.login, &b.name, &b.id)));
    Ok(names)
}

/// How one user stands with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyStanding {
    /// Whose.
    pub user_id: i64,
    /// Keys that are neither revoked nor expired.
    pub active: i64,
    /// Epoch milliseconds at which any of them was last used.
    pub last_used_at: Option<i64>,
}

/// How each user who ever had a key stands at `now`, by user.
pub async fn standings(on: On<'_>, now: i64) -> Result<Vec<KeyStanding>, sqlx::Error> {
    const SQL: &str = "SELECT user_id,
            CAST(SUM(CASE WHEN revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
                THEN 1 ELSE 0 END) AS BIGINT) AS active,
            MAX(last_used_at) AS last_used_at
        FROM mcp_keys GROUP BY user_id ORDER BY user_id";
    on_db!(on, c => sqlx::query_as(SQL).bind(now).fetch_all(&mut *c).await)
}

/// Revokes a key at `now`; false if it is unknown or was revoked before.
pub async fn revoke(on: On<'_>, id: &str, now: i64) -> Result<bool, sqlx::Error> {
    const SQL: &str = "UPDATE mcp_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    let changed = on_db!(on, c => {
        sqlx::query(SQL).bind(now).bind(id).execute(&mut *c).await.map(|r| r.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Notes that a key was used at `at`; an older time does not undo a newer one.
pub async fn touch(on: On<'_>, id: &str, at: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE mcp_keys SET last_used_at = $1
        WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
    on_db!(on, c => sqlx::query(SQL).bind(at).bind(id).execute(&mut *c).await.map(drop))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users::{self, NewUser};

    /// A key of a user, made at 1.
    pub fn of_user_until(id: &str, user_id: i64, expires_at: Option<i64>) -> KeyRow {
        KeyRow { expires_at, ..row(id, user_id, 1) }
    }

    fn row(id: &str, user_id: i64, created_at: i64) -> KeyRow {
        KeyRow {
            id: id.into(),
            user_id,
            name: "laptop".into(),
            scope: "read".into(),
            hash: format!("hash of {id}"),
            hint: "axk_abcd…".into(),
            rate_limit: Some(5),
            created_at,
            created_by: Some(user_id),
            expires_at: Some(99),
            revoked_at: None,
            last_used_at: None,
        }
    }

    #[tokio::test]
    async fn a_key_is_found_listed_and_revoked_once() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &NewUser::named("demo")).await.unwrap();
            let (old, new) = (row("a", user, 1), row("b", user, 2));
            insert(tx.on(), &old).await.unwrap();
            insert(tx.on(), &new).await.unwrap();
            assert_eq!(by_hash(tx.on(), "hash of a").await.unwrap(), Some(old.clone()), "{}", test.name);
            assert_eq!(by_hash(tx.on(), "hash of c").await.unwrap(), None);
            assert_eq!(of_user(tx.on(), user).await.unwrap(), [new, old], "{}", test.name);
            assert!(revoke(tx.on(), "a", 50).await.unwrap());
            assert!(!revoke(tx.on(), "a", 60).await.unwrap());
            assert!(!revoke(tx.on(), "c", 60).await.unwrap());
            assert_eq!(by_id(tx.on(), "a").await.unwrap().unwrap().revoked_at, Some(50), "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_users_standing_counts_what_still_works() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &NewUser::named("demo")).await.unwrap();
            for (id, expires_at) in [("a", None), ("b", Some(99)), ("c", Some(100)), ("d", None)] {
                insert(tx.on(), &KeyRow { expires_at, ..row(id, user, 1) }).await.unwrap();
            }
            revoke(tx.on(), "d", 50).await.unwrap();
            touch(tx.on(), "d", 40).await.unwrap();
            let standing = KeyStanding { user_id: user, active: 2, last_used_at: Some(40) };
            assert_eq!(standings(tx.on(), 99).await.unwrap(), [standing], "{}", test.name);
        }
    }

    #[tokio::test]
    async fn the_latest_use_is_kept() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &NewUser::named("demo")).await.unwrap();
            insert(tx.on(), &row("a", user, 1)).await.unwrap();
            for at in [10, 30, 20] {
                touch(tx.on(), "a", at).await.unwrap();
            }
            assert_eq!(by_id(tx.on(), "a").await.unwrap().unwrap().last_used_at, Some(30), "{}", test.name);
        }
    }
}
