//! The control row: the generation that every cache is keyed by.

use super::{On, on_db};

/// Says that something an administrator decides has changed. To be called in the transaction of the change.
pub async fn bump(on: On<'_>) -> Result<(), sqlx::Error> {
    on_db!(on, c => {
        sqlx::query("UPDATE control SET generation = generation + 1 WHERE id = 1").execute(&mut *c).await.map(drop)
    })
}
