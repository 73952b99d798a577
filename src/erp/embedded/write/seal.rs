//! What whoever approves a change has seen of the records it acts upon: a digest of them and of their lines.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::work::Work;
use crate::erp::{ErpError, What};
use crate::model::{FieldKind, Model};

/// The digest of the records named, before anything is done to them; `None` where they are new, or where no policy
/// demands anybody's approval.
pub(super) async fn before(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    what: &What,
) -> Result<Option<String>, ErpError> {
    let ids = match what {
        What::Create(_) => return Ok(None),
        What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. } => ids,
    };
    if !work.permit.is_some_and(crate::policy::Permit::knows_approval) {
        return Ok(None);
    }
    let mut digest = Sha256::new();
    let mut take = |rows: &dyn std::fmt::Debug| digest.update(format!("{rows:?}\n"));
    for (id, row) in work.load(model, ids).await? {
        take(&row);
        for field in model.fields.iter().filter(|field| !field.readonly) {
            let FieldKind::One2many { relation, inverse } = &field.kind else { continue };
            take(&work.find(relation, inverse, id).await?);
        }
    }
    Ok(Some(format!("{:x}", digest.finalize())))
}
