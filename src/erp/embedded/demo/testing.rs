//! The small demo company for tests that ask it something: made once on each database, and copied for each test.

use chrono::DateTime;

use super::{DemoSize, companies, generate};
use crate::store::testing::{TestDb, copies};

/// A Saturday evening in UTC: shops are still open in New York.
pub const NOW: i64 = 1_795_291_800;

/// A copy of the company on each database.
///
/// # Panics
/// Where it can't be made: then the test has failed.
pub async fn small_companies() -> Vec<TestDb> {
    copies("small company", async |db| {
        let mut tx = db.begin().await.unwrap();
        companies(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        generate(db, DateTime::from_timestamp(NOW, 0).unwrap(), DemoSize::Small, 7).await.unwrap();
    })
    .await
}
