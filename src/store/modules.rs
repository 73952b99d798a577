//! Modules and whether they are installed, and what goes when one is purged.

use super::{On, on_db};

/// A module's row; a module that was never installed has none.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ModuleRow {
    /// Technical name.
    pub name: String,
    /// `installed` or `uninstalled`.
    pub state: String,
    /// Version of the module; of one that is uninstalled, the version of the data that it left.
    pub version: Option<String>,
    /// Epoch milliseconds of the last change.
    pub changed_at: i64,
}

/// Every module that has a row, by name.
pub async fn all(on: On<'_>) -> Result<Vec<ModuleRow>, sqlx::Error> {
    const SQL: &str = "SELECT name, state, version, changed_at FROM modules ORDER BY name";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Writes a module's row.
pub async fn put(on: On<'_>, row: &ModuleRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO modules (name, state, version, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE
        SET state = excluded.state, version = excluded.version, changed_at = excluded.changed_at";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.name)
            .bind(&row.state)
            .bind(&row.version)
            .bind(row.changed_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// What works through the modules, and what they keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Usage {
    /// Keys that are neither revoked nor expired.
    pub active_keys: i64,
    /// Users who have one.
    pub holders: i64,
    /// Open MCP sessions.
    pub sessions: i64,
    /// All keys.
    pub keys: i64,
    /// Model policies.
    pub policies: i64,
    /// Prompts.
    pub prompts: i64,
    /// Settings that are not as they are by default.
    pub settings: i64,
    /// OAuth clients.
    pub clients: i64,
    /// Connections, those too that have ended.
    pub connections: i64,
    /// Connections that are neither revoked nor past their time.
    pub live_connections: i64,
    /// Users who approved one of those.
    pub approvers: i64,
}

/// What works through the modules at `now`, and what they keep; sessions seen after `since` are open. Both in epoch
/// milliseconds.
pub async fn usage(on: On<'_>, now: i64, since: i64) -> Result<Usage, sqlx::Error> {
    const SQL: &str = "WITH active AS (SELECT user_id FROM mcp_keys
            WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)),
        live AS (SELECT user_id FROM oauth_grants
            WHERE connected_at IS NOT NULL AND revoked_at IS NULL AND expires_at > $1)
        SELECT (SELECT COUNT(*) FROM active) AS active_keys,
            (SELECT COUNT(DISTINCT user_id) FROM active) AS holders,
            (SELECT COUNT(*) FROM mcp_sessions WHERE last_seen_at > $2) AS sessions,
            (SELECT COUNT(*) FROM mcp_keys) AS keys,
            (SELECT COUNT(*) FROM mcp_policies) AS policies,
            (SELECT COUNT(*) FROM mcp_prompts) AS prompts,
            (SELECT COUNT(*) FROM settings) AS settings,
            (SELECT COUNT(*) FROM oauth_clients) AS clients,
            (SELECT COUNT(*) FROM oauth_grants WHERE connected_at IS NOT NULL) AS connections,
            (SELECT COUNT(*) FROM live) AS live_connections,
            (SELECT COUNT(DISTINCT user_id) FROM live) AS approvers";
    on_db!(on, c => sqlx::query_as(SQL).bind(now).bind(since).fetch_one(&mut *c).await)
}

/// Tables, and how many rows each lost.
pub type Purged = Vec<(&'static str, u64)>;

/// Deletes what MCP Server OAuth keeps: clients and connections. The log stays.
pub async fn purge_mcp_server_oauth(on: On<'_>) -> Result<Purged, sqlx::Error> {
    empty(on, &OAUTH_TABLES).await
}

/// Deletes what the MCP Server keeps: files, sessions, keys, policies, prompts, rate limits and settings, and before them
/// the connections that stand on its keys. The log stays: what was done remains on record.
pub async fn purge_mcp_server(mut on: On<'_>) -> Result<Purged, sqlx::Error> {
    let mut lost = purge_mcp_server_oauth(on.on()).await?;
    lost.extend(empty(on, &TABLES).await?);
    Ok(lost)
}

/// What refers to another table stands before it.
const OAUTH_TABLES: [&str; 6] = [
    "oauth_tokens",
    "oauth_codes",
    "oauth_grants",
    "oauth_requests",
    "oauth_client_secrets",
    "oauth_clients",
];
const TABLES: [&str; 11] = [
    "mcp_approvals",
    "mcp_idempotency",
    "mcp_file_links",
    "mcp_file_chunks",
    "mcp_files",
    "mcp_sessions",
    "rate_limits",
    "mcp_keys",
    "mcp_policies",
    "mcp_prompts",
    "settings",
];

async fn empty(mut on: On<'_>, tables: &[&'static str]) -> Result<Purged, sqlx::Error> {
    let mut lost = Vec::new();
    for table in tables {
        let sql = format!("DELETE FROM {table}");
        let rows = on_db!(on.on(), c => {
            let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
            Ok::<_, sqlx::Error>(done.rows_affected())
        })?;
        lost.push((*table, rows));
    }
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users;

    const CLIENT: &str =
        "INSERT INTO oauth_clients (id, client_id, name, source, confidential, enabled, allow_read,
            allow_write, redirect_uris, created_at, changed_at)
        VALUES ('c', 'axc', 'Claude', 'administrator', true, true, true, true, '[]', 1, 1)";

    #[tokio::test]
    async fn a_module_has_one_row() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let mut row = ModuleRow {
                name: "mcp_server".into(),
                state: "installed".into(),
                version: Some("0.1.0".into()),
                changed_at: 5,
            };
            put(tx.on(), &row).await.unwrap();
            row.state = "uninstalled".into();
            row.version = None;
            put(tx.on(), &row).await.unwrap();
            assert_eq!(all(tx.on()).await.unwrap(), [row], "{}", test.name);
        }
    }

    #[tokio::test]
    async fn what_works_and_what_is_kept_is_counted() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert_eq!(usage(tx.on(), 10, 0).await.unwrap(), Usage::default(), "{}", test.name);
            for login in ["a", "b"] {
                users::insert(tx.on(), &users::NewUser::named(login)).await.unwrap();
            }
            on_db!(tx.on(), c => {
                for sql in [
                    "INSERT INTO mcp_keys (id, user_id, name, scope, hash, hint, created_at, expires_at, revoked_at)
                     VALUES ('k', 1, 'n', 'read', '1', 'h', 1, NULL, NULL), ('l', 1, 'n', 'read', '2', 'h', 1, 11, NULL),
                     ('m', 2, 'n', 'read', '3', 'h', 1, 10, NULL), ('n', 2, 'n', 'read', '4', 'h', 1, NULL, 5)",
                    "INSERT INTO mcp_sessions VALUES ('s', 'k', 1, 'c', '1', 'p', 1, 4, 1, NULL), ('t', 'k', 1, 'c', '1', 'p', 1, 5, 1, NULL)",
                    "INSERT INTO settings (name, value) VALUES ('rate_limit', '70')",
                    CLIENT,
                    "INSERT INTO oauth_grants (id, client, user_id, key_id, scope, redirect_uri, created_at, connected_at,
                        expires_at, revoked_at)
                     VALUES ('a', 'c', 1, 'k', 's', 'u', 1, 2, 11, NULL), ('b', 'c', 1, 'k', 's', 'u', 1, 2, 11, NULL),
                     ('d', 'c', 2, 'k', 's', 'u', 1, 2, 10, NULL), ('e', 'c', 2, 'k', 's', 'u', 1, 2, 11, 5),
                     ('f', 'c', 2, 'k', 's', 'u', 1, NULL, 11, NULL)",
                ] {
                    sqlx::query(sql).execute(&mut *c).await.unwrap();
                }
            });
            let found = usage(tx.on(), 10, 4).await.unwrap();
            let told = (found.active_keys, found.holders, found.sessions, found.keys, found.settings);
            assert_eq!(told, (2, 1, 1, 4, 1), "{}", test.name);
            let told = (found.clients, found.connections, found.live_connections, found.approvers);
            assert_eq!(told, (1, 4, 2, 1), "{}", test.name);
        }
    }

    #[tokio::test]
    async fn a_purge_leaves_nothing_but_users_and_log() {
        const FILL: [&str; 16] = [
            "INSERT INTO settings (name, value) VALUES ('rate_limit', '70')",
            "INSERT INTO mcp_keys (id, user_id, name, scope, hash, hint, created_at)
             VALUES ('k', 1, 'n', 'read', 'h', 'h', 1)",
            "INSERT INTO mcp_policies VALUES ('m', true, true, true, true, true, true, true, '[]', true, 1, NULL)",
            "INSERT INTO mcp_sessions VALUES ('s', 'k', 1, 'c', '1', 'p', 1, 1, 1, NULL)",
            "INSERT INTO rate_limits VALUES ('k', 1, 1, '[]')",
            "INSERT INTO mcp_prompts VALUES ('p', 't', 'd', '[]', 't', true)",
            CLIENT,
            "INSERT INTO oauth_client_secrets VALUES ('h', 'c', 'hint', 1, NULL)",
            "INSERT INTO oauth_requests (id, user_id, web_session, client, redirect_uri, scope, code_challenge, address,
                expires_at)
             VALUES ('r', 1, 'w', 'c', 'u', 's', 'x', '/', 9)",
            "INSERT INTO oauth_grants (id, client, user_id, key_id, scope, redirect_uri, created_at, expires_at)
             VALUES ('g', 'c', 1, 'k', 's', 'u', 1, 9)",
            "INSERT INTO oauth_codes VALUES ('h', 'g', 'u', 'x', 9, NULL)",
            "INSERT INTO mcp_approvals VALUES ('a', 1, 9, 1, 'l', 'k', 'n', NULL, NULL, 't', 'm', 'write', NULL, '{}',
             '[]', '[]', '[]', NULL, NULL, NULL, 'w', true, 'pending', NULL, NULL, NULL, NULL, NULL, 1, NULL, '[]')",
            "INSERT INTO mcp_idempotency VALUES ('k', 'i', 'f', 1, '{}', 's')",
            "INSERT INTO mcp_files (id, user_id, key_id, request_id, kind, model, name, mime_type, size, ready, created_at, expires_at)
                VALUES ('f', 1, 'k', 'r', 'export', 'm', 'n', 't', 1, true, 1, 9)",
            "INSERT INTO mcp_file_chunks (file_id, n, bytes) SELECT id, 0, CAST('x' AS BYTEA) FROM mcp_files",
            "INSERT INTO mcp_file_links VALUES ('h', 'f', 'k', NULL, 9)",
        ];
        const TOKEN: &str =
            "INSERT INTO oauth_tokens (hash, grant_id, kind, scope, created_at, expires_at, uses)
            VALUES ('h', 'g', 'access', 's', 1, 9, 0)";
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            on_db!(tx.on(), c => {
                for sql in FILL.into_iter().chain([TOKEN]) {
                    sqlx::query(sql).execute(&mut *c).await.unwrap();
                }
            });
            let lost = purge_mcp_server_oauth(tx.on()).await.unwrap();
            assert_eq!(lost, OAUTH_TABLES.map(|table| (table, 1)), "{}", test.name);
            let lost = purge_mcp_server(tx.on()).await.unwrap();
            let all = OAUTH_TABLES.map(|table| (table, 0)).into_iter().chain(TABLES.map(|table| (table, 1)));
            assert_eq!(lost, all.collect::<Purged>(), "{}", test.name);
            assert_eq!(usage(tx.on(), 5, 0).await.unwrap(), Usage::default(), "{}", test.name);
            assert!(users::by_id(tx.on(), user).await.unwrap().is_some(), "{}", test.name);
        }
    }
}
