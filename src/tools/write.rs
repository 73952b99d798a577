//! What the tools that change data have in common.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Action, Context, Output, Tool, ToolError, page};
use crate::audit::{Note, Pending};
use crate::changes::{self, Answer, Asked};
use crate::erp::What;
use crate::model::{Complaint, Operation, Untrusted};
use crate::policy::{Permit, Wish};

/// Most characters of an idempotency key.
const LONGEST_KEY: usize = 200;

/// How a change is asked for, besides what is changed.
pub struct Manner<'a> {
    /// The tool.
    pub tool: &'static Tool,
    /// The operation it needs on the model.
    pub operation: Operation,
    /// It is only tried.
    pub dry_run: bool,
    /// As the client chose it.
    pub idempotency_key: Option<&'a str>,
    /// In these companies only.
    pub company_ids: Option<&'a [i64]>,
    /// Language of labels.
    pub lang: Option<&'a str>,
}

/// The arguments of a tool that changes data.
pub trait Asking: Send + Sync {
    /// The model that is changed.
    fn model(&self) -> &str;

    /// The records that are named, where they are there already.
    fn ids(&self) -> Option<&[i64]> {
        None
    }

    /// The method that is called.
    fn method(&self) -> Option<&str> {
        None
    }

    /// What is to be changed.
    fn what(&self) -> What;

    /// How it is asked for.
    fn manner(&self) -> Manner<'_>;
}

#[async_trait]
impl<A: Asking> Action for A {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: Some(Asking::model(self)), operation: self.manner().operation, method: self.method() }
    }

    fn model(&self) -> Option<&str> {
        Some(Asking::model(self))
    }

    fn target(&self) -> Option<String> {
        self.ids().map(|ids| format!("{ids:?}"))
    }

    async fn run(
        &self,
        context: &Context,
        permit: &Permit,
        pending: &mut Pending,
    ) -> Result<Output, ToolError> {
        run(context, permit, pending, &self.what(), &self.manner()).await
    }
}

/// Does a change, tries it, or puts it before a person.
async fn run(
    context: &Context,
    permit: &Permit,
    pending: &mut Pending,
    what: &What,
    manner: &Manner<'_>,
) -> Result<Output, ToolError> {
    let who = context.caller(manner.company_ids, manner.lang)?;
    within_limits(context, permit, what)?;
    let idempotency_key = manner.idempotency_key.filter(|_| !manner.dry_run);
    idempotency_key.map_or(Ok(()), fits)?;
    let asked = Asked {
        tool: manner.tool.name,
        what,
        dry_run: manner.dry_run,
        idempotency_key,
        who: &who,
        permit,
        principal: &context.principal,
        client: context.client.as_deref(),
        budget: page::budget(context),
        most: context.controls.settings.max_records,
    };
    let (answer, logged) = context.services.changes.perform(&asked, pending).await?;
    if logged.is_none() {
        let note = if manner.dry_run { Note::DryRun } else { Note::Again(status(&answer)) };
        pending.note(|entry| entry.reason = Some(note.said()));
    }
    let Answer { structured, text, records } = answer;
    Ok(Output { structured, text, rows: Some(records), logged, moved: None })
}

/// What the answer says became of it.
fn status(answer: &Answer) -> String {
    #[derive(Deserialize)]
    struct Said {
        status: String,
    }
    serde_json::from_str(answer.structured.get()).map_or_else(|_| "done".to_owned(), |said: Said| said.status)
}

/// More records than one request may hold are refused before anything is tried.
pub(super) fn within_limits(context: &Context, permit: &Permit, what: &What) -> Result<(), ToolError> {
    changes::within_limits(permit, what, context.controls.settings.max_records).map_err(ToolError::Denied)
}

/// Whether it may be an idempotency key.
fn fits(key: &str) -> Result<(), Complaint> {
    if (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Complaint::new(format!(
        "idempotency_key must be 1 to {LONGEST_KEY} visible ASCII characters without spaces"
    ))
    .example(r#"{"idempotency_key":"order-4711-confirm"}"#))
}

/// What each of them answers.
pub fn output() -> Value {
    let side = json!({"description": "Value on that side; null where it was not set. Many2one as {\"id\",\"name\"}"});
    json!({
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["done", "dry_run", "pending_approval", "refused", "expired"],
                "description": "pending_approval: nothing was changed yet, a person has to approve it; the same call under the idempotency_key of `approval` tells later what became of it, without it the call would wait a second time. refused, expired: nothing was changed"},
            "ids": {"type": "array", "items": {"type": "integer"},
                "description": "Records created or acted upon; empty where nothing was created yet"},
            "result": {"type": "object", "description": "What the method answered"},
            "change_id": {"type": "string", "description": "Id in the journal, under which a person can undo it"},
            "approval": {"type": "object", "properties": {
                "id": {"type": "string"}, "reason": {"type": "string"}, "expires_at": {"type": "string"},
                "idempotency_key": {"type": "string", "description": "While it waits: repeat the same call with this to learn what became of it"},
                "decided_by": {"type": "string"}, "word": {"type": "string", "description": "What the person said"}
            }},
            "has_more": {"type": "boolean", "description": "More records change than are told in changes; a note says how the others are seen"},
            "changes": {"type": "array", "description": "Every record that is not as it was, consequences included",
                "items": {"type": "object", "properties": {
                    "model": {"type": "string"}, "label": {"type": "string"},
                    "id": {"type": "integer"}, "name": {"type": "string"},
                    "kind": {"type": "string", "enum": ["created", "changed", "deleted"]},
                    "fields": {"type": "array", "items": {"type": "object", "properties": {
                        "name": {"type": "string"}, "label": {"type": "string"}, "before": side, "after": side
                    }}}
                }}},
            "undo": {"type": "object", "properties": {
                "possible": {"type": "boolean"}, "reason": {"type": "string"}
            }, "required": ["possible"]},
            "untrusted": Untrusted::schema(),
            "notes": {"type": "array", "items": {"type": "string"}}
        },
        "required": ["status", "ids", "changes", "has_more", "undo"]
    })
}
