//! The fields of a model that exist for a caller, as its policy says.

use super::decide::Permit;
use super::rule::Ruleset;
use crate::model::{Complaint, Field, FieldKind, Model};

impl Ruleset {
    /// Whether a field exists for MCP. The records that link here are as hidden as the link by which they do.
    pub fn shows(&self, model: &Model, field: &Field) -> bool {
        let shown = |model: &str, field: &str| {
            let refined = self.rule(model).and_then(|rule| rule.refinements.as_ref());
            refined.is_none_or(|refined| refined.shows(field))
        };
        let FieldKind::One2many { relation, inverse } = &field.kind else {
            return shown(&model.name, &field.name);
        };
        shown(&model.name, &field.name) && shown(relation, inverse)
    }

    /// The fields of a model that exist for MCP, in the model's order.
    pub fn fields<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m Field> {
        model.fields.iter().filter(|field| self.shows(model, field))
    }

    /// The model's own order, as far as its fields exist for MCP.
    pub fn order(&self, model: &Model) -> String {
        let shown = |term: &&str| {
            let name = term.split_whitespace().next().unwrap_or_default();
            model.field(name).is_none_or(|field| self.shows(model, field))
        };
        model.order.split(',').map(str::trim).filter(shown).collect::<Vec<_>>().join(", ")
    }
}

impl Permit {
    /// The fields of a model that exist for the caller.
    pub fn fields<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m Field> {
        self.rules().fields(model)
    }

    /// The field of that name, if it exists for the caller; one that is hidden is complained of as one that the
    /// model does not have.
    pub fn require<'m>(&self, model: &'m Model, name: &str) -> Result<&'m Field, Complaint> {
        model.require_of(name, |field| self.rules().shows(model, field))
    }
}
