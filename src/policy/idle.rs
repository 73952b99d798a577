//! What of a policy can have no effect, said to whoever writes it.

use super::rule::Rule;
use crate::model::{Model, Operation};

impl Rule {
    /// Whether an operation that it allows can do anything on its model: a method that is allowed, a document to print.
    pub fn has_effect(&self, model: &Model, operation: Operation) -> bool {
        match operation {
            Operation::MethodCall => model.methods.iter().any(|method| self.methods.contains(&*method.name)),
            Operation::Report => !model.reports.is_empty(),
            _ => true,
        }
    }

    /// What of it contradicts itself or its model, a sentence each; empty where all of it can have an effect, and where
    /// it allows nothing.
    pub fn idle(&self, model: &Model) -> Vec<String> {
        let mut said = Vec::new();
        if !self.holds() || self.allowed.is_empty() {
            return said;
        }
        let label = &model.label;
        for operation in self.allowed.iter().filter(|operation| !self.has_effect(model, *operation)) {
            said.push(match operation {
                Operation::MethodCall if model.methods.is_empty() => {
                    format!("Method Call is allowed, but {label} has no methods that can be called.")
                }
                Operation::MethodCall => {
                    format!("Method Call is allowed, but no method of {label} is: nothing can be called.")
                }
                _ => format!("{} is allowed, but {label} has no documents to print.", operation.label()),
            });
        }
        let refined = self.refinements.as_ref();
        let waiting = refined.and_then(|refined| refined.approval.as_ref()).into_iter();
        for operation in waiting.flat_map(|rule| &rule.operations).filter(|one| !self.allowed.contains(**one))
        {
            said.push(format!("{0} waits for approval, but {0} isn't allowed.", operation.label()));
        }
        let hidden: Vec<String> = model
            .fields
            .iter()
            .filter(|field| field.required && !field.readonly && field.name != "id")
            .filter(|field| refined.is_some_and(|refined| !refined.shows(&field.name)))
            .map(|field| format!("{} ({})", field.label, field.name))
            .collect();
        if self.allowed.contains(Operation::Create) && !hidden.is_empty() {
            said.push(format!(
                "Create is allowed, but required fields are not shown, so that nobody can give them: {}. What has no \
                 usual value for them can't be created.",
                hidden.join(", ")
            ));
        }
        said
    }
}
