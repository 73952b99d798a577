//! `search_records`: records that match a domain, a page at a time.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::long::{self, Cut};
use super::{Action, Context, Output, Tool, ToolError, page, reading, schema, tool, untrusted};
use crate::audit::Pending;
use crate::erp::SearchQuery;
use crate::model::untrusted::SENTENCE;
use crate::model::{Domain, Operation, OrderTerm, Untrusted};
use crate::policy::{Permit, Wish};

/// How the rest of a page that was too long is had.
const GO_ON: &str = "go on with next_offset, or ask for fewer fields";
/// Records answered when no limit is given.
const USUAL: u32 = 80;

pub(super) static TOOL: Tool = tool::<Arguments>("search_records", Some(Operation::Read), || {
    reading::<Arguments>(
        "search_records",
        "Search records",
        "Finds the records of a model that match a domain, a page at a time, with the total. For sums and \
         counts by group use aggregate_records instead of adding up pages.",
        output(),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. sale.order
    #[schemars(extend("examples" = ["report.sales.analysis"]))]
    model: String,
    #[serde(default)]
    #[schemars(schema_with = "schema::domain", extend("examples" = [[["date", ">=", "2026-07-01"]]]))]
    domain: Value,
    /// Fields to answer; without it the model's significant ones. `describe_model` lists them
    #[serde(default)]
    fields: Option<Vec<String>>,
    /// Order, e.g. "date desc, id"
    #[serde(default)]
    order: Option<String>,
    /// Records to answer, 80 unless told; at most Max Records Per Request
    #[serde(default)]
    limit: Option<i64>,
    /// Records to leave out first: `next_offset` of the page before
    #[serde(default)]
    offset: Option<i64>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u32>,
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
                "description": "Records in order; many2one fields as {\"id\",\"name\"}",
                "items": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
            },
            "total": {
                "type": "integer",
                "description": "Records that match in all; absent where counting them would take too long: count_records counts"
            },
            "has_more": {"type": "boolean"},
            "next_offset": {"type": "integer", "description": "Offset of the next page, where there is one"},
            "cut": Cut::schema(),
            "untrusted": Untrusted::schema(),
            "notes": {"type": "array", "items": {"type": "string"}, "description": "What was limited or cut"}
        },
        "required": ["records", "has_more"]
    })
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
        (!self.domain.is_null()).then(|| self.domain.to_string())
    }

    async fn run(&self, context: &Context, permit: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        let limit = page::limit(self.limit, USUAL, &page::Most::of(context, permit))?;
        let offset = page::offset(self.offset)?;
        let query = SearchQuery {
            domain: Domain::parse(&self.domain)?,
            fields: self.fields.clone().unwrap_or_default(),
            order: OrderTerm::parse_list(self.order.as_deref().unwrap_or_default())?,
            limit: limit.rows,
            offset,
        };
        let found = context.services.erp.search(permit, &who, &query).await?;
        let (fitted, cut) = long::records(&found.json, found.rows, page::budget(context), GO_ON)?;
        let next = offset.saturating_add(fitted.rows);
        let has_more = found.has_more || fitted.rows < found.rows;
        let mut text = format!(
            "{} of {}{}.",
            fitted.rows,
            found.total.map_or_else(
                || format!("many records of {}", self.model),
                |total| page::records(total, &self.model)
            ),
            if has_more { format!("; go on with offset {next}") } else { String::new() }
        );
        let untrusted = untrusted::of(context, permit, &self.model, self.fields.as_deref()).await?;
        let cuts: Vec<String> = cut.iter().map(|cut| cut.said(&self.model)).collect();
        text.extend(cuts.iter().map(|cut| format!(" {cut}.")));
        let reply = Reply {
            records: &fitted.json,
            total: found.total,
            has_more,
            next_offset: has_more.then_some(next),
            cut,
            untrusted,
            notes: limit.note.into_iter().chain(fitted.note).chain(cuts).collect(),
        };
        if reply.untrusted.is_some() {
            text.push_str(SENTENCE);
        }
        Ok(Output::new(&reply, text, Some(fitted.rows))?)
    }
}
