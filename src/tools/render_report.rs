//! `render_report`: a printed document of records, as a file to be fetched.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Action, Context, Output, Tool, ToolError, file_reply, page, reading, tool};
use crate::audit::Pending;
use crate::files::{Kind, NewFile, Owner};
use crate::model::{Complaint, Operation};
use crate::policy::{Gate, Permit, Quota, Step, Wish, decide};
use crate::reports::{Desk, Paper, gather, html};

pub(super) static TOOL: Tool = tool::<Arguments>("render_report", Some(Operation::Report), || {
    reading::<Arguments>(
        "render_report",
        "Print a report",
        "Prints a document of records (quotation, order, invoice, delivery slip, stock sheet) as a PDF or HTML file \
         and answers where to fetch it. `describe_model` lists a model's reports.",
        file_reply::output(),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. sale.order
    #[schemars(extend("examples" = ["sale.order"]))]
    model: String,
    /// Name of the report, of those that `describe_model` lists, e.g. `sale.report_saleorder`
    #[schemars(extend("examples" = ["sale.report_saleorder"]))]
    report: String,
    /// Ids of the records: up to 20 documents in one file; for a stock sheet the rows that it shows
    #[schemars(extend("examples" = [[1]]))]
    ids: Vec<i64>,
    /// pdf, unless told; html for a page that prints as well
    #[serde(default)]
    format: Format,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of the document, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

/// What the file is.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Format {
    #[default]
    Pdf,
    Html,
}

impl Arguments {
    /// The ids, each once, if they are as many as may be printed at once.
    fn ids(&self, most: usize, limit: &page::Most<'_>) -> Result<Vec<i64>, ToolError> {
        let mut ids: Vec<i64> = Vec::with_capacity(self.ids.len().min(most));
        if self.ids.is_empty() {
            return Err(Complaint::new("ids is empty: nothing to print").example(r#"{"ids":[1]}"#).into());
        }
        for id in &self.ids {
            if !ids.contains(id) {
                ids.push(*id);
            }
            if ids.len() > most {
                return Err(Complaint::new(format!(
                    "{} ids were given, and {} prints at most {most} records in one file; call it again for the others",
                    self.ids.len(),
                    self.report
                ))
                .into());
            }
        }
        if ids.len() > limit.rows as usize {
            return Err(ToolError::Denied(Step::failed(
                Gate::RecordLimits,
                format!(
                    "{} ids were given, and one request may read at most {}, {}; call it again for the others. An MCP \
                     Administrator can raise it.",
                    ids.len(),
                    limit.rows,
                    limit.whose()
                ),
            )));
        }
        Ok(ids)
    }
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: Some(&self.model), operation: Operation::Report, method: None }
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn target(&self) -> Option<String> {
        Some(format!("{:?}", self.ids))
    }

    async fn run(&self, context: &Context, permit: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        let erp = context.services.erp.as_ref();
        let model = erp.model(&self.model).await?;
        let paper = Paper::of(&model, &self.report)?;
        let ids = self.ids(paper.most(), &page::Most::of(context, permit))?;
        let owner = Owner::of(&context.principal);
        // Gathering and setting are work enough for several questions.
        let _turn = context.services.files.turn(owner.user_id).await?;
        let now = context.services.clock.utc();
        let reading = |model: &str| reading_of(context, model);
        let print = gather(&Desk::new(erp, &who, permit, &reading, now), &model, paper, &ids).await?;
        let (stem, mut notes, rows) = (print.stem(), print.notes.clone(), print.rows);
        let (extension, mime_type, bytes) = match self.format {
            Format::Pdf => {
                let printed = context.services.press.pdf(&print, now).await?;
                notes.extend(boxes(&printed.unknown));
                ("pdf", "application/pdf", printed.bytes)
            }
            Format::Html => ("html", "text/html; charset=utf-8", html(&print).into_bytes()),
        };
        let new = NewFile {
            kind: Kind::Report,
            model: self.model.clone(),
            name: format!("{stem}.{extension}"),
            mime_type,
            request_id: context.request_id.clone(),
            // Names, addresses, notes: what others wrote stands all over it.
            untrusted: vec!["document".to_owned()],
        };
        let mut file = context.services.files.begin(owner, new);
        file.write(&bytes).await?;
        let file = file.finish(Some(rows), None).await?;
        file_reply::reply(context, &file, &page::records(rows, &self.model), notes).await
    }
}

/// What to tell of characters that no font has.
fn boxes(unknown: &str) -> Option<String> {
    /// Most of them that are shown.
    const SHOWN: usize = 20;
    if unknown.is_empty() {
        return None;
    }
    let shown: String = unknown.chars().take(SHOWN).collect();
    let more = if unknown.chars().count() > SHOWN { " and others" } else { "" };
    Some(format!(
        "No font on the server's machine has the characters {shown}{more}: they are empty boxes on the paper. Whoever runs the \
         server can install one that has them; format \"html\" shows them wherever the reader has one."
    ))
}

/// A permit to read what a document leads to: lines, addresses. Judged as a call of its own would be.
fn reading_of(context: &Context, model: &str) -> Result<Permit, Step> {
    let wish = Wish { model: Some(model), operation: Operation::Read, method: None };
    let decision = decide(&context.request(wish, Quota::Within), &context.controls.rules);
    decision.permit().cloned().map_err(Step::clone)
}
