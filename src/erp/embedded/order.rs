//! In which order records are answered: always one and the same, on both databases.

use sea_query::{Expr, NullOrdering, Order, SelectStatement};

use super::super::ErpError;
use super::ask::{Ask, Site};
use super::compile::{column_of, name_of};
use super::sql::column;
use crate::model::{Complaint, FieldKind, OrderTerm};

/// One key of an order.
pub(super) struct Key {
    pub value: Expr,
    pub descending: bool,
    /// It may be unset, and where those records go must be said.
    pub nullable: bool,
}

/// The keys of an order, the model's own if none is asked for. The last is always the id, so that pages are
/// stable; it runs the way of the key before it, which an index can follow.
pub(super) fn keys(ask: &Ask<'_>, site: Site<'_>, asked: &[OrderTerm]) -> Result<Vec<Key>, ErpError> {
    let own;
    let terms = if asked.is_empty() {
        own = OrderTerm::parse_list(&site.model.order)?
            .into_iter()
            .filter(|term| ask.field(site, &term.key).is_ok())
            .collect::<Vec<_>>();
        &own
    } else {
        asked
    };
    let mut keys = Vec::with_capacity(terms.len() + 1);
    for term in terms {
        keys.push(key(ask, site, term)?);
        if term.key == "id" {
            return Ok(keys);
        }
    }
    let descending = keys.last().is_some_and(|k: &Key| k.descending);
    keys.push(Key { value: column(site.table, "id"), descending, nullable: false });
    Ok(keys)
}

fn key(ask: &Ask<'_>, site: Site<'_>, term: &OrderTerm) -> Result<Key, ErpError> {
    let example = r#""date desc, id""#;
    if term.key.contains(['.', ':']) {
        return Err(Complaint::new(format!(
            "order key `{}` is no field of {}; records are ordered by its own fields",
            term.key, site.model.name
        ))
        .example(example)
        .into());
    }
    let field = ask.field(site, &term.key)?;
    let own = column_of(ask, site, &field.name, &field.kind);
    let value = match &field.kind {
        FieldKind::One2many { .. } | FieldKind::Many2many { .. } => {
            return Err(Complaint::new(format!(
                "{} `{}` links to many records and can't order them",
                site.model.name, field.name
            ))
            .example(example)
            .into());
        }
        FieldKind::Many2one { relation } => ask.dialect.bytewise(name_of(ask, relation, own)?),
        FieldKind::Char | FieldKind::Text | FieldKind::Selection(_) => ask.dialect.bytewise(own),
        _ => own,
    };
    let nullable =
        !(field.required || field.name == "id") || matches!(field.kind, FieldKind::Many2one { .. });
    Ok(Key { value, descending: term.descending, nullable })
}

impl Key {
    /// Orders a statement by an expression in the way of the key: unset last, or first where it descends.
    pub(super) fn apply(&self, select: &mut SelectStatement, value: Expr) {
        let (order, nulls) = if self.descending {
            (Order::Desc, NullOrdering::First)
        } else {
            (Order::Asc, NullOrdering::Last)
        };
        if self.nullable {
            select.order_by_expr_with_nulls(value, order, nulls);
        } else {
            select.order_by_expr(value, order);
        }
    }
}
