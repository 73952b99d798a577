//! A model: its names, its fields, its methods and reports.

use super::complaint::Complaint;
use super::field::{Field, Name};
use super::near;

/// A business object of the ERP, for example `sale.order`.
#[derive(Clone, Debug)]
pub struct Model {
    /// Technical name, for example `sale.order`.
    pub name: Name,
    /// What people call it, for example `Sales Order`.
    pub label: Name,
    /// One sentence: what its records are.
    pub description: Name,
    /// Whether it is business data, an analysis, or technical.
    pub kind: ModelKind,
    /// Field that names a record where it is linked to.
    pub rec_name: Name,
    /// Order of records when none is asked for, as `field desc, id`.
    pub order: Name,
    /// Fields in the order people know them; `id` first.
    pub fields: Vec<Field>,
    /// Fields answered when none are asked for.
    pub significant: Vec<Name>,
    /// Public business methods.
    pub methods: Vec<Method>,
    /// Printed documents.
    pub reports: Vec<Report>,
}

/// What sort of model it is; policies treat technical ones with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelKind {
    /// Business records: orders, invoices, partners.
    Business,
    /// Read-only analysis made for questions.
    Reporting,
    /// Users, groups and the like: "Keep technical and system models restricted".
    Technical,
}

/// A public business method that may be called through MCP.
#[derive(Clone, Debug)]
pub struct Method {
    /// Technical name, for example `action_confirm`.
    pub name: Name,
    /// What it does, in a sentence.
    pub label: Name,
}

/// A printed document of a model.
#[derive(Clone, Debug)]
pub struct Report {
    /// Technical name, for example `sale.report_saleorder`.
    pub name: Name,
    /// What people call it.
    pub label: Name,
}

impl Model {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The field of that name, or a complaint with the nearest ones.
    pub fn require(&self, name: &str) -> Result<&Field, Complaint> {
        self.require_of(name, |_| true)
    }

    /// The field of that name among those that `exist`, or a complaint with the nearest of them.
    pub fn require_of(&self, name: &str, exist: impl Fn(&Field) -> bool) -> Result<&Field, Complaint> {
        self.field(name).filter(|field| exist(field)).ok_or_else(|| {
            Complaint {
                nearest: near::fields(name, self.fields.iter().filter(|field| exist(field))),
                ..Complaint::new(format!("{} has no field `{name}`", self.name))
            }
            .example(format!(r#"describe_model {{"model":"{}"}} lists its fields"#, self.name))
        })
    }
}
