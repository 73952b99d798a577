//! Whether a file may be fetched: judged anew each time, since what made it may have been taken away.

use std::collections::BTreeSet;

use super::call::first_failed;
use super::file_reply::said;
use super::{Context, ToolError};
use crate::audit::{Entry, Kind, Outcome};
use crate::erp::ErpError;
use crate::files::{Kind as Of, Owner, Stored};
use crate::model::Untrusted;
use crate::policy::{Gate, Quota, Step, Wish, decide};
use crate::settings::Module;

/// Passes the gates of the request and of the operation that made the file, as they stand now. What the ERP judges
/// record by record, and which fields exist, was judged when the file was made: where a policy that it was made under
/// was changed since, it must be made again.
pub async fn may_fetch(context: &Context, file: &Stored) -> Result<(), ToolError> {
    let operation = file.kind.operation();
    let wish = Wish { model: Some(&file.model), operation, method: None };
    let decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
    decision.permit().map_err(|step| ToolError::Denied(step.clone()))?;
    let who = context.caller(None, None)?;
    let model = context.services.erp.model(&file.model).await?;
    let steps = context.services.erp.judge(&who, &model, operation).await?;
    if let Some(step) = first_failed(&steps) {
        return Err(ToolError::Erp(ErpError::Denied(step.clone())));
    }
    let changed = context.services.files.policies_changed_since(file).await?;
    if changed.is_empty() {
        return Ok(());
    }
    let reached = reached(context, file).await?;
    match changed.iter().find(|model| reached.contains(*model)) {
        Some(changed) => Err(ToolError::Denied(outdated(file, changed))),
        None => Ok(()),
    }
}

fn outdated(file: &Stored, changed: &str) -> Step {
    let again = match file.kind {
        Of::Export => "export the records again (export_records)",
        Of::Report => "print it again (render_report)",
    };
    Step::failed(
        Gate::Policy,
        format!(
            "the policy of {changed} was changed after this file was made, so it may hold what is hidden now; {again}."
        ),
    )
}

/// Models that a file may hold something of: its own, those that it links to, and theirs; a document is printed with
/// its lines.
async fn reached(context: &Context, file: &Stored) -> Result<BTreeSet<String>, ErpError> {
    let mut reached = BTreeSet::from([file.model.clone()]);
    let mut open = vec![file.model.clone()];
    while let Some(name) = open.pop() {
        let model = context.services.erp.model(&name).await?;
        let lines = file.kind == Of::Report && name == file.model;
        for field in model.fields.iter().filter(|field| lines || !field.kind.is_x2many()) {
            let Some(relation) = field.kind.relation() else { continue };
            if reached.insert(relation.to_owned()) {
                open.push(relation.to_owned());
            }
        }
    }
    Ok(reached)
}

/// Whether whoever a link was given to could still come in at all: by a connection only with the module it is of.
pub fn may_come(context: &Context) -> bool {
    context.controls.modules.has(Module::McpServer) && is_connected(context).is_ok()
}

/// Whoever comes by a connection comes with the module that it is of.
pub(super) fn is_connected(context: &Context) -> Result<(), Step> {
    if context.principal.connection.is_none() || context.controls.modules.has(Module::McpServerOauth) {
        return Ok(());
    }
    Err(Step::failed(
        Gate::Credential,
        "it came by an OAuth connection, and MCP Server - OAuth is not installed. A Settings / Administrator can \
         install it in Apps.",
    ))
}

/// A file as `resources/read` shows it.
#[derive(Debug)]
pub struct View {
    /// All of the text, or what the file is, where it is fetched, and how it begins.
    pub text: String,
    /// Media type of that text.
    pub mime_type: String,
    /// What of it comes from outside the company.
    pub untrusted: Option<Untrusted>,
}

/// Text files up to this size are shown whole, in bytes.
const WHOLE: u64 = 50_000;
/// What tells spreadsheets that a file is UTF-8, and nobody here.
const MARK: char = '\u{feff}';

/// Reads the user's file of that id, and logs it; `None` where it is not there, or is another user's.
pub async fn read_file(context: &Context, id: &str) -> Result<Option<View>, ToolError> {
    let files = &context.services.files;
    let Some(file) = files.find(context.principal.user.id, id).await? else { return Ok(None) };
    let entry = Entry {
        kind: Kind::Request,
        model: Some(file.model.clone()),
        target: Some(file.uri()),
        rows: file.rows,
        ..context.entry("download")
    };
    let pending = context.services.audit.begin(entry).await?;
    match view(context, &file).await {
        Ok(view) => {
            pending.finish(|entry| {
                entry.outcome = Outcome::Allowed;
                entry.bytes = Some(view.text.len());
            });
            Ok(Some(view))
        }
        Err(error) => {
            pending.finish(|entry| match error.gate() {
                Some(step) => entry.refused(step),
                None => entry.failed(error.to_string()),
            });
            Err(error)
        }
    }
}

async fn view(context: &Context, file: &Stored) -> Result<View, ToolError> {
    may_fetch(context, file).await?;
    let files = &context.services.files;
    let untrusted = Untrusted::marks(file.untrusted.clone());
    let is_text = file.mime_type.starts_with("text/") || file.mime_type == "application/json";
    if is_text && file.size <= WHOLE {
        let whole = String::from_utf8_lossy(&files.read(file).whole().await?).into_owned();
        let text = whole.strip_prefix(MARK).map(str::to_owned).unwrap_or(whole);
        return Ok(View { text, mime_type: file.mime_type.clone(), untrusted });
    }
    let link = files.link(&Owner::of(&context.principal), file).await?;
    let rows = file.rows.map(|rows| format!("{rows} rows, ")).unwrap_or_default();
    let mut text = format!(
        "{} ({rows}{} bytes, {}) is not shown here. {}\n",
        file.name,
        file.size,
        file.mime_type,
        said(&link)
    );
    let Some(preview) = &file.preview else {
        return Ok(View { text, mime_type: "text/plain".to_owned(), untrusted: None });
    };
    text.push_str("\nIt begins, as CSV:\n");
    text.push_str(preview);
    Ok(View { text, mime_type: "text/plain".to_owned(), untrusted })
}
