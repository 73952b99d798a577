//! Records that match: pages of them, and how many there are.

use sea_query::{Expr, ExprTrait, Query};

use super::super::{ErpError, ReadQuery, Records, SearchQuery};
use super::Embedded;
use super::ask::{Ask, Author, Site};
use super::cells::{each, number};
use super::columns::{Column, any_links, columns};
use super::compile::{condition, filter, kept, own_rules, rules};
use super::json::raw;
use super::links::Links;
use super::narrowing;
use super::order::keys;
use super::page::{Page, statement};
use super::reader::Consistency;
use super::reader::Reader;
use super::registry::{base_table, table};
use super::sql::{Condition, Statement, alias, all, column};
use crate::model::Domain;

/// A table whose ids go up to here is counted whole beside a page of it.
const SMALL: i64 = 20_000;
/// Of a larger one, matches are counted up to here, and `total` is left open where there are more: counting all of
/// it costs a thousand times its first page. `count_records` does it for whoever wants it.
const COUNTED: i64 = 400;

/// A search whose words have all been looked up.
pub(super) struct Prepared<'a> {
    site: Site<'a>,
    columns: Vec<Column<'a>>,
    /// What matches, to be counted.
    matches: Condition,
    /// The page, and one record more, which tells whether there are more.
    pub page: Statement,
}

pub(super) fn prepare<'a>(ask: &Ask<'a>, query: &SearchQuery) -> Result<Prepared<'a>, ErpError> {
    let site = ask.start()?;
    let columns = columns(ask, site, &query.fields)?;
    let order = keys(ask, site, &query.order)?;
    let asked = condition(ask, site, &query.domain, Author::Caller)?;
    let shown = rules(ask, site)?;
    let followed = all([asked.clone(), ask.dialect.unindexed(shown.clone())]);
    let bounds = (u64::from(query.limit) + 1, u64::from(query.offset));
    let page = statement(ask, site, &columns, followed, &order, bounds)?;
    Ok(Prepared { site, columns, matches: all([asked, shown]), page })
}

pub(super) async fn search(erp: &Embedded, ask: &Ask<'_>, query: &SearchQuery) -> Result<Records, ErpError> {
    let Prepared { site, columns, matches, page: found } = prepare(ask, query)?;
    narrowing::demand(erp, ask, &query.domain).await?;
    let (limit, offset) = (u64::from(query.limit), u64::from(query.offset));
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
        let least = if page.ids.is_empty() { 0 } else { seen + u64::from(has_more) };
        total(&mut reader, site, matches, least).await?
    } else {
        i64::try_from(seen).ok()
    };
    let links = Links::load(ask, site, &page, &mut reader).await?;
    reader.close().await?;
    let rows = u32::try_from(page.ids.len()).unwrap_or(u32::MAX);
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
    let found =
        statement(ask, site, &columns, all([Some(named.clone()), shown]), &[], (ids.len() as u64, 0))?;
    let mut reader = erp.reader(Consistency::Snapshot).await?;
    let mut page = Page::new(columns);
    each(&mut reader, found, |row| page.push(row)).await?;
    if page.ids.len() < ids.len() {
        let error = absent(&mut reader, ask, site, named, &ids, &page.ids).await?;
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

/// What is said of ids that were not answered, with what keeps those of them that are there.
async fn absent(
    reader: &mut Reader,
    ask: &Ask<'_>,
    site: Site<'_>,
    named: Expr,
    ids: &[i64],
    shown: &[i64],
) -> Result<ErpError, ErpError> {
    let there = ids_of(reader, site, Some(named.clone())).await?;
    let lacking: Vec<i64> = ids.iter().copied().filter(|id| !shown.contains(id)).collect();
    let hidden: Vec<i64> = lacking.iter().copied().filter(|id| there.contains(id)).collect();
    let mut by_policy = false;
    if ask.permit.domain(&site.model.name).is_some() {
        let reached = ids_of(reader, site, all([Some(named), own_rules(ask, site)?])).await?;
        by_policy = hidden.iter().all(|id| reached.contains(id));
    }
    let model = site.model.name.to_string();
    let kept = (!hidden.is_empty()).then(|| Box::new(kept(&model, &hidden, by_policy)));
    Ok(ErpError::MissingRecords { model, ids: lacking, kept })
}

/// The ids for which a condition holds.
async fn ids_of(reader: &mut Reader, site: Site<'_>, condition: Condition) -> Result<Vec<i64>, ErpError> {
    let mut select = Query::select();
    select.expr(column(site.table, "id")).from_as(table(&site.model.name), alias(site.table));
    if let Some(condition) = condition {
        select.and_where(condition);
    }
    let mut found = Vec::new();
    each(reader, Statement::of(select), |row| {
        found.extend(row.whole(0)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

pub(super) async fn count(erp: &Embedded, ask: &Ask<'_>, domain: &Domain) -> Result<i64, ErpError> {
    let site = ask.start()?;
    let filter = filter(ask, site, domain)?;
    narrowing::demand(erp, ask, domain).await?;
    let mut counted = Query::select();
    counted.expr(Expr::cust("COUNT(*)")).from_as(table(&site.model.name), alias(site.table));
    if let Some(filter) = filter {
        counted.and_where(filter);
    }
    let mut reader = erp.reader(Consistency::Statement).await?;
    let total = number(&mut reader, Statement::of(counted)).await?;
    reader.close().await?;
    Ok(total)
}

/// How many records the filter holds for, if that can be known beside a page; the page tells of `least`.
async fn total(
    reader: &mut Reader,
    site: Site<'_>,
    filter: Condition,
    least: u64,
) -> Result<Option<i64>, sqlx::Error> {
    let (from, base) = (table(&site.model.name), base_table(&site.model.name));
    // The highest id is one step in an index, the number of records a walk through all of them.
    let most = format!(
        r#"(CASE WHEN (SELECT "id" FROM "{base}" ORDER BY "id" DESC LIMIT 1) > {SMALL} THEN {COUNTED} ELSE {SMALL} END)"#
    );
    let matches = format!(
        r#"(SELECT COUNT(*) FROM (SELECT 1 FROM "{from}" AS "{}" WHERE $1 LIMIT {most} + 1) AS matches)"#,
        alias(site.table)
    );
    let mut counted = Query::select();
    counted.expr(Expr::cust_with_expr(matches, filter.unwrap_or_else(|| Expr::cust("TRUE"))));
    counted.expr(Expr::cust(format!("CAST({most} AS BIGINT)")));
    let mut found = (0, 0);
    each(reader, Statement::of(counted), |row| {
        found = (row.whole(0)?.unwrap_or_default(), row.whole(1)?.unwrap_or_default());
        Ok(())
    })
    .await?;
    let (counted, most) = found;
    // A record may have gone since the page was read.
    let least = i64::try_from(least).unwrap_or(i64::MAX);
    Ok((counted <= most).then_some(Ord::max(counted, least)))
}
