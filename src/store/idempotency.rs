//! Answers of writes that must not be done twice.

use super::{On, on_db};

/// What was answered under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AnswerRow {
    /// SHA-256 of tool and arguments, hexadecimal.
    pub fingerprint: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// JSON, as it was answered.
    pub answer: String,
    /// Text beside it.
    pub said: String,
}

/// What was answered to `key_id` (an MCP key) under its `idempotency_key`.
pub async fn find(on: On<'_>, key_id: &str, idempotency_key: &str) -> Result<Option<AnswerRow>, sqlx::Error> {
    const SQL: &str = "SELECT fingerprint, at, answer, said FROM mcp_idempotency
        WHERE key_id = $1 AND idempotency_key = $2";
    on_db!(on, c => sqlx::query_as(SQL).bind(key_id).bind(idempotency_key).fetch_optional(&mut *c).await)
}

/// Keeps an answer, in the transaction of the write; false if there is one already.
pub async fn insert(
    on: On<'_>,
    key_id: &str,
    idempotency_key: &str,
    row: &AnswerRow,
) -> Result<bool, sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_idempotency (key_id, idempotency_key, fingerprint, at, answer, said)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key_id, idempotency_key) DO NOTHING";
    let kept = on_db!(on, c => {
        sqlx::query(SQL)
            .bind(key_id)
            .bind(idempotency_key)
            .bind(&row.fingerprint)
            .bind(row.at)
            .bind(&row.answer)
            .bind(&row.said)
            .execute(&mut *c)
            .await
            .map(|r| r.rows_affected())
    })?;
    Ok(kept == 1)
}

/// Takes away answers older than `before` (epoch milliseconds); answers how many.
pub async fn prune(on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_idempotency WHERE at < $1";
    on_db!(on, c => sqlx::query(SQL).bind(before).execute(&mut *c).await.map(|r| r.rows_affected()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn each_key_has_its_own_answers_for_a_while() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let row = AnswerRow { fingerprint: "f".into(), at: 5, answer: "{}".into(), said: "done".into() };
            assert!(insert(tx.on(), "k", "a", &row).await.unwrap(), "{}", test.name);
            assert!(!insert(tx.on(), "k", "a", &row).await.unwrap(), "{}", test.name);
            assert_eq!(find(tx.on(), "k", "a").await.unwrap(), Some(row), "{}", test.name);
            assert_eq!(find(tx.on(), "other", "a").await.unwrap(), None, "{}", test.name);
            assert_eq!(prune(tx.on(), 5).await.unwrap(), 0);
            assert_eq!(prune(tx.on(), 6).await.unwrap(), 1);
        }
    }
}
