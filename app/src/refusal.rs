//! Why a page can't be shown, said so that the reader knows what to do.

/// Why a page can't be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing; what was looked for.
    NotFound(String),
    /// A right is missing.
    Forbidden {
        /// Group that would be needed.
        group: &'static str,
        /// Names of people who can give it.
        who: Vec<String>,
    },
    /// A form came from another site, or by a proxy that says so.
    Foreign,
    /// It can't be done now; what failed is in the server's own log.
    Failed,
}

impl Refusal {
    /// Status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::Forbidden { .. } | Self::Foreign => 403,
            Self::Failed => 500,
        }
    }
}
