//! What of a change whoever asked for it may see.

use std::collections::BTreeMap;

use crate::erp::{Caller, Difference, Erp, ErpError};
use crate::model::Operation;
use crate::policy::{Permit, Verdict};

/// Differences that may be shown, and how many records there are besides.
pub struct Visible {
    /// Those of models that may be read, without the fields that are hidden.
    pub shown: Vec<Difference>,
    /// Records of other models.
    pub beyond: usize,
}

/// Leaves out what policy or access rights keep from the caller: a change must not show what reading would not.
pub async fn visible(
    erp: &dyn Erp,
    permit: &Permit,
    who: &Caller,
    all: &[Difference],
) -> Result<Visible, ErpError> {
    let mut open: BTreeMap<&str, bool> = BTreeMap::new();
    let mut visible = Visible { shown: Vec::new(), beyond: 0 };
    for difference in all {
        let name = difference.model.as_str();
        let is_open = match open.get(name) {
            Some(is_open) => *is_open,
            None => {
                let is_open = permit.may(name, Operation::Read) && is_readable(erp, who, name).await?;
                open.insert(name, is_open);
                is_open
            }
        };
        if !is_open {
            visible.beyond += 1;
            continue;
        }
        let mut shown = difference.clone();
        shown.fields.retain(|field| permit.shows(name, &field.name));
        visible.shown.push(shown);
    }
    Ok(visible)
}

/// Whether the user's groups may read the model at all.
pub async fn is_readable(erp: &dyn Erp, who: &Caller, model: &str) -> Result<bool, ErpError> {
    let model = erp.model(model).await?;
    let steps = erp.judge(who, &model, Operation::Read).await?;
    Ok(steps.iter().all(|step| step.verdict != Verdict::Failed))
}
