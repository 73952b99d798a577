//! Records removed, with the lines that can't be without them.

use std::sync::Arc;

use super::row::Values as _;
use super::work::Work;
use super::{business, links, reach};
use crate::erp::ErpError;
use crate::model::{Complaint, FieldKind, Model, Operation};

/// Deletes records, which are reached. What something else links to stays: the complaint says what.
pub(super) async fn delete(work: &mut Work<'_>, model: &Arc<Model>, ids: &[i64]) -> Result<(), ErpError> {
    let owned = owned(work, model)?;
    let names: Vec<String> = owned.iter().map(|(line, _)| line.name.to_string()).collect();
    for id in ids {
        let Some(before) = work.load(model, &[*id]).await?.remove(id) else { continue };
        business::guard(work, model, &before, business::Wish::Delete).await?;
        let linking = links::to(work, model, *id, &names).await?;
        if !linking.is_empty() {
            let archive = if model.field("active").is_some() {
                "; archive it instead: set active to false"
            } else {
                ""
            };
            return Err(ErpError::BadChange(Complaint::new(format!(
                "{} {id} can't be deleted, others link to it: {}{archive}",
                model.name,
                links::listed(work, &linking)
            ))));
        }
        for (line, inverse) in &owned {
            let rows = work.find(&line.name, inverse, *id).await?;
            if !rows.is_empty() {
                // Lines go with their document only where they could go by themselves.
                work.may(line, Operation::Delete)?;
                let lines: Vec<i64> = rows.iter().map(|row| row.number("id")).collect();
                reach::every(work, line, &lines).await?;
            }
            for row in rows {
                work.delete(line, &row).await?;
                business::deleted(work, line, &row).await?;
            }
        }
        work.delete(model, &before).await?;
        business::deleted(work, model, &before).await?;
    }
    Ok(())
}

/// The lines of a document: records that link here and go with it.
fn owned(work: &Work<'_>, model: &Model) -> Result<Vec<(Arc<Model>, String)>, ErpError> {
    let mut all = Vec::new();
    for field in &model.fields {
        let FieldKind::One2many { relation, inverse } = &field.kind else { continue };
        if business::owns(&model.name, relation) {
            all.push((work.model(relation)?, inverse.to_string()));
        }
    }
    Ok(all)
}
