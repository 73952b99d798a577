//! The ids behind one2many and many2many fields of the records on a page.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait, JoinType, Query};

use super::super::ErpError;
use super::ask::{Ask, Author, Site};
use super::cells::each;
use super::compile::rules;
use super::json::{key, write_whole};
use super::page::Page;
use super::reader::Reader;
use super::registry::{link_table, table};
use super::sql::{Statement, alias, column};
use crate::model::{Field, FieldKind};

/// Most ids listed for one record and field; behind more, `<field>__total` says how many there are.
const MOST: i64 = 200;

/// Ids by column and record.
#[derive(Default)]
pub(super) struct Links {
    found: HashMap<(usize, i64), Vec<i64>>,
    /// How many there are where not all are listed, and what to write before it.
    cut: HashMap<(usize, i64), i64>,
    totals: HashMap<usize, Vec<u8>>,
}

impl Links {
    /// Looks up what the page still lacks.
    pub(super) async fn load(
        ask: &Ask<'_>,
        site: Site<'_>,
        page: &Page<'_>,
        reader: &mut Reader,
    ) -> Result<Self, ErpError> {
        let mut links = Self::default();
        if page.ids.is_empty() {
            return Ok(links);
        }
        let linking: Vec<(usize, &Field)> = page.linking().collect();
        for (n, field) in linking {
            let statement = statement(ask, site, field, &page.ids)?;
            links.totals.insert(n, key(&format!("{}__total", field.name))?);
            each(reader, statement, |row| {
                let (Some(owner), Some(id)) = (row.whole(0)?, row.whole(1)?) else { return Ok(()) };
                links.found.entry((n, owner)).or_default().push(id);
                if let Some(total) = row.whole(2)?.filter(|total| *total > MOST) {
                    links.cut.insert((n, owner), total);
                }
                Ok(())
            })
            .await?;
        }
        Ok(links)
    }

    /// Writes the list of one record.
    pub(super) fn write(&self, out: &mut Vec<u8>, column: usize, record: i64) {
        out.push(b'[');
        for (n, id) in self.found.get(&(column, record)).into_iter().flatten().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            write_whole(out, *id);
        }
        out.push(b']');
        if let (Some(total), Some(key)) = (self.cut.get(&(column, record)), self.totals.get(&column)) {
            out.push(b',');
            out.extend_from_slice(key);
            write_whole(out, *total);
        }
    }
}

/// Owner, id and number of links, for the first so many links of each owner that the record rules show.
fn statement(ask: &Ask<'_>, site: Site<'_>, field: &Field, owners: &[i64]) -> Result<Statement, ErpError> {
    let relation = field.kind.relation().unwrap_or_default();
    let landing = ask.land(relation, &field.name, Author::Caller)?;
    let id = column(landing.table, "id");
    let mut ranked = Query::select();
    let owner = if let FieldKind::One2many { inverse, .. } = &field.kind {
        ranked.from_as(table(relation), alias(landing.table));
        column(landing.table, inverse)
    } else {
        let via = ask.next();
        ranked.from_as(link_table(&site.model.name, &field.name), alias(via));
        ranked.join_as(
            JoinType::InnerJoin,
            table(relation),
            alias(landing.table),
            id.clone().eq(column(via, "target_id")),
        );
        column(via, "record_id")
    };
    ranked.expr_as(owner.clone(), "owner");
    ranked.expr_as(id.clone(), "id");
    ranked.expr_as(Expr::cust_with_expr("COUNT(*) OVER (PARTITION BY $1)", owner.clone()), "total");
    ranked.expr_as(
        Expr::cust_with_exprs("ROW_NUMBER() OVER (PARTITION BY $1 ORDER BY $2)", [owner.clone(), id]),
        "place",
    );
    ranked.and_where(owner.is_in(owners.iter().copied()));
    if let Some(shown) = rules(ask, landing)? {
        ranked.and_where(shown);
    }
    let list = ask.next();
    let mut cut = Query::select();
    cut.expr(column(list, "owner")).expr(column(list, "id")).expr(column(list, "total"));
    cut.from_subquery(ranked, alias(list));
    cut.and_where(column(list, "place").lte(MOST));
    for key in ["owner", "place"] {
        cut.order_by((alias(list), key), sea_query::Order::Asc);
    }
    Ok(Statement::of(cut))
}
