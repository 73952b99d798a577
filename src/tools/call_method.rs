//! `call_method`: a public business method, with all that follows from it, on all records or none.

use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Asking, Manner};
use super::{Tool, tool, writing};
use crate::erp::{Values, What};
use crate::model::Operation;

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

impl Asking for Arguments {
    fn model(&self) -> &str {
        &self.model
    }

    fn ids(&self) -> Option<&[i64]> {
        Some(&self.ids)
    }

    fn method(&self) -> Option<&str> {
        Some(&self.method)
    }

    fn what(&self) -> What {
        What::Call {
            method: self.method.clone(),
            ids: self.ids.clone(),
            arguments: self.arguments.clone().unwrap_or_default(),
        }
    }

    fn manner(&self) -> Manner<'_> {
        Manner {
            tool: &TOOL,
            operation: Operation::MethodCall,
            dry_run: self.dry_run,
            idempotency_key: self.idempotency_key.as_deref(),
            company_ids: self.company_ids.as_deref(),
            lang: self.lang.as_deref(),
        }
    }
}
