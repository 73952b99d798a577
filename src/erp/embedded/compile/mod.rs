//! A domain becomes a condition of SQL. Values are bound, never spliced; every hop is checked.
//!
//! Conditions have two values, as in Odoo: a negated comparison (`!=`, `not in`, `not like`, `!`) holds exactly
//! where the plain one does not, so it holds for what is not set too.

mod link;
mod ordered;
mod text;
mod tree;
mod value;

use link::record_name;
pub(super) use value::Subject;

use sea_query::Expr;

use super::super::{ErpError, listed};
use super::ask::{Ask, Author, Site};
use super::registry::table;
use super::sql::{self, Condition, all, any, not};
use crate::model::{Complaint, Domain, FieldKind, Leaf, Literal, Operation, Operator};
use crate::policy::{Gate, Step};

/// What a caller's domain and the model's record rules allow, together.
pub(super) fn filter(ask: &Ask<'_>, site: Site<'_>, domain: &Domain) -> Result<Condition, ErpError> {
    Ok(all([condition(ask, site, domain, Author::Caller)?, rules(ask, site)?]))
}

/// Which records of a model a caller reaches: those of its record rules, and of them those of its policy.
pub(super) fn rules(ask: &Ask<'_>, site: Site<'_>) -> Result<Condition, ErpError> {
    let own = own_rules(ask, site)?;
    Ok(all([own, policy(ask, site)?]))
}

/// The record rules of a model, for reading.
pub(super) fn own_rules(ask: &Ask<'_>, site: Site<'_>) -> Result<Condition, ErpError> {
    let domain = (ask.catalog.rules)(ask.who, &site.model.name, Operation::Read);
    condition(ask, site, &domain, Author::Rule)
}

/// The extra domain of a model's policy. One that can't be understood shows nothing.
fn policy(ask: &Ask<'_>, site: Site<'_>) -> Result<Condition, ErpError> {
    let Some(domain) = ask.permit.domain(&site.model.name) else { return Ok(None) };
    condition(ask, site, domain, Author::Rule).map_err(|error| {
        tracing::error!(model = %site.model.name, %error, "the domain of a policy can't be understood");
        ErpError::Denied(Step::failed(
            Gate::Policy,
            format!(
                "the domain of the policy of {} can't be understood, so nothing of it is shown. \
                 An MCP Administrator can change it in Technical > MCP > Model Policies.",
                site.model.name
            ),
        ))
    })
}

/// What keeps records that are there from a caller, as it is logged: the domain of a policy, or record rules.
pub(super) fn kept(model: &str, ids: &[i64], by_policy: bool) -> Step {
    let ids = listed(ids);
    if by_policy {
        let why = format!(
            "{model} lets only some of its records be reached through MCP, and id {ids} is not among them."
        );
        return Step::failed(Gate::Policy, why);
    }
    Step::failed(Gate::RecordRules, format!("record rules of {model} keep id {ids} from the user."))
}

/// A domain on the records of a site.
pub(super) fn condition(
    ask: &Ask<'_>,
    site: Site<'_>,
    domain: &Domain,
    author: Author,
) -> Result<Condition, ErpError> {
    let site = Site { author, ..site };
    let each = |parts: &[Domain]| -> Result<Vec<Condition>, ErpError> {
        parts.iter().map(|part| condition(ask, site, part, author)).collect()
    };
    Ok(match domain {
        Domain::All => None,
        Domain::And(parts) => all(each(parts)?),
        Domain::Or(parts) => any(each(parts)?),
        Domain::Not(part) => Some(not(condition(ask, site, part, author)?)),
        Domain::Leaf(leaf) => Walk { ask, leaf, author }.step(site, 0)?,
    })
}

/// The way of one comparison along its path.
#[derive(Clone, Copy)]
struct Walk<'w, 'a> {
    ask: &'w Ask<'a>,
    leaf: &'w Leaf,
    author: Author,
}

impl<'a> Walk<'_, 'a> {
    /// Compares what stands behind the first `gone` names of the path.
    fn step(self, site: Site<'a>, gone: usize) -> Result<Condition, ErpError> {
        let Some(name) = self.leaf.path.get(gone) else {
            return Err(Complaint::new("a condition names no field")
                .example(r#"[["partner_id","=",7]]"#)
                .into());
        };
        let field = self.ask.field(site, name)?;
        if self.author == Author::Caller && !field.searchable {
            return Err(unsearchable(self.ask, site, name).into());
        }
        if gone + 1 < self.leaf.path.len() {
            let Some(relation) = field.kind.relation() else {
                return Err(Complaint::new(format!(
                    "`{}` goes on behind `{name}`, but {} `{name}` is {} and links to no other model",
                    self.path(),
                    site.model.name,
                    field.kind.name()
                ))
                .into());
            };
            let way = self.way(gone);
            let landing = self.ask.land(relation, &way, self.author)?;
            let behind = self.step(landing, gone + 1)?;
            return self.linked(site, field, landing, behind);
        }
        if field.kind.relation().is_some() {
            return self.link(site, field);
        }
        if let (Operator::ChildOf | Operator::ParentOf, "id") = (self.leaf.operator, name.as_str()) {
            return self.own_family(site, field);
        }
        let subject = Subject::of(self.ask, site, field, self.path());
        if let (Operator::EqOrUnset, Literal::Null | Literal::Bool(false)) =
            (self.leaf.operator, &self.leaf.value)
        {
            return Ok(None);
        }
        Ok(subject.compare(self.leaf.operator, &self.leaf.value)?)
    }

    /// The whole path, as written.
    fn path(self) -> String {
        self.leaf.path.join(".")
    }

    /// The path up to and with the name at `last`.
    fn way(self, last: usize) -> String {
        self.leaf.path.get(..=last).unwrap_or_default().join(".")
    }
}

fn unsearchable(ask: &Ask<'_>, site: Site<'_>, name: &str) -> Complaint {
    let known = ask.permit.fields(site.model).filter(|f| f.searchable).map(|f| f.name.as_ref());
    Complaint::new(format!("{} `{name}` can't stand in a domain", site.model.name)).near(name, known)
}

/// Column that holds a field; `display_name` is the record's name by another word. Where policy hides the field
/// that names a record, its name is `model #id` for the caller.
pub(super) fn column_of(ask: &Ask<'_>, site: Site<'_>, name: &str, kind: &FieldKind) -> Expr {
    if name != super::ask::DISPLAY_NAME || site.model.field(name).is_some() {
        return sql::column(site.table, name);
    }
    let rec_name = site.model.rec_name.as_ref();
    if site.author == Author::Caller && !ask.permit.shows(&site.model.name, rec_name) {
        return Expr::cust(format!(
            r#"('{} #' || CAST("{}"."id" AS TEXT))"#,
            site.model.name,
            sql::alias(site.table)
        ));
    }
    let text = site.model.field(rec_name).is_none_or(|f| f.kind.name() == kind.name());
    let column = sql::column(site.table, rec_name);
    if text { column } else { Expr::cust_with_expr("CAST($1 AS TEXT)", column) }
}

/// The name of the record of `relation` whose id is `id`, as the ERP shows it wherever it is linked.
pub(super) fn name_of(ask: &Ask<'_>, relation: &str, id: Expr) -> Result<Expr, ErpError> {
    let other = ask.place(ask.catalog.model(relation)?);
    Ok(Expr::cust_with_exprs(
        format!(r#"(SELECT $1 FROM "{}" AS "t{}" WHERE $2 = $3)"#, table(relation), other.table),
        [record_name(ask, other), sql::column(other.table, "id"), id],
    ))
}
