//! `count_records`: how many records match a domain.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Action, Context, Output, Tool, ToolError, page, reading, schema, tool};
use crate::audit::Pending;
use crate::model::{Domain, Operation};
use crate::policy::{Permit, Wish};

pub(super) static TOOL: Tool = tool::<Arguments>("count_records", Some(Operation::Read), || {
    reading::<Arguments>(
        "count_records",
        "Count records",
        "Counts the records of a model that match a domain.",
        json!({
            "type": "object",
            "properties": {"total": {"type": "integer", "description": "Records that match"}},
            "required": ["total"]
        }),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. sale.order
    #[schemars(extend("examples" = ["sale.order"]))]
    model: String,
    #[serde(default)]
    #[schemars(schema_with = "schema::domain", extend("examples" = [[["state", "=", "sale"]]]))]
    domain: Value,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Serialize)]
struct Reply {
    total: i64,
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
        let total = context.services.erp.count(permit, &who, &Domain::parse(&self.domain)?).await?;
        let verb = if total == 1 { "matches" } else { "match" };
        Ok(Output::new(&Reply { total }, format!("{} {verb}.", page::records(total, &self.model)), None)?)
    }
}
