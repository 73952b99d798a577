//! Where a path through many2one fields ends, as far as the caller is shown it.

use std::sync::Arc;

use super::{Context, ToolError};
use crate::model::{Field, FieldKind, Model};
use crate::policy::Permit;

/// The model at the end of a path, and the field there.
pub(super) struct End {
    pub model: Arc<Model>,
    name: String,
}

impl End {
    /// The field; `None` for a name that every model has beside its fields.
    pub fn field(&self) -> Option<&Field> {
        self.model.field(&self.name)
    }
}

/// Follows `path` (`partner_id.country_id`) from `model`; `None` where it leads to nothing that the caller is shown.
pub(super) async fn end(
    context: &Context,
    permit: &Permit,
    model: &Arc<Model>,
    path: &str,
) -> Result<Option<End>, ToolError> {
    let mut model = Arc::clone(model);
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        if names.peek().is_none() {
            let hidden = model.field(name).is_some() && permit.require(&model, name).is_err();
            return Ok((!hidden).then(|| End { model, name: name.to_owned() }));
        }
        let Ok(Field { kind: FieldKind::Many2one { relation }, .. }) = permit.require(&model, name) else {
            return Ok(None);
        };
        let linked = context.services.erp.model(relation).await?;
        model = linked;
    }
    Ok(None)
}
