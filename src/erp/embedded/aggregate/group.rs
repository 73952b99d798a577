//! What records are grouped by: fields, paths of many2one fields, times.

use sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};

use super::super::super::ErpError;
use super::super::ask::{Ask, Author, Site};
use super::super::cells::{Cells, each};
use super::super::compile::{column_of, name_of, rules};
use super::super::json::{Shape, write_null};
use super::super::reader::Reader;
use super::super::registry::table;
use super::super::sql::{Statement, alias, column};
use super::buckets::{Buckets, Unit, span};
use super::range::{Range, asked_range};
use crate::model::{Complaint, Domain, Field, FieldKind, Granularity, GroupBy};

/// One thing that records are grouped by.
pub(super) struct Group {
    /// As asked for.
    pub key: String,
    /// Its value for a record.
    pub value: Expr,
    pub kind: GroupKind,
}

pub(super) enum GroupKind {
    /// A value that is answered as it is.
    Plain(Shape),
    /// A record of another model.
    Link(String),
    /// A time.
    Time(Buckets),
}

/// Most hops of all paths together: each joins a table, and SQLite joins no more than 64.
const MOST_HOPS: usize = 32;

/// Most years or months that are looked up one by one.
const MOST_SPANS: usize = 400;

/// Tables that paths lead to, with what joins them to the records.
#[derive(Default)]
pub(super) struct Joins(Vec<(String, u32, Expr)>);

impl Joins {
    /// Adds them to a statement.
    pub(super) fn apply(&self, select: &mut SelectStatement) {
        for (model, n, on) in &self.0 {
            select.join_as(JoinType::LeftJoin, table(model), alias(*n), on.clone());
        }
    }
}

/// A group whose field is known, before its times are.
pub(super) struct Found<'a> {
    pub by: &'a GroupBy,
    pub field: &'a Field,
    pub site: Site<'a>,
}

/// Follows the path of a group. Records that a rule hides from the caller are as if they were not linked.
pub(super) fn find<'a>(
    ask: &Ask<'a>,
    start: Site<'a>,
    by: &'a GroupBy,
    joins: &mut Joins,
) -> Result<Found<'a>, ErpError> {
    let mut site = start;
    let Some((last, hops)) = by.path.split_last() else {
        return Err(Complaint::new(format!("group `{}` names no field", by.key)).into());
    };
    for (n, hop) in hops.iter().enumerate() {
        let link = ask.field(site, hop)?;
        let FieldKind::Many2one { relation } = &link.kind else {
            return Err(Complaint::new(format!(
                "group `{}` goes through `{hop}`, but {} `{hop}` is {} and not many2one",
                by.key,
                site.model.name,
                link.kind.name()
            ))
            .into());
        };
        let way = by.path.get(..=n).unwrap_or_default().join(".");
        let landing = ask.land(relation, &way, Author::Caller)?;
        let mut on = column(site.table, &link.name).eq(column(landing.table, "id"));
        if let Some(shown) = rules(ask, landing)? {
            on = Expr::cust_with_exprs("($1 AND $2)", [on, shown]);
        }
        if joins.0.len() >= MOST_HOPS {
            return Err(Complaint::new(format!(
                "the paths of the groups have more than {MOST_HOPS} hops together; group by fewer fields of linked records"
            ))
            .example(r#"["partner_id.country_id"]"#)
            .into());
        }
        joins.0.push((relation.to_string(), landing.table, on));
        site = landing;
    }
    let field = ask.field(site, last)?;
    if !field.groupable {
        let known = ask.permit.fields(site.model).filter(|f| f.groupable).map(|f| f.name.as_ref());
        return Err(Complaint::new(format!(
            "{} `{last}` is {} and can't be grouped by",
            site.model.name,
            field.kind.name()
        ))
        .near(last, known)
        .example(r#"["date:month","product_id"]"#)
        .into());
    }
    Ok(Found { by, field, site })
}

impl Found<'_> {
    /// The group, with the ranges of time it needs: as far as the domain asks, or the table goes.
    pub(super) async fn group(
        &self,
        ask: &Ask<'_>,
        start: Site<'_>,
        domain: &Domain,
        reader: &mut Reader,
    ) -> Result<Group, ErpError> {
        let key = self.by.key.clone();
        let own = column_of(ask, self.site, &self.field.name, &self.field.kind);
        let unit = match &self.field.kind {
            FieldKind::Date => Unit::Day,
            FieldKind::Datetime => Unit::Milli(ask.who.tz),
            kind => return Ok(self.plain(key, own, kind)?),
        };
        let granularity = self.by.granularity.unwrap_or(Granularity::Month);
        let asked = if self.site.table == start.table {
            asked_range(domain, &self.field.name, &self.field.kind, ask.who.tz)
        } else {
            Range::default()
        };
        let asked_for = match asked {
            Range { first: Some(first), last: Some(last) } => {
                Buckets::covering(granularity, unit, first, Ord::max(first, last))
            }
            _ => None,
        };
        let buckets = if let Some(buckets) = asked_for {
            buckets
        } else {
            // Open at an end, or asked for from the beginning of time: no further than the table goes.
            let there = self.extent(reader).await?.unwrap_or((0, 0));
            let first = asked.first.map_or(there.0, |first| Ord::max(first, there.0));
            let last = asked.last.map_or(there.1, |last| Ord::min(last, there.1));
            let last = Ord::max(first, last);
            match Buckets::covering(granularity, unit, first, last) {
                Some(buckets) => Some(buckets),
                None => self.scattered(granularity, unit, (first, last), reader).await?,
            }
            .ok_or_else(|| Buckets::too_many(granularity, &key))?
        };
        let text = format!(r#""{}"."{}""#, alias(self.site.table), self.field.name);
        let nullable = !self.field.required || self.site.table != start.table;
        let value = Expr::cust(buckets.number_of(&text, nullable));
        Ok(Group { key, value, kind: GroupKind::Time(buckets) })
    }

    fn plain(&self, key: String, own: Expr, kind: &FieldKind) -> Result<Group, Complaint> {
        if self.by.granularity.is_some() {
            return Err(Complaint::new(format!(
                "group `{key}` asks for a time, but {} `{}` is {}",
                self.site.model.name,
                self.field.name,
                kind.name()
            ))
            .example(format!(r#"["{}"]"#, self.by.path.join("."))));
        }
        let (value, kind) = match kind {
            FieldKind::Many2one { relation } => (own, GroupKind::Link(relation.to_string())),
            FieldKind::Boolean if self.by.path.len() > 1 => {
                // Where nothing is linked there is no truth, not an untrue one.
                let there = column(self.site.table, "id");
                let value = "(CASE WHEN $1 IS NOT NULL THEN COALESCE($2, FALSE) END)";
                (Expr::cust_with_exprs(value, [there, own]), GroupKind::Plain(Shape::Truth))
            }
            FieldKind::Boolean => {
                (Expr::cust_with_expr("COALESCE($1, FALSE)", own), GroupKind::Plain(Shape::Truth))
            }
            // An empty text is none, as it is to a domain.
            FieldKind::Char | FieldKind::Text => {
                (Expr::cust_with_expr("NULLIF($1, '')", own), GroupKind::Plain(Shape::Text))
            }
            other => match Shape::of(other) {
                Some(shape) => (own, GroupKind::Plain(shape)),
                None => {
                    return Err(Complaint::new(format!(
                        "{} `{}` links to many records and can't be grouped by",
                        self.site.model.name, self.field.name
                    )));
                }
            },
        };
        Ok(Group { key, value, kind })
    }

    /// Ranges for those years, or else months, alone in which something is there: one senseless date far from all others
    /// is in nobody's way. `None` where they are too many still.
    async fn scattered(
        &self,
        granularity: Granularity,
        unit: Unit,
        (first, last): (i64, i64),
        reader: &mut Reader,
    ) -> Result<Option<Buckets>, sqlx::Error> {
        for step in [Granularity::Year, Granularity::Month] {
            let (mut spans, mut from) = (Vec::new(), first);
            while let Some(at) = self.from(from, reader).await?.filter(|at| *at <= last) {
                let Some((_, end)) = span(step, unit, at) else { return Ok(None) };
                if spans.len() >= MOST_SPANS {
                    return Ok(None);
                }
                spans.push((at, Ord::min(end, last)));
                from = end.saturating_add(1);
            }
            let buckets = Buckets::over(granularity, unit, &spans);
            if buckets.is_some() {
                return Ok(buckets);
            }
        }
        Ok(None)
    }

    /// The first value in the whole table that is not before another, which an index knows.
    async fn from(&self, at: i64, reader: &mut Reader) -> Result<Option<i64>, sqlx::Error> {
        let value = Expr::col(self.field.name.to_string());
        let next = Query::select()
            .expr(value.clone())
            .from(table(&self.site.model.name))
            .and_where(value.clone().gte(at))
            .order_by_expr(value, sea_query::Order::Asc)
            .limit(1)
            .take();
        let mut found = None;
        each(reader, Statement::of(next), |row| {
            found = row.whole(0)?;
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// First and last value in the whole table, which an index knows.
    async fn extent(&self, reader: &mut Reader) -> Result<Option<(i64, i64)>, sqlx::Error> {
        let end = |order| {
            let value = Expr::col(self.field.name.to_string());
            Query::select()
                .expr(value.clone())
                .from(table(&self.site.model.name))
                .and_where(value.clone().is_not_null())
                .order_by_expr(value, order)
                .limit(1)
                .take()
        };
        let mut ends = Query::select();
        ends.expr(Expr::from(end(sea_query::Order::Asc)));
        ends.expr(Expr::from(end(sea_query::Order::Desc)));
        let mut found = None;
        each(reader, Statement::of(ends), |row| {
            found = row.whole(0)?.zip(row.whole(1)?);
            Ok(())
        })
        .await?;
        Ok(found)
    }
}

impl Group {
    /// What groups are ordered by, from the group's column.
    pub(super) fn sorted(&self, ask: &Ask<'_>, own: Expr) -> Result<Expr, ErpError> {
        Ok(match &self.kind {
            GroupKind::Plain(Shape::Text) => ask.dialect.bytewise(own),
            GroupKind::Link(relation) => ask.dialect.bytewise(name_of(ask, relation, own)?),
            _ => own,
        })
    }

    /// Writes the value of a group that stands in the row from `at` on.
    pub(super) fn write(&self, out: &mut Vec<u8>, row: &dyn Cells, at: usize) -> Result<(), sqlx::Error> {
        match &self.kind {
            GroupKind::Plain(Shape::Truth) if row.truth(at)?.is_none() => {
                write_null(out);
                Ok(())
            }
            GroupKind::Plain(shape) => shape.write(out, row, at),
            GroupKind::Link(_) => Shape::Link.write(out, row, at),
            GroupKind::Time(buckets) => {
                match row.whole(at)? {
                    Some(number) => buckets.write(out, number),
                    None => write_null(out),
                }
                Ok(())
            }
        }
    }
}
