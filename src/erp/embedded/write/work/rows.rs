//! Records read and written on the transaction of a change.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::error::ErrorKind;

use super::super::super::many_rows::placeholders;
use super::super::super::registry::table;
use super::super::money;
use super::super::row::{self, Sort, Values, stored};
use super::Work;
use crate::erp::{Cell, ErpError, Row};
use crate::model::{Complaint, Model};
use crate::store::on_db;

/// Ids of one statement.
const AT_ONCE: usize = 200;

impl Work<'_> {
    /// The records of those ids that are there, by id.
    pub(in super::super) async fn load(
        &mut self,
        model: &Model,
        ids: &[i64],
    ) -> Result<BTreeMap<i64, Row>, ErpError> {
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
    pub(in super::super) async fn one(&mut self, model: &str, id: i64) -> Result<Option<Row>, ErpError> {
        let model = self.model(model)?;
        Ok(self.load(&model, &[id]).await?.remove(&id))
    }

    /// The records whose `field` is `value`, by id.
    pub(in super::super) async fn find(
        &mut self,
        model: &str,
        field: &str,
        value: i64,
    ) -> Result<Vec<Row>, ErpError> {
        let model = self.model(model)?;
        Ok(self.select(&model, &format!(r#""{field}" = $1 ORDER BY id"#), &[value]).await?)
    }

    /// Rows under a condition of our own making, with whole numbers bound.
    pub(in super::super) async fn select(
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
    pub(in super::super) async fn insert(
        &mut self,
        model: &Arc<Model>,
        mut row: Row,
    ) -> Result<i64, ErpError> {
        let id = self.new_id(model).await?;
        row.put("id", id);
        self.insert_as(model, id, row).await?;
        Ok(id)
    }

    /// The id of a record to be written.
    pub(in super::super) async fn new_id(&mut self, model: &Model) -> Result<i64, ErpError> {
        Ok(self.next_id(&model.name).await?)
    }

    /// Writes a record under an id that it had before.
    pub(in super::super) async fn insert_as(
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
    pub(in super::super) async fn update(
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
        if self.takes_back() { Ok(()) } else { money::held(model, id, row) }
    }

    /// Removes a record that was loaded as `before`.
    pub(in super::super) async fn delete(
        &mut self,
        model: &Arc<Model>,
        before: &Row,
    ) -> Result<(), ErpError> {
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
    pub(in super::super) async fn next_number(&mut self, name: &str, first: i64) -> Result<i64, sqlx::Error> {
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
