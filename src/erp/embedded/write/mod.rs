//! Changes to the business database.
//!
//! A change goes this way: `value` understands what was written; `create`, `update`, `delete` or `business::call` do
//! it on a [`work::Work`], which knows every record it touched as it was before; `business` fills in what a model
//! fills in by itself, refuses what its documents do not allow, and adds up what follows; `links` and `reach` check
//! that links hold and that record rules let the caller reach what was written. The caller owns the transaction.

mod about;
mod business;
mod create;
mod delete;
mod differences;
mod documents;
mod gone;
mod lines;
mod links;
mod money;
mod reach;
mod row;
mod seal;
mod span;
#[cfg(test)]
mod tests;
mod text;
mod undo;
mod update;
mod usual;
mod value;
mod weight;
mod work;

pub(super) use reach::NOTHING;

use super::super::{Caller, Change, Effect, ErpError, Undo, What};
use super::Embedded;
use crate::model::Complaint;
use crate::policy::{Gate, Permit, Step};
use crate::store::On;

pub(super) use differences::differences;
pub(super) use gone::readable;
pub(super) use usual::ungiven;
use work::Work;
pub(super) use work::turn;

/// Most records of one change.
const MOST: usize = 1_000;

/// Does what was asked for. Changes go one at a time, so that none waits for another in a circle and quantities are
/// counted on what is there.
pub(super) async fn change(
    erp: &Embedded,
    on: On<'_>,
    permit: &Permit,
    who: &Caller,
    change: &Change,
) -> Result<Effect, ErpError> {
    let mut work = Work::begin(erp, on, Some(permit), who, change.at);
    let model = work.model(permit.model().unwrap_or_default())?;
    if change.what.operation() != permit.operation() {
        let why = format!("{} was permitted, and {} asked for", permit.operation(), change.what.operation());
        return Err(ErpError::Denied(Step::failed(Gate::Policy, why)));
    }
    work.may(&model, permit.operation())?;
    let seal = seal::before(&mut work, &model, change).await?;
    let is_shown = change.approved || permit.knows_approval();
    let before = if is_shown { about::before(&mut work, &model, &change.what).await? } else { Vec::new() };
    let (ids, answer) = match &change.what {
        What::Create(records) => {
            not_too_many(records.len())?;
            (create::create(&mut work, &model, records).await?, None)
        }
        What::Write { ids, values } => {
            not_too_many(ids.len())?;
            let ids = reach::all(&mut work, &model, ids).await?;
            update::update(&mut work, &model, &ids, values).await?;
            (ids, None)
        }
        What::Delete(ids) => {
            not_too_many(ids.len())?;
            let ids = reach::all(&mut work, &model, ids).await?;
            delete::delete(&mut work, &model, &ids).await?;
            (ids, None)
        }
        What::Call { method, ids, arguments } => {
            not_too_many(ids.len())?;
            let ids = reach::all(&mut work, &model, ids).await?;
            let answer = business::call(&mut work, &model, method, &ids, arguments).await?;
            (ids, answer)
        }
    };
    let about = if is_shown {
        about::of(&mut work, &model, (&change.what, &ids), &before).await?
    } else {
        Vec::new()
    };
    Ok(Effect { seal, about, ..work.finish(ids, answer).await? })
}

/// Puts records back; see [`super::super::Erp::undo`].
pub(super) async fn undo(
    erp: &Embedded,
    on: On<'_>,
    who: &Caller,
    undo: &Undo<'_>,
) -> Result<Effect, ErpError> {
    let mut work = Work::begin(erp, on, None, who, undo.at);
    let model = work.model(undo.model)?;
    undo::undo(&mut work, &model, undo.images).await?;
    work.finish(Vec::new(), None).await
}

fn not_too_many(records: usize) -> Result<(), Complaint> {
    match records {
        0 => Err(Complaint::new("no record is named: the list is empty")),
        1..=MOST => Ok(()),
        more => Err(Complaint::new(format!("{more} records in one change are too many; at most {MOST}"))),
    }
}
