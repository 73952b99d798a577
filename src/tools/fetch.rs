//! Whether a file may be fetched: judged anew each time, since what made it may have been taken away.

use super::call::first_failed;
use super::{Context, ToolError};
use crate::erp::ErpError;
use crate::files::Stored;
use crate::policy::{Quota, Wish, decide};
use crate::settings::Module;

/// Passes the gates of the request and of the operation that made the file, as they stand now; what the ERP judges
/// record by record was judged when the file was made.
pub async fn may_fetch(context: &Context, file: &Stored) -> Result<(), ToolError> {
    let operation = file.kind.operation();
    let wish = Wish { model: Some(&file.model), operation, method: None };
    let decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
    decision.permit().map_err(|step| ToolError::Denied(step.clone()))?;
    let who = context.caller(None, None)?;
    let model = context.services.erp.model(&file.model).await?;
    let steps = context.services.erp.judge(&who, &model, operation).await?;
    match first_failed(&steps) {
        Some(step) => Err(ToolError::Erp(ErpError::Denied(step.clone()))),
        None => Ok(()),
    }
}

/// Whether whoever a link was given to could still come in at all: by a connection only with the module it is of.
pub fn may_come(context: &Context) -> bool {
    let modules = &context.controls.modules;
    modules.has(Module::McpServer)
        && (context.principal.connection.is_none() || modules.has(Module::McpServerOauth))
}
