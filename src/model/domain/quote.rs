//! Repeats what a caller wrote, so that a complaint names it.

use serde_json::Value;

use crate::model::Complaint;

/// Longest piece of a caller's text that is repeated in a complaint, in bytes.
pub(super) const LONGEST: usize = 160;

/// A term as written, in backquotes; a long one is cut, and never written out whole first.
pub(super) fn quote(value: &Value) -> String {
    let mut start = Start(Vec::new());
    // Fails on purpose as soon as enough is written.
    let whole = serde_json::to_writer(&mut start, value).is_ok();
    let text = String::from_utf8_lossy(&start.0);
    if whole { format!("`{text}`") } else { format!("`{}…`", text.trim_end_matches('\u{fffd}')) }
}

/// The beginning of a text.
pub(super) fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()
}

struct Start(Vec<u8>);

impl std::io::Write for Start {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = LONGEST - self.0.len();
        if room == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.0.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A complaint about one term.
pub(super) fn about(term: &Value, problem: &str) -> Complaint {
    Complaint::new(format!("domain term {}: {problem}", quote(term)))
}
