//! Records that match: pages of them, and how many there are.

use sea_query::{Expr, ExprTrait, Query};

use super::super::{ErpError, ReadQuery, Records, SearchQuery};
use super::Embedded;
use super::ask::{Ask, Site};
use super::cells::{each, number};
use super::columns::{any_links, columns};
use super::compile::{filter, rules};
use super::json::raw;
use super::links::Links;
use super::order::keys;
use super::page::{Page, statement};
use super::reader::Consistency;
use super::reader::Reader;
use super::registry::table;
use super::sql::{Condition, Statement, alias, column};
use crate::model::Domain;
use crate::policy::{Gate, Step};

/// Matches are counted up to here beside a page of them; `total` is left open where there are more. Counting
/// all of a large table costs a thousand times its first page; `count_records` does it for whoever wants it.
const COUNTED: u64 = 10_000;

pub(super) async fn search(erp: &Embedded, ask: &Ask<'_>, query: &SearchQuery) -> Result<Records, ErpError> {
    let site = ask.start()?;
    let columns = columns(ask, site, &query.fields)?;
    let order = keys(ask, site, &query.order)?;
    let filter = filter(ask, site, &query.domain)?;
    let (limit, offset) = (u64::from(query.limit), u64::from(query.offset));
    // One more than asked for tells whether there are more.
    let found = statement(ask, site, &columns, filter.clone(), &order, (limit + 1, offset))?;
    let consistency = if any_links(&columns) { Consistency::Snapshot } else { Consistency::Statement };
    let mut reader = erp.reader(consistency).await?;
    let mut page = Page::new(columns);
    let mut has_more = false;
    each(&mut reader, found, |row| {
        if page.ids.len() as u64 == limit {
            has_more = true;
            return Ok(());
        }
        page.push(row)
    })
    .await?;
    let seen = offset + page.ids.len() as u64;
    let total = if has_more || (page.ids.is_empty() && offset > 0) {
        let counted = number(&mut reader, count_to(site, filter, COUNTED + 1)).await?;
        // A record written in between may have left: what was seen is there all the same.
        let counted = u64::try_from(counted).unwrap_or_default();
        let least = if page.ids.is_empty() { 0 } else { seen + u64::from(has_more) };
        (counted <= COUNTED && least <= COUNTED).then_some(Ord::max(counted, least))
    } else {
        Some(seen)
    };
    let links = Links::load(ask, site, &page, &mut reader).await?;
    reader.close().await?;
    let rows = u32::try_from(page.ids.len()).unwrap_or(u32::MAX);
    let total = total.and_then(|t| i64::try_from(t).ok());
    Ok(Records { json: raw(page.finish(&links))?, rows, total, has_more })
}

pub(super) async fn read(erp: &Embedded, ask: &Ask<'_>, query: &ReadQuery) -> Result<Records, ErpError> {
    let site = ask.start()?;
    let columns = columns(ask, site, &query.fields)?;
    let mut ids: Vec<i64> = Vec::with_capacity(query.ids.len());
    for id in &query.ids {
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    let shown = rules(ask, site)?;
    let named = Expr::col((alias(site.table), "id")).is_in(ids.iter().copied());
    let found = statement(
        ask,
        site,
        &columns,
        super::sql::all([Some(named.clone()), shown]),
        &[],
        (ids.len() as u64, 0),
    )?;
    let mut reader = erp.reader(Consistency::Snapshot).await?;
    let mut page = Page::new(columns);
    each(&mut reader, found, |row| page.push(row)).await?;
    if page.ids.len() < ids.len() {
        let error = absent(&mut reader, site, named, &ids, &page.ids).await?;
        reader.close().await?;
        return Err(error);
    }
    let links = Links::load(ask, site, &page, &mut reader).await?;
    reader.close().await?;
    let places: std::collections::HashMap<i64, usize> =
        page.ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let order: Vec<usize> = ids.iter().filter_map(|id| places.get(id).copied()).collect();
    let rows = u32::try_from(order.len()).unwrap_or(u32::MAX);
    Ok(Records {
        json: raw(page.arranged(&order, &links))?,
        rows,
        total: Some(i64::from(rows)),
        has_more: false,
    })
}

/// Why ids were not answered: they are not there, or a record rule hides them.
async fn absent(
    reader: &mut Reader,
    site: Site<'_>,
    named: Expr,
    ids: &[i64],
    shown: &[i64],
) -> Result<ErpError, ErpError> {
    let mut existing = Query::select();
    existing
        .expr(column(site.table, "id"))
        .from_as(table(&site.model.name), alias(site.table))
        .and_where(named);
    let mut there = Vec::new();
    each(reader, Statement::of(&existing), |row| {
        there.extend(row.whole(0)?);
        Ok(())
    })
    .await?;
    let missing: Vec<i64> = ids.iter().copied().filter(|id| !there.contains(id)).collect();
    if !missing.is_empty() {
        return Ok(ErpError::MissingRecords { model: site.model.name.to_string(), ids: missing });
    }
    let hidden: Vec<String> = ids.iter().filter(|id| !shown.contains(id)).map(ToString::to_string).collect();
    Ok(ErpError::Denied(Step::failed(
        Gate::RecordRules,
        format!(
            "record rules of {} do not let you read id {}. A Settings / Administrator can change what your groups and companies let you see.",
            site.model.name,
            hidden.join(", ")
        ),
    )))
}

pub(super) async fn count(erp: &Embedded, ask: &Ask<'_>, domain: &Domain) -> Result<i64, ErpError> {
    let site = ask.start()?;
    let filter = filter(ask, site, domain)?;
    let mut all = Query::select();
    all.expr(Expr::cust("COUNT(*)")).from_as(table(&site.model.name), alias(site.table));
    if let Some(filter) = filter {
        all.and_where(filter);
    }
    let mut reader = erp.reader(Consistency::Statement).await?;
    let total = number(&mut reader, Statement::of(&all)).await?;
    reader.close().await?;
    Ok(total)
}

/// Counts what the filter holds for, but no further than `most`.
fn count_to(site: Site<'_>, filter: Condition, most: u64) -> Statement {
    let mut some = Query::select();
    some.expr(Expr::cust("1")).from_as(table(&site.model.name), alias(site.table));
    if let Some(filter) = filter {
        some.and_where(filter);
    }
    some.limit(most);
    let mut counted = Query::select();
    counted.expr(Expr::cust("COUNT(*)")).from_subquery(some, "matches");
    Statement::of(&counted)
}
