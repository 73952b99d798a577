//! What an editor saw, as a fingerprint in the form: whoever saves over somebody else's change is told.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::web::Submission;

/// Name of the hidden field.
const FIELD: &str = "seen";

/// Fingerprint of what is stored.
pub fn fingerprint(stored: &impl Serialize) -> String {
    let json = serde_json::to_vec(stored).unwrap_or_default();
    Sha256::digest(json).iter().take(12).flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

/// Notes in the form that somebody else changed what is stored since it was shown; the next try saves over it.
pub fn unchanged(sent: &mut Submission, stored: &impl Serialize) -> bool {
    let now = fingerprint(stored);
    if sent.text(FIELD) == now {
        return true;
    }
    sent.wrong_in_all(
        "Somebody else changed this while you were editing, and nothing was saved. What you typed is below; \
         open the page anew in another window to see what is stored. Saving now puts yours in its place.",
    );
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_another_fingerprint() {
        assert_eq!(fingerprint(&("a", 1)), fingerprint(&("a", 1)));
        assert_ne!(fingerprint(&("a", 1)), fingerprint(&("a", 2)));
        assert_eq!(fingerprint(&1).len(), 24);
    }
}
