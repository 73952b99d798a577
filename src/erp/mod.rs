//! The ERP behind the tools: one trait, and what stands behind it.

mod about;
mod change;
pub mod embedded;
mod error;
mod query;
pub mod refine;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc::Sender;

pub use about::About;
pub use change::{
    Cell, Change, Difference, DifferenceKind, Effect, FieldDifference, Image, Line, Row, Seen, Undo, Ungiven,
    Values, What,
};
pub use error::{ErpError, listed};
pub use query::{AggregateQuery, Caller, ExportQuery, Exported, Groups, ReadQuery, Records, SearchQuery};

use crate::model::table::Part;
use crate::model::{Domain, Field, Model, Operation};
use crate::policy::{Permit, Step};
use crate::store::On;

/// An ERP that can be asked. Every method that touches records demands a [`Permit`] for its model, and judges
/// the gates that are its own: access rights, then record rules, then record limits.
#[async_trait]
pub trait Erp: Send + Sync {
    /// Every model that exists, by name.
    async fn models(&self) -> Result<Arc<[Arc<Model>]>, ErpError>;

    /// One model; [`ErpError::UnknownModel`] with the nearest names where there is none.
    async fn model(&self, name: &str) -> Result<Arc<Model>, ErpError>;

    /// How the ERP's own gates stand for this caller: access rights and record rules, each a step.
    async fn judge(&self, who: &Caller, model: &Model, operation: Operation) -> Result<Vec<Step>, ErpError>;

    /// What becomes of a field of a new record that nothing is given for.
    fn ungiven(&self, model: &Model, field: &Field) -> Ungiven;

    /// Whether a domain that an administrator wrote for a model can be understood; [`ErpError::BadQuery`] says why not.
    fn understands(&self, model: &str, domain: &Domain) -> Result<(), ErpError>;

    /// Records that match a domain, in order, a page of them.
    async fn search(&self, permit: &Permit, who: &Caller, query: &SearchQuery) -> Result<Records, ErpError>;

    /// The records of those ids, in the order of the ids.
    async fn read(&self, permit: &Permit, who: &Caller, query: &ReadQuery) -> Result<Records, ErpError>;

    /// How many records match a domain.
    async fn count(&self, permit: &Permit, who: &Caller, domain: &Domain) -> Result<i64, ErpError>;

    /// Groups of records and what they add up to.
    async fn aggregate(
        &self,
        permit: &Permit,
        who: &Caller,
        query: &AggregateQuery,
    ) -> Result<Groups, ErpError>;

    /// Records as a table, handed over in parts: its columns, then its rows, all of one moment. Where nobody takes the
    /// parts any more, it stops.
    async fn export(
        &self,
        permit: &Permit,
        who: &Caller,
        query: &ExportQuery,
        parts: Sender<Part>,
    ) -> Result<Exported, ErpError>;

    /// Does a change on the caller's transaction, which the caller commits or throws away: so that it is written
    /// together with the log, or only tried. All of it is done or none.
    async fn change(
        &self,
        on: On<'_>,
        permit: &Permit,
        who: &Caller,
        change: &Change,
    ) -> Result<Effect, ErpError>;

    /// Puts the records of a change back as they were before it, on the caller's transaction, by the rights of `who`.
    /// [`ErpError::Collision`] where one of them is not as the change left it.
    async fn undo(&self, on: On<'_>, who: &Caller, undo: &Undo<'_>) -> Result<Effect, ErpError>;

    /// The records of a change that the caller may read, each with its model: by record rules, and by what policy adds
    /// to them; `None` where a person reads, and policy has no say.
    async fn readable(
        &self,
        on: On<'_>,
        permit: Option<&Permit>,
        who: &Caller,
        seen: &Seen<'_>,
    ) -> Result<BTreeSet<(String, i64)>, ErpError>;

    /// Images as people read them, with the names that links have on this transaction.
    async fn differences(&self, on: On<'_>, images: &[Image]) -> Result<Vec<Difference>, ErpError>;
}
