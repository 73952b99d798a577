//! The demo company: three years of trade up to now, the same for the same seed. Goods are bought, kept and sold as
//! events in the order of time, so that stock, orders, transfers and books agree with each other.

mod arena;
mod books;
mod calendar;
mod company;
mod day;
mod dice;
mod goods;
mod invoices;
mod leads;
mod names;
mod parties;
mod payments;
mod places;
mod purchases;
mod rates;
mod rows;
mod sales;
mod scale;
mod sheet;
mod shelves;
mod shops;
mod stock;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
pub(in crate::erp::embedded) mod tests;
mod transfers;
mod world;
mod write;

use chrono::{DateTime, Utc};

pub use company::{bare_company, companies};

use self::calendar::Calendar;
use self::scale::Scale;
use self::world::World;
use crate::store::fault::Plain;
use crate::store::{Db, Tx};

/// How large the demo company is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoSize {
    /// Thousands of records, in a few seconds.
    Small,
    /// More than a million stock movements, in a minute or so.
    Large,
}

/// The demo company can't be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database failed.
    #[error("the demo company could not be written: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
}

/// Makes the demo company in one transaction of its own: all of it is there afterwards, or nothing. What an earlier
/// call made is taken away first. [`companies`] and the users of the first start must stand already.
pub async fn generate(db: &Db, now: DateTime<Utc>, size: DemoSize, seed: u64) -> Result<(), DemoError> {
    let mut tx = db.begin().await?;
    fill(&mut tx, now, size, seed).await?;
    tx.commit().await?;
    Ok(())
}

/// As [`generate`], within a transaction of the caller's.
pub async fn fill(tx: &mut Tx, now: DateTime<Utc>, size: DemoSize, seed: u64) -> Result<(), DemoError> {
    let scale = match size {
        DemoSize::Small => Scale::SMALL,
        DemoSize::Large => Scale::LARGE,
    };
    write::clear(tx).await?;
    let sales = write::sales_user(tx).await?;
    let mut world = World::new(Calendar::new(now), scale, sales, seed);
    loop {
        let more = world.live(write::MOVEMENTS_AT_ONCE);
        write::movements(tx, &mut world).await?;
        if !more {
            break;
        }
    }
    write::everything(tx, &world).await?;
    Ok(())
}
