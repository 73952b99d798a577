//! What whoever approves a change has seen of the records it acts upon: a digest of them, of their lines, and of the
//! documents that they are lines of.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::documents;
use super::row::Values as _;
use super::work::Work;
use crate::erp::{Change, ErpError, What};
use crate::model::{FieldKind, Model};

/// The digest of the records named, before anything is done to them; `None` where they are new, or where no policy
/// demands anybody's approval and nobody gave it.
pub(super) async fn before(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    change: &Change,
) -> Result<Option<String>, ErpError> {
    let ids = match &change.what {
        What::Create(_) => return Ok(None),
        What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. } => ids,
    };
    if !change.approved && !work.permit.is_some_and(crate::policy::Permit::knows_approval) {
        return Ok(None);
    }
    let owners = documents::owners(work, model)?;
    let mut digest = Sha256::new();
    let mut take = |rows: &dyn std::fmt::Debug| digest.update(format!("{rows:?}\n"));
    for (id, row) in work.load(model, ids).await? {
        take(&row);
        for field in model.fields.iter().filter(|field| !field.readonly) {
            let FieldKind::One2many { relation, inverse } = &field.kind else { continue };
            take(&work.find(relation, inverse, id).await?);
        }
        for (document, link) in &owners {
            if let Some(of) = row.int(link) {
                take(&work.one(&document.name, of).await?);
            }
        }
    }
    Ok(Some(format!("{:x}", digest.finalize())))
}
