//! `call_method`: a public business method, with all that follows from it, on all records or none.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{self, Manner, one_or_many};
use super::{Action, Context, Output, Tool, ToolError, tool, writing};
use crate::audit::Pending;
use crate::erp::{Values, What};
use crate::model::Operation;
use crate::policy::{Permit, Wish};

const NAME: &str = "call_method";

pub(super) static TOOL: Tool = tool::<Arguments>(NAME, Some(Operation::MethodCall), || {
    writing::<Arguments>(
        NAME,
        "Call a business method",
        "Calls a business method, such as action_confirm of sale.order, on each of the records, all of them or none, \
         with everything that follows from it: deliveries, entries, stock. describe_model lists the methods that may be \
         called. Posted entries and goods that were moved can't be undone. With dry_run everything is tried and shown, \
         and thrown away: do so first, and let the user confirm.",
        true,
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. sale.order
    #[schemars(extend("examples" = ["sale.order"]))]
    model: String,
    /// Name of the method, e.g. `action_confirm`
    #[schemars(extend("examples" = ["action_confirm"]))]
    method: String,
    /// Ids of the records; at most Max Records Per Request
    #[schemars(extend("examples" = [[1, 2]]))]
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "Vec<i64>")]
    ids: Vec<i64>,
    /// Named arguments of the method; most take none
    #[serde(default)]
    arguments: Option<Values>,
    /// Try it, show what would change, and throw it away
    #[serde(default)]
    dry_run: bool,
    /// Choose one for each change: repeating a call with the same one does not write twice (for a day)
    #[serde(default)]
    idempotency_key: Option<String>,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: Some(&self.model), operation: Operation::MethodCall, method: Some(&self.method) }
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn target(&self) -> Option<String> {
        Some(format!("{:?}", self.ids))
    }

    async fn run(
        &self,
        context: &Context,
        permit: &Permit,
        pending: &mut Pending,
    ) -> Result<Output, ToolError> {
        let manner = Manner {
            tool: NAME,
            dry_run: self.dry_run,
            idempotency_key: self.idempotency_key.as_deref(),
            company_ids: self.company_ids.as_deref(),
            lang: self.lang.as_deref(),
        };
        let what = What::Call {
            method: self.method.clone(),
            ids: self.ids.clone(),
            arguments: self.arguments.clone().unwrap_or_default(),
        };
        write::run(context, permit, pending, &what, &manner).await
    }
}
