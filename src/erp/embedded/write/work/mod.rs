//! A change under way: the transaction, and every record it touched as it was before.

mod outcome;
mod rows;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::super::Embedded;
use super::row::Values;
use super::{business, reach};
use crate::erp::{Caller, ErpError, Line, Row};
use crate::model::{Model, Operation};
use crate::policy::{Gate, Permit, Step};
use crate::store::On;

/// Key of the lock that changes take on PostgreSQL: there they would run beside each other.
const ONE_AT_A_TIME: i64 = 0x6178_616e_7461;

/// Waits until no other change is under way, and no longer than `most`; on this transaction then half as long for a
/// record that somebody else holds, so that it is known what took so long.
pub(in super::super) async fn turn(on: On<'_>, most: Duration) -> Result<(), sqlx::Error> {
    if let On::Postgres(c) = on {
        let most = most.as_millis().max(2);
        let wait = format!(
            "SET LOCAL lock_timeout = {most}; SELECT pg_advisory_xact_lock({ONE_AT_A_TIME}); \
             SET LOCAL lock_timeout = {}",
            most / 2
        );
        sqlx::raw_sql(AssertSqlSafe(wait)).execute(c).await?;
    }
    Ok(())
}

/// A change under way.
pub(super) struct Work<'w> {
    on: On<'w>,
    erp: &'w Embedded,
    /// `None` where a person undoes a change: then policy has no say.
    pub permit: Option<&'w Permit>,
    pub who: &'w Caller,
    /// Epoch milliseconds.
    pub now: i64,
    /// Records touched, in order, and where each stands in it.
    touched: Vec<Touched>,
    places: HashMap<(String, i64), usize>,
    /// Records as they are now: nobody else writes while this change is under way.
    known: HashMap<(String, i64), Row>,
    /// Records that the caller may see.
    seen: HashSet<(String, i64)>,
    /// Records that the caller must still reach when everything is written.
    written: BTreeMap<(String, Operation), BTreeSet<i64>>,
    /// Tables whose sequence stands.
    numbered: HashSet<String>,
    /// Why it can't be undone.
    lasting: Option<String>,
    posts: bool,
    /// Documents whose totals follow from lines that were written.
    following: BTreeSet<(String, i64)>,
    /// Records that commands were about, each with the record whose field they stand in.
    commanded: Vec<Line>,
}

struct Touched {
    model: Arc<Model>,
    id: i64,
    before: Option<Row>,
    after: Option<Row>,
}

impl<'w> Work<'w> {
    /// In the turn that [`turn`] waited for.
    pub(super) fn begin(
        erp: &'w Embedded,
        on: On<'w>,
        permit: Option<&'w Permit>,
        who: &'w Caller,
        now: i64,
    ) -> Self {
        Self {
            on,
            erp,
            permit,
            who,
            now,
            touched: Vec::new(),
            places: HashMap::new(),
            known: HashMap::new(),
            seen: HashSet::new(),
            written: BTreeMap::new(),
            numbered: HashSet::new(),
            lasting: None,
            posts: false,
            following: BTreeSet::new(),
            commanded: Vec::new(),
        }
    }

    /// Whether records are put back, rather than changed: what follows from them was there before, and is checked where
    /// others would do it anew.
    pub(super) const fn takes_back(&self) -> bool {
        self.permit.is_none()
    }

    /// To run a statement of one's own on, that changes no record.
    pub(super) fn on(&mut self) -> On<'_> {
        self.on.on()
    }

    pub(super) const fn erp(&self) -> &'w Embedded {
        self.erp
    }

    /// A model by name.
    pub(super) fn model(&self, name: &str) -> Result<Arc<Model>, ErpError> {
        self.erp.catalog().model(name).map(Arc::clone)
    }

    /// What the caller may know a record by: its name, or its number where policy hides the names of its model.
    pub(super) fn called(&self, model: &str, row: &Row) -> String {
        let rec_name =
            self.model(model).map_or_else(|_| "name".to_owned(), |model| model.rec_name.to_string());
        self.called_as(model, row.number("id"), row.word(&rec_name))
    }

    /// The same of one that is called `name`.
    pub(super) fn called_as(&self, model: &str, id: i64, name: &str) -> String {
        let Ok(known) = self.model(model) else { return format!("{model} #{id}") };
        if self.shows(model, &known.rec_name) && !name.is_empty() {
            name.to_owned()
        } else {
            format!("{model} #{id}")
        }
    }

    /// The same, for those alone who may read the model.
    pub(super) fn called_to_readers(&self, model: &str, row: &Row) -> Option<String> {
        let known = self.model(model).ok()?;
        self.may(&known, Operation::Read).is_ok().then(|| self.called(model, row))
    }

    /// Whether a policy lets the caller know of a field.
    pub(super) fn shows(&self, model: &str, field: &str) -> bool {
        self.permit.is_none_or(|permit| permit.shows(model, field))
    }

    /// Whether policy and the user's rights allow `operation` on a model.
    pub(super) fn may(&self, model: &Model, operation: Operation) -> Result<(), ErpError> {
        if self.permit.is_some_and(|permit| !permit.may(&model.name, operation)) {
            return Err(ErpError::Denied(Step::failed(
                Gate::Policy,
                format!(
                    "{} does not allow {operation} through MCP. \
                     An MCP Administrator can change it in Technical > MCP > Model Policies.",
                    model.name
                ),
            )));
        }
        (self.erp.catalog().access)(&self.who.groups, &model.name, operation).map_err(ErpError::Denied)
    }

    /// A touched record as it was before this change; `None` where it is not touched, or was not there.
    pub(super) fn original(&self, model: &str, id: i64) -> Option<&Row> {
        let at = *self.places.get(&(model.to_owned(), id))?;
        self.touched.get(at)?.before.as_ref()
    }

    /// Notes that this can't be undone, and why.
    pub(super) fn is_lasting(&mut self, why: impl Into<String>) {
        self.posts = true;
        self.lasting.get_or_insert_with(|| why.into());
    }

    /// Adds a document up when everything is written, once, however many of its lines were.
    pub(super) fn follow(&mut self, model: &str, id: i64) {
        self.following.insert((model.to_owned(), id));
    }

    /// Adds up what is to be added up by now, for those who go on with it.
    pub(super) async fn catch_up(&mut self) -> Result<(), ErpError> {
        while let Some((model, id)) = self.following.pop_first() {
            business::total(self, &model, id).await?;
        }
        Ok(())
    }

    /// Notes records that a command of a one2many field is about.
    pub(super) fn is_commanded(&mut self, (document, document_id): (&Model, i64), line: &Model, ids: &[i64]) {
        self.commanded.extend(ids.iter().map(|id| Line {
            model: line.name.to_string(),
            id: *id,
            document: document.name.to_string(),
            document_id,
        }));
    }

    /// Whether the caller may see a record.
    pub(super) async fn sees(&mut self, model: &Arc<Model>, id: i64) -> Result<bool, ErpError> {
        let key = (model.name.to_string(), id);
        if !self.seen.contains(&key) {
            if !reach::beyond(self, model, &[id]).await?.is_empty() {
                return Ok(false);
            }
            self.seen.insert(key);
        }
        Ok(true)
    }

    /// Demands that the caller still reaches a record when everything is written.
    pub(super) fn must_reach(&mut self, model: &Model, id: i64, operation: Operation) {
        self.written.entry((model.name.to_string(), operation)).or_default().insert(id);
    }

    async fn reaches(&mut self) -> Result<(), ErpError> {
        for ((name, operation), ids) in std::mem::take(&mut self.written) {
            let model = self.model(&name)?;
            let there: Vec<i64> =
                self.load(&model, &ids.into_iter().collect::<Vec<_>>()).await?.into_keys().collect();
            reach::still(self, &model, &there, operation).await?;
        }
        Ok(())
    }

    /// Whether a record was touched already: written by this change, or as a consequence of it.
    pub(super) fn has_touched(&self, model: &str, id: i64) -> bool {
        self.places.contains_key(&(model.to_owned(), id))
    }

    fn place(&mut self, model: &Model, id: i64) -> Option<&mut Touched> {
        let at = *self.places.get(&(model.name.to_string(), id))?;
        self.touched.get_mut(at)
    }

    fn touch(&mut self, model: &Arc<Model>, id: i64, before: Option<Row>, after: Option<Row>) {
        self.places.insert((model.name.to_string(), id), self.touched.len());
        self.touched.push(Touched { model: Arc::clone(model), id, before, after });
    }
}
