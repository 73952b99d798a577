//! Passwords: argon2id, a few at a time, so that a flood of logins slows logins and nothing else.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::IdentityError;
use crate::model::Complaint;

const LONGEST: usize = 1_000;
/// Each takes some 20 ms of a core and 19 MiB.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Checked where there is no password to check, so that an unknown login takes as long as a known one.
static DECOY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("no one's password").ok());

/// The PHC string of a password, to be stored.
pub async fn hash(password: String) -> Result<String, IdentityError> {
    if password.is_empty() || password.len() > LONGEST {
        return Err(Complaint::new(format!("a password has 1 to {LONGEST} bytes")).into());
    }
    let _turn = TURNS.acquire().await;
    spawn_blocking(move || hash_now(&password)).await.map_err(|e| IdentityError::Hash(e.to_string()))?
}

/// Whether a password is the one of a stored PHC string; without one the same work is done, and the answer is no.
pub async fn verify(stored: Option<String>, password: String) -> bool {
    let _turn = TURNS.acquire().await;
    spawn_blocking(move || verify_now(stored.as_deref(), &password)).await.unwrap_or(false)
}

fn hash_now(password: &str) -> Result<String, IdentityError> {
    match Argon2::default().hash_password(password.as_bytes()) {
        Ok(phc) => Ok(phc.to_string()),
        Err(error) => Err(IdentityError::Hash(error.to_string())),
    }
}

fn verify_now(stored: Option<&str>, password: &str) -> bool {
    let Some(phc) = stored.or(DECOY.as_deref()) else { return false };
    let fits = Argon2::default().verify_password(password.as_bytes(), phc).is_ok();
    fits && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_fits() {
        let phc = hash("correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$"), "{phc}");
        assert_ne!(hash("correct horse".into()).await.unwrap(), phc, "salted");
        assert!(verify(Some(phc.clone()), "correct horse".into()).await);
        assert!(!verify(Some(phc), "Correct horse".into()).await);
        assert!(!verify(Some("not a hash".into()), "correct horse".into()).await);
    }

    #[tokio::test]
    async fn nobody_has_the_decoys_password() {
        assert!(!verify(None, "no one's password".into()).await);
        assert!(verify(DECOY.clone(), "no one's password".into()).await, "the same work is done");
    }

    #[tokio::test]
    async fn an_empty_password_is_refused() {
        assert!(hash(String::new()).await.unwrap_err().to_string().contains("1 to 1000"));
        assert!(hash("x".repeat(1001)).await.is_err());
    }
}
