//! Whether a question is narrowed: "Always narrow queries with filters such as date range, product, warehouse,
//! company, or record limits before reading large result sets."
//!
//! A filter counts where every record that is found must meet it: alone, beside others, or in every branch of an
//! `|`. A date counts from a first day on, with or without a last one: what is read then grows with the time that
//! was asked for, not with the age of the books. Links count where they say which one is meant; `!=`, `not in`,
//! what is not set, and patterns that match everything don't. Ids count too, and so do the documents that records
//! belong to, where they are named one by one.

use crate::model::domain::{Literal, Operator};
use crate::model::{Domain, Field, FieldKind, Leaf, Model};

/// Models whose links narrow.
const MODELS: [&str; 3] = ["product.product", "stock.warehouse", "res.company"];

/// Documents, whose records are few.
const DOCUMENTS: [&str; 5] = ["account.move", "pos.order", "purchase.order", "sale.order", "stock.picking"];

/// Whether filters on a field narrow: dates, and links to products, warehouses, companies and documents.
pub fn counts(field: &Field) -> bool {
    match &field.kind {
        FieldKind::Date | FieldKind::Datetime => field.searchable,
        FieldKind::Many2one { relation } => {
            field.searchable && (MODELS.contains(&relation.as_ref()) || is_document(field))
        }
        _ => false,
    }
}

fn is_document(field: &Field) -> bool {
    field.kind.relation().is_some_and(|relation| DOCUMENTS.contains(&relation))
}

/// Whether every record of the domain is narrowed by one of the fields that count.
pub fn is_narrowed(model: &Model, domain: &Domain) -> bool {
    match domain {
        Domain::All => false,
        Domain::And(parts) => parts.iter().any(|part| is_narrowed(model, part)),
        Domain::Or(parts) => parts.iter().all(|part| is_narrowed(model, part)),
        // Nothing at all, or twice not: what is not so and so is nearly everything.
        Domain::Not(part) => match &**part {
            Domain::All => true,
            Domain::Not(part) => is_narrowed(model, part),
            _ => false,
        },
        Domain::Leaf(leaf) => leaf_narrows(model, leaf),
    }
}

fn leaf_narrows(model: &Model, leaf: &Leaf) -> bool {
    let Some((first, rest)) = leaf.path.split_first() else { return false };
    if first == "id" {
        return rest.is_empty() && names_one(leaf);
    }
    let Some(field) = model.field(first).filter(|field| counts(field)) else { return false };
    match field.kind {
        FieldKind::Date | FieldKind::Datetime => {
            matches!(leaf.operator, Operator::Ge | Operator::Gt) || names_one(leaf)
        }
        // What is true of a document may be true of all of them.
        _ if is_document(field) => (rest.is_empty() || rest == ["id"]) && names_one(leaf),
        _ => is_positive(leaf),
    }
}

/// Equal to something that is set.
fn names_one(leaf: &Leaf) -> bool {
    matches!(leaf.operator, Operator::Eq | Operator::In | Operator::EqOrUnset) && is_set(&leaf.value)
}

/// Whether it says which ones are meant, rather than which are not.
fn is_positive(leaf: &Leaf) -> bool {
    match (leaf.operator, &leaf.value) {
        (Operator::ChildOf, value) => is_set(value),
        (Operator::Like | Operator::ILike | Operator::EqLike | Operator::EqILike, Literal::Text(text)) => {
            text.chars().any(|c| !matches!(c, '%' | '_' | '\\'))
        }
        (Operator::Any, Literal::Domain(domain)) => any_positive(domain),
        _ => names_one(leaf),
    }
}

fn any_positive(domain: &Domain) -> bool {
    match domain {
        Domain::And(parts) => parts.iter().any(any_positive),
        Domain::Or(parts) => parts.iter().all(any_positive),
        Domain::Leaf(leaf) => is_positive(leaf),
        Domain::All | Domain::Not(_) => false,
    }
}

fn is_set(value: &Literal) -> bool {
    match value {
        Literal::Null | Literal::Bool(false) | Literal::Domain(_) => false,
        Literal::List(items) => items.iter().all(is_set),
        Literal::Bool(true) | Literal::Number(_) | Literal::Text(_) => true,
    }
}
