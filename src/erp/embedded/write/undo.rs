//! A change taken back: each record as it was before, unless somebody changed it since.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::row::Values as _;
use super::work::Work;
use super::{business, documents, links, reach};
use crate::erp::{Cell, ErpError, Image, Row};
use crate::model::{Complaint, Model, Operation};

/// Counters of stock: others may have counted on since, which does not matter to what is taken back.
const COUNTED: [&str; 2] = ["quantity", "reserved_quantity"];
/// What goods are worth follows from what there is of them and what their product costs.
const WORTH: &str = "value";

/// Documents after which nothing that they were made with can be taken back, once they are done or posted.
const DOCUMENTS: [&str; 2] = ["stock.picking", "account.move"];

/// Puts the records back. `model` is the one that was asked to be changed: on it the caller's rights are judged.
///
/// It is a change like others, and keeps to what they keep to: what may not be written any more is not put back, links
/// hold, and what follows is written. Where what was put back would itself come out otherwise, it collides.
pub(super) async fn undo(work: &mut Work<'_>, model: &Arc<Model>, images: &[Image]) -> Result<(), ErpError> {
    let own: Vec<&Image> = images.iter().filter(|image| *model.name == image.model).collect();
    // Its lines may have changed, and nothing of itself.
    work.may(model, Operation::Write)?;
    for image in &own {
        work.may(model, back(image))?;
    }
    reached(work, images).await?;
    // Documents that were done since are named before what no longer fits to them.
    let is_document = |image: &&Image| DOCUMENTS.contains(&image.model.as_str());
    let documents = images.iter().filter(is_document);
    for image in documents.chain(images.iter().filter(|image| !is_document(image))) {
        allowed(work, image).await.map_err(|error| refused(image, error, collision))?;
    }
    // What was deleted comes first, for others to link to, and what was created goes last, when nobody does. Within
    // these, those that others link to were written first, so what was written last goes first.
    for step in [Operation::Create, Operation::Write, Operation::Delete] {
        for image in images.iter().rev().filter(|image| back(image) == step && !is_worth(image)) {
            one(work, image).await?;
        }
    }
    for image in images.iter().filter(|image| !is_worth(image)) {
        fit(work, image, images).await.map_err(|error| refused(image, error, impossible))?;
    }
    work.catch_up().await.map_err(|error| match error {
        ErpError::BadChange(why) => ErpError::Collision(Complaint::new(format!(
            "what follows from it does not fit by now: {}. {NOTHING}",
            why.problem
        ))),
        other => other,
    })?;
    if let Some(why) = business::planned_twice(work, images).await? {
        return Err(ErpError::Collision(Complaint::new(format!("{why}. {NOTHING}"))));
    }
    for image in images {
        as_it_was(work, image).await?;
    }
    let returned: Vec<i64> =
        own.iter().filter(|image| image.before.is_some()).map(|image| image.id).collect();
    reach::still(work, model, &returned, Operation::Write).await
}

/// What people are told after the reason.
const NOTHING: &str = "Nothing was undone; change it by hand";

/// Whether all that happened to a record is that goods became worth something else.
fn is_worth(image: &Image) -> bool {
    image.model == "stock.quant" && set(image).is_some_and(|set| set.keys().all(|name| name == WORTH))
}

/// Checks what a record that is put back links to, and writes what follows from it.
async fn fit(work: &mut Work<'_>, image: &Image, images: &[Image]) -> Result<(), ErpError> {
    let model = work.model(&image.model)?;
    let before = match (&image.before, &image.after) {
        (Some(before), _) => before,
        (None, Some(after)) => return business::gone_again(work, &model, after).await,
        (None, None) => return Ok(()),
    };
    let Some(row) = work.load(&model, &[image.id]).await?.remove(&image.id) else { return Ok(()) };
    let set = set(image);
    links::check(work, &model, &row, ("its values", set.as_ref().unwrap_or(before))).await?;
    let mut with_document = false;
    for (document, link) in documents::owners(work, &model)? {
        let of = row.int(&link);
        with_document |= images
            .iter()
            .any(|other| *document.name == other.model && Some(other.id) == of && other.after.is_none());
    }
    business::put_back(work, &model, (image.id, set.as_ref()), with_document).await
}

/// What was put back is as it was, whatever was written after it.
async fn as_it_was(work: &mut Work<'_>, image: &Image) -> Result<(), ErpError> {
    let Some(before) = image.before.as_ref().filter(|_| image.model != "stock.quant") else { return Ok(()) };
    let model = work.model(&image.model)?;
    let now = work.load(&model, &[image.id]).await?.remove(&image.id).unwrap_or_default();
    let others = differing(&model, before, &now);
    if others.is_empty() {
        return Ok(());
    }
    Err(impossible(
        image,
        &format!(
            "{} follows from other records, which changed since, and would not be what it was",
            others.join(", ")
        ),
    ))
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

/// Refuses what may not be written any more, as things are before anything is put back.
async fn allowed(work: &mut Work<'_>, image: &Image) -> Result<(), ErpError> {
    let model = work.model(&image.model)?;
    let now = work.load(&model, &[image.id]).await?.remove(&image.id);
    match now.as_ref().or(image.before.as_ref()) {
        Some(row) => business::allowed_back(work, &model, row, set(image).as_ref()).await,
        None => Ok(()),
    }
}

async fn one(work: &mut Work<'_>, image: &Image) -> Result<(), ErpError> {
    let model = work.model(&image.model)?;
    let now = work.load(&model, &[image.id]).await?.remove(&image.id);
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

/// The fields that the change set on a record which was there before and after, as they were; its state stands in the
/// image too.
fn set(image: &Image) -> Option<Row> {
    let (before, after) = (image.before.as_ref()?, image.after.as_ref()?);
    Some(
        before
            .iter()
            .filter(|(k, v)| after.get(*k) != Some(v))
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
    let counted = |name: &str| COUNTED.contains(&name) || name == WORTH;
    let fixed: Row = after
        .iter()
        .filter(|(k, _)| !counted(k) && *k != "in_date")
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    unchanged(model, image, &fixed, now)?;
    let mut back = before.clone();
    back.remove(WORTH);
    for name in COUNTED.into_iter().filter(|name| before.contains_key(*name)) {
        let value = now.number(name) - after.number(name) + before.number(name);
        if value < 0 {
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

/// Fields that are not as the change left them are named.
fn unchanged(model: &Model, image: &Image, after: &Row, now: &Row) -> Result<(), ErpError> {
    let changed = differing(model, after, now);
    if changed.is_empty() {
        return Ok(());
    }
    Err(collision(image, &format!("somebody changed {} since", changed.join(", "))))
}

/// Fields of a record that are not what they should be, as people know them.
fn differing(model: &Model, wanted: &Row, now: &Row) -> Vec<String> {
    wanted
        .iter()
        .filter(|(name, cell)| now.get(*name).unwrap_or(&Cell::Null) != *cell)
        .map(|(name, _)| match model.field(name) {
            Some(field) => format!("{name} ({})", field.label),
            None => name.clone(),
        })
        .collect()
}

fn collision(image: &Image, why: &str) -> ErpError {
    ErpError::Collision(Complaint::new(format!(
        "{} {} is not as this change left it: {why}. {NOTHING}",
        image.model, image.id
    )))
}

fn impossible(image: &Image, why: &str) -> ErpError {
    ErpError::Collision(Complaint::new(format!(
        "{} {} can't be put back as it was: {why}. {NOTHING}",
        image.model, image.id
    )))
}

/// What a change of the same fields would be refused for.
fn refused(image: &Image, error: ErpError, said: fn(&Image, &str) -> ErpError) -> ErpError {
    match error {
        ErpError::BadChange(why) => said(image, &why.problem),
        other => other,
    }
}
