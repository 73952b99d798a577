//! Modules and whether they are installed, and what goes when one is purged.

use super::{On, on_db};

/// A module's row; a module that was never installed has none.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ModuleRow {
    /// Technical name.
    pub name: String,
    /// `installed` or `uninstalled`.
    pub state: String,
    /// Version of the program that installed it.
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

/// Deletes what the MCP Server keeps: sessions, keys, policies, prompts, rate limits and settings.
/// The log stays: what was done remains on record.
pub async fn purge_mcp_server(mut on: On<'_>) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM mcp_sessions",
        "DELETE FROM rate_limits",
        "DELETE FROM mcp_keys",
        "DELETE FROM mcp_policies",
        "DELETE FROM mcp_prompts",
        "DELETE FROM settings",
    ] {
        on_db!(on.on(), c => sqlx::query(sql).execute(&mut *c).await.map(drop))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users;

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
    async fn a_purge_leaves_nothing_but_users_and_log() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            on_db!(tx.on(), c => {
                for sql in [
                    "INSERT INTO settings (name, value) VALUES ('rate_limit', '70')",
                    "INSERT INTO mcp_keys (id, user_id, name, scope, hash, hint, created_at)
                     VALUES ('k', 1, 'n', 'read', 'h', 'h', 1)",
                    "INSERT INTO mcp_policies VALUES ('m', true, true, true, true, true, true, true, '[]', true, 1)",
                    "INSERT INTO mcp_sessions VALUES ('s', 'k', 1, 'c', '1', 'p', 1, 1, 1, NULL)",
                    "INSERT INTO rate_limits VALUES ('k', 1, 1, '[]')",
                    "INSERT INTO mcp_prompts VALUES ('p', 't', 'd', '[]', 't', true)",
                ] {
                    sqlx::query(sql).execute(&mut *c).await.unwrap();
                }
            });
            purge_mcp_server(tx.on()).await.unwrap();
            for sql in [
                "SELECT COUNT(*) FROM settings",
                "SELECT COUNT(*) FROM mcp_keys",
                "SELECT COUNT(*) FROM mcp_policies",
                "SELECT COUNT(*) FROM mcp_sessions",
                "SELECT COUNT(*) FROM rate_limits",
                "SELECT COUNT(*) FROM mcp_prompts",
            ] {
                let (left,): (i64,) =
                    on_db!(tx.on(), c => sqlx::query_as(sql).fetch_one(&mut *c).await).unwrap();
                assert_eq!(left, 0, "{}: {sql}", test.name);
            }
            assert!(users::by_id(tx.on(), user).await.unwrap().is_some(), "{}", test.name);
        }
    }
}
