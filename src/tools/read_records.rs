//! `read_records`: records by id.

use std::borrow::Cow;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::long::{self, Cut};
use super::{Action, Context, Output, Tool, ToolError, page, reading, tool, untrusted};
use crate::audit::Pending;
use crate::erp::ReadQuery;
use crate::model::untrusted::SENTENCE;
use crate::model::{Complaint, Operation, Untrusted};
use crate::policy::{Permit, Wish};

/// How the rest of an answer that was too long is had.
const GO_ON: &str = "read the ids that are missing in another call, or ask for fewer fields";

pub(super) static TOOL: Tool = tool::<Arguments>("read_records", Some(Operation::Read), || {
    reading::<Arguments>(
        "read_records",
        "Read records",
        "Reads records of a model by their ids, in the order of the ids.",
        output(),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. sale.order
    #[schemars(extend("examples" = ["sale.order"]))]
    model: String,
    /// Ids of the records; at most Max Records Per Request
    #[schemars(extend("examples" = [[1, 2]]))]
    ids: Vec<i64>,
    /// Fields to answer; without it the model's significant ones. `describe_model` lists them
    #[serde(default)]
    fields: Option<Vec<String>>,
    /// Characters to leave out at the beginning, to read on in a text that was cut: with one id and its one field
    #[serde(default)]
    text_offset: Option<i64>,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Serialize)]
struct Reply<'a> {
    records: &'a RawValue,
    total: u32,
    has_more: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<Cut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<Untrusted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

fn output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "records": {
                "type": "array",
                "description": "Records in the order of the ids; many2one fields as {\"id\",\"name\"}",
                "items": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
            },
            "total": {"type": "integer", "description": "Ids asked for"},
            "has_more": {"type": "boolean", "description": "Some ids were cut off; read them in another call"},
            "cut": Cut::schema(),
            "untrusted": Untrusted::schema(),
            "notes": {"type": "array", "items": {"type": "string"}, "description": "What was limited or cut"}
        },
        "required": ["records", "total", "has_more"]
    })
}

impl Arguments {
    /// The field to be read on in, and from which character.
    fn on(&self) -> Result<Option<(&str, usize)>, Complaint> {
        let Some(from) = self.text_offset.filter(|from| *from != 0) else { return Ok(None) };
        match (usize::try_from(from), self.ids.as_slice(), self.fields.as_deref()) {
            (Ok(from), [_], Some([field])) => Ok(Some((field, from))),
            _ => Err(Complaint::new(format!(
                "text_offset {from} reads on in one text: it takes one id and one field, and is not below 0"
            ))
            .example(r#"{"ids":[1],"fields":["note"],"text_offset":5000}"#)),
        }
    }
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: Some(&self.model), operation: Operation::Read, method: None }
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn target(&self) -> Option<String> {
        Some(format!("{:?}", self.ids))
    }

    async fn run(&self, context: &Context, permit: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        if self.ids.is_empty() {
            return Err(Complaint::new("ids is empty").example(r#"{"ids":[1,2]}"#).into());
        }
        let on = self.on()?;
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        let asked = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let most = page::Most::of(context, permit);
        let limit = page::limit(Some(i64::from(asked)), asked, &most)?;
        let query = ReadQuery {
            ids: self.ids.iter().take(limit.rows as usize).copied().collect(),
            fields: self.fields.clone().unwrap_or_default(),
        };
        let found = context.services.erp.read(permit, &who, &query).await?;
        let budget = page::budget(context);
        let (fitted, cut) = match on {
            Some((field, from)) if found.rows == 1 => {
                let (json, cut) = long::read_on(&found.json, field, from, budget)?;
                (page::Fitted { json: Cow::Owned(json), rows: 1, note: None }, cut)
            }
            _ => long::records(&found.json, found.rows, budget, GO_ON)?,
        };
        let over = limit.note.map(|_| {
            format!(
                "only the first {} of {asked} ids were read ({}); read the others in another call",
                limit.rows,
                most.whose()
            )
        });
        let untrusted = untrusted::of(context, permit, &self.model, self.fields.as_deref()).await?;
        let cuts: Vec<String> = cut.iter().map(|cut| cut.said(&self.model)).collect();
        let reply = Reply {
            records: &fitted.json,
            total: asked,
            has_more: fitted.rows < asked,
            cut,
            untrusted,
            notes: over.into_iter().chain(fitted.note).chain(cuts.iter().cloned()).collect(),
        };
        let mut text = format!("{}.", page::records(fitted.rows, &self.model));
        text.extend(cuts.iter().map(|cut| format!(" {cut}.")));
        if reply.untrusted.is_some() {
            text.push_str(SENTENCE);
        }
        Ok(Output::new(&reply, text, Some(fitted.rows))?)
    }
}
