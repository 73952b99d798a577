//! One question: who asks, what policy permits, and every check on the way from one model to the next.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::{Caller, ErpError};
use super::catalog::Catalog;
use super::sql::Dialect;
use crate::model::field::Name;
use crate::model::{Complaint, Field, FieldKind, Model, Operation};
use crate::policy::{Gate, Permit, Step};

/// What every part of one question shares.
pub(super) struct Ask<'a> {
    pub catalog: &'a Catalog,
    pub permit: &'a Permit,
    pub who: &'a Caller,
    pub dialect: Dialect,
    tables: AtomicU32,
}

/// A model at a table of the statement.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub model: &'a Model,
    /// Which table: see [`super::sql::alias`].
    pub table: u32,
    /// Who looks at it.
    pub author: Author,
}

/// Who wrote a domain: a caller is checked at every hop, the ERP's own record rules and the domains of policies
/// are not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    Caller,
    Rule,
}

/// The name of the record, which every model has beside its own fields.
pub(super) const DISPLAY_NAME: &str = "display_name";

static DISPLAY_NAME_FIELD: LazyLock<Field> = LazyLock::new(|| Field {
    name: Name::Borrowed(DISPLAY_NAME),
    label: Name::Borrowed("Display Name"),
    help: Name::Borrowed("Name of the record, as links to it show it."),
    kind: FieldKind::Char,
    required: false,
    readonly: true,
    searchable: true,
    groupable: false,
    untrusted: false,
    aggregator: None,
});

impl<'a> Ask<'a> {
    pub(super) const fn new(
        catalog: &'a Catalog,
        permit: &'a Permit,
        who: &'a Caller,
        dialect: Dialect,
    ) -> Self {
        Self { catalog, permit, who, dialect, tables: AtomicU32::new(0) }
    }

    /// The permit's model at a table of its own, if the user's rights let it be read.
    pub(super) fn start(&self) -> Result<Site<'a>, ErpError> {
        let name = self.permit.model().unwrap_or_default();
        let model = self.catalog.model(name)?;
        (self.catalog.access)(&self.who.groups, name, Operation::Read).map_err(ErpError::Denied)?;
        Ok(self.place(model))
    }

    /// A model at the next table, as the caller sees it.
    pub(super) fn place(&self, model: &'a Arc<Model>) -> Site<'a> {
        self.place_for(model, Author::Caller)
    }

    /// A model at the next table.
    pub(super) fn place_for(&self, model: &'a Arc<Model>, author: Author) -> Site<'a> {
        Site { model, table: self.next(), author }
    }

    /// The field of that name, `display_name` included, or a complaint with the nearest ones. For a caller those
    /// that policy hides do not exist.
    pub(super) fn field(&self, site: Site<'a>, name: &str) -> Result<&'a Field, Complaint> {
        if name == DISPLAY_NAME && site.model.field(name).is_none() {
            return Ok(&DISPLAY_NAME_FIELD);
        }
        match site.author {
            Author::Caller => self.permit.require(site.model, name),
            Author::Rule => site.model.require(name),
        }
    }

    /// Whether a field exists for whoever looks at the site.
    pub(super) fn shows(&self, site: Site<'_>, field: &Field) -> bool {
        site.author == Author::Rule || self.permit.require(site.model, &field.name).is_ok()
    }

    /// Number of the next table.
    pub(super) fn next(&self) -> u32 {
        self.tables.fetch_add(1, Ordering::Relaxed)
    }

    /// The model a relation leads to, at a table of its own. A caller needs Read on it, by policy and by right;
    /// `path` is what leads there, for the refusal.
    pub(super) fn land(&self, relation: &str, path: &str, author: Author) -> Result<Site<'a>, ErpError> {
        let model = self.catalog.model(relation)?;
        if author == Author::Caller {
            if !self.permit.may_read(relation) {
                return Err(ErpError::Denied(Step::failed(
                    Gate::Policy,
                    format!(
                        "`{path}` reads {relation}, which does not allow Read through MCP. \
                         An MCP Administrator can change it in Technical > MCP > Model Policies."
                    ),
                )));
            }
            (self.catalog.access)(&self.who.groups, relation, Operation::Read).map_err(|step| {
                let reason = format!("`{path}` reads {relation}: {}", step.reason).into();
                ErpError::Denied(Step { reason, ..step })
            })?;
        }
        Ok(self.place_for(model, author))
    }
}
