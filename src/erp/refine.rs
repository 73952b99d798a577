//! Whether a policy's refinements fit the model they are for: asked before they are stored.

use super::Erp;
use crate::model::{Complaint, Model};
use crate::policy::{FieldRule, Refinements, narrowing};

/// Part of the refinements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Which fields exist.
    Fields,
    /// The extra domain.
    Domain,
    /// The record limit.
    MaxRecords,
    /// That questions must be narrowed.
    Narrowing,
    /// What waits for approval.
    Approval,
}

/// What is wrong with them, part by part.
pub fn faults(erp: &dyn Erp, model: &Model, refined: &Refinements) -> Vec<(Part, Complaint)> {
    let mut wrong = Vec::new();
    for name in refined.fields.iter().flat_map(FieldRule::names) {
        wrong.extend(model.require(name).err().map(|unknown| (Part::Fields, unknown)));
    }
    if let Some(extra) = &refined.domain
        && let Err(error) = erp.understands(&model.name, extra.domain())
    {
        wrong.push((Part::Domain, Complaint::new(error.to_string())));
    }
    if refined.narrowing && !model.fields.iter().any(narrowing::counts) {
        let problem = format!(
            "{} has neither a date nor a product, warehouse or company to narrow questions by",
            model.name
        );
        wrong.push((Part::Narrowing, Complaint::new(problem)));
    }
    let (fields, most) = (refined.fields.clone(), refined.max_records);
    let approval = refined.approval.clone();
    for (part, alone) in [
        (Part::Fields, Refinements { fields, ..Refinements::default() }),
        (Part::MaxRecords, Refinements { max_records: most, ..Refinements::default() }),
        (Part::Approval, Refinements { approval, ..Refinements::default() }),
    ] {
        wrong.extend(alone.check().err().map(|bad| (part, Complaint::new(bad.to_string()))));
    }
    wrong
}
