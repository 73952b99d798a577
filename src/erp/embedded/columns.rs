//! Which fields are answered, and where the values of each stand in a row.

use std::collections::BTreeSet;

use super::super::ErpError;
use super::ask::{Ask, Author, DISPLAY_NAME, Site};
use super::json::{Shape, key};
use crate::model::{Complaint, Field, FieldKind, Operation};

/// Most fields of one answer.
const MAX_FIELDS: usize = 200;

/// One field of the answer.
pub(super) struct Column<'a> {
    pub field: &'a Field,
    /// `"name":`
    pub key: Vec<u8>,
    pub place: Place,
}

/// Where its values come from.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// The row, from that position on.
    Row(Shape, usize),
    /// A statement of its own, for the links to many records.
    Links,
}

/// The fields asked for, or the model's significant ones, in order and each once; `id` stands before them.
pub(super) fn columns<'a>(
    ask: &Ask<'a>,
    site: Site<'a>,
    asked: &[String],
) -> Result<Vec<Column<'a>>, ErpError> {
    let mut names: Vec<&str> = asked.iter().map(String::as_str).collect();
    if asked.is_empty() {
        names = site.model.significant.iter().map(AsRef::as_ref).collect();
        names.retain(|name| ask.field(site, name).is_ok());
        if names.is_empty() {
            names.push(DISPLAY_NAME);
        }
    }
    if names.len() > MAX_FIELDS {
        return Err(
            Complaint::new(format!("{} fields are asked for; at most {MAX_FIELDS}", names.len())).into()
        );
    }
    let mut seen = BTreeSet::from(["id"]);
    let mut next = 1;
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        if !seen.insert(name) {
            continue;
        }
        let field = wanted(ask, site, name)?;
        let Some(shape) = Shape::of(&field.kind) else {
            if asked.is_empty() && !readable(ask, field) {
                continue;
            }
            ask.land(field.kind.relation().unwrap_or_default(), name, Author::Caller)?;
            columns.push(Column { field, key: key(name)?, place: Place::Links });
            continue;
        };
        columns.push(Column { field, key: key(name)?, place: Place::Row(shape, next) });
        next += if shape == Shape::Link { 2 } else { 1 };
    }
    Ok(columns)
}

fn wanted<'a>(ask: &Ask<'a>, site: Site<'a>, name: &str) -> Result<&'a Field, Complaint> {
    let Some((first, _)) = name.split_once('.') else { return ask.field(site, name) };
    let link = ask.field(site, first)?;
    Err(Complaint::new(format!(
        "`{name}` is no field of {}; ask for `{first}` and read {} by id",
        site.model.name,
        link.kind.relation().unwrap_or("what it links to")
    ))
    .example(format!(r#"["{first}"]"#)))
}

/// Whether a field that nobody asked for by name may be answered.
fn readable(ask: &Ask<'_>, field: &Field) -> bool {
    let relation = field.kind.relation().unwrap_or_default();
    ask.permit.may_read(relation) && (ask.catalog.access)(&ask.who.groups, relation, Operation::Read).is_ok()
}

/// Whether any field needs a statement of its own.
pub(super) fn any_links(columns: &[Column<'_>]) -> bool {
    columns.iter().any(|c| matches!(c.place, Place::Links))
}

/// Model that a many2one field links to.
pub(super) fn link_of(field: &Field) -> Option<&str> {
    match &field.kind {
        FieldKind::Many2one { relation } => Some(relation),
        _ => None,
    }
}
