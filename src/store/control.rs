//! The one row that says how far the database's administration has come.

use super::{On, on_db};

/// The number that grows with every administrative change; caches are keyed by it.
pub async fn generation(on: On<'_>) -> Result<i64, sqlx::Error> {
    const SQL: &str = "SELECT generation FROM control WHERE id = 1";
    let (generation,) = on_db!(on, c => sqlx::query_as(SQL).fetch_one(&mut *c).await)?;
    Ok(generation)
}

/// Makes transactions that call it wait for each other, and tells nobody anything.
pub async fn lock(on: On<'_>) -> Result<(), sqlx::Error> {
    on_db!(on, c => sqlx::query("UPDATE control SET generation = generation").execute(&mut *c).await.map(drop))
}

/// Tells every process that something administrative changed; holds once the transaction commits.
/// On PostgreSQL it also makes administrators' transactions wait for each other, so call it first.
pub async fn bump(on: On<'_>) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE control SET generation = generation + 1 WHERE id = 1";
    on_db!(on, c => sqlx::query(SQL).execute(&mut *c).await.map(drop))
}

/// What the first start filled in; `None` until it has finished.
pub async fn demo(on: On<'_>) -> Result<Option<String>, sqlx::Error> {
    const SQL: &str = "SELECT demo FROM control WHERE id = 1";
    let (demo,) = on_db!(on, c => sqlx::query_as(SQL).fetch_one(&mut *c).await)?;
    Ok(demo)
}

/// Notes at `now` (epoch milliseconds) that the first start has finished.
pub async fn finish_first_start(on: On<'_>, demo: &str, now: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE control SET demo = $1, created_at = $2 WHERE id = 1";
    on_db!(on, c => sqlx::query(SQL).bind(demo).bind(now).execute(&mut *c).await.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn the_generation_grows_with_the_commit() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            bump(tx.on()).await.unwrap();
            assert_eq!(generation(test.db.read().await.unwrap().on()).await.unwrap(), 1, "{}", test.name);
            tx.commit().await.unwrap();
            assert_eq!(generation(test.db.read().await.unwrap().on()).await.unwrap(), 2, "{}", test.name);
        }
    }

    #[tokio::test]
    async fn the_first_start_is_noted_once_done() {
        for test in databases().await {
            assert_eq!(demo(test.db.read().await.unwrap().on()).await.unwrap(), None, "{}", test.name);
            let mut tx = test.db.begin().await.unwrap();
            finish_first_start(tx.on(), "small", 7).await.unwrap();
            tx.commit().await.unwrap();
            let mut conn = test.db.read().await.unwrap();
            assert_eq!(demo(conn.on()).await.unwrap().as_deref(), Some("small"), "{}", test.name);
        }
    }
}
