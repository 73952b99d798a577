//! What the engine knows of the business: models, access rights, record rules.

use std::sync::Arc;

use super::super::{Caller, ErpError};
use crate::model::complaint::nearest;
use crate::model::{Complaint, Domain, Model, Operation};
use crate::policy::Step;

/// Models, and who may do what with them. A value, so that the engine can be tried on models of a test's own.
#[derive(Clone, Debug)]
pub(super) struct Catalog {
    /// Every model, sorted by name.
    pub models: Arc<[Arc<Model>]>,
    /// Access rights of groups on a model.
    pub access: fn(groups: &[String], model: &str, operation: Operation) -> Result<(), Step>,
    /// Record rules as a domain on the model.
    pub rules: fn(who: &Caller, model: &str, operation: Operation) -> Domain,
    /// The record rules in sentences, for people.
    pub sentences: fn(who: &Caller, model: &str, operation: Operation) -> Vec<String>,
}

impl Catalog {
    /// The model of that name, or a complaint with the nearest ones.
    pub(super) fn model(&self, name: &str) -> Result<&Arc<Model>, ErpError> {
        let found = self.models.binary_search_by(|m| m.name.as_ref().cmp(name)).ok();
        found.and_then(|at| self.models.get(at)).ok_or_else(|| {
            let known = self.models.iter().map(|m| m.name.as_ref());
            ErpError::UnknownModel(Complaint {
                problem: format!("there is no model `{name}`"),
                nearest: nearest(name, known),
                example: Some(r#"list_models {"query":"sales"} finds models by subject"#.into()),
            })
        })
    }
}
