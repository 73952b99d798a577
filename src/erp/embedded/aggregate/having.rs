//! Which groups are answered: a domain whose fields are the numbers asked for.

use super::super::super::ErpError;
use super::super::ask::Ask;
use super::super::sql::{Condition, all, any, not};
use super::measure::Measure;
use crate::model::{Complaint, Domain};

/// The domain as a condition on the table of groups.
pub(super) fn having(
    ask: &Ask<'_>,
    measures: &[Measure],
    groups: u32,
    domain: &Domain,
) -> Result<Condition, ErpError> {
    let each = |parts: &[Domain]| -> Result<Vec<Condition>, ErpError> {
        parts.iter().map(|part| having(ask, measures, groups, part)).collect()
    };
    Ok(match domain {
        Domain::All => None,
        Domain::And(parts) => all(each(parts)?),
        Domain::Or(parts) => any(each(parts)?),
        Domain::Not(part) => Some(not(having(ask, measures, groups, part)?)),
        Domain::Leaf(leaf) => {
            let key = leaf.path.join(".");
            let known = || measures.iter().map(|m| m.key.as_str());
            let measure = measures.iter().find(|m| m.key == key).ok_or_else(|| {
                Complaint::new(format!(
                    "having compares `{key}`, which is not among what is computed ({}); filter records by domain instead, or ask for it in aggregates",
                    known().collect::<Vec<_>>().join(", ")
                ))
                .near(&key, known())
                .example(r#"[["__count",">",10]]"#)
            })?;
            measure.subject(ask, groups).compare(leaf.operator, &leaf.value)?
        }
    })
}
