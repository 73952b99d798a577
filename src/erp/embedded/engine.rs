//! The embedded ERP as the tools ask it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc::Sender;

use super::super::{
    AggregateQuery, Caller, Change, Difference, Effect, Erp, ErpError, ExportQuery, Exported, Groups, Image,
    ReadQuery, Records, SearchQuery, Seen, Undo, Ungiven,
};
use super::ask::{Ask, Author};
use super::catalog::Catalog;
use super::compile::condition;
use super::reader::{Consistency, Reader, Readers, failure};
use super::sql::Dialect;
use super::write::NOTHING;
use super::{aggregate, export, registry, rights, rules, search, write};
use crate::model::table::Part;
use crate::model::{Domain, Field, Model, Operation};
use crate::policy::{Gate, Permit, Step, Verdict};
use crate::store::{Db, On};

/// How long a question may take unless told otherwise.
const LIMIT: Duration = Duration::from_secs(5);
/// The business database of this process.
#[derive(Clone, Debug)]
pub struct Embedded {
    readers: Arc<Readers>,
    /// For exports, so that none of them takes the place of a question.
    exporters: Arc<Readers>,
    limit: Duration,
    catalog: Catalog,
    /// Answer from sums that are kept, where they tell.
    sums: bool,
}

impl Embedded {
    /// The business database in `db`.
    pub fn new(db: Db) -> Self {
        let catalog = Catalog {
            models: Arc::clone(registry::models()),
            access: rights::access,
            rules: rules::domain,
            sentences: rules::sentences,
        };
        Self::over(db, catalog, true)
    }

    fn over(db: Db, catalog: Catalog, sums: bool) -> Self {
        let exporters = Arc::new(Readers::with_places(db.clone(), export::PLACES));
        Self { readers: Arc::new(Readers::new(db)), exporters, limit: LIMIT, catalog, sums }
    }

    /// Lets a question take so long before it is cancelled; 5 s unless told.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    #[cfg(test)]
    pub(super) fn of(db: Db, catalog: Catalog) -> Self {
        Self::over(db, catalog, false)
    }

    /// The same, answering from single records alone.
    #[cfg(test)]
    pub(super) fn without_sums(mut self) -> Self {
        self.sums = false;
        self
    }

    pub(super) const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(super) const fn sums(&self) -> bool {
        self.sums
    }

    pub(super) async fn reader(&self, consistency: Consistency) -> Result<Reader, sqlx::Error> {
        self.readers.reader(self.limit, consistency).await
    }

    pub(super) async fn exporter(&self) -> Result<Reader, sqlx::Error> {
        self.exporters.reader(export::LIMIT, Consistency::Statement).await
    }

    pub(super) fn ask<'a>(&'a self, permit: &'a Permit, who: &'a Caller) -> Ask<'a> {
        Ask::new(&self.catalog, permit, who, Dialect::of(self.readers.db()))
    }

    /// Waits for the turn of a change, as long as a change may take: what it waits for is not its own time.
    async fn turn(&self, on: On<'_>) -> Result<(), ErpError> {
        write::turn(on, self.limit).await.map_err(|error| failure(error, self.limit))
    }

    /// Waits for an answer no longer than the limit. Dropping what was waited for stops the statement.
    pub(super) fn within<T>(
        &self,
        answer: impl Future<Output = Result<T, ErpError>>,
    ) -> impl Future<Output = Result<T, ErpError>> {
        within(self.limit, answer)
    }
}

async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, ErpError>>,
) -> Result<T, ErpError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(Err(ErpError::Unavailable(error))) => Err(failure(error, limit)),
        Ok(answer) => answer,
        Err(_) => Err(ErpError::TooSlow(limit)),
    }
}

#[async_trait]
impl Erp for Embedded {
    async fn models(&self) -> Result<Arc<[Arc<Model>]>, ErpError> {
        Ok(Arc::clone(&self.catalog.models))
    }

    async fn model(&self, name: &str) -> Result<Arc<Model>, ErpError> {
        self.catalog.model(name).map(Arc::clone)
    }

    async fn judge(&self, who: &Caller, model: &Model, operation: Operation) -> Result<Vec<Step>, ErpError> {
        if let Err(step) = (self.catalog.access)(&who.groups, &model.name, operation) {
            return Ok(vec![step]);
        }
        let rights = Step::passed(Gate::AccessRights, "A group of the user grants the operation.");
        let rules = if (self.catalog.rules)(who, &model.name, operation) == Domain::All {
            Step::passed(Gate::RecordRules, "No record rule limits the user on this model.")
        } else {
            let mut said = (self.catalog.sentences)(who, &model.name, operation);
            said.insert(0, "Record rules decide record by record, when the call runs.".into());
            let reason = said.join(" ").into();
            Step { gate: Gate::RecordRules, verdict: Verdict::LeftToErp, reason }
        };
        Ok(vec![rights, rules])
    }

    fn ungiven(&self, model: &Model, field: &Field) -> Ungiven {
        write::ungiven(model, field)
    }

    fn understands(&self, model: &str, domain: &Domain) -> Result<(), ErpError> {
        let who = Caller {
            user_id: 0,
            groups: Arc::new([]),
            company_ids: Vec::new(),
            tz: chrono_tz::UTC,
            lang: String::new(),
        };
        let ask = self.ask(&NOTHING, &who);
        let site = ask.place_for(self.catalog.model(model)?, Author::Rule);
        condition(&ask, site, domain, Author::Rule).map(drop)
    }

    async fn search(&self, permit: &Permit, who: &Caller, query: &SearchQuery) -> Result<Records, ErpError> {
        self.within(search::search(self, &self.ask(permit, who), query)).await
    }

    async fn read(&self, permit: &Permit, who: &Caller, query: &ReadQuery) -> Result<Records, ErpError> {
        self.within(search::read(self, &self.ask(permit, who), query)).await
    }

    async fn count(&self, permit: &Permit, who: &Caller, domain: &Domain) -> Result<i64, ErpError> {
        self.within(search::count(self, &self.ask(permit, who), domain)).await
    }

    async fn aggregate(
        &self,
        permit: &Permit,
        who: &Caller,
        query: &AggregateQuery,
    ) -> Result<Groups, ErpError> {
        self.within(aggregate::aggregate(self, &self.ask(permit, who), query)).await
    }

    async fn export(
        &self,
        permit: &Permit,
        who: &Caller,
        query: &ExportQuery,
        parts: Sender<Part>,
    ) -> Result<Exported, ErpError> {
        within(export::LIMIT, export::export(self, &self.ask(permit, who), query, parts)).await
    }

    async fn change(
        &self,
        on: On<'_>,
        permit: &Permit,
        who: &Caller,
        change: &Change,
    ) -> Result<Effect, ErpError> {
        let mut on = on;
        self.turn(on.on()).await?;
        self.within(write::change(self, on, permit, who, change)).await
    }

    async fn undo(&self, on: On<'_>, who: &Caller, undo: &Undo<'_>) -> Result<Effect, ErpError> {
        let mut on = on;
        self.turn(on.on()).await?;
        self.within(write::undo(self, on, who, undo)).await
    }

    async fn readable(
        &self,
        on: On<'_>,
        permit: Option<&Permit>,
        who: &Caller,
        seen: &Seen<'_>,
    ) -> Result<BTreeSet<(String, i64)>, ErpError> {
        self.within(write::readable(&self.ask(permit.unwrap_or(&NOTHING), who), on, seen)).await
    }

    async fn differences(&self, on: On<'_>, images: &[Image]) -> Result<Vec<Difference>, ErpError> {
        self.within(write::differences(self, on, images)).await
    }
}
