//! Other values for existing records.

use std::sync::Arc;

use super::create::{at, understand, unset_required};
use super::work::Work;
use super::{business, lines, links};
use crate::erp::{ErpError, Row, Values};
use crate::model::{Complaint, Model, Operation};

/// Sets the values on each of the records, which are reached.
pub(super) async fn update(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    values: &Values,
) -> Result<(), ErpError> {
    if values.is_empty() {
        return Err(ErpError::BadChange(
            Complaint::new("values is empty").example(r#"{"values":{"name":"…"}}"#),
        ));
    }
    for id in ids {
        one(work, model, *id, ("values", values)).await?;
    }
    Ok(())
}

/// Sets the values on one record, which is reached.
pub(super) async fn one(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    id: i64,
    (place, values): (&str, &Values),
) -> Result<(), ErpError> {
    let given = understand(work, model, place, values).await?;
    let before =
        work.load(model, &[id]).await?.remove(&id).ok_or_else(|| ErpError::missing(&model.name, vec![id]))?;
    let mut changes = given.cells;
    unset_required(model, place, &changes)?;
    changes.retain(|name, cell| before.get(name) != Some(cell));
    links::check(work, model, &with(&before, &changes), (place, &changes)).await?;
    let given_cells = changes.clone();
    let touches_lines = !given.lines.is_empty();
    let wish = business::Wish::Change { changes: &changes, touches_lines };
    at(place, business::guard(work, model, &before, wish).await)?;
    at(place, business::derive(work, model, &before, &mut changes).await)?;
    let mut followed = changes.clone();
    followed.retain(|name, cell| given_cells.get(name) != Some(cell));
    links::check(work, model, &with(&before, &changes), (place, &followed)).await?;
    work.update(model, &before, &changes).await?;
    for field in &given.lines {
        lines::apply(work, model, id, field).await?;
    }
    business::settle(work, model, id).await?;
    work.must_reach(model, id, Operation::Write);
    Ok(())
}

/// A row with other values.
fn with(row: &Row, changes: &Row) -> Row {
    row.iter().chain(changes).map(|(name, cell)| (name.clone(), cell.clone())).collect()
}
