//! From a database URL to a database that is ready: opened, at this version's schema.

use super::error::CliError;
use crate::config::Common;
use crate::store::migrate::{SetupLock, migrate};
use crate::store::{Db, DbUrl};

/// Opens the database and brings it up to date, waiting while another process does so.
pub async fn open(common: &Common) -> Result<Db, CliError> {
    let url: DbUrl = common.database_url.parse()?;
    let db = Db::open(&url).await?;
    let lock = SetupLock::take(&db).await?;
    migrate(&db, &lock).await?;
    Ok(db)
}
