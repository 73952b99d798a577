//! The statement behind a question for groups.

use sea_query::{Expr, Func, Query, SelectStatement};

use super::super::super::{AggregateQuery, ErpError};
use super::super::ask::{Ask, Site};
use super::super::compile::name_of;
use super::super::order::Key;
use super::super::registry::table;
use super::super::sql::{Condition, Statement, alias, column};
use super::CURRENCY;
use super::group::{Group, GroupKind, Joins};
use super::having::having;
use super::measure::Measure;
use super::summed;
use crate::model::Complaint;

/// A question whose words have all been looked up.
pub(super) struct Question<'q, 'a> {
    pub ask: &'q Ask<'a>,
    pub site: Site<'a>,
    pub groups: Vec<Group>,
    pub measures: Vec<Measure>,
    /// Field that holds the currency, where amounts are kept apart by it.
    pub currency: Option<String>,
    pub filter: Condition,
    pub joins: Joins,
    /// Rows that stand for the records, where sums are kept that answer the question.
    pub summed: Option<Expr>,
}

/// A page of groups.
pub(super) struct Page {
    pub page: Statement,
    pub shown: Shown,
}

/// Where in a row what stands.
pub(super) struct Shown {
    pub groups: Vec<usize>,
    pub currency: Option<usize>,
    pub measures: Vec<usize>,
    pub total: usize,
}

const MONEY: &str = "res.currency";

impl Question<'_, '_> {
    /// The groups, all of them: `g0`, `g1` …, `currency`, and the columns of the measures.
    fn grouped(&self) -> SelectStatement {
        let mut select = Query::select();
        let places = self.groups.len() + usize::from(self.currency.is_some());
        if let Some(rows) = &self.summed {
            // A function without a name is a subquery in parentheses.
            select.from_function(Func::cust("").arg(rows.clone()), alias(self.site.table));
            if places > 0 {
                select.and_having(Expr::cust("SUM(movements) > 0"));
            }
        } else {
            select.from_as(table(&self.site.model.name), alias(self.site.table));
        }
        self.joins.apply(&mut select);
        for (n, group) in self.groups.iter().enumerate() {
            let value = match (&self.summed, &group.kind) {
                (Some(_), GroupKind::Time(_)) => column(self.site.table, summed::RANGE),
                _ => group.value.clone(),
            };
            select.expr_as(value, format!("g{n}"));
        }
        if let Some(field) = &self.currency {
            select.expr_as(column(self.site.table, field), CURRENCY);
        }
        for measure in &self.measures {
            for (at, (name, value)) in measure.columns.iter().enumerate() {
                let kept = self.summed.as_ref().and_then(|_| summed::column(self.site.model, measure, at));
                select.expr_as(kept.unwrap_or_else(|| value.clone()), name.clone());
            }
        }
        if let (Some(filter), None) = (&self.filter, &self.summed) {
            select.and_where(filter.clone());
        }
        // By position: an expression with values bound to it would not be recognised as the same.
        for place in 1..=places {
            select.add_group_by([Expr::cust(place.to_string())]);
        }
        select
    }

    /// How many groups there are.
    pub(super) fn count(&self, query: &AggregateQuery) -> Result<Statement, ErpError> {
        let all = self.ask.next();
        let mut select = Query::select();
        select.expr(Expr::cust("COUNT(*)"));
        if let Some(kept) = having(self.ask, &self.measures, all, &query.having)? {
            select.and_where(kept);
        }
        select.from_subquery(self.grouped(), alias(all));
        Ok(Statement::of(select))
    }

    /// A page of groups in order, each with the number of all.
    pub(super) fn page(&self, query: &AggregateQuery) -> Result<Page, ErpError> {
        let all = self.ask.next();
        let order = self.order(query, all)?;
        let mut page = Query::select();
        for n in 0..self.groups.len() {
            page.expr_as(column(all, &format!("g{n}")), format!("g{n}"));
        }
        if self.currency.is_some() {
            page.expr_as(column(all, CURRENCY), CURRENCY);
        }
        for measure in &self.measures {
            measure.carry(&mut page, all);
        }
        page.expr_as(Expr::cust("COUNT(*) OVER ()"), "total");
        for (n, key) in order.iter().enumerate() {
            // By its name, so that it is computed once.
            page.expr_as(key.value.clone(), format!("o{n}"));
            key.apply(&mut page, Expr::col(format!("o{n}")));
        }
        if let Some(kept) = having(self.ask, &self.measures, all, &query.having)? {
            page.and_where(kept);
        }
        page.from_subquery(self.grouped(), alias(all));
        page.limit(u64::from(query.limit));
        if query.offset > 0 {
            page.offset(u64::from(query.offset));
        }
        self.named(page, &order)
    }

    /// The page with the names of what it links to.
    fn named(&self, page: SelectStatement, order: &[Key]) -> Result<Page, ErpError> {
        let from = self.ask.next();
        let mut select = Query::select();
        let mut next = 0;
        let mut shown = Shown { groups: Vec::new(), currency: None, measures: Vec::new(), total: 0 };
        for (n, group) in self.groups.iter().enumerate() {
            let value = column(from, &format!("g{n}"));
            select.expr(value.clone());
            shown.groups.push(next);
            next += 1;
            if let GroupKind::Link(relation) = &group.kind {
                select.expr(name_of(self.ask, relation, value)?);
                next += 1;
            }
        }
        if self.currency.is_some() {
            select.expr(name_of(self.ask, MONEY, column(from, CURRENCY))?);
            shown.currency = Some(next);
            next += 1;
        }
        for measure in &self.measures {
            shown.measures.push(next);
            measure.carry(&mut select, from);
            next += measure.columns.len();
        }
        select.expr(column(from, "total"));
        shown.total = next;
        for (n, key) in order.iter().enumerate() {
            key.apply(&mut select, column(from, &format!("o{n}")));
        }
        select.from_subquery(page, alias(from));
        Ok(Page { page: Statement::of(select), shown })
    }

    /// The order asked for, and behind it the groups themselves, so that pages are stable.
    fn order(&self, query: &AggregateQuery, all: u32) -> Result<Vec<Key>, ErpError> {
        let mut keys = Vec::new();
        for term in &query.order {
            let value = self.ordered(&term.key, all)?;
            keys.push(Key { value, descending: term.descending, nullable: true });
        }
        for (n, group) in self.groups.iter().enumerate() {
            let own = column(all, &format!("g{n}"));
            if query.order.is_empty() {
                let value = group.sorted(self.ask, own.clone())?;
                keys.push(Key { value, descending: false, nullable: true });
            }
            if !query.order.is_empty() || matches!(group.kind, GroupKind::Link(_)) {
                let value = match group.kind {
                    GroupKind::Link(_) => own,
                    _ => group.sorted(self.ask, own)?,
                };
                keys.push(Key { value, descending: false, nullable: true });
            }
        }
        if self.currency.is_some() {
            keys.push(Key { value: column(all, CURRENCY), descending: false, nullable: true });
        }
        Ok(keys)
    }

    fn ordered(&self, key: &str, all: u32) -> Result<Expr, ErpError> {
        if let Some(n) = self.groups.iter().position(|g| g.key == key) {
            let own = column(all, &format!("g{n}"));
            return self.groups.get(n).map_or_else(|| Ok(own.clone()), |g| g.sorted(self.ask, own.clone()));
        }
        if let Some(measure) = self.measures.iter().find(|m| m.key == key) {
            return Ok(measure.value(all));
        }
        if key == CURRENCY && self.currency.is_some() {
            let name = name_of(self.ask, MONEY, column(all, CURRENCY))?;
            return Ok(self.ask.dialect.bytewise(name));
        }
        let known: Vec<&str> = self
            .groups
            .iter()
            .map(|g| g.key.as_str())
            .chain(self.measures.iter().map(|m| m.key.as_str()))
            .collect();
        Err(Complaint::new(format!(
            "groups are ordered by `{key}`, which is not among what is answered: {}",
            known.join(", ")
        ))
        .near(key, known.iter().copied())
        .example(r#""price_total:sum desc""#)
        .into())
    }
}
