//! Trees of records: everything below or above some of them.

use sea_query::Expr;

use super::super::ask::{Ask, Site};
use super::super::registry::{parent_field, table};
use super::super::sql::{Condition, column};
use crate::model::Operator;

/// The records at `site` that are among the roots (a condition on `root`), or below (`child_of`) or above them.
///
/// A model without a parent field is a forest of single records, as in Odoo. `UNION` drops what was seen, so a
/// ring of parents ends.
pub(super) fn members(
    ask: &Ask<'_>,
    site: Site<'_>,
    root: Site<'_>,
    operator: Operator,
    roots: Condition,
) -> Expr {
    let name = table(&site.model.name);
    let roots = roots.unwrap_or_else(super::super::sql::never);
    let from = format!(r#""{name}" AS "t{}""#, root.table);
    let (own, start) = (column(site.table, "id"), column(root.table, "id"));
    let Some(parent) = parent_field(site.model).filter(|parent| ask.shows(site, parent)) else {
        return Expr::cust_with_exprs(
            format!("($1 IN (SELECT $2 FROM {from} WHERE $3))"),
            [own, start, roots],
        );
    };
    let (tree, next) = (ask.next(), ask.next());
    // The record that a step reaches, and the one that it comes from.
    let (reached, known) = match operator {
        Operator::ParentOf => (column(next, &parent.name), column(next, "id")),
        _ => (column(next, "id"), column(next, &parent.name)),
    };
    Expr::cust_with_exprs(
        format!(
            r#"($1 IN (WITH RECURSIVE "t{tree}" ("id") AS (SELECT $2 FROM {from} WHERE $3 UNION SELECT $4 FROM "t{tree}" JOIN "{name}" AS "t{next}" ON $5 = "t{tree}"."id" WHERE $4 IS NOT NULL) SELECT "id" FROM "t{tree}"))"#
        ),
        [own, start, roots, reached, known],
    )
}
