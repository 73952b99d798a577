//! Questions about `stock.movement` that its sums by month answer: used only where filter, rules, groups and
//! aggregates can all be expressed on them, so that the answer is the same as from the movements.

use std::fmt::Write as _;

use sea_query::Expr;

use super::super::super::{AggregateQuery, ErpError};
use super::super::ask::{Ask, Author, Site};
use super::super::compile::condition;
use super::super::sql::all;
use super::buckets::search;
use super::group::{Group, GroupKind};
use super::measure::Measure;
use super::range::{Range, asked_range};
use super::timeline::Timeline;
use crate::model::aggregate::{AggregateFunction, AggregateOf};
use crate::model::{Domain, Granularity, GroupBy, Model, Operation};

const MODEL: &str = "stock.movement";
const DATE: &str = "date";
/// Fields that the sums are kept by.
const KEPT_BY: [&str; 6] =
    ["company_id", "product_id", "warehouse_id", "picking_type", "state", "currency_id"];
/// Fields that are summed.
const SUMMED: [&str; 2] = ["quantity", "value"];
/// Column of the rows that holds the number of the range of time.
pub(super) const RANGE: &str = "bucket";

/// The rows that stand for the movements: fields the sums are kept by, `bucket`, `movements`, `quantity`, `value`.
pub(super) fn rows(
    ask: &Ask<'_>,
    site: Site<'_>,
    query: &AggregateQuery,
    groups: &[Group],
    measures: &[Measure],
) -> Result<Option<Expr>, ErpError> {
    if site.model.name != MODEL
        || !query.group_by.iter().all(fits)
        || !measures.iter().all(|m| column(site.model, m, 0).is_some())
    {
        return Ok(None);
    }
    let extra = ask.permit.domain(MODEL).cloned().unwrap_or(Domain::All);
    let rules = (ask.catalog.rules)(ask.who, MODEL, Operation::Read).and(extra);
    let mut range = Range::default();
    let Some(asked) = without_date(ask, &query.domain, site.model, &mut range) else { return Ok(None) };
    if !kept(&rules) {
        return Ok(None);
    }
    let mut times = groups.iter().filter_map(|g| match &g.kind {
        GroupKind::Time(buckets) => Some(buckets.starts()),
        _ => None,
    });
    let (inner, other) = (times.next(), times.next());
    if other.is_some() || matches!(range, Range { first: Some(first), last: Some(last) } if first > last) {
        return Ok(None);
    }
    let inner = inner.and_then(|starts| starts.get(1..)).unwrap_or_default();
    let end = range.last.map(|last| last.saturating_add(1));
    let Some(timeline) = Timeline::new(range.first, end, inner) else { return Ok(None) };
    let filter =
        all([condition(ask, site, &asked, Author::Caller)?, condition(ask, site, &rules, Author::Rule)?]);
    let filter = filter.unwrap_or_else(|| Expr::cust("TRUE"));
    Ok(Some(Expr::cust_with_expr(text(site.table, &timeline), filter)))
}

fn text(table: u32, timeline: &Timeline) -> String {
    let fields: String = KEPT_BY.iter().fold(String::new(), |mut out, field| {
        let _ = write!(out, r#""t{table}"."{field}", "#);
        out
    });
    let mut out = format!("SELECT {fields}CAST(");
    let mut months = vec![i64::MIN];
    months.extend(timeline.months());
    search(&mut out, &format!(r#""t{table}"."month""#), &months, 0);
    let _ = write!(
        out,
        r#" AS BIGINT) AS "{RANGE}", "movements", "quantity", "value" FROM "stock_movement_rollup" AS "t{table}" WHERE $1"#
    );
    for (month, compared) in [(timeline.first_month(), ">="), (timeline.end_month(), "<")] {
        if let Some(month) = month {
            let _ = write!(out, r#" AND "t{table}"."month" {compared} {month}"#);
        }
    }
    let windows = timeline.windows();
    if windows.is_empty() {
        return out;
    }
    let rows: Vec<String> = windows
        .iter()
        .map(|w| format!("(CAST({} AS BIGINT), CAST({} AS BIGINT), {}, {})", w.from, w.to, w.range, w.weight))
        .collect();
    // Both databases name the columns of VALUES alike. The windows come first: each finds its movements by index.
    let _ = write!(
        out,
        r#" UNION ALL SELECT {fields}w.column3, w.column4, w.column4 * "t{table}"."quantity", w.column4 * "t{table}"."value" FROM (VALUES {}) AS w CROSS JOIN "stock_movement" AS "t{table}" WHERE "t{table}"."date" >= w.column1 AND "t{table}"."date" < w.column2 AND $1"#,
        rows.join(", ")
    );
    out
}

/// The domain without its conditions on the date, which go into `range`; `None` where it asks for more than the
/// sums are kept by.
fn without_date(ask: &Ask<'_>, domain: &Domain, model: &Model, range: &mut Range) -> Option<Domain> {
    match domain {
        Domain::And(parts) => {
            let mut rest = Domain::All;
            for part in parts {
                rest = rest.and(without_date(ask, part, model, range)?);
            }
            Some(rest)
        }
        Domain::Leaf(leaf) if leaf.path == [DATE] => {
            let kind = &model.field(DATE)?.kind;
            let asked = asked_range(domain, DATE, kind, ask.who.tz);
            if asked == Range::default() {
                return None;
            }
            *range = range.and(asked);
            Some(Domain::All)
        }
        other => kept(other).then(|| other.clone()),
    }
}

/// Whether every comparison begins at a field the sums are kept by.
fn kept(domain: &Domain) -> bool {
    match domain {
        Domain::All => true,
        Domain::And(parts) | Domain::Or(parts) => parts.iter().all(kept),
        Domain::Not(part) => kept(part),
        Domain::Leaf(leaf) => leaf.path.first().is_some_and(|name| KEPT_BY.contains(&name.as_str())),
    }
}

fn fits(by: &GroupBy) -> bool {
    match by.path.as_slice() {
        [only] if only == DATE => !matches!(by.granularity, Some(Granularity::Day | Granularity::Week)),
        [first, ..] => KEPT_BY.contains(&first.as_str()),
        [] => false,
    }
}

/// A measure on the rows instead of the movements, by position; `None` where they do not tell.
pub(super) fn column(model: &Model, measure: &Measure, at: usize) -> Option<Expr> {
    let counted = || Expr::cust("CAST(COALESCE(SUM(movements), 0) AS BIGINT)");
    let (field, function) = match &measure.of {
        AggregateOf::Records => return Some(counted()),
        AggregateOf::Field(field, function) => (field.as_str(), *function),
    };
    let sum = SUMMED.into_iter().find(|name| *name == field);
    match (function, sum) {
        // Of no movement there is no sum, even if some were added and taken away again.
        (AggregateFunction::Sum | AggregateFunction::Avg, Some(name)) if at == 0 => {
            Some(Expr::cust(format!("CAST(CASE WHEN SUM(movements) > 0 THEN SUM({name}) END AS BIGINT)")))
        }
        (AggregateFunction::Avg, Some(_)) => Some(counted()),
        (AggregateFunction::Count, _) => model.field(field).filter(|f| f.required).map(|_| counted()),
        _ => None,
    }
}
