//! Groups of records and what they add up to.
//!
//! One statement answers a question: records are grouped by it once, the groups are filtered, ordered and counted
//! around that, and names of linked records are looked up for the page of groups alone.

mod buckets;
mod group;
mod having;
pub(super) mod mean;
mod measure;
mod range;
mod statement;
mod summed;
mod timeline;

use super::super::{AggregateQuery, ErpError, Groups};
use super::Embedded;
use super::ask::Ask;
use super::cells::{each, number};
use super::compile::filter;
use super::json::{key, raw, write_null, write_text};
use super::narrowing;
use super::reader::Consistency;
use crate::model::Complaint;
use group::{Group, Joins, find};
use measure::{Measure, measures};
use statement::{Question, Shown};

/// Key under which the currency of a split sum is answered.
const CURRENCY: &str = "currency";
/// Most things to group by, and most to compute.
const MOST_GROUPS: usize = 8;
const MOST_MEASURES: usize = 32;

pub(super) async fn aggregate(
    erp: &Embedded,
    ask: &Ask<'_>,
    query: &AggregateQuery,
) -> Result<Groups, ErpError> {
    let site = ask.start()?;
    bounded(query)?;
    let measures = measures(ask, site, &query.aggregates)?;
    let currency = currency(&measures)?;
    let filter = filter(ask, site, &query.domain)?;
    let mut joins = Joins::default();
    let mut found = Vec::with_capacity(query.group_by.len());
    for by in &query.group_by {
        found.push(find(ask, site, by, &mut joins)?);
    }
    narrowing::demand(erp, ask, &query.domain).await?;
    let mut reader = erp.reader(Consistency::Snapshot).await?;
    let mut groups: Vec<Group> = Vec::with_capacity(found.len());
    for found in &found {
        let group = found.group(ask, site, &query.domain, &mut reader).await?;
        if groups.iter().all(|g| g.key != group.key) {
            groups.push(group);
        }
    }
    let summed = if erp.sums() { summed::rows(ask, site, query, &groups, &measures)? } else { None };
    let question = Question { ask, site, groups, measures, currency, filter, joins, summed };
    let statement = question.page(query)?;
    let mut answer = Answer::new(&question)?;
    each(&mut reader, statement.page, |row| answer.push(&question, row, &statement.shown)).await?;
    let total = match answer.total {
        Some(total) => total,
        None if query.offset == 0 => 0,
        None => number(&mut reader, question.count(query)?).await?,
    };
    reader.close().await?;
    answer.out.push(b']');
    Ok(Groups { json: raw(answer.out)?, rows: answer.rows, total })
}

fn bounded(query: &AggregateQuery) -> Result<(), Complaint> {
    if query.group_by.len() > MOST_GROUPS || query.aggregates.len() > MOST_MEASURES {
        return Err(Complaint::new(format!(
            "at most {MOST_GROUPS} groups and {MOST_MEASURES} aggregates fit one question; {} and {} are asked for",
            query.group_by.len(),
            query.aggregates.len()
        )));
    }
    Ok(())
}

/// The field by which amounts are kept apart.
fn currency(measures: &[Measure]) -> Result<Option<String>, Complaint> {
    let mut fields = measures.iter().filter_map(|m| m.currency.as_ref().map(|c| (c, &m.key)));
    let Some((first, key)) = fields.next() else { return Ok(None) };
    match fields.find(|(other, _)| *other != first) {
        None => Ok(Some(first.clone())),
        Some((_, other)) => Err(Complaint::new(format!(
            "`{key}` and `{other}` are amounts in currencies of their own; ask for them one after the other"
        ))),
    }
}

/// The groups as they are written.
struct Answer {
    out: Vec<u8>,
    rows: u32,
    total: Option<i64>,
    group_keys: Vec<Vec<u8>>,
    measure_keys: Vec<Vec<u8>>,
    currency_key: Vec<u8>,
}

impl Answer {
    fn new(question: &Question<'_, '_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            out: vec![b'['],
            rows: 0,
            total: None,
            group_keys: question.groups.iter().map(|g| key(&g.key)).collect::<Result<_, _>>()?,
            measure_keys: question.measures.iter().map(|m| key(&m.key)).collect::<Result<_, _>>()?,
            currency_key: key(CURRENCY)?,
        })
    }

    fn push(
        &mut self,
        question: &Question<'_, '_>,
        row: &dyn super::cells::Cells,
        shown: &Shown,
    ) -> Result<(), sqlx::Error> {
        self.total = row.whole(shown.total)?;
        let out = &mut self.out;
        out.extend_from_slice(if self.rows == 0 { b"{" } else { b",{" });
        self.rows += 1;
        let mut comma: &[u8] = b"";
        for ((group, key), at) in question.groups.iter().zip(&self.group_keys).zip(&shown.groups) {
            out.extend_from_slice(comma);
            out.extend_from_slice(key);
            group.write(out, row, *at)?;
            comma = b",";
        }
        if let Some(at) = shown.currency {
            out.extend_from_slice(comma);
            out.extend_from_slice(&self.currency_key);
            match row.text(at)? {
                Some(name) => write_text(out, name)?,
                None => write_null(out),
            }
            comma = b",";
        }
        for ((measure, key), at) in question.measures.iter().zip(&self.measure_keys).zip(&shown.measures) {
            out.extend_from_slice(comma);
            out.extend_from_slice(key);
            measure.write(out, row, *at)?;
            comma = b",";
        }
        out.push(b'}');
        Ok(())
    }
}
