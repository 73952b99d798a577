//! Passwords: argon2id, a few at a time, so that a flood of logins slows logins and nothing else.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{Digest, IdentityError};
use crate::model::Complaint;

/// Characters, at least.
const SHORTEST: usize = 8;
/// Bytes, at most.
const LONGEST: usize = 1_000;
/// Each takes some 20 ms of a core and 19 MiB.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Checked where there is no password to check, so that an unknown login takes as long as a known one.
static DECOY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("no one's password").ok());

/// The PHC string of a new password of the user with this login, to be stored. A password that would be guessed at
/// once is refused.
pub async fn hash(login: &str, password: String) -> Result<String, IdentityError> {
    check(login, &password)?;
    let _turn = TURNS.acquire().await;
    spawn_blocking(move || hash_now(&password)).await.map_err(|e| IdentityError::Hash(e.to_string()))?
}

fn check(login: &str, password: &str) -> Result<(), Complaint> {
    let wrong = if password.trim().is_empty() {
        "this one is blank"
    } else if password.chars().count() < SHORTEST {
        "this one is shorter"
    } else if password.len() > LONGEST {
        "this one is longer"
    } else if password.trim().eq_ignore_ascii_case(login) {
        "this one is the login"
    } else {
        return Ok(());
    };
    Err(Complaint::new(format!(
        "a password has at least {SHORTEST} characters and at most {LONGEST} bytes, is not blank and not the login; {wrong}"
    )))
}

/// Whether a password is the one of a stored PHC string; without one the same work is done, and the answer is no.
pub async fn verify(stored: Option<String>, password: String) -> bool {
    let _turn = TURNS.acquire().await;
    spawn_blocking(move || verify_now(stored.as_deref(), &password)).await.unwrap_or(false)
}

/// A mark of the stored password: a session keeps it, and ends where the password is another one meanwhile.
pub fn mark(stored: Option<&str>) -> String {
    Digest::of(stored.unwrap_or_default()).hex().chars().take(16).collect()
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
        let phc = hash("anna", "correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$"), "{phc}");
        assert_ne!(hash("anna", "correct horse".into()).await.unwrap(), phc, "salted");
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
    async fn a_password_that_would_be_guessed_is_refused() {
        let long = "x".repeat(1001);
        for (password, said) in [
            ("", "blank"),
            ("          ", "blank"),
            ("1234567", "shorter"),
            ("äöüäöüä", "shorter"),
            ("Anna.Berg", "the login"),
            ("anna.berg ", "the login"),
            (&long, "longer"),
        ] {
            let text = hash("anna.berg", password.into()).await.unwrap_err().to_string();
            assert!(text.contains("at least 8 characters") && text.contains(said), "{password}: {text}");
            assert!(password.trim().is_empty() || !text.contains(password), "never repeated: {text}");
        }
        for password in ["äöüäöüäö", "12345678", "anna.berg1"] {
            assert!(hash("anna.berg", password.into()).await.is_ok(), "{password}");
        }
    }
}
