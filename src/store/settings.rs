//! Settings as they are stored: a name and a JSON value.

use super::{On, on_db};

/// Every setting that was changed from its default, by name.
pub async fn all(on: On<'_>) -> Result<Vec<(String, String)>, sqlx::Error> {
    const SQL: &str = "SELECT name, value FROM settings ORDER BY name";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Stores a setting's JSON value.
pub async fn put(on: On<'_>, name: &str, value: &str) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO settings (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    on_db!(on, c => sqlx::query(SQL).bind(name).bind(value).execute(&mut *c).await.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn the_last_value_holds() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            put(tx.on(), "rate_limit", "60").await.unwrap();
            put(tx.on(), "rate_limit", "70").await.unwrap();
            put(tx.on(), "mcp_enabled", "true").await.unwrap();
            let expected = [("mcp_enabled".into(), "true".into()), ("rate_limit".into(), "70".into())];
            assert_eq!(all(tx.on()).await.unwrap(), expected, "{}", test.name);
        }
    }
}
