//! Which records of a change a caller may read. Those that are not there any more, or were only tried, are judged by
//! what the change keeps of them, in the place of the rows that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Query, Value};

use super::super::ask::Ask;
use super::super::cells::each_on;
use super::super::registry::table;
use super::super::sql::{Dialect, Statement, alias, column};
use super::reach;
use super::row::{Sort, stored};
use crate::erp::{Cell, ErpError, Image, Row, Seen};
use crate::model::{FieldKind, Model};
use crate::store::On;

/// Rows of one statement: each is bound whole, and SQLite takes 32766 values.
const AT_ONCE: usize = 100;

/// Rows that are not in their table, by model and id.
type Gone<'i> = BTreeMap<&'i str, BTreeMap<i64, &'i Row>>;

/// The records of these images that the caller may read, each with its model.
pub(in super::super) async fn readable(
    ask: &Ask<'_>,
    mut on: On<'_>,
    seen: &Seen<'_>,
) -> Result<BTreeSet<(String, i64)>, ErpError> {
    let mut ids: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for image in seen.images {
        ids.entry(image.model.as_str()).or_default().push(image.id);
    }
    let mut gone = Gone::new();
    for (name, ids) in &ids {
        let there = if seen.images.iter().any(|image| image.model == *name && whole(image).is_some()) {
            there(on.on(), ask.catalog.model(name)?, ids).await?
        } else {
            continue;
        };
        for image in seen.images.iter().filter(|image| image.model == *name) {
            let Some(row) = whole(image) else { continue };
            // What was only tried may have its number from somebody else's record by now.
            let tried = image.before.is_none() && !seen.done;
            if tried || !there.contains(&image.id) {
                gone.entry(*name).or_default().insert(image.id, row);
            }
        }
    }
    let mut reached = BTreeSet::new();
    for (name, ids) in &ids {
        let model = ask.catalog.model(name)?;
        let rows = gone.get(name);
        let is_gone = |id: &i64| rows.is_some_and(|rows| rows.contains_key(id));
        let (lost, there): (Vec<i64>, Vec<i64>) = ids.iter().copied().partition(is_gone);
        let found = reach::readable(ask, on.on(), name, &there).await?;
        reached.extend(found.into_iter().map(|id| ((*name).to_owned(), id)));
        for part in lost.chunks(AT_ONCE) {
            let mut statement = reach::statement(ask, model, part)?;
            replace(ask, &mut statement, (model, part), &gone)?;
            each_on(on.on(), statement, |row| {
                reached.extend(row.whole(0)?.map(|id| ((*name).to_owned(), id)));
                Ok(())
            })
            .await?;
        }
    }
    Ok(reached)
}

/// The row of a record that came or went; of one that was changed, only what differs is kept.
fn whole(image: &Image) -> Option<&Row> {
    match (&image.before, &image.after) {
        (Some(row), None) | (None, Some(row)) => Some(row),
        _ => None,
    }
}

async fn there(mut on: On<'_>, model: &Model, ids: &[i64]) -> Result<BTreeSet<i64>, ErpError> {
    let mut found = BTreeSet::new();
    for part in ids.chunks(AT_ONCE) {
        let mut select = Query::select();
        select
            .expr(column(0, "id"))
            .from_as(table(&model.name), alias(0))
            .and_where(Expr::col((alias(0), "id")).is_in(part.iter().copied()));
        each_on(on.on(), Statement::of(select), |row| {
            found.extend(row.whole(0)?);
            Ok(())
        })
        .await?;
    }
    Ok(found)
}

/// Puts rows that are gone into the tables that a statement reads: those that it is about, and those that they link to.
fn replace(
    ask: &Ask<'_>,
    statement: &mut Statement,
    (model, ids): (&Arc<Model>, &[i64]),
    gone: &Gone<'_>,
) -> Result<(), ErpError> {
    let mut tables = String::from("WITH ");
    for (name, ids) in linked(ask, (model, ids), gone)? {
        let Some(rows) = gone.get(name.as_str()) else { continue };
        let model = ask.catalog.model(&name)?;
        let fields: Vec<_> = stored(model).collect();
        let columns: Vec<String> = fields.iter().map(|field| format!(r#""{}""#, field.name)).collect();
        let columns = columns.join(", ");
        if tables.len() > "WITH ".len() {
            tables.push_str(", ");
        }
        let plain = table(&model.name);
        // A name without its schema would mean this very table to SQLite.
        let schema = if ask.dialect == Dialect::Sqlite { "main." } else { "" };
        let numbers: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let _ = write!(
            tables,
            r#""{plain}" ({columns}) AS (SELECT {columns} FROM {schema}"{plain}" WHERE "id" NOT IN ({}) UNION ALL VALUES "#,
            numbers.join(", ")
        );
        for (at, id) in ids.iter().enumerate() {
            tables.push_str(if at == 0 { "(" } else { ", (" });
            let row = rows.get(id);
            for (place, field) in fields.iter().enumerate() {
                let cell = row.and_then(|row| row.get(field.name.as_ref()));
                statement.values.0.0.push(bound(&field.kind, cell));
                let comma = if place == 0 { "" } else { ", " };
                let _ = write!(tables, "{comma}${}", statement.values.0.0.len());
            }
            tables.push(')');
        }
        tables.push(')');
    }
    statement.sql = format!("{tables} {}", statement.sql);
    Ok(())
}

/// The rows that are gone, and those of them that they link to, at every step.
fn linked(
    ask: &Ask<'_>,
    (model, ids): (&Arc<Model>, &[i64]),
    gone: &Gone<'_>,
) -> Result<BTreeMap<String, BTreeSet<i64>>, ErpError> {
    let mut all: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    let mut open: Vec<(String, i64)> = ids.iter().map(|id| (model.name.to_string(), *id)).collect();
    while let Some((name, id)) = open.pop() {
        let Some(row) = gone.get(name.as_str()).and_then(|rows| rows.get(&id)) else { continue };
        if !all.entry(name.clone()).or_default().insert(id) {
            continue;
        }
        for field in &ask.catalog.model(&name)?.fields {
            let FieldKind::Many2one { relation } = &field.kind else { continue };
            if let Some(to) = row.get(field.name.as_ref()).and_then(Cell::int) {
                open.push((relation.to_string(), to));
            }
        }
    }
    Ok(all)
}

fn bound(kind: &FieldKind, cell: Option<&Cell>) -> Value {
    match Sort::of(kind) {
        Sort::Int => cell.and_then(Cell::int).into(),
        Sort::Text => cell.and_then(Cell::text).map(str::to_owned).into(),
        Sort::Bool => match cell {
            Some(Cell::Bool(truth)) => Some(*truth).into(),
            _ => None::<bool>.into(),
        },
    }
}
