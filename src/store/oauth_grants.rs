//! Connections: what people approved, and the codes that are given out for one.

use super::oauth_tokens::AccessRow;
use super::{On, on_db};

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GrantRow {
    /// A UUID of version 7.
    pub id: String,
    /// Id of the client.
    pub client: String,
    /// Who approved it, and for whom it acts.
    pub user_id: i64,
    /// The MCP key that bounds it.
    pub key_id: String,
    /// What was granted, separated by spaces.
    pub scope: String,
    /// Where its code went.
    pub redirect_uri: String,
    /// Epoch milliseconds of the approval.
    pub created_at: i64,
    /// Epoch milliseconds at which its code was exchanged.
    pub connected_at: Option<i64>,
    /// Epoch milliseconds; written in batches, so up to some seconds late.
    pub last_used_at: Option<i64>,
    /// Epoch milliseconds from which no token of it can work any more.
    pub expires_at: i64,
    /// Epoch milliseconds of its revocation.
    pub revoked_at: Option<i64>,
    /// Why it was revoked.
    pub revoked_why: Option<String>,
}

/// An authorization code.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CodeRow {
    /// SHA-256 of the whole code, hexadecimal.
    pub hash: String,
    /// Its connection.
    pub grant_id: String,
    /// The redirect URI to the letter.
    pub redirect_uri: String,
    /// PKCE, S256.
    pub code_challenge: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// Epoch milliseconds at which it was exchanged.
    pub used_at: Option<i64>,
}

/// A connection with the names of those behind it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Id of the grant.
    pub id: String,
    /// Id of the client.
    pub client: String,
    /// Its name.
    pub client_name: String,
    /// Where it came from.
    pub source: String,
    /// Whether the client is enabled.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
    /// For whom it acts.
    pub user_id: i64,
    /// Login of that user.
    pub login: String,
    /// Name of that user.
    pub user_name: String,
    /// The MCP key that bounds it.
    pub key_id: String,
    /// Name of that key.
    pub key_name: String,
    /// `read` or `write`: the key's scope.
    pub key_scope: String,
    /// Epoch milliseconds.
    pub key_expires_at: Option<i64>,
    /// Epoch milliseconds.
    pub key_revoked_at: Option<i64>,
    /// What was granted, separated by spaces.
    pub scope: String,
    /// Where its code went.
    pub redirect_uri: String,
    /// Epoch milliseconds at which its code was exchanged.
    pub connected_at: i64,
    /// Epoch milliseconds.
    pub last_used_at: Option<i64>,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// Epoch milliseconds of its revocation.
    pub revoked_at: Option<i64>,
    /// Why it was revoked.
    pub revoked_why: Option<String>,
}

macro_rules! connections {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.client, c.name AS client_name, c.source, c.enabled, c.allow_read, c.allow_write,
                g.user_id, u.login, u.name AS user_name, g.key_id, k.name AS key_name, k.scope AS key_scope,
                k.expires_at AS key_expires_at, k.revoked_at AS key_revoked_at, g.scope, g.redirect_uri,
                g.connected_at, g.last_used_at, g.expires_at, g.revoked_at, g.revoked_why
            FROM oauth_grants g
            JOIN oauth_clients c ON c.id = g.client
            JOIN res_users u ON u.id = g.user_id
            JOIN mcp_keys k ON k.id = g.key_id
            WHERE g.connected_at IS NOT NULL ",
            $rest,
            " ORDER BY g.connected_at DESC, g.id DESC"
        )
    };
}

/// A connection that was made, as an access token of it that lasts as long would speak for it.
pub async fn standing(on: On<'_>, id: &str) -> Result<Option<AccessRow>, sqlx::Error> {
    const SQL: &str = "SELECT '' AS hash, g.scope, g.expires_at, CAST(NULL AS BIGINT) AS revoked_at, g.id AS grant_id,
            g.revoked_at AS grant_revoked_at, g.key_id, g.user_id, c.name AS client_name, c.enabled, c.allow_read,
            c.allow_write
        FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client
        WHERE g.id = $1 AND g.connected_at IS NOT NULL";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// Stores a new connection, whose code has yet to be exchanged.
pub async fn insert(on: On<'_>, row: &GrantRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO oauth_grants (id, client, user_id, key_id, scope, redirect_uri, created_at,
            connected_at, last_used_at, expires_at, revoked_at, revoked_why)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(&row.client)
            .bind(row.user_id)
            .bind(&row.key_id)
            .bind(&row.scope)
            .bind(&row.redirect_uri)
            .bind(row.created_at)
            .bind(row.connected_at)
            .bind(row.last_used_at)
            .bind(row.expires_at)
            .bind(row.revoked_at)
            .bind(&row.revoked_why)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The grant of that id; locked, on a transaction, until it ends, so that what is done with its tokens is done one
/// after the other.
pub async fn lock(on: On<'_>, id: &str) -> Result<Option<GrantRow>, sqlx::Error> {
    // An update that changes nothing locks the row on PostgreSQL; on SQLite the transaction holds the lock anyway.
    const SQL: &str = "UPDATE oauth_grants SET scope = scope WHERE id = $1
        RETURNING id, client, user_id, key_id, scope, redirect_uri, created_at, connected_at, last_used_at, expires_at,
            revoked_at, revoked_why";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// Notes that its tokens were given out at `now`, and until when any of them can work.
pub async fn connected(on: On<'_>, id: &str, now: i64, expires_at: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_grants SET connected_at = COALESCE(connected_at, $2), expires_at = $3
        WHERE id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(id).bind(now).bind(expires_at).execute(&mut *c).await.map(drop))
}

/// Notes that a connection was used at `at`; an older time does not undo a newer one.
pub async fn touch(on: On<'_>, id: &str, at: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_grants SET last_used_at = $1
        WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
    on_db!(on, c => sqlx::query(SQL).bind(at).bind(id).execute(&mut *c).await.map(drop))
}

/// Revokes a connection; false if it is unknown or was revoked before.
pub async fn revoke(on: On<'_>, id: &str, now: i64, why: &str) -> Result<bool, sqlx::Error> {
    const SQL: &str = "UPDATE oauth_grants SET revoked_at = $2, revoked_why = $3
        WHERE id = $1 AND revoked_at IS NULL";
    let changed = on_db!(on, c => {
        sqlx::query(SQL).bind(id).bind(now).bind(why).execute(&mut *c).await.map(|r| r.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Connections of a client that are not revoked, by id: whoever locks several does so in this order.
pub async fn alive_of_client(on: On<'_>, client: &str) -> Result<Vec<String>, sqlx::Error> {
    const SQL: &str = "SELECT id FROM oauth_grants WHERE client = $1 AND revoked_at IS NULL ORDER BY id";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(client).fetch_all(&mut *c).await)
}

/// The same of a user.
pub async fn alive_of_user(on: On<'_>, user: i64) -> Result<Vec<String>, sqlx::Error> {
    const SQL: &str = "SELECT id FROM oauth_grants WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(user).fetch_all(&mut *c).await)
}

/// The connection of that id, once it was made.
pub async fn connection(on: On<'_>, id: &str) -> Result<Option<ConnectionRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(connections!("AND g.id = $1")).bind(id).fetch_optional(&mut *c).await)
}

/// A client's connections, those too that have ended, newest first.
pub async fn of_client(on: On<'_>, client: &str) -> Result<Vec<ConnectionRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(connections!("AND g.client = $1")).bind(client).fetch_all(&mut *c).await)
}

/// A user's connections, those too that have ended, newest first.
pub async fn of_user(on: On<'_>, user: i64) -> Result<Vec<ConnectionRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(connections!("AND g.user_id = $1")).bind(user).fetch_all(&mut *c).await)
}

/// Stores a new code.
pub async fn add_code(on: On<'_>, row: &CodeRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO oauth_codes (hash, grant_id, redirect_uri, code_challenge, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.hash)
            .bind(&row.grant_id)
            .bind(&row.redirect_uri)
            .bind(&row.code_challenge)
            .bind(row.expires_at)
            .bind(row.used_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The code of that hash.
pub async fn code(on: On<'_>, hash: &str) -> Result<Option<CodeRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT hash, grant_id, redirect_uri, code_challenge, expires_at, used_at FROM oauth_codes
        WHERE hash = $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(hash).fetch_optional(&mut *c).await)
}

/// Uses a code up. Its grant is to be locked, and the code seen to be unused, before.
pub async fn use_code(on: On<'_>, hash: &str, now: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_codes SET used_at = $2 WHERE hash = $1";
    on_db!(on, c => sqlx::query(SQL).bind(hash).bind(now).execute(&mut *c).await.map(drop))
}

/// Forgets codes that ended before `before` (epoch milliseconds), and approvals that no client ever came for; answers
/// how many.
pub async fn prune(mut on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    let mut rows = 0;
    for sql in [
        "DELETE FROM oauth_codes WHERE expires_at < $1",
        "DELETE FROM oauth_grants WHERE connected_at IS NULL AND created_at < $1
            AND NOT EXISTS (SELECT 1 FROM oauth_codes WHERE grant_id = oauth_grants.id)",
    ] {
        rows += on_db!(on.on(), c => {
            sqlx::query(sql).bind(before).execute(&mut *c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(rows)
}

/// Forgets the connections that ended before `before` (epoch milliseconds), with their tokens; answers how many.
pub async fn forget(mut on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    macro_rules! ended {
        () => {
            "(SELECT id FROM oauth_grants WHERE expires_at < $1 OR revoked_at < $1)"
        };
    }
    const GRANTS: &str = concat!("DELETE FROM oauth_grants WHERE id IN ", ended!());
    for sql in [
        concat!("DELETE FROM oauth_tokens WHERE grant_id IN ", ended!()),
        concat!("DELETE FROM oauth_codes WHERE grant_id IN ", ended!()),
    ] {
        on_db!(on.on(), c => sqlx::query(sql).bind(before).execute(&mut *c).await.map(drop))?;
    }
    on_db!(on, c => sqlx::query(GRANTS).bind(before).execute(&mut *c).await.map(|r| r.rows_affected()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::{keys, oauth_clients, users};

    /// A connection made at 1 that ends at 99.
    pub fn row(id: &str, client: &str, user_id: i64, key_id: &str) -> GrantRow {
        GrantRow {
            id: id.into(),
            client: client.into(),
            user_id,
            key_id: key_id.into(),
            scope: "mcp:read".into(),
            redirect_uri: "https://claude.ai/api/mcp/auth_callback".into(),
            created_at: 1,
            connected_at: Some(1),
            last_used_at: None,
            expires_at: 99,
            revoked_at: None,
            revoked_why: None,
        }
    }

    #[tokio::test]
    async fn connections_are_listed_with_the_names_behind_them_and_revoked_once() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let demo = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            let other = users::insert(tx.on(), &users::NewUser::named("other")).await.unwrap();
            oauth_clients::insert(tx.on(), &oauth_clients::tests::row("a", "administrator", 1))
                .await
                .unwrap();
            for (key, user) in [("k", demo), ("l", other)] {
                keys::insert(tx.on(), &keys::tests::of_user_until(key, user, Some(70))).await.unwrap();
            }
            insert(tx.on(), &row("1", "a", demo, "k")).await.unwrap();
            insert(tx.on(), &GrantRow { connected_at: Some(5), ..row("2", "a", other, "l") }).await.unwrap();
            insert(tx.on(), &GrantRow { connected_at: None, ..row("3", "a", demo, "k") }).await.unwrap();
            let ids = |rows: Vec<ConnectionRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(ids(of_client(tx.on(), "a").await.unwrap()), ["2", "1"], "{test}: newest first");
            assert_eq!(ids(of_user(tx.on(), demo).await.unwrap()), ["1"], "{test}");
            let one = connection(tx.on(), "1").await.unwrap().unwrap();
            let names = (&*one.client_name, &*one.login, &*one.key_name, one.key_expires_at);
            assert_eq!(names, ("a", "demo", "laptop", Some(70)), "{test}");
            assert_eq!(connection(tx.on(), "3").await.unwrap(), None, "{test}: its code was not exchanged");
            assert!(revoke(tx.on(), "1", 9, "enough").await.unwrap(), "{test}");
            assert!(!revoke(tx.on(), "1", 10, "again").await.unwrap(), "{test}");
            let one = connection(tx.on(), "1").await.unwrap().unwrap();
            assert_eq!((one.revoked_at, one.revoked_why.as_deref()), (Some(9), Some("enough")), "{test}");
            assert_eq!(alive_of_client(tx.on(), "a").await.unwrap(), ["2", "3"], "{test}");
            assert!(alive_of_user(tx.on(), demo).await.unwrap().iter().all(|id| id != "1"), "{test}");
            assert!(forget(tx.on(), 10).await.unwrap() >= 1, "{test}");
            assert!(of_user(tx.on(), demo).await.unwrap().is_empty(), "{test}: it ended at 9");
        }
    }
}
