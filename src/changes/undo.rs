//! A change taken back by a person, by that person's own rights.

use super::journal::{self, Place};
use super::{Change, ChangeError, Changes};
use crate::erp::{Caller, Undo};
use crate::model::Complaint;
use crate::store::{On, changes};

/// Takes a change back in the transaction of an act, whose entry of the log will be `log_id`. `by` is the login of
/// `who`. Answers the change that was taken back.
pub async fn undo(
    desk: &Changes,
    mut on: On<'_>,
    (who, by): (&Caller, &str),
    id: &str,
    log_id: &str,
) -> Result<Change, ChangeError> {
    let change = journal::by_id(on.on(), id)
        .await?
        .ok_or_else(|| Complaint::new(format!("there is no change {id} in the journal")))?;
    if let Some(why) = &change.lasting {
        return Err(Complaint::new(format!("This can't be undone: {why}")).into());
    }
    if change.undone_by.is_some() {
        return Err(Complaint::new("This was undone already").into());
    }
    let at = desk.clock.millis();
    let undo = Undo { at, model: &change.model, images: &change.images };
    let effect = desk.erp.undo(on.on(), who, &undo).await?;
    let differences = desk.erp.differences(on.on(), &effect.images).await?;
    let own = uuid::Uuid::now_v7().to_string();
    let place = Place {
        log_id,
        at,
        user: (who.user_id, by),
        model: &change.model,
        operation: None,
        method: None,
        undoes: Some(id),
    };
    journal::keep(on.on(), &own, &place, (&effect, &differences)).await?;
    if !changes::set_undone(on, id, &own).await? {
        return Err(Complaint::new("This was undone already").into());
    }
    Ok(change)
}
