//! A change taken back: each record as it was before, unless somebody changed it since.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::row::Values as _;
use super::work::Work;
use super::{business, links, reach};
use crate::erp::{Cell, ErpError, Image, Row};
use crate::model::{Complaint, Model, Operation};

/// Counters of stock: others may have counted on since, which does not matter to what is taken back.
const COUNTED: [&str; 3] = ["quantity", "reserved_quantity", "value"];

/// Documents after which nothing that they were made with can be taken back, once they are done or posted.
const DOCUMENTS: [&str; 2] = ["stock.picking", "account.move"];

/// Puts the records back. `model` is the one that was asked to be changed: on it the caller's rights are judged.
pub(super) async fn undo(work: &mut Work<'_>, model: &Arc<Model>, images: &[Image]) -> Result<(), ErpError> {
    let own: Vec<&Image> = images.iter().filter(|image| *model.name == image.model).collect();
    // Its lines may have changed, and nothing of itself.
    work.may(model, Operation::Write)?;
    for image in &own {
        work.may(model, back(image))?;
    }
    reached(work, images).await?;
    // Goods that were moved since are named before the counts that no longer fit are.
    for image in images.iter().filter(|image| DOCUMENTS.contains(&image.model.as_str())) {
        let document = work.model(&image.model)?;
        if let Some(now) = work.load(&document, &[image.id]).await?.remove(&image.id) {
            sealed(work, &document, image, &now).await?;
        }
    }
    // What was deleted comes first, for others to link to, and what was created goes last, when nobody does. Within
    // these, those that others link to were written first, so what was written last goes first.
    for step in [Operation::Create, Operation::Write, Operation::Delete] {
        for image in images.iter().rev().filter(|image| back(image) == step) {
            one(work, image).await?;
        }
    }
    let returned: Vec<i64> =
        own.iter().filter(|image| image.before.is_some()).map(|image| image.id).collect();
    reach::still(work, model, &returned, Operation::Write).await
}

/// Record rules hold for everything that is taken back, whichever model it is of.
async fn reached(work: &mut Work<'_>, images: &[Image]) -> Result<(), ErpError> {
    let mut all: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for image in images.iter().filter(|image| image.after.is_some()) {
        all.entry(&image.model).or_default().push(image.id);
    }
    for (name, ids) in all {
        let model = work.model(name)?;
        let there = work.load(&model, &ids).await?;
        let ids: Vec<i64> = ids.into_iter().filter(|id| there.contains_key(id)).collect();
        reach::all(work, &model, &ids).await?;
    }
    Ok(())
}

/// What has to be done to take an image back.
const fn back(image: &Image) -> Operation {
    match (&image.before, &image.after) {
        (None, _) => Operation::Delete,
        (_, None) => Operation::Create,
        _ => Operation::Write,
    }
}

async fn one(work: &mut Work<'_>, image: &Image) -> Result<(), ErpError> {
    let model = work.model(&image.model)?;
    let now = work.load(&model, &[image.id]).await?.remove(&image.id);
    if let Some(row) = now.as_ref().or(image.before.as_ref()) {
        sealed(work, &model, image, row).await?;
    }
    // What a record linked to before may be gone since.
    if let Some(before) = &image.before
        && let Some(field) = links::broken(work, &model, before).await?
    {
        return Err(collision(image, &format!("what its {field} led to was deleted since")));
    }
    match (&image.before, &image.after, now) {
        (Some(before), None, None) => work.insert_as(&model, image.id, before.clone()).await,
        (_, None, Some(_)) => Err(collision(image, "there is a record with its id again")),
        (_, Some(_), None) => Err(collision(image, "it was deleted since")),
        (None, Some(after), Some(now)) => {
            unchanged(&model, image, after, &now)?;
            let linking = links::to(work, &model, image.id, &[]).await?;
            if !linking.is_empty() {
                let others = links::listed(work, &linking);
                return Err(collision(image, &format!("others link to it since: {others}")));
            }
            work.delete(&model, &now).await
        }
        (Some(before), Some(after), Some(now)) => {
            let back = restored(&model, image, (before, after), &now)?;
            work.update(&model, &now, &back).await
        }
        (None, None, None) => Ok(()),
    }
}

/// Refuses what goods or books have gone past: `row` is the record as it is now, or as it was where it is gone.
async fn sealed(work: &mut Work<'_>, model: &Model, image: &Image, row: &Row) -> Result<(), ErpError> {
    match business::sealed(work, model, row, changed(image).as_ref()).await? {
        Some(why) => Err(collision(image, &why)),
        None => Ok(()),
    }
}

/// The fields that the change set on a record which was there before and after; its state stands in the image too.
fn changed(image: &Image) -> Option<Row> {
    let (before, after) = (image.before.as_ref()?, image.after.as_ref()?);
    Some(
        after
            .iter()
            .filter(|(k, v)| before.get(*k) != Some(v))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
    )
}

/// The values to set so that a record is as it was before.
fn restored(model: &Model, image: &Image, (before, after): (&Row, &Row), now: &Row) -> Result<Row, ErpError> {
    if model.name != "stock.quant" {
        unchanged(model, image, after, now)?;
        return Ok(before.clone());
    }
    let counted = |name: &str| COUNTED.contains(&name);
    let fixed: Row = after
        .iter()
        .filter(|(k, _)| !counted(k) && *k != "in_date")
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    unchanged(model, image, &fixed, now)?;
    let mut back = before.clone();
    for name in COUNTED.into_iter().filter(|name| before.contains_key(*name)) {
        let value = now.number(name) - after.number(name) + before.number(name);
        if value < 0 && name != "value" {
            return Err(collision(image, &format!("too little is left of its {name}")));
        }
        back.put(name, value);
    }
    let of = |name: &str| back.int(name).unwrap_or_else(|| now.number(name));
    if of("reserved_quantity") > of("quantity") {
        return Err(collision(image, "its goods were reserved or moved for something else"));
    }
    Ok(back)
}

/// Fields that are not as the change left them are named, with what they are now.
fn unchanged(model: &Model, image: &Image, after: &Row, now: &Row) -> Result<(), ErpError> {
    let changed: Vec<String> = after
        .iter()
        .filter(|(name, cell)| now.get(*name).unwrap_or(&Cell::Null) != *cell)
        .map(|(name, _)| match model.field(name) {
            Some(field) => format!("{name} ({})", field.label),
            None => name.clone(),
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(collision(image, &format!("somebody changed {} since", changed.join(", "))))
}

fn collision(image: &Image, why: &str) -> ErpError {
    ErpError::Collision(Complaint::new(format!(
        "{} {} is not as this change left it: {why}. Nothing was undone; change it by hand",
        image.model, image.id
    )))
}
