//! What a person calls the records of a change by.

use serde::{Deserialize, Serialize};

/// What a person calls a record by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Which record; `None` of one that is not there yet.
    pub id: Option<i64>,
    /// Whether the change makes it.
    #[serde(default)]
    pub is_new: bool,
    /// What it is called before the change, or by whoever asks for it; `None` where it only gets its name on the way.
    pub name: Option<String>,
    /// What it is called once the change is done; not kept of one that was only tried.
    #[serde(skip)]
    pub becomes: Option<String>,
    /// Whom it is for, or the document that it is a line of.
    pub of: Option<String>,
    /// What it comes to, in hundredths of `currency`.
    pub total: Option<i64>,
    /// Name of the currency.
    pub currency: Option<String>,
}

impl About {
    /// Of a change that was only tried: numbers and names that it gave are not those that it will give.
    #[must_use]
    pub fn tried(&self) -> Self {
        Self { id: self.id.filter(|_| !self.is_new), becomes: None, ..self.clone() }
    }

    /// Of a change that was done.
    #[must_use]
    pub fn done(&self) -> Self {
        Self { name: self.becomes.clone().or_else(|| self.name.clone()), ..self.clone() }
    }
}
