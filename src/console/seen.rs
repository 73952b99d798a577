//! What an editor saw, as a fingerprint in the form: whoever saves over somebody else's change is told.

use serde::Serialize;

use crate::identity::Digest;
use crate::web::Submission;

/// Name of the hidden field.
const FIELD: &str = "seen";
/// Enough that no two states of one record meet.
const DIGITS: usize = 24;

/// Fingerprint of what is stored.
pub fn fingerprint(stored: &impl Serialize) -> String {
    let json = serde_json::to_vec(stored).unwrap_or_default();
    Digest::of(json).hex().chars().take(DIGITS).collect()
}

/// Whether what is stored is what the sender of the form saw.
pub fn is_as_seen(sent: &Submission, stored: &impl Serialize) -> bool {
    sent.text(FIELD) == fingerprint(stored)
}

/// Notes in the form that somebody else changed what is stored since it was shown; the next try saves over it.
pub fn unchanged(sent: &mut Submission, stored: &impl Serialize) -> bool {
    if is_as_seen(sent, stored) {
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
