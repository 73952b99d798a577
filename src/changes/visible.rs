//! What of a change whoever asked for it may see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::erp::{Caller, Difference, Erp, ErpError, Image, Seen};
use crate::model::{Model, Operation};
use crate::policy::{Permit, Verdict};
use crate::store::On;

/// Differences that may be shown, and how many records there are besides.
#[derive(Debug, Default)]
pub struct Visible {
    /// Those that may be read, without the fields that are hidden.
    pub shown: Vec<Difference>,
    /// Records that may not be read.
    pub beyond: usize,
    /// Fields among those shown that hold text from outside the company: `model.field`.
    pub untrusted: BTreeSet<String>,
}

/// Leaves out what policy, access rights and record rules keep from the caller: a change must not show what reading
/// would not, of what is gone what it would not have shown. `on` is where the records are as the change leaves them, if it is done.
pub async fn visible(
    erp: &dyn Erp,
    on: On<'_>,
    (permit, who): (&Permit, &Caller),
    seen: &Seen<'_>,
    all: &[Difference],
) -> Result<Visible, ErpError> {
    let mut open: BTreeMap<&str, bool> = BTreeMap::new();
    for difference in all {
        if !open.contains_key(difference.model.as_str()) {
            let model = difference.model.as_str();
            let may = permit.may(model, Operation::Read) && is_readable(erp, who, model).await?;
            open.insert(model, may);
        }
    }
    let is_open = |model: &str| open.get(model).copied().unwrap_or_default();
    let images: Vec<Image> = seen.images.iter().filter(|image| is_open(&image.model)).cloned().collect();
    let readable = erp.readable(on, Some(permit), who, &Seen { images: &images, done: seen.done }).await?;
    let mut visible = Visible::default();
    for difference in all {
        if readable.contains(&(difference.model.clone(), difference.id)) {
            visible.shown.push(as_read(erp, permit, difference, &mut visible.untrusted).await?);
        } else {
            visible.beyond += 1;
        }
    }
    Ok(visible)
}

/// A difference as reading would show it: without hidden fields, and with numbers where names are hidden. Adds to
/// `untrusted` what of it comes from outside.
async fn as_read(
    erp: &dyn Erp,
    permit: &Permit,
    all: &Difference,
    untrusted: &mut BTreeSet<String>,
) -> Result<Difference, ErpError> {
    let model = erp.model(&all.model).await?;
    let mut shown = all.clone();
    if !names(permit, &model) {
        shown.name = format!("{} #{}", shown.model, shown.id);
    } else if is_named_so(&model) {
        untrusted.insert(format!("{}.{}", model.name, model.rec_name));
    }
    shown.fields.retain(|field| permit.shows(&all.model, &field.name));
    for field in &mut shown.fields {
        let Some(known) = model.field(&field.name) else { continue };
        let mut outside = known.untrusted;
        if let Some(relation) = known.kind.relation() {
            let linked = erp.model(relation).await?;
            if names(permit, &linked) {
                outside |= is_named_so(&linked);
            } else {
                for side in [&mut field.before, &mut field.after] {
                    unname(relation, side);
                }
            }
        }
        if outside {
            untrusted.insert(format!("{}.{}", model.name, field.name));
        }
    }
    Ok(shown)
}

/// Whether records of a model are named by people outside the company.
fn is_named_so(model: &Model) -> bool {
    model.field(&model.rec_name).is_some_and(|field| field.untrusted)
}

fn names(permit: &Permit, model: &Model) -> bool {
    permit.shows(&model.name, &model.rec_name)
}

fn unname(relation: &str, link: &mut Value) {
    if let Some(id) = link.get("id").cloned()
        && let Some(name) = link.get_mut("name")
    {
        *name = Value::String(format!("{relation} #{id}"));
    }
}

/// Whether the user's groups may read the model at all.
pub async fn is_readable(erp: &dyn Erp, who: &Caller, model: &str) -> Result<bool, ErpError> {
    let model = erp.model(model).await?;
    let steps = erp.judge(who, &model, Operation::Read).await?;
    Ok(steps.iter().all(|step| step.verdict != Verdict::Failed))
}
