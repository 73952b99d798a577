//! What an allowed call came to where it changed nothing: the reason that the log gives for it.

/// What the log says of a dry run.
const DRY_RUN: &str = "dry run: nothing was changed";
/// What it says of a call that was answered under an idempotency key that was used before.
const AGAIN: &str = "answered again";

/// What an allowed call came to where it changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It was only tried.
    DryRun,
    /// The same call came before; what became of it is answered: `done`, `refused`.
    Again(String),
}

impl Note {
    /// The reason that the log gives.
    pub fn said(&self) -> String {
        match self {
            Self::DryRun => DRY_RUN.to_owned(),
            Self::Again(status) => format!("{AGAIN}: {}", status.replace('_', " ")),
        }
    }

    /// The note that a reason of an allowed call is.
    pub fn read(reason: &str) -> Option<Self> {
        if reason == DRY_RUN {
            return Some(Self::DryRun);
        }
        let status = reason.strip_prefix(AGAIN)?.strip_prefix(": ")?;
        Some(Self::Again(status.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read() {
        assert_eq!(Note::read(&Note::DryRun.said()), Some(Note::DryRun));
        let again = Note::Again("pending_approval".to_owned());
        assert_eq!(Note::read(&again.said()), Some(Note::Again("pending approval".to_owned())));
        assert_eq!(Note::read("waits for approval x: y"), None);
    }
}
