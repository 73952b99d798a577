//! The journal: what was changed, as it is kept and as it is read again.

use super::ChangeError;
use crate::erp::{Difference, Effect, Image};
use crate::model::Operation;
use crate::store::On;
use crate::store::changes::{self, ChangeRow};

/// A change of the journal.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// Entry of the log that was written with it.
    pub log_id: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// Login of the user for whom it was done.
    pub login: String,
    /// Model that was asked to be changed.
    pub model: String,
    /// What was asked, or `undo`.
    pub operation: String,
    /// Method, where one was called.
    pub method: Option<String>,
    /// Records created or acted upon.
    pub ids: Vec<i64>,
    /// Records before and after.
    pub differences: Vec<Difference>,
    /// Why it can't be undone; `None` where it can.
    pub lasting: Option<String>,
    /// What the method answered.
    pub answer: Option<serde_json::Value>,
    /// The change that it took back.
    pub undoes: Option<String>,
    /// The change that took it back.
    pub undone_by: Option<String>,
    /// The same as they are stored.
    pub images: Vec<Image>,
}

/// What a change is kept under.
pub(super) struct Place<'a> {
    /// Entry of the log that is written with it.
    pub log_id: &'a str,
    /// Epoch milliseconds.
    pub at: i64,
    /// Id and login of the user for whom it is done.
    pub user: (i64, &'a str),
    /// Model that was asked to be changed.
    pub model: &'a str,
    /// What was asked; `None` for an undo.
    pub operation: Option<Operation>,
    /// Method, where one is called.
    pub method: Option<&'a str>,
    /// The change that it takes back.
    pub undoes: Option<&'a str>,
}

/// Word for a change that takes another back.
const UNDO: &str = "undo";

/// Keeps a change under `id`, in the transaction that does it.
pub(super) async fn keep(
    on: On<'_>,
    id: &str,
    place: &Place<'_>,
    (effect, differences): (&Effect, &[Difference]),
) -> Result<(), ChangeError> {
    let row = ChangeRow {
        id: id.to_owned(),
        log_id: place.log_id.to_owned(),
        at: place.at,
        user_id: place.user.0,
        login: place.user.1.to_owned(),
        model: place.model.to_owned(),
        operation: place.operation.map_or(UNDO, Operation::name).to_owned(),
        method: place.method.map(str::to_owned),
        ids: serde_json::to_string(&effect.ids)?,
        images: serde_json::to_string(&effect.images)?,
        differences: serde_json::to_string(differences)?,
        lasting: effect.lasting.clone(),
        answer: effect.answer.as_ref().map(serde_json::to_string).transpose()?,
        undoes: place.undoes.map(str::to_owned),
        undone_by: None,
    };
    Ok(changes::insert(on, &row).await?)
}

/// The change that was written with an entry of the log, if one was.
pub async fn of_log(on: On<'_>, log_id: &str) -> Result<Option<Change>, ChangeError> {
    changes::of_log(on, log_id).await?.map(Change::try_from).transpose()
}

/// The change of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<Change>, ChangeError> {
    changes::by_id(on, id).await?.map(Change::try_from).transpose()
}

impl TryFrom<ChangeRow> for Change {
    type Error = ChangeError;

    fn try_from(row: ChangeRow) -> Result<Self, ChangeError> {
        Ok(Self {
            ids: serde_json::from_str(&row.ids)?,
            differences: serde_json::from_str(&row.differences)?,
            images: serde_json::from_str(&row.images)?,
            answer: row.answer.as_deref().map(serde_json::from_str).transpose()?,
            id: row.id,
            log_id: row.log_id,
            at: row.at,
            login: row.login,
            model: row.model,
            operation: row.operation,
            method: row.method,
            lasting: row.lasting,
            undoes: row.undoes,
            undone_by: row.undone_by,
        })
    }
}
