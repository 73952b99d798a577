//! Links to other records: by id, by name, by a domain on what is linked, and hop by hop along a path.

use sea_query::{Expr, ExprTrait};

use super::super::super::ErpError;
use super::super::ask::{Ask, Author, DISPLAY_NAME, Site};
use super::super::registry::{link_table, table};
use super::super::sql::{Condition, all, any, column, never, not};
use super::text::{CONTAINS, Matching};
use super::value::{plain, word, written};
use super::{Walk, column_of, condition, rules};
use crate::model::domain::{Literal, Operator};
use crate::model::{Complaint, Field, FieldKind};

/// What a link is compared with.
enum Target<'l> {
    Id(i64),
    Name(&'l str),
    Unset,
}

impl<'a> Walk<'_, 'a> {
    /// Compares the relational field at the end of the path.
    pub(super) fn link(self, site: Site<'a>, field: &'a Field) -> Result<Condition, ErpError> {
        let (operator, value) = (self.leaf.operator, &self.leaf.value);
        match plain(operator) {
            Some(plain) => Ok(Some(not(self.link_plain(site, field, plain, value)?))),
            None => self.link_plain(site, field, operator, value),
        }
    }

    fn link_plain(
        self,
        site: Site<'a>,
        field: &'a Field,
        operator: Operator,
        value: &Literal,
    ) -> Result<Condition, ErpError> {
        let relation = field.kind.relation().unwrap_or_default();
        match (operator, value) {
            (Operator::EqOrUnset, Literal::Null | Literal::Bool(false)) => Ok(None),
            (Operator::Any, Literal::Domain(domain)) => {
                let landing = self.ask.land(relation, &self.path(), self.author)?;
                let inner = condition(self.ask, landing, domain, self.author)?;
                self.linked(site, field, landing, inner)
            }
            (Operator::Any, other) => Err(self.complain(site, field, other, "a domain").into()),
            (Operator::ChildOf | Operator::ParentOf, _) => {
                let landing = self.ask.land(relation, &self.path(), self.author)?;
                let targets = self.targets(site, field, value)?;
                let inner = self.family(landing, operator, &targets)?;
                self.linked(site, field, landing, Some(inner))
            }
            (Operator::Eq | Operator::In | Operator::EqOrUnset, _) => {
                let targets = self.targets(site, field, value)?;
                self.among_links(site, field, &targets)
            }
            _ => match (Matching::of(operator), value) {
                (Some(matching), Literal::Text(text) | Literal::Number(text)) => {
                    self.matching(site, field, matching, text)
                }
                (Some(_), other) => Err(self.complain(site, field, other, "text").into()),
                (None, _) => Err(Complaint::new(format!(
                    "operator `{}` does not fit {} `{}`, which links to {relation}; compare one of its fields",
                    word(operator),
                    site.model.name,
                    field.name
                ))
                .example(format!(r#"[["{}.{}","{}","…"]]"#, self.path(), DISPLAY_NAME, word(operator)))
                .into()),
            },
        }
    }

    fn among_links(
        self,
        site: Site<'a>,
        field: &'a Field,
        targets: &[Target<'_>],
    ) -> Result<Condition, ErpError> {
        let mut parts = Vec::new();
        let unset = targets.iter().any(|t| matches!(t, Target::Unset));
        if let FieldKind::Many2one { relation } = &field.kind {
            let link = column(site.table, &field.name);
            parts.extend(among_ids(&link, targets).map(Some));
            if targets.iter().any(|t| matches!(t, Target::Name(_))) {
                // The ERP shows the name of whatever is linked, so matching it tells nothing more.
                let other = self.ask.place_for(self.ask.catalog.model(relation)?, self.author);
                parts.push(Some(self.within(site, field, other, among_names(self.ask, other, targets))));
            }
            if unset {
                parts.push(Some(Expr::cust_with_expr("($1 IS NULL)", link)));
            }
            return Ok(any(parts));
        }
        let relation = field.kind.relation().unwrap_or_default();
        if targets.iter().any(|t| !matches!(t, Target::Unset)) {
            let landing = self.ask.land(relation, &self.path(), self.author)?;
            let id = column(landing.table, "id");
            let inner = any([
                among_ids(&id, targets).or_else(|| Some(never())),
                among_names(self.ask, landing, targets),
            ]);
            parts.push(self.linked(site, field, landing, inner)?);
        }
        if unset {
            let landing = self.ask.land(relation, &self.path(), self.author)?;
            parts.push(Some(not(self.linked(site, field, landing, None)?)));
        }
        Ok(any(parts))
    }

    fn matching(
        self,
        site: Site<'a>,
        field: &'a Field,
        matching: Matching,
        text: &str,
    ) -> Result<Condition, ErpError> {
        let relation = field.kind.relation().unwrap_or_default();
        if let FieldKind::Many2one { .. } = field.kind {
            let other = self.ask.place_for(self.ask.catalog.model(relation)?, self.author);
            let Some(found) = matching.condition(self.ask.dialect, record_name(self.ask, other), text) else {
                return Ok(None);
            };
            return Ok(Some(self.within(site, field, other, Some(found))));
        }
        let landing = self.ask.land(relation, &self.path(), self.author)?;
        let found = matching.condition(self.ask.dialect, record_name(self.ask, landing), text);
        self.linked(site, field, landing, found)
    }

    /// Holds where a record that is linked, that the record rules show, and that `inner` holds for, exists.
    pub(super) fn linked(
        self,
        site: Site<'a>,
        field: &Field,
        landing: Site<'a>,
        inner: Condition,
    ) -> Result<Condition, ErpError> {
        let shown = match self.author {
            Author::Caller => rules(self.ask, landing)?,
            Author::Rule => None,
        };
        Ok(Some(self.within(site, field, landing, all([inner, shown]))))
    }

    /// Holds where a linked record exists for which `inner` holds.
    fn within(self, site: Site<'_>, field: &Field, other: Site<'_>, inner: Condition) -> Expr {
        let from = format!(r#""{}" AS "t{}""#, table(&other.model.name), other.table);
        let inner = inner.unwrap_or_else(|| Expr::cust("TRUE"));
        let id = column(other.table, "id");
        match &field.kind {
            FieldKind::One2many { inverse, .. } => {
                let back = column(other.table, inverse);
                Expr::cust_with_exprs(
                    format!("($1 IN (SELECT $2 FROM {from} WHERE $2 IS NOT NULL AND $3))"),
                    [column(site.table, "id"), back, inner],
                )
            }
            FieldKind::Many2many { .. } => {
                let links = link_table(&site.model.name, &field.name);
                let n = self.ask.next();
                Expr::cust_with_exprs(
                    format!(
                        r#"($1 IN (SELECT $2 FROM "{links}" AS "t{n}" JOIN {from} ON $4 = $5 WHERE $3))"#
                    ),
                    [column(site.table, "id"), column(n, "record_id"), inner, id, column(n, "target_id")],
                )
            }
            _ => Expr::cust_with_exprs(
                format!("($1 IN (SELECT $2 FROM {from} WHERE $3))"),
                [column(site.table, &field.name), id, inner],
            ),
        }
    }

    fn targets<'l>(
        self,
        site: Site<'_>,
        field: &Field,
        value: &'l Literal,
    ) -> Result<Vec<Target<'l>>, Complaint> {
        let items = if let Literal::List(items) = value { items } else { std::slice::from_ref(value) };
        items
            .iter()
            .map(|item| match item {
                Literal::Null | Literal::Bool(false) => Ok(Target::Unset),
                Literal::Text(name) => Ok(Target::Name(name)),
                Literal::Number(id) => {
                    id.parse().map(Target::Id).map_err(|_| self.complain(site, field, item, "whole ids"))
                }
                other => Err(self.complain(site, field, other, "ids, names, or false for not set")),
            })
            .collect()
    }

    fn complain(self, site: Site<'_>, field: &Field, value: &Literal, fits: &str) -> Complaint {
        let path = self.path();
        let example = match self.leaf.operator {
            Operator::Any | Operator::NotAny => {
                format!(r#"[["{path}","any",[["{DISPLAY_NAME}","ilike","acme"]]]]"#)
            }
            _ => format!(r#"[["{path}","=",7]] or [["{path}","ilike","acme"]] or [["{path}","!=",false]]"#),
        };
        Complaint::new(format!(
            "{} `{}` links to {}; {} does not fit, `{}` takes {fits}",
            site.model.name,
            field.name,
            field.kind.relation().unwrap_or_default(),
            written(value),
            word(self.leaf.operator)
        ))
        .example(example)
    }

    /// The tree's members at `landing` that `child_of` or `parent_of` asks for.
    fn family(self, landing: Site<'a>, operator: Operator, targets: &[Target<'_>]) -> Result<Expr, ErpError> {
        let root = self.ask.place_for(self.ask.catalog.model(&landing.model.name)?, self.author);
        let id = column(root.table, "id");
        // As in Odoo, a name means every record whose name contains it.
        let named = targets.iter().filter_map(|t| match t {
            Target::Name(name) => {
                Some(CONTAINS.condition(self.ask.dialect, record_name(self.ask, root), name))
            }
            _ => None,
        });
        let mut roots = any(among_ids(&id, targets).map(Some).into_iter().chain(named));
        if self.author == Author::Caller {
            roots = all([roots, rules(self.ask, root)?]);
        }
        Ok(super::tree::members(self.ask, landing, root, operator, roots))
    }

    /// `id child_of 7`: the records of the model itself.
    pub(super) fn own_family(self, site: Site<'a>, field: &Field) -> Result<Condition, ErpError> {
        let targets = self.targets(site, field, &self.leaf.value)?;
        Ok(Some(self.family(site, self.leaf.operator, &targets)?))
    }
}

/// Among records that have one of the names.
fn among_names(ask: &Ask<'_>, other: Site<'_>, targets: &[Target<'_>]) -> Condition {
    let names: Vec<&str> =
        targets.iter().filter_map(|t| if let Target::Name(name) = t { Some(*name) } else { None }).collect();
    any((!names.is_empty()).then(|| Some(record_name(ask, other).is_in(names))))
}

fn among_ids(id: &Expr, targets: &[Target<'_>]) -> Option<Expr> {
    let ids: Vec<i64> =
        targets.iter().filter_map(|t| if let Target::Id(id) = t { Some(*id) } else { None }).collect();
    match ids.as_slice() {
        [] => None,
        [one] => Some(id.clone().eq(*one)),
        _ => Some(id.clone().is_in(ids)),
    }
}

/// The name of the records at a site.
pub(super) fn record_name(ask: &Ask<'_>, site: Site<'_>) -> Expr {
    column_of(ask, site, DISPLAY_NAME, &FieldKind::Char)
}
