//! A page of records: the statement that finds it, and the JSON it becomes.

use sea_query::{Expr, Query, SelectStatement};

use super::super::ErpError;
use super::ask::{Ask, Site};
use super::cells::Cells;
use super::columns::{Column, Place, link_of};
use super::compile::{column_of, name_of};
use super::json::write_whole;
use super::links::Links;
use super::order::Key;
use super::registry::table;
use super::sql::{Condition, Statement, alias, column};
use crate::model::Field;

/// Records on a page that is being written.
pub(super) struct Page<'a> {
    columns: Vec<Column<'a>>,
    out: Vec<u8>,
    /// Ids of the records, in order.
    pub ids: Vec<i64>,
    /// Where each record ends.
    ends: Vec<usize>,
    /// Where a list of links is still to be written: position and column.
    holes: Vec<(usize, usize)>,
}

/// The statement that finds records: those of `filter`, in order, a page of them.
///
/// The page is cut first and names of links are looked up for it alone.
pub(super) fn statement(
    ask: &Ask<'_>,
    site: Site<'_>,
    columns: &[Column<'_>],
    filter: Condition,
    order: &[Key],
    (limit, offset): (u64, u64),
) -> Result<Statement, ErpError> {
    let mut inner = Query::select();
    inner.from_as(table(&site.model.name), alias(site.table));
    inner.expr_as(column(site.table, "id"), "id");
    for (n, shown) in columns.iter().enumerate() {
        if let Place::Row(..) = shown.place {
            inner.expr_as(column_of(ask, site, &shown.field.name, &shown.field.kind), format!("c{n}"));
        }
    }
    if let Some(filter) = filter {
        inner.and_where(filter);
    }
    inner.limit(limit);
    if offset > 0 {
        inner.offset(offset);
    }
    if columns.iter().any(|c| link_of(c.field).is_some()) {
        return Ok(Statement::of(named(ask, columns, inner, order)?));
    }
    for key in order {
        key.apply(&mut inner, key.value.clone());
    }
    Ok(Statement::of(inner))
}

/// The same page with the name of every link beside it.
fn named(
    ask: &Ask<'_>,
    columns: &[Column<'_>],
    mut inner: SelectStatement,
    order: &[Key],
) -> Result<SelectStatement, ErpError> {
    let page = ask.next();
    let mut outer = Query::select();
    outer.expr(column(page, "id"));
    for (n, shown) in columns.iter().enumerate() {
        if let Place::Row(..) = shown.place {
            let value = column(page, &format!("c{n}"));
            outer.expr(value.clone());
            if let Some(relation) = link_of(shown.field) {
                outer.expr(name_of(ask, relation, value)?);
            }
        }
    }
    for (n, key) in order.iter().enumerate() {
        let name = format!("o{n}");
        inner.expr_as(key.value.clone(), name.clone());
        key.apply(&mut inner, Expr::col(name.clone()));
        // The collation of the key goes with it out of the subquery.
        key.apply(&mut outer, column(page, &name));
    }
    outer.from_subquery(inner, alias(page));
    Ok(outer)
}

impl<'a> Page<'a> {
    pub(super) fn new(columns: Vec<Column<'a>>) -> Self {
        Self { columns, out: vec![b'['], ids: Vec::new(), ends: Vec::new(), holes: Vec::new() }
    }

    /// Fields whose links are still to be written.
    pub(super) fn linking(&self) -> impl Iterator<Item = (usize, &'a Field)> + '_ {
        let links = self.columns.iter().enumerate();
        links.filter(|(_, c)| matches!(c.place, Place::Links)).map(|(n, c)| (n, c.field))
    }

    /// Writes a record.
    pub(super) fn push(&mut self, row: &dyn Cells) -> Result<(), sqlx::Error> {
        let id = row.whole(0)?.unwrap_or_default();
        if !self.ids.is_empty() {
            self.out.push(b',');
        }
        self.ids.push(id);
        self.out.extend_from_slice(br#"{"id":"#);
        write_whole(&mut self.out, id);
        for (n, column) in self.columns.iter().enumerate() {
            self.out.push(b',');
            self.out.extend_from_slice(&column.key);
            match column.place {
                Place::Row(shape, at) => shape.write(&mut self.out, row, at)?,
                Place::Links => self.holes.push((self.out.len(), n)),
            }
        }
        self.out.push(b'}');
        self.ends.push(self.out.len());
        Ok(())
    }

    /// The records as JSON, in the order they came.
    pub(super) fn finish(mut self, links: &Links) -> Vec<u8> {
        if self.holes.is_empty() {
            self.out.push(b']');
            return self.out;
        }
        let order: Vec<usize> = (0..self.ids.len()).collect();
        self.arranged(&order, links)
    }

    /// The records as JSON, in another order: of their positions.
    pub(super) fn arranged(self, order: &[usize], links: &Links) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.out.len() + 64 * self.holes.len());
        all.push(b'[');
        for &at in order {
            let (Some(&id), Some(&end)) = (self.ids.get(at), self.ends.get(at)) else { continue };
            // Behind the bracket or comma that the last one ended with.
            let mut from = at.checked_sub(1).and_then(|b| self.ends.get(b)).map_or(1, |e| e + 1);
            if all.len() > 1 {
                all.push(b',');
            }
            let first = self.holes.partition_point(|(hole, _)| *hole < from);
            for &(hole, column) in self.holes.iter().skip(first).take_while(|(hole, _)| *hole < end) {
                all.extend_from_slice(self.out.get(from..hole).unwrap_or_default());
                links.write(&mut all, column, id);
                from = hole;
            }
            all.extend_from_slice(self.out.get(from..end).unwrap_or_default());
        }
        all.push(b']');
        all
    }
}
