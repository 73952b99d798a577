//! Access and refresh tokens, of which only the hash is stored.

use super::{On, on_db};

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    /// SHA-256 of the whole token, hexadecimal.
    pub hash: String,
    /// Its connection.
    pub grant_id: String,
    /// `access` or `refresh`.
    pub kind: String,
    /// What it is good for, separated by spaces.
    pub scope: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// Refresh: epoch milliseconds at which it was first used.
    pub rotated_at: Option<i64>,
    /// Refresh: how often it was used.
    pub uses: i64,
    /// Epoch milliseconds of its revocation.
    pub revoked_at: Option<i64>,
}

/// An access token with what decides whether it is good.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccessRow {
    /// SHA-256 of the whole token, hexadecimal.
    pub hash: String,
    /// What it is good for, separated by spaces.
    pub scope: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// Epoch milliseconds of its revocation.
    pub revoked_at: Option<i64>,
    /// Its connection.
    pub grant_id: String,
    /// Epoch milliseconds of the connection's revocation.
    pub grant_revoked_at: Option<i64>,
    /// The MCP key that bounds it.
    pub key_id: String,
    /// For whom it acts.
    pub user_id: i64,
    /// Name of the client.
    pub client_name: String,
    /// Whether the client is enabled.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
}

/// Stores a new token.
pub async fn insert(on: On<'_>, row: &TokenRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO oauth_tokens (hash, grant_id, kind, scope, created_at, expires_at, rotated_at, uses,
            revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.hash)
            .bind(&row.grant_id)
            .bind(&row.kind)
            .bind(&row.scope)
            .bind(row.created_at)
            .bind(row.expires_at)
            .bind(row.rotated_at)
            .bind(row.uses)
            .bind(row.revoked_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The token of that hash.
pub async fn by_hash(on: On<'_>, hash: &str) -> Result<Option<TokenRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT hash, grant_id, kind, scope, created_at, expires_at, rotated_at, uses, revoked_at
        FROM oauth_tokens WHERE hash = $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(hash).fetch_optional(&mut *c).await)
}

/// The access token of that hash, with what decides whether it is good.
pub async fn access(on: On<'_>, hash: &str) -> Result<Option<AccessRow>, sqlx::Error> {
    const SQL: &str = "SELECT t.hash, t.scope, t.expires_at, t.revoked_at, t.grant_id,
            g.revoked_at AS grant_revoked_at, g.key_id, g.user_id, c.name AS client_name, c.enabled, c.allow_read,
            c.allow_write
        FROM oauth_tokens t
        JOIN oauth_grants g ON g.id = t.grant_id
        JOIN oauth_clients c ON c.id = g.client
        WHERE t.hash = $1 AND t.kind = 'access'";
    on_db!(on, c => sqlx::query_as(SQL).bind(hash).fetch_optional(&mut *c).await)
}

/// Notes that a refresh token was used at `now`; the first time counts as its rotation, and it is kept no longer than
/// `kept` (milliseconds) after it.
pub async fn rotate(on: On<'_>, hash: &str, now: i64, kept: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_tokens SET rotated_at = COALESCE(rotated_at, $2), uses = uses + 1,
            expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END
        WHERE hash = $1";
    on_db!(on, c => sqlx::query(SQL).bind(hash).bind(now).bind(now + kept).execute(&mut *c).await.map(drop))
}

/// How many refresh tokens a connection was given since `since` (epoch milliseconds).
pub async fn refreshed_since(on: On<'_>, grant: &str, since: i64) -> Result<i64, sqlx::Error> {
    const SQL: &str =
        "SELECT COUNT(*) FROM oauth_tokens WHERE grant_id = $1 AND kind = 'refresh' AND created_at > $2";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(grant).bind(since).fetch_one(&mut *c).await)
}

/// Revokes the other refresh tokens of the same connection that were made by `before` and not used: the client goes on
/// with this one.
pub async fn supersede(on: On<'_>, used: &TokenRow, before: i64, now: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_tokens SET revoked_at = $4
        WHERE grant_id = $1 AND hash <> $2 AND kind = 'refresh' AND created_at <= $3
            AND rotated_at IS NULL AND revoked_at IS NULL";
    on_db!(on, c => {
        sqlx::query(SQL).bind(&used.grant_id).bind(&used.hash).bind(before).bind(now).execute(&mut *c).await.map(drop)
    })
}

/// Revokes one token; false if it is unknown or was revoked before.
pub async fn revoke(on: On<'_>, hash: &str, now: i64) -> Result<bool, sqlx::Error> {
    const SQL: &str = "UPDATE oauth_tokens SET revoked_at = $2 WHERE hash = $1 AND revoked_at IS NULL";
    let changed = on_db!(on, c => {
        sqlx::query(SQL).bind(hash).bind(now).execute(&mut *c).await.map(|r| r.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Forgets tokens that ended before `before` (epoch milliseconds); answers how many.
pub async fn prune(on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM oauth_tokens WHERE expires_at < $1";
    on_db!(on, c => sqlx::query(SQL).bind(before).execute(&mut *c).await.map(|r| r.rows_affected()))
}
