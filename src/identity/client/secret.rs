//! Client secrets: generated, shown once, replaced with an overlap; and how a client proves by one who it is.

use super::{Client, Source, nobody};
use crate::clock::Clock;
use crate::identity::IdentityError;
use crate::identity::secret::{Digest, Secret};
use crate::model::Complaint;
use crate::store::On;
use crate::store::oauth_clients::{self as rows, SecretRow};

/// What every client secret begins with.
pub const SECRET_PREFIX: &str = "axs_";
/// How long the former secret goes on working when another is generated: 24 hours, in milliseconds.
pub const OVERLAP: i64 = 24 * 60 * 60 * 1_000;
const MASKS: [char; 4] = ['…', '•', '*', '·'];

/// Generates a secret for a client, to be shown once. The former one ends after [`OVERLAP`], or `at_once`.
pub async fn generate_secret(
    mut on: On<'_>,
    clock: &Clock,
    id: &str,
    at_once: bool,
) -> Result<Secret, IdentityError> {
    let row = rows::by_id(on.on(), id).await?.ok_or_else(nobody)?;
    if row.source != Source::Administrator.name() {
        return Err(Complaint::new("a client that came by itself keeps the credentials it came with").into());
    }
    let secret = Secret::mint(SECRET_PREFIX)?;
    let now = clock.millis();
    rows::end_secrets(on.on(), id, if at_once { now } else { now + OVERLAP }, now).await?;
    add_secret(on, id, &secret, now).await?;
    Ok(secret)
}

/// Stores a secret of a client.
pub async fn add_secret(on: On<'_>, id: &str, secret: &Secret, now: i64) -> Result<(), IdentityError> {
    let row = SecretRow {
        hash: secret.digest().hex(),
        client: id.to_owned(),
        hint: secret.tail(),
        created_at: now,
        expires_at: None,
    };
    Ok(rows::add_secret(on, &row).await?)
}

/// Ends the former secrets, which the overlap keeps alive; false if there is none.
pub async fn end_overlap(mut on: On<'_>, clock: &Clock, id: &str) -> Result<bool, IdentityError> {
    let now = clock.millis();
    let secrets = rows::secrets(on.on(), id).await?;
    let Some((current, former)) = secrets.split_first() else { return Ok(false) };
    if former.iter().all(|row| !works(row, now)) {
        return Ok(false);
    }
    rows::end_secrets(on.on(), id, now, now).await?;
    let current = SecretRow { expires_at: None, ..current.clone() };
    rows::add_secret(on, &current).await?;
    Ok(true)
}

/// Whether a secret works at `now` (epoch milliseconds).
pub fn works(secret: &SecretRow, now: i64) -> bool {
    secret.expires_at.is_none_or(|at| at > now)
}
/// Why a client did not prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// None was sent, though the client has one.
    #[error(
        "this client must send its client secret, and sent none; Generate Credentials in Technical > MCP > OAuth Clients shows one, once"
    )]
    Missing,
    /// One was sent by a client that has none.
    #[error("this client has no client secret, and one was sent")]
    HasNone,
    /// What the console shows to tell secrets apart.
    #[error(
        "the Client Secret Hint was sent instead of the client secret; the whole secret was shown once, when it was \
         generated. If it is lost, generate another in Technical > MCP > OAuth Clients"
    )]
    Hint,
    /// An MCP key, a token, a code.
    #[error("what was sent as client secret is another kind of secret; a client secret begins with axs_")]
    OtherKind,
    /// The checksum does not fit.
    #[error("the client secret is mistyped or cut off: its checksum does not fit; copy it again, whole")]
    Damaged,
    /// Another took its place.
    #[error("this client secret was replaced by another; enter the new one in the client")]
    Ended,
    /// Whole, but none of this client's.
    #[error(
        "the client secret is not this client's; copy it again, or Generate Credentials anew in Technical > MCP > OAuth Clients"
    )]
    Wrong,
}

/// Whether `sent` proves that it is this client: a confidential one by its secret, another by sending none.
pub async fn prove(
    on: On<'_>,
    clock: &Clock,
    client: &Client,
    sent: Option<&str>,
) -> Result<Result<(), NotProven>, IdentityError> {
    let secrets = rows::secrets(on, &client.id).await?;
    Ok(judge(client, &secrets, sent, clock.millis()))
}

fn judge(client: &Client, secrets: &[SecretRow], sent: Option<&str>, now: i64) -> Result<(), NotProven> {
    let sent = match (client.confidential, sent.filter(|sent| !sent.is_empty())) {
        (false, None) => return Ok(()),
        (false, Some(_)) => return Err(NotProven::HasNone),
        (true, None) => return Err(NotProven::Missing),
        (true, Some(sent)) => sent,
    };
    let Ok(digest) = Digest::of_sent(SECRET_PREFIX, sent) else { return Err(diagnose(sent, secrets)) };
    // Every one is compared, in constant time, whichever fits.
    let fitting =
        secrets.iter().fold(None, |found, row| if digest.matches(&row.hash) { Some(row) } else { found });
    match fitting {
        None => Err(NotProven::Wrong),
        Some(row) if !works(row, now) => Err(NotProven::Ended),
        Some(_) => Ok(()),
    }
}

/// What is wrong with something that is no whole client secret.
fn diagnose(sent: &str, secrets: &[SecretRow]) -> NotProven {
    const SHORT: usize = 16;
    let is_hint = |row: &SecretRow| sent.trim_start_matches(MASKS) == row.hint;
    let masked = sent.contains(MASKS) || sent.contains("...");
    if masked || secrets.iter().any(is_hint) || (sent.starts_with(SECRET_PREFIX) && sent.len() <= SHORT) {
        NotProven::Hint
    } else if ["axk_", "axt_", "axr_", "axc_"].iter().any(|prefix| sent.starts_with(prefix)) {
        NotProven::OtherKind
    } else {
        NotProven::Damaged
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::client::create;
    use crate::identity::client::tests::claude;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn a_secret_proves_the_client_until_another_has_taken_its_place() {
        for test in databases().await {
            let clock = Clock::fixed(1_000);
            let mut tx = test.db.begin().await.unwrap();
            let client = create(tx.on(), &clock, &claude(), None).await.unwrap();
            let proven = async |tx: &mut crate::store::Tx, sent: Option<&str>| {
                prove(tx.on(), &clock, &client, sent).await.unwrap()
            };
            assert_eq!(proven(&mut tx, None).await, Err(NotProven::Missing), "{test}");
            let old = generate_secret(tx.on(), &clock, &client.id, false).await.unwrap();
            assert_eq!(proven(&mut tx, Some(old.reveal())).await, Ok(()), "{test}");
            clock.advance(5);
            let new = generate_secret(tx.on(), &clock, &client.id, false).await.unwrap();
            clock.advance(OVERLAP - 1);
            assert_eq!(proven(&mut tx, Some(old.reveal())).await, Ok(()), "{test}: overlap");
            assert_eq!(proven(&mut tx, Some(new.reveal())).await, Ok(()), "{test}");
            clock.advance(1);
            assert_eq!(proven(&mut tx, Some(old.reveal())).await, Err(NotProven::Ended), "{test}");
            let third = generate_secret(tx.on(), &clock, &client.id, false).await.unwrap();
            clock.advance(5);
            assert!(end_overlap(tx.on(), &clock, &client.id).await.unwrap());
            assert!(!end_overlap(tx.on(), &clock, &client.id).await.unwrap());
            assert_eq!(proven(&mut tx, Some(new.reveal())).await, Err(NotProven::Wrong), "{test}: forgotten");
            assert_eq!(proven(&mut tx, Some(third.reveal())).await, Ok(()), "{test}");
        }
    }

    #[tokio::test]
    async fn every_mistake_with_a_secret_has_its_name() {
        for test in databases().await {
            let clock = Clock::fixed(1_000);
            let mut tx = test.db.begin().await.unwrap();
            let client = create(tx.on(), &clock, &claude(), None).await.unwrap();
            let secret = generate_secret(tx.on(), &clock, &client.id, false).await.unwrap();
            let hint = rows::secrets(tx.on(), &client.id).await.unwrap().remove(0).hint;
            let foreign = Secret::mint(SECRET_PREFIX).unwrap();
            let whole = secret.reveal();
            for (sent, why) in [
                (hint.clone(), NotProven::Hint),
                (format!("••••{hint}"), NotProven::Hint),
                (format!("…{hint}"), NotProven::Hint),
                ("axs_".to_owned(), NotProven::Hint),
                (format!("{}…", &whole[..8]), NotProven::Hint),
                (Secret::mint("axk_").unwrap().reveal().to_owned(), NotProven::OtherKind),
                (whole[..whole.len() - 1].to_owned(), NotProven::Damaged),
                (format!("{whole} "), NotProven::Damaged),
                ("hunter2".to_owned(), NotProven::Damaged),
                (foreign.reveal().to_owned(), NotProven::Wrong),
                (String::new(), NotProven::Missing),
            ] {
                let judged = prove(tx.on(), &clock, &client, Some(&sent)).await.unwrap();
                assert_eq!(judged, Err(why), "{test}: {sent}");
            }
            let public = Client { confidential: false, ..client };
            assert_eq!(prove(tx.on(), &clock, &public, None).await.unwrap(), Ok(()));
            assert_eq!(prove(tx.on(), &clock, &public, Some(whole)).await.unwrap(), Err(NotProven::HasNone));
        }
    }
}
