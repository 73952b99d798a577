//! Whether a policy's refinements fit the model they are for: asked before they are stored.

use super::{Erp, ErpError};
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
        let complaint = match error {
            ErpError::BadQuery(complaint) => complaint,
            other => Complaint::new(other.to_string()),
        };
        wrong.push((Part::Domain, complaint));
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
    // Whoever writes a policy has no tools to call.
    for (_, complaint) in &mut wrong {
        complaint.example = complaint.example.take().filter(|example| example.starts_with('['));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::erp::embedded::registry;
    use crate::model::Operation;
    use crate::policy::Rule;

    fn idle(
        model: &str,
        allowed: &[Operation],
        methods: &[&str],
        refined: &serde_json::Value,
    ) -> Vec<String> {
        let rule = Rule {
            allowed: allowed.iter().copied().collect(),
            methods: methods.iter().map(|m| (*m).to_owned()).collect(),
            refinements: Refinements::read(&refined.to_string()).some(),
            ..Rule::new(model)
        };
        rule.idle(registry::model(model).unwrap())
    }

    #[test]
    fn what_can_have_no_effect_is_said() {
        use Operation::{Create, MethodCall, Read, Report};
        let none = json!({});
        assert!(
            idle("sale.order", &[Read, Create, MethodCall, Report], &["action_confirm"], &none).is_empty()
        );
        let line = idle("sale.order.line", &[Read, MethodCall, Report], &[], &none);
        assert!(line[0].contains("has no methods") && line[1].contains("has no documents"), "{line:?}");
        let chosen = idle("sale.order", &[MethodCall], &[], &none);
        assert_eq!(
            chosen,
            ["Method Call is allowed, but no method of Sales Order is: nothing can be called."]
        );
        let waits = json!({"approval": {"operations": ["create", "method_call"]}});
        assert_eq!(
            idle("sale.order", &[Read, Create], &[], &waits),
            ["Method Call waits for approval, but Method Call isn't allowed."]
        );
        let blind = json!({"fields": {"allowed": ["note"]}});
        let said = idle("sale.order", &[Read, Create], &[], &blind);
        assert!(said.len() == 1 && said[0].contains("(partner_id)"), "{said:?}");
        assert!(idle("sale.order", &[Read], &[], &blind).is_empty());
        assert!(idle("sale.order", &[], &[], &waits).is_empty(), "it allows nothing yet");
    }
}
