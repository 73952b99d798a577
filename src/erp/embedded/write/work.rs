//! A change under way: the transaction, and every record it touched as it was before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::error::ErrorKind;

use super::super::Embedded;
use super::super::many_rows::placeholders;
use super::super::registry::table;
use super::super::rollup::{self, Changes, Fact};
use super::row::{self, Sort, Values, stored};
use super::{business, documents, money, reach};
use crate::erp::{Caller, Cell, Effect, ErpError, Image, Line, Row};
use crate::model::{Complaint, Model, Operation};
use crate::policy::{Gate, Permit, Step};
use crate::store::{On, on_db};

/// Key of the lock that changes take on PostgreSQL: there they would run beside each other.
const ONE_AT_A_TIME: i64 = 0x6178_616e_7461;
/// Fields that say how far a document has come, its lines' included.
const STATES: [&str; 2] = ["state", "parent_state"];
/// Ids of one statement.
const AT_ONCE: usize = 200;

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
}

struct Touched {
    model: Arc<Model>,
    id: i64,
    before: Option<Row>,
    after: Option<Row>,
}

impl<'w> Work<'w> {
    /// Waits for its turn.
    pub(super) async fn begin(
        erp: &'w Embedded,
        mut on: On<'w>,
        permit: Option<&'w Permit>,
        who: &'w Caller,
        now: i64,
    ) -> Result<Self, sqlx::Error> {
        if let On::Postgres(c) = on.on() {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ONE_AT_A_TIME).execute(c).await?;
        }
        Ok(Self {
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
        })
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
        let is_shown = self.permit.is_none_or(|permit| permit.shows(model, &known.rec_name));
        if is_shown && !name.is_empty() { name.to_owned() } else { format!("{model} #{id}") }
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

    /// The records of those ids that are there, by id.
    pub(super) async fn load(&mut self, model: &Model, ids: &[i64]) -> Result<BTreeMap<i64, Row>, ErpError> {
        let mut all = BTreeMap::new();
        let mut unknown = Vec::new();
        for id in ids {
            match self.known.get(&(model.name.to_string(), *id)) {
                Some(row) => drop(all.insert(*id, row.clone())),
                None => unknown.push(*id),
            }
        }
        for part in unknown.chunks(AT_ONCE) {
            let places = placeholders(&self.on, 1, part.len());
            for row in self.select(model, &format!("id IN {places}"), part).await? {
                self.known.insert((model.name.to_string(), row.number("id")), row.clone());
                all.insert(row.number("id"), row);
            }
        }
        Ok(all)
    }

    /// One record.
    pub(super) async fn one(&mut self, model: &str, id: i64) -> Result<Option<Row>, ErpError> {
        let model = self.model(model)?;
        Ok(self.load(&model, &[id]).await?.remove(&id))
    }

    /// The records whose `field` is `value`, by id.
    pub(super) async fn find(&mut self, model: &str, field: &str, value: i64) -> Result<Vec<Row>, ErpError> {
        let model = self.model(model)?;
        Ok(self.select(&model, &format!(r#""{field}" = $1 ORDER BY id"#), &[value]).await?)
    }

    /// Rows under a condition of our own making, with whole numbers bound.
    pub(super) async fn select(
        &mut self,
        model: &Model,
        condition: &str,
        bound: &[i64],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let columns: Vec<String> = stored(model).map(|field| format!(r#""{}""#, field.name)).collect();
        let sql = format!("SELECT {} FROM {} WHERE {condition}", columns.join(", "), table(&model.name));
        on_db!(self.on.on(), c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for n in bound {
                query = query.bind(*n);
            }
            query.fetch_all(&mut *c).await?.iter().map(|found| row::read(model, found)).collect()
        })
    }

    /// Writes a new record and gives it its id. Every column must be set or may be empty.
    pub(super) async fn insert(&mut self, model: &Arc<Model>, mut row: Row) -> Result<i64, ErpError> {
        let id = self.new_id(model).await?;
        row.put("id", id);
        self.insert_as(model, id, row).await?;
        Ok(id)
    }

    /// The id of a record to be written.
    pub(super) async fn new_id(&mut self, model: &Model) -> Result<i64, ErpError> {
        Ok(self.next_id(&model.name).await?)
    }

    /// A touched record as it was before this change; `None` where it is not touched, or was not there.
    pub(super) fn original(&self, model: &str, id: i64) -> Option<&Row> {
        let at = *self.places.get(&(model.to_owned(), id))?;
        self.touched.get(at)?.before.as_ref()
    }

    /// Writes a record under an id that it had before.
    pub(super) async fn insert_as(
        &mut self,
        model: &Arc<Model>,
        id: i64,
        mut row: Row,
    ) -> Result<(), ErpError> {
        for field in stored(model) {
            row.entry(field.name.to_string()).or_default();
        }
        self.held(model, None, &row)?;
        let columns: Vec<String> = stored(model).map(|field| format!(r#""{}""#, field.name)).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            table(&model.name),
            columns.join(", "),
            placeholders(&self.on, 1, columns.len())
        );
        let names: Vec<&str> = stored(model).map(|field| field.name.as_ref()).collect();
        self.execute(model, sql, &names, &row, None).await?;
        self.known.insert((model.name.to_string(), id), row.clone());
        match self.place(model, id) {
            Some(touched) => touched.after = Some(row),
            None => self.touch(model, id, None, Some(row)),
        }
        Ok(())
    }

    /// Sets values of a record that was loaded as `before`.
    pub(super) async fn update(
        &mut self,
        model: &Arc<Model>,
        before: &Row,
        changes: &Row,
    ) -> Result<(), ErpError> {
        let changes: Row = changes
            .iter()
            .filter(|(name, cell)| before.get(*name) != Some(cell))
            .map(|(name, cell)| (name.clone(), cell.clone()))
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let id = before.number("id");
        let was_there = !self.has_touched(&model.name, id) || self.original(&model.name, id).is_some();
        self.held(model, was_there.then_some(id), &changes)?;
        let names: Vec<&str> = changes.keys().map(String::as_str).collect();
        let sets: Vec<String> =
            names.iter().enumerate().map(|(at, name)| format!(r#""{name}" = ${}"#, at + 1)).collect();
        let sql =
            format!("UPDATE {} SET {} WHERE id = ${}", table(&model.name), sets.join(", "), names.len() + 1);
        self.execute(model, sql, &names, &changes, Some(id)).await?;
        // What was loaded may have changed since in other fields.
        let now = self.place(model, id).and_then(|touched| touched.after.as_ref()).unwrap_or(before);
        let after: Row = now.iter().map(|(k, v)| (k.clone(), v.clone())).chain(changes).collect();
        self.known.insert((model.name.to_string(), id), after.clone());
        match self.place(model, id) {
            Some(touched) => touched.after = Some(after),
            None => self.touch(model, id, Some(before.clone()), Some(after)),
        }
        Ok(())
    }

    /// No number becomes larger than can be added up; what is put back was there before.
    fn held(&self, model: &Model, id: Option<i64>, row: &Row) -> Result<(), ErpError> {
        if self.permit.is_none() { Ok(()) } else { money::held(model, id, row) }
    }

    /// Removes a record that was loaded as `before`.
    pub(super) async fn delete(&mut self, model: &Arc<Model>, before: &Row) -> Result<(), ErpError> {
        let id = before.number("id");
        let sql = format!("DELETE FROM {} WHERE id = $1", table(&model.name));
        self.execute(model, sql, &[], &Row::new(), Some(id)).await?;
        self.known.remove(&(model.name.to_string(), id));
        match self.place(model, id) {
            Some(touched) => touched.after = None,
            None => self.touch(model, id, Some(before.clone()), None),
        }
        Ok(())
    }

    /// Next number of a sequence of our own, such as the deliveries of a warehouse; `first` where it is new.
    pub(super) async fn next_number(&mut self, name: &str, first: i64) -> Result<i64, sqlx::Error> {
        const SQL: &str = "INSERT INTO erp_sequences AS s (name, next_id) VALUES ($1, $2 + 1)
            ON CONFLICT (name) DO UPDATE SET next_id = s.next_id + 1 RETURNING next_id - 1";
        on_db!(self.on.on(), c => sqlx::query_scalar(SQL).bind(name).bind(first).fetch_one(&mut *c).await)
    }

    async fn next_id(&mut self, model: &str) -> Result<i64, sqlx::Error> {
        let table = table(model);
        let mut first = 1;
        if !self.numbered.contains(&table) {
            let sql = format!("SELECT COALESCE(MAX(id), 0) + 1 FROM {table}");
            first =
                on_db!(self.on.on(), c => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *c).await)?;
            self.numbered.insert(table.clone());
        }
        self.next_number(&table, first).await
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

    /// Writes what follows from what was written, and says what was done.
    pub(super) async fn finish(
        mut self,
        ids: Vec<i64>,
        answer: Option<serde_json::Value>,
    ) -> Result<Effect, ErpError> {
        self.catch_up().await?;
        self.reaches().await?;
        let sums = self.sums();
        rollup::apply(self.on.on(), &sums).await?;
        let lines = self.lines()?;
        let amount = money::largest(&mut self, &lines).await?;
        let images = self.touched.into_iter().filter_map(Touched::image).collect();
        Ok(Effect {
            ids,
            answer,
            images,
            lines,
            lasting: self.lasting,
            posts: self.posts,
            amount,
            seal: None,
        })
    }

    /// Documents touched, as they were and as they are.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Row> {
        let documents = self.touched.iter().filter(|touched| business::is_document(&touched.model.name));
        documents.flat_map(|touched| [&touched.before, &touched.after].into_iter().flatten())
    }

    /// Lines that were written, with their documents.
    fn lines(&self) -> Result<Vec<Line>, ErpError> {
        let mut owners: BTreeMap<&str, Vec<(Arc<Model>, String)>> = BTreeMap::new();
        let mut all = Vec::new();
        for touched in self.touched.iter().filter(|touched| touched.before != touched.after) {
            let name = touched.model.name.as_ref();
            if !owners.contains_key(name) {
                owners.insert(name, documents::owners(self, &touched.model)?);
            }
            let written = documents::Written {
                model: &touched.model,
                id: touched.id,
                before: touched.before.as_ref(),
                after: touched.after.as_ref(),
            };
            all.extend(documents::of(owners.get(name).map_or(&[], Vec::as_slice), &written));
        }
        Ok(all)
    }

    /// How the sums of `stock.movement` change.
    fn sums(&self) -> Changes {
        let mut changes = Changes::default();
        for touched in self.touched.iter().filter(|touched| touched.model.name == "stock.movement") {
            if let Some(before) = &touched.before {
                changes.remove(&fact(before));
            }
            if let Some(after) = &touched.after {
                changes.add(&fact(after));
            }
        }
        changes
    }

    fn place(&mut self, model: &Model, id: i64) -> Option<&mut Touched> {
        let at = *self.places.get(&(model.name.to_string(), id))?;
        self.touched.get_mut(at)
    }

    fn touch(&mut self, model: &Arc<Model>, id: i64, before: Option<Row>, after: Option<Row>) {
        self.places.insert((model.name.to_string(), id), self.touched.len());
        self.touched.push(Touched { model: Arc::clone(model), id, before, after });
    }

    async fn execute(
        &mut self,
        model: &Model,
        sql: String,
        names: &[&str],
        row: &Row,
        id: Option<i64>,
    ) -> Result<(), ErpError> {
        let done = on_db!(self.on.on(), c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for name in names {
                let cell = row.get(*name);
                let sort = model.field(name).map_or(Sort::Int, |field| Sort::of(&field.kind));
                query = match sort {
                    Sort::Int => query.bind(cell.and_then(Cell::int)),
                    Sort::Text => query.bind(cell.and_then(Cell::text)),
                    Sort::Bool => query.bind(match cell {
                        Some(Cell::Bool(truth)) => Some(*truth),
                        _ => None,
                    }),
                };
            }
            if let Some(id) = id {
                query = query.bind(id);
            }
            query.execute(&mut *c).await.map(drop)
        });
        done.map_err(|error| refused(error, model, id.or_else(|| row.int("id"))))
    }
}

impl Touched {
    /// `None` where the record is as it was, or came and went.
    fn image(self) -> Option<Image> {
        let (before, after) = match (self.before, self.after) {
            (Some(mut before), Some(mut after)) => {
                if before == after {
                    return None;
                }
                // What follows from a document depends on its state: it is taken back only where that still holds.
                let is_kept = |name: &str| STATES.contains(&name);
                before.retain(|name, cell| is_kept(name) || after.get(name) != Some(cell));
                after.retain(|name, _| before.contains_key(name));
                (Some(before), Some(after))
            }
            (None, None) => return None,
            other => other,
        };
        Some(Image { model: self.model.name.to_string(), id: self.id, before, after })
    }
}

/// What the database itself refuses, in words that do not depend on which it is.
fn refused(error: sqlx::Error, model: &Model, id: Option<i64>) -> ErpError {
    let which = format!("{} {}", model.name, id.unwrap_or_default());
    let why = match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => {
            "there is another record with its name, code or reference, which must be the only one; choose another"
        }
        Some(ErrorKind::ForeignKeyViolation) => {
            "it links to a record that is not there, or others link to it; read them again"
        }
        _ => return error.into(),
    };
    ErpError::BadChange(Complaint::new(format!("{which}: {why}")))
}

fn fact(row: &Row) -> Fact {
    Fact {
        company_id: row.number("company_id"),
        date: row.number("date"),
        product_id: row.number("product_id"),
        warehouse_id: row.number("warehouse_id"),
        picking_type: Cow::Owned(row.word("picking_type").to_owned()),
        state: Cow::Owned(row.word("state").to_owned()),
        currency_id: row.number("currency_id"),
        quantity: row.number("quantity"),
        value: row.number("value"),
    }
}
