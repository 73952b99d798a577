//! What groups of records add up to.

use sea_query::{Expr, SelectStatement};

use super::super::super::ErpError;
use super::super::ask::{Ask, Site};
use super::super::cells::Cells;
use super::super::compile::{Subject, column_of};
use super::super::json::{Shape, write_null};
use super::super::sql::column;
use super::mean;
use crate::model::aggregate::{Aggregate, AggregateFunction, AggregateOf, COUNT_KEY};
use crate::model::{Complaint, Field, FieldKind};

/// One number of a group.
pub(super) struct Measure {
    /// As asked for.
    pub key: String,
    /// Columns that hold it, in the order of the statement: one, and of a mean two.
    pub columns: Vec<(String, Expr)>,
    /// What kind of value it is.
    pub kind: FieldKind,
    mean: bool,
    /// What it is computed of.
    pub of: AggregateOf,
    /// Field that holds the currency of the amounts, where they may not be added up without it.
    pub currency: Option<String>,
}

/// What is asked for, with the number of records always among it.
pub(super) fn measures(ask: &Ask<'_>, site: Site<'_>, asked: &[Aggregate]) -> Result<Vec<Measure>, ErpError> {
    let mut all: Vec<Measure> = Vec::with_capacity(asked.len() + 1);
    let records = Aggregate { of: AggregateOf::Records, key: COUNT_KEY.to_owned() };
    let counted = asked.iter().any(|a| a.of == AggregateOf::Records);
    for aggregate in asked.iter().chain((!counted).then_some(&records)) {
        if all.iter().all(|m| m.key != aggregate.key) {
            all.push(measure(ask, site, aggregate, all.len())?);
        }
    }
    Ok(all)
}

fn measure(ask: &Ask<'_>, site: Site<'_>, aggregate: &Aggregate, n: usize) -> Result<Measure, Complaint> {
    let key = aggregate.key.clone();
    let name = format!("a{n}");
    let (field, function) = match &aggregate.of {
        AggregateOf::Records => {
            let (columns, of) = (vec![(name, Expr::cust("COUNT(*)"))], AggregateOf::Records);
            return Ok(Measure { key, columns, kind: FieldKind::Integer, mean: false, of, currency: None });
        }
        AggregateOf::Field(field, function) => (ask.permit.require(site.model, field)?, *function),
    };
    check(ask, site, field, function)?;
    let value = || column_of(ask, site, &field.name, &field.kind);
    let call = |text: &'static str| Expr::cust_with_expr(text, value());
    let sum = || call("CAST(SUM($1) AS BIGINT)");
    let is_text = matches!(field.kind, FieldKind::Char | FieldKind::Text);
    let columns = match function {
        AggregateFunction::Sum => vec![(name, sum())],
        AggregateFunction::Avg => vec![(name, sum()), (format!("n{n}"), call("COUNT($1)"))],
        AggregateFunction::Min => vec![(name, call("MIN($1)"))],
        AggregateFunction::Max => vec![(name, call("MAX($1)"))],
        AggregateFunction::Count if is_text => vec![(name, call("COUNT(NULLIF($1, ''))"))],
        AggregateFunction::Count => vec![(name, call("COUNT($1)"))],
        AggregateFunction::CountDistinct if is_text => vec![(name, call("COUNT(DISTINCT NULLIF($1, ''))"))],
        AggregateFunction::CountDistinct => vec![(name, call("COUNT(DISTINCT $1)"))],
    };
    let counts = matches!(function, AggregateFunction::Count | AggregateFunction::CountDistinct);
    let mean = function == AggregateFunction::Avg;
    let kind = match &field.kind {
        _ if counts => FieldKind::Integer,
        kind if mean => FieldKind::Float { digits: kind.digits() + mean::FINER },
        FieldKind::Monetary { .. } => FieldKind::Float { digits: field.kind.digits() },
        kind => kind.clone(),
    };
    let currency = match &field.kind {
        FieldKind::Monetary { currency_field } if !counts => {
            if ask.permit.require(site.model, currency_field).is_err() {
                return Err(mixed(ask, site, &key));
            }
            Some(currency_field.to_string())
        }
        _ => None,
    };
    Ok(Measure { key, columns, kind, mean, of: aggregate.of.clone(), currency })
}

/// Amounts whose currency the caller is not shown are not put together: they might be of several.
fn mixed(ask: &Ask<'_>, site: Site<'_>, key: &str) -> Complaint {
    let known = |field: &&Field| match &field.kind {
        FieldKind::Monetary { currency_field } => {
            field.aggregator.is_some() && ask.permit.require(site.model, currency_field).is_ok()
        }
        _ => false,
    };
    let others: Vec<&str> = ask.permit.fields(site.model).filter(known).map(|f| f.name.as_ref()).collect();
    let instead = if others.is_empty() {
        "Count the records instead (__count), or read them with their amounts one by one".to_owned()
    } else {
        format!("Ask for amounts in a currency that is shown instead: {}", others.join(", "))
    };
    Complaint::new(format!(
        "`{key}` puts amounts of money together, and which currency each is in may not be seen through MCP: they might be \
         of several. {instead}; an MCP Administrator can change what is shown in Technical > MCP > Model Policies"
    ))
}

fn check(ask: &Ask<'_>, site: Site<'_>, field: &Field, function: AggregateFunction) -> Result<(), Complaint> {
    use AggregateFunction::{Avg, Count, CountDistinct, Max, Min, Sum};
    let timely = matches!(field.kind, FieldKind::Date | FieldKind::Datetime);
    let number = field.kind.is_number() && field.name != "id";
    let (fits, right) = match function {
        Sum => (number && field.aggregator.is_some(), "avg, min, max, count"),
        Avg => (number, "count, count_distinct"),
        Min | Max => (number || timely, "count, count_distinct"),
        Count | CountDistinct => (!field.kind.is_x2many(), "sums of its own fields"),
    };
    if fits {
        return Ok(());
    }
    let numbers = ask.permit.fields(site.model).filter(|f| f.kind.is_number() && f.aggregator.is_some());
    Err(Complaint::new(format!(
        "`{}:{function}` makes no sense: {} `{}` is {}; it takes {right}",
        field.name,
        site.model.name,
        field.name,
        field.kind.name()
    ))
    .near(&field.name, numbers.map(|f| f.name.as_ref()))
    .example(r#"["price_total:sum","__count"]"#))
}

impl Measure {
    /// Takes the measure's columns over from a table that has them.
    pub(super) fn carry(&self, select: &mut SelectStatement, from: u32) {
        for (name, _) in &self.columns {
            select.expr_as(column(from, name), name.clone());
        }
    }

    /// Its value from the columns of a table, to filter and order groups by.
    pub(super) fn value(&self, from: u32) -> Expr {
        match self.columns.as_slice() {
            [(sum, _), (count, _)] if self.mean => mean::sql(column(from, sum), column(from, count)),
            [(name, _), ..] => column(from, name),
            [] => Expr::cust("NULL"),
        }
    }

    /// It as something to compare.
    pub(super) fn subject(&self, ask: &Ask<'_>, from: u32) -> Subject<'_> {
        Subject {
            value: self.value(from),
            kind: &self.kind,
            name: format!("`{}`", self.key),
            path: self.key.clone(),
            dialect: ask.dialect,
            tz: ask.who.tz,
        }
    }

    /// Writes its value, which stands in the row from `at` on.
    pub(super) fn write(&self, out: &mut Vec<u8>, row: &dyn Cells, at: usize) -> Result<(), sqlx::Error> {
        let value = match row.whole(at)? {
            Some(sum) if self.mean => mean::of(sum, row.whole(at + 1)?.unwrap_or_default()),
            other => other,
        };
        match (value, Shape::of(&self.kind)) {
            (Some(n), Some(shape)) => shape.write_number(out, n),
            _ => write_null(out),
        }
        Ok(())
    }
}
