//! Records taken out as a table: one statement, whose rows are handed over as they come, so that a hundred thousand
//! of them are of one moment and never in memory together.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::TryStreamExt;
use sea_query::{Expr, ExprTrait, Order, Query};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc::Sender;

use super::super::{ErpError, ExportQuery, Exported};
use super::Embedded;
use super::ask::{Ask, Author, Site};
use super::cells::Cells;
use super::columns::link_of;
use super::compile::{column_of, condition, name_of, rules};
use super::narrowing;
use super::registry::table;
use super::sql::{Statement, alias, all, column};
use crate::model::table::{Cell, Column, ColumnKind, Part, Row};
use crate::model::{Complaint, Field, FieldKind};
use crate::store::on_db;

/// How long an export may take.
pub(super) const LIMIT: Duration = Duration::from_mins(1);
/// Exports that read at the same time; each has a connection besides those that answer questions.
pub(super) const PLACES: usize = 2;
/// Rows handed over together, at most.
const BATCH: usize = 256;
/// Bytes of text handed over together, about.
const BATCH_BYTES: usize = 256 * 1024;
/// Most columns, those included that stand beside what was asked for.
const MOST_COLUMNS: usize = 200;
/// Most hops of a path.
const MOST_HOPS: usize = 5;

/// What is asked for, looked up.
struct Plan {
    columns: Vec<Column>,
    /// Values of the columns, in order: two for a link.
    values: Vec<Expr>,
}

pub(super) async fn export(
    erp: &Embedded,
    ask: &Ask<'_>,
    query: &ExportQuery,
    parts: Sender<Part>,
) -> Result<Exported, ErpError> {
    let site = ask.start()?;
    let Plan { columns, values } = plan(ask, site, &query.fields)?;
    let asked = condition(ask, site, &query.domain, Author::Caller)?;
    let shown = rules(ask, site)?;
    narrowing::demand(erp, ask, &query.domain).await?;
    let mut select = Query::select();
    select.from_as(table(&site.model.name), alias(site.table)).exprs(values);
    if let Some(filter) = all([asked, ask.dialect.unindexed(shown)]) {
        select.and_where(filter);
    }
    select.order_by((alias(site.table), "id"), Order::Asc).limit(u64::from(query.limit) + 1);
    let Statement { sql, values, .. } = Statement::of(select);
    let mut reader = erp.exporter().await?;
    let mut exported = Exported { rows: 0, more: false };
    let kinds: Vec<ColumnKind> = columns.iter().map(|column| column.kind.clone()).collect();
    // Whoever listens no more knows why.
    if parts.send(Part::Columns(columns)).await.is_err() {
        return Ok(exported);
    }
    let mut batch = Batch::default();
    let gone = on_db!(reader.on()?, c => {
        let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).persistent(false).fetch(&mut *c);
        loop {
            let Some(row) = rows.try_next().await? else { break false };
            if exported.rows == query.limit {
                exported.more = true;
                break false;
            }
            exported.rows += 1;
            batch.push(&row, &kinds)?;
            if batch.is_full() && parts.send(batch.take()).await.is_err() {
                break true;
            }
        }
    });
    if !gone {
        reader.close().await?;
    }
    let _ = parts.send(batch.take()).await;
    Ok(exported)
}

#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn take(&mut self) -> Part {
        self.bytes = 0;
        Part::Rows(std::mem::take(&mut self.rows))
    }

    fn push(&mut self, row: &dyn Cells, kinds: &[ColumnKind]) -> Result<(), sqlx::Error> {
        let mut at = 0;
        let mut cells = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let cell = match kind {
                ColumnKind::Text | ColumnKind::Choice(_) => {
                    row.text(at)?.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
                }
                ColumnKind::Truth => Cell::Truth(row.truth(at)?.unwrap_or(false)),
                ColumnKind::Link => {
                    let id = row.whole(at)?;
                    at += 1;
                    let name = row.text(at)?.unwrap_or_default();
                    id.map_or(Cell::Empty, |id| Cell::Link(id, name.to_owned()))
                }
                _ => row.whole(at)?.map_or(Cell::Empty, Cell::Number),
            };
            at += 1;
            if let Cell::Text(text) | Cell::Link(_, text) = &cell {
                self.bytes += text.len();
            }
            cells.push(cell);
        }
        self.rows.push(cells);
        Ok(())
    }
}

/// The columns: `id` first, then what was asked for, each once; beside the first amount in a currency, the currency.
fn plan<'a>(ask: &Ask<'a>, site: Site<'a>, asked: &[String]) -> Result<Plan, ErpError> {
    let mut plan = Plan { columns: Vec::new(), values: Vec::new() };
    let mut seen: BTreeSet<String> = asked.iter().cloned().collect();
    let mut done = BTreeSet::new();
    for name in std::iter::once("id").chain(asked.iter().map(String::as_str)) {
        if !done.insert(name) {
            continue;
        }
        let path: Vec<&str> = name.split('.').collect();
        let end = plan.add(ask, site, &path)?;
        if let FieldKind::Monetary { currency_field } = &end.kind {
            let mut path = path.clone();
            path.pop();
            path.push(currency_field);
            if seen.insert(path.join(".")) {
                plan.add_currency(ask, site, &path)?;
            }
        }
        if plan.columns.len() > MOST_COLUMNS {
            return Err(Complaint::new(format!("an export has at most {MOST_COLUMNS} columns")).into());
        }
    }
    Ok(plan)
}

impl Plan {
    fn add<'a>(&mut self, ask: &Ask<'a>, site: Site<'a>, path: &[&str]) -> Result<&'a Field, ErpError> {
        let end = Way { ask, path }.end(site)?;
        let kind = match &end.field.kind {
            FieldKind::Char | FieldKind::Text => ColumnKind::Text,
            FieldKind::Selection(choices) => ColumnKind::Choice(choices.clone()),
            FieldKind::Integer => ColumnKind::Whole,
            FieldKind::Float { digits } => ColumnKind::Decimal(*digits),
            kind @ FieldKind::Monetary { .. } => ColumnKind::Money(kind.digits()),
            FieldKind::Boolean => ColumnKind::Truth,
            FieldKind::Date => ColumnKind::Day,
            FieldKind::Datetime => ColumnKind::Instant,
            FieldKind::Many2one { .. } => ColumnKind::Link,
            FieldKind::One2many { relation, .. } | FieldKind::Many2many { relation } => {
                return Err(Complaint::new(format!(
                    "`{}` links to many records and fits no column; export {relation} instead, with what links it here",
                    path.join(".")
                ))
                .into());
            }
        };
        self.values.push(Way { ask, path }.value(site, Wanted::Value)?);
        if kind == ColumnKind::Link {
            self.values.push(Way { ask, path }.value(site, Wanted::Name)?);
        }
        self.columns.push(Column { name: path.join("."), label: end.label, kind });
        Ok(end.field)
    }

    /// A currency that policy hides is not answered, though the amount is.
    fn add_currency<'a>(&mut self, ask: &Ask<'a>, site: Site<'a>, path: &[&str]) -> Result<(), ErpError> {
        let way = Way { ask, path };
        let Ok(end) = way.end(site) else { return Ok(()) };
        self.values.push(way.value(site, Wanted::Name)?);
        self.columns.push(Column { name: path.join("."), label: end.label, kind: ColumnKind::Text });
        Ok(())
    }
}

/// What of the field at a path's end.
#[derive(Clone, Copy)]
enum Wanted {
    Value,
    /// Name of the record it links to.
    Name,
}

/// The field at the end of a path.
struct End<'a> {
    field: &'a Field,
    label: String,
}

/// A path through many2one fields.
#[derive(Clone, Copy)]
struct Way<'w, 'a> {
    ask: &'w Ask<'a>,
    path: &'w [&'w str],
}

impl<'a> Way<'_, 'a> {
    /// Follows the path as far as it goes; every hop is checked.
    fn end(self, start: Site<'a>) -> Result<End<'a>, ErpError> {
        if self.path.len() > MOST_HOPS + 1 {
            return Err(
                Complaint::new(format!("`{}` has more than {MOST_HOPS} hops", self.path.join("."))).into()
            );
        }
        let (mut site, mut labels) = (start, Vec::new());
        for (n, name) in self.path.iter().enumerate() {
            let field = self.ask.field(site, name)?;
            labels.push(field.label.as_ref());
            if n + 1 == self.path.len() {
                return Ok(End { field, label: labels.join(" / ") });
            }
            site = self.hop(site, field, n)?;
        }
        Err(Complaint::new("a field has no name").example(r#"["name","partner_id.country_id"]"#).into())
    }

    fn hop(self, site: Site<'a>, link: &'a Field, n: usize) -> Result<Site<'a>, ErpError> {
        let way = self.path.get(..=n).unwrap_or_default().join(".");
        let Some(relation) = link_of(link) else {
            return Err(Complaint::new(format!(
                "`{}` goes on behind `{way}`, but {} `{}` is {} and not many2one",
                self.path.join("."),
                site.model.name,
                link.name,
                link.kind.name()
            ))
            .into());
        };
        self.ask.land(relation, &way, Author::Caller)
    }

    /// The value at the path's end for a record at `start`. Records that a rule hides from the caller are as if they
    /// were not linked.
    fn value(self, start: Site<'a>, wanted: Wanted) -> Result<Expr, ErpError> {
        self.from(start, 0, wanted)
    }

    fn from(self, site: Site<'a>, n: usize, wanted: Wanted) -> Result<Expr, ErpError> {
        let name = self.path.get(n).copied().unwrap_or_default();
        let field = self.ask.field(site, name)?;
        if n + 1 >= self.path.len() {
            let own = column_of(self.ask, site, &field.name, &field.kind);
            return match (wanted, link_of(field)) {
                (Wanted::Name, Some(relation)) => name_of(self.ask, relation, own),
                _ => Ok(own),
            };
        }
        let landing = self.hop(site, field, n)?;
        let value = self.from(landing, n + 1, wanted)?;
        let linked = column(landing.table, "id").eq(column(site.table, &field.name));
        let here = all([Some(linked), rules(self.ask, landing)?]).unwrap_or_else(|| Expr::cust("TRUE"));
        Ok(Expr::cust_with_exprs(
            format!(r#"(SELECT $1 FROM "{}" AS "t{}" WHERE $2)"#, table(&landing.model.name), landing.table),
            [value, here],
        ))
    }
}
