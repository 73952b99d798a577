//! From a database URL to a database that is ready: opened, at this version's schema, filled at the first start.

use super::error::CliError;
use super::first_start;
use super::welcome::Voice;
use crate::clock::Clock;
use crate::config::{Common, PublicUrl};
use crate::store::migrate::{SetupLock, migrate};
use crate::store::{Db, DbUrl, control};

/// Opens the database and makes it ready, waiting while another process does so. A first start is announced by
/// `voice`, with `url` as the address for clients.
pub async fn open(common: &Common, url: &PublicUrl, voice: Voice) -> Result<Db, CliError> {
    let database: DbUrl = common.database_url.parse()?;
    let db = Db::open(&database).await?;
    let lock = SetupLock::take(&db).await?;
    migrate(&db, &lock).await?;
    // Asked before a transaction is begun, which would wait for whoever writes.
    if control::demo(db.read().await?.on()).await?.is_some() {
        return Ok(db);
    }
    let mut tx = db.begin().await?;
    let Some(welcome) = first_start::fill(&mut tx, &Clock::system(), common.demo).await? else {
        tx.rollback().await?;
        return Ok(db);
    };
    // Kept before the commit: nobody could sign in to a database whose passwords are lost.
    let kept =
        if welcome.has_secrets() && !voice.is_terminal() { Some(welcome.keep(&db, url)?) } else { None };
    if let Err(error) = tx.commit().await {
        if let Some(path) = kept {
            // Its secrets are good for nothing now; that it may stay is no second error.
            let _ = std::fs::remove_file(path);
        }
        return Err(error.into());
    }
    if let Err(error) = db.take_over_log().await {
        tracing::warn!(%error, "the database's log keeps the space that the first start took");
    }
    voice.say(&welcome.text(url, kept.as_deref()));
    Ok(db)
}
