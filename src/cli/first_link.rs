//! The link that makes the first administrator, offered by a server whose database has no user yet.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::welcome::{Voice, folder};
use crate::clock::Clock;
use crate::config::PublicUrl;
use crate::identity::first_link;
use crate::store::{Db, accounts};

const FILE: &str = "axanta-first-link.txt";

/// Says a new link where there is no user: to a terminal in full, elsewhere in a file that only its owner can read.
pub async fn offer(db: &Db, clock: &Clock, url: &PublicUrl, voice: Voice) -> Result<(), CliError> {
    // Asked before a transaction is begun, which would wait for whoever writes.
    if accounts::is_anybody(db.read().await?.on()).await? {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let Some(token) = first_link::mint(tx.on(), clock).await? else { return Ok(()) };
    let link = format!("{}/first/{}", url.origin(), token.reveal());
    let said = if voice.is_terminal() { link } else { format!("in {}", keep(folder(db), &link)?.display()) };
    tx.commit().await?;
    voice.say(&format!(
        "There is no user yet. This link makes the first administrator, once and within 7 days:\n\n  {said}\n"
    ));
    Ok(())
}

/// Writes the link into a file of its own, in place of an earlier one.
fn keep(folder: &Path, link: &str) -> Result<PathBuf, CliError> {
    let path = folder.join(FILE);
    let write = || {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        writeln!(file, "{link}")?;
        file.sync_all()
    };
    write().map_err(|error| CliError::Secrets(path.clone(), error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::testing::sqlite;
    use crate::store::users::{NewUser, insert};

    #[tokio::test]
    async fn a_link_is_offered_until_there_is_a_user() {
        let test = sqlite().await;
        let clock = Clock::fixed(1);
        let url: PublicUrl = "https://your-domain.com".parse().unwrap();
        let path = folder(&test.db).join(FILE);
        let mut links = Vec::new();
        for _ in 0..2 {
            offer(&test.db, &clock, &url, Voice::Stdout).await.unwrap();
            links.push(std::fs::read_to_string(&path).unwrap());
        }
        assert_ne!(links[0], links[1], "a new one with each start");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for link in links {
            let token = link.trim().strip_prefix("https://your-domain.com/first/").unwrap();
            let mut conn = test.db.read().await.unwrap();
            assert!(first_link::holds(conn.on(), &clock, token).await.unwrap());
        }
        std::fs::remove_file(&path).unwrap();
        let mut tx = test.db.begin().await.unwrap();
        insert(tx.on(), &NewUser::named("anna")).await.unwrap();
        tx.commit().await.unwrap();
        offer(&test.db, &clock, &url, Voice::Stdout).await.unwrap();
        assert!(!path.exists());
    }
}
