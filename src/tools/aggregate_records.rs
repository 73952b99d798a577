//! `aggregate_records`: groups of records and what they add up to.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Action, Context, Output, Tool, ToolError, page, reading, schema, tool, untrusted};
use crate::audit::Pending;
use crate::erp::AggregateQuery;
use crate::model::aggregate::COUNT_KEY;
use crate::model::untrusted::SENTENCE;
use crate::model::{Aggregate, Complaint, Domain, GroupBy, Operation, OrderTerm, Untrusted};
use crate::policy::{Permit, Wish};

/// How the rest of a page that was too long is had.
const GO_ON: &str = "go on with next_offset, or group by less";
/// Groups answered when no limit is given.
const USUAL: u32 = 80;
/// Most groups, and most aggregates, of one question.
const MOST_KEYS: usize = 10;

pub(super) static TOOL: Tool = tool::<Arguments>("aggregate_records", Some(Operation::Read), || {
    reading::<Arguments>(
        "aggregate_records",
        "Aggregate records",
        "Groups the records of a model and computes sums, averages, extremes and counts for each group. The way \
         to answer analytical questions; prefer the designated reporting models. Money in several currencies is \
         answered as one row for each currency and never added up.",
        output(),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. report.sales.analysis
    #[schemars(extend("examples" = ["report.sales.analysis"]))]
    model: String,
    #[serde(default)]
    #[schemars(schema_with = "schema::domain", extend("examples" = [[["date", ">=", "2026-07-01"]]]))]
    domain: Value,
    /// Groups: a field, a dotted path, or a date with :day, :week, :month, :quarter or :year
    #[serde(default)]
    #[schemars(extend("examples" = [["date:month"]]))]
    group_by: Option<Vec<String>>,
    /// What to compute: field:sum, avg, min, max, count or `count_distinct`; `__count` is always answered
    #[serde(default)]
    #[schemars(extend("examples" = [["price_total:sum"]]))]
    aggregates: Option<Vec<String>>,
    #[serde(default)]
    #[schemars(schema_with = "schema::having")]
    having: Value,
    /// Order by groups or computed values, e.g. `price_total:sum desc`
    #[serde(default)]
    order: Option<String>,
    /// Groups to answer, 80 unless told; at most Max Records Per Request
    #[serde(default)]
    limit: Option<i64>,
    /// Groups to leave out first
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
    groups: &'a RawValue,
    total_groups: i64,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<Untrusted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

fn output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "groups": {
                "type": "array",
                "description": "One object a group, keyed as asked for, with __count; sums of money carry `currency`",
                "items": {"type": "object", "properties": {COUNT_KEY: {"type": "integer"}}, "required": [COUNT_KEY]}
            },
            "total_groups": {"type": "integer", "description": "Groups in all"},
            "has_more": {"type": "boolean"},
            "next_offset": {"type": "integer", "description": "Offset of the next page, where there is one"},
            "untrusted": Untrusted::schema(),
            "notes": {"type": "array", "items": {"type": "string"}, "description": "What was limited or cut"}
        },
        "required": ["groups", "total_groups", "has_more"]
    })
}

impl Arguments {
    fn query(&self, limit: u32, offset: u32) -> Result<AggregateQuery, Complaint> {
        let group_by = self.group_by.as_deref().unwrap_or_default();
        let aggregates = self.aggregates.as_deref().unwrap_or_default();
        for (name, keys) in [("group_by", group_by), ("aggregates", aggregates)] {
            if keys.len() > MOST_KEYS {
                return Err(Complaint::new(format!(
                    "{name} has {} entries; at most {MOST_KEYS} are allowed",
                    keys.len()
                )));
            }
            if let Some(twice) =
                keys.iter().enumerate().find_map(|(n, k)| keys.iter().take(n).find(|o| *o == k))
            {
                return Err(Complaint::new(format!("{name} names `{twice}` twice")));
            }
        }
        Ok(AggregateQuery {
            domain: Domain::parse(&self.domain)?,
            group_by: group_by.iter().map(|text| GroupBy::parse(text)).collect::<Result<_, _>>()?,
            aggregates: aggregates.iter().map(|text| Aggregate::parse(text)).collect::<Result<_, _>>()?,
            having: Domain::parse(&self.having)?,
            order: OrderTerm::parse_list(self.order.as_deref().unwrap_or_default())?,
            limit,
            offset,
        })
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
        (!self.domain.is_null()).then(|| self.domain.to_string())
    }

    async fn run(&self, context: &Context, permit: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        let limit = page::limit(self.limit, USUAL, &page::Most::of(context, permit))?;
        let offset = page::offset(self.offset)?;
        let query = self.query(limit.rows, offset)?;
        let found = context.services.erp.aggregate(permit, &who, &query).await?;
        let fitted = page::fit(&found.json, found.rows, page::budget(context), GO_ON)?;
        let next = offset.saturating_add(fitted.rows);
        let has_more = i64::from(next) < found.total;
        let mut text = format!(
            "{} of {} groups of {}{}. Days begin in {}.",
            fitted.rows,
            found.total,
            self.model,
            if has_more { format!("; go on with offset {next}") } else { String::new() },
            who.tz
        );
        let untrusted = untrusted::of_groups(context, permit, &self.model, &query.group_by).await?;
        if untrusted.is_some() {
            text.push_str(SENTENCE);
        }
        let reply = Reply {
            groups: &fitted.json,
            total_groups: found.total,
            has_more,
            next_offset: has_more.then_some(next),
            untrusted,
            notes: limit.note.into_iter().chain(fitted.note).collect(),
        };
        Ok(Output::new(&reply, text, Some(fitted.rows))?)
    }
}
