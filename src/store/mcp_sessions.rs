//! MCP sessions: the legacy era's `Mcp-Session-Id`, of which only the hash is stored.

use super::{On, on_db};

/// One MCP session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct McpSessionRow {
    /// SHA-256 of the `Mcp-Session-Id`, hexadecimal.
    pub id: String,
    /// Key that initialised it.
    pub key_id: String,
    /// User of that key.
    pub user_id: i64,
    /// As the client says itself.
    pub client_name: String,
    /// As the client says itself.
    pub client_version: String,
    /// Revision that was agreed on.
    pub protocol_version: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds; written in batches, so up to some seconds late.
    pub last_seen_at: i64,
    /// Requests made; written in batches.
    pub calls: i64,
    /// Connection that initialised it; `None` where the key itself did.
    pub grant_id: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, key_id, user_id, client_name, client_version, protocol_version, created_at,
             last_seen_at, calls, grant_id FROM mcp_sessions ",
            $rest
        )
    };
}

/// Stores a new session and ends the least recently used beyond `most` of the same key, or of the same connection.
pub async fn insert(mut on: On<'_>, row: &McpSessionRow, most: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_sessions (id, key_id, user_id, client_name, client_version,
            protocol_version, created_at, last_seen_at, calls, grant_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    const BEYOND: &str = "DELETE FROM mcp_sessions
        WHERE key_id = $1 AND COALESCE(grant_id, '') = $2 AND id NOT IN (
            SELECT id FROM mcp_sessions WHERE key_id = $1 AND COALESCE(grant_id, '') = $2
            ORDER BY last_seen_at DESC, id DESC LIMIT $3)";
    on_db!(on.on(), c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(&row.key_id)
            .bind(row.user_id)
            .bind(&row.client_name)
            .bind(&row.client_version)
            .bind(&row.protocol_version)
            .bind(row.created_at)
            .bind(row.last_seen_at)
            .bind(row.calls)
            .bind(&row.grant_id)
            .execute(&mut *c)
            .await
            .map(drop)
    })?;
    on_db!(on, c => sqlx::query(BEYOND).bind(&row.key_id).bind(row.grant_id.as_deref().unwrap_or_default()).bind(most).execute(&mut *c).await.map(drop))
}

/// The session with this hash.
pub async fn find(on: On<'_>, id: &str) -> Result<Option<McpSessionRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(&mut *c).await)
}

/// Sessions seen since `since` (epoch milliseconds), the last seen first.
pub async fn live(on: On<'_>, since: i64) -> Result<Vec<McpSessionRow>, sqlx::Error> {
    on_db!(on, c => {
        sqlx::query_as(select!("WHERE last_seen_at >= $1 ORDER BY last_seen_at DESC, id"))
            .bind(since)
            .fetch_all(&mut *c)
            .await
    })
}

/// A session with the names of those behind it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveSession {
    /// SHA-256 of the `Mcp-Session-Id`, hexadecimal.
    pub id: String,
    /// Key that initialised it.
    pub key_id: String,
    /// Its name; `None` where it is gone.
    pub key_name: Option<String>,
    /// Name of the OAuth client through which it came; `None`: by the key itself.
    pub oauth_client: Option<String>,
    /// User of that key.
    pub user_id: i64,
    /// Login of that user; `None` where the user is gone.
    pub login: Option<String>,
    /// As the client says itself.
    pub client_name: String,
    /// As the client says itself.
    pub client_version: String,
    /// Revision that was agreed on.
    pub protocol_version: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub last_seen_at: i64,
    /// Requests made.
    pub calls: i64,
}

/// `limit` sessions seen after `since` (epoch milliseconds), the last seen first, behind the first `offset`.
pub async fn page_of_live(
    on: On<'_>,
    since: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<LiveSession>, sqlx::Error> {
    const SQL: &str =
        "SELECT s.id, s.key_id, k.name AS key_name, o.name AS oauth_client, s.user_id, u.login, s.client_name, s.client_version,
            s.protocol_version, s.created_at, s.last_seen_at, s.calls
        FROM mcp_sessions s
        LEFT JOIN res_users u ON u.id = s.user_id
        LEFT JOIN mcp_keys k ON k.id = s.key_id
        LEFT JOIN oauth_grants g ON g.id = s.grant_id
        LEFT JOIN oauth_clients o ON o.id = g.client
        WHERE s.last_seen_at > $1 ORDER BY s.last_seen_at DESC, s.id LIMIT $2 OFFSET $3";
    on_db!(on, c => sqlx::query_as(SQL).bind(since).bind(limit).bind(offset).fetch_all(&mut *c).await)
}

/// How many sessions were seen after `since` (epoch milliseconds).
pub async fn count_live(on: On<'_>, since: i64) -> Result<i64, sqlx::Error> {
    const SQL: &str = "SELECT COUNT(*) FROM mcp_sessions WHERE last_seen_at > $1";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(since).fetch_one(&mut *c).await)
}

/// How many sessions of each key of a user were seen since `since` (epoch milliseconds), by key.
pub async fn counts_of_user(on: On<'_>, user: i64, since: i64) -> Result<Vec<(String, i64)>, sqlx::Error> {
    const SQL: &str = "SELECT key_id, COUNT(*) FROM mcp_sessions WHERE user_id = $1 AND last_seen_at >= $2
        GROUP BY key_id ORDER BY key_id";
    on_db!(on, c => sqlx::query_as(SQL).bind(user).bind(since).fetch_all(&mut *c).await)
}

/// Ends every session of any connection.
pub async fn delete_of_grants(on: On<'_>) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_sessions WHERE grant_id IS NOT NULL";
    on_db!(on, c => sqlx::query(SQL).execute(&mut *c).await.map(drop))
}

/// Ends every session of a connection.
pub async fn delete_of_grant(on: On<'_>, grant: &str) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_sessions WHERE grant_id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(grant).execute(&mut *c).await.map(drop))
}

/// Ends every session of a key.
pub async fn delete_of_key(on: On<'_>, key: &str) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_sessions WHERE key_id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(key).execute(&mut *c).await.map(drop))
}

/// Adds what happened in a session since it was last written. A later moment is never overwritten by an
/// earlier one, since several processes write.
pub async fn touch(on: On<'_>, id: &str, seen_at: i64, calls: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE mcp_sessions SET calls = calls + $3,
            last_seen_at = CASE WHEN last_seen_at < $2 THEN $2 ELSE last_seen_at END
        WHERE id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(id).bind(seen_at).bind(calls).execute(&mut *c).await.map(drop))
}

/// Ends a session; whether there was one.
pub async fn delete(on: On<'_>, id: &str) -> Result<bool, sqlx::Error> {
    on_db!(on, c => {
        let done = sqlx::query("DELETE FROM mcp_sessions WHERE id = $1").bind(id).execute(&mut *c).await?;
        Ok(done.rows_affected() > 0)
    })
}

/// Ends all that were last seen before `before` (epoch milliseconds).
pub async fn prune(on: On<'_>, before: i64) -> Result<(), sqlx::Error> {
    on_db!(on, c => {
        sqlx::query("DELETE FROM mcp_sessions WHERE last_seen_at < $1").bind(before).execute(&mut *c).await.map(drop)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users;

    /// A session of a connection.
    pub fn of_grant(grant: &str) -> McpSessionRow {
        McpSessionRow { grant_id: Some(grant.into()), ..row(grant, 10) }
    }

    fn row(id: &str, seen: i64) -> McpSessionRow {
        McpSessionRow {
            id: id.into(),
            key_id: "k".into(),
            grant_id: None,
            user_id: 7,
            client_name: "codex".into(),
            client_version: "0.169".into(),
            protocol_version: "2025-06-18".into(),
            created_at: 1,
            last_seen_at: seen,
            calls: 0,
        }
    }

    #[tokio::test]
    async fn is_kept_touched_and_ended() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), &row("a", 10), 9).await.unwrap();
            assert_eq!(find(tx.on(), "a").await.unwrap(), Some(row("a", 10)), "{}", test.name);
            touch(tx.on(), "a", 30, 2).await.unwrap();
            touch(tx.on(), "a", 20, 1).await.unwrap();
            assert_eq!(
                find(tx.on(), "a").await.unwrap().unwrap(),
                McpSessionRow { calls: 3, ..row("a", 30) }
            );
            assert!(delete(tx.on(), "a").await.unwrap());
            assert!(!delete(tx.on(), "a").await.unwrap());
            assert_eq!(find(tx.on(), "a").await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn the_old_and_those_beyond_the_most_are_ended() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, seen) in [("a", 10), ("b", 30), ("c", 20)] {
                insert(tx.on(), &row(id, seen), 2).await.unwrap();
            }
            let ids = |rows: Vec<McpSessionRow>| rows.into_iter().map(|r| r.id).collect::<Vec<_>>();
            assert_eq!(ids(live(tx.on(), 0).await.unwrap()), ["b", "c"], "{}", test.name);
            assert_eq!(ids(live(tx.on(), 25).await.unwrap()), ["b"]);
            prune(tx.on(), 25).await.unwrap();
            assert_eq!(ids(live(tx.on(), 0).await.unwrap()), ["b"]);
        }
    }

    #[tokio::test]
    async fn live_ones_are_listed_with_their_names() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            for (id, seen) in [("a", 10), ("b", 30), ("c", 20)] {
                let user_id = if id == "b" { 99 } else { user };
                insert(tx.on(), &McpSessionRow { user_id, ..row(id, seen) }, 9).await.unwrap();
            }
            assert_eq!(
                count_live(tx.on(), 10).await.unwrap(),
                2,
                "{test}: its time has run out at that moment"
            );
            let all = page_of_live(tx.on(), 0, 2, 0).await.unwrap();
            let names: Vec<_> = all.iter().map(|s| (s.id.as_str(), s.login.as_deref())).collect();
            assert_eq!(names, [("b", None), ("c", Some("demo"))], "{test}");
            assert_eq!(all[0].key_name, None, "{test}");
            assert_eq!(page_of_live(tx.on(), 0, 2, 2).await.unwrap()[0].id, "a", "{test}");
        }
    }

    #[tokio::test]
    async fn the_sessions_of_a_users_keys_are_counted_and_ended_with_the_key() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, key_id, user_id, seen) in
                [("a", "k", 7, 10), ("b", "k", 7, 30), ("c", "l", 7, 30), ("d", "m", 8, 30)]
            {
                let new = McpSessionRow { key_id: key_id.into(), user_id, ..row(id, seen) };
                insert(tx.on(), &new, 9).await.unwrap();
            }
            let counts = counts_of_user(tx.on(), 7, 0).await.unwrap();
            assert_eq!(counts, [("k".to_owned(), 2), ("l".to_owned(), 1)], "{}", test.name);
            assert_eq!(counts_of_user(tx.on(), 7, 20).await.unwrap()[0].1, 1, "{}", test.name);
            delete_of_key(tx.on(), "k").await.unwrap();
            delete_of_grants(tx.on()).await.unwrap();
            assert_eq!(live(tx.on(), 0).await.unwrap().len(), 2, "{}: none was a connection's", test.name);
            insert(tx.on(), &McpSessionRow { grant_id: Some("g".into()), ..row("e", 30) }, 9).await.unwrap();
            delete_of_grants(tx.on()).await.unwrap();
            assert_eq!(live(tx.on(), 0).await.unwrap().len(), 2, "{}", test.name);
        }
    }
}
