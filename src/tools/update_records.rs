//! `update_records`: other values for existing records, all of them or none.

use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Asking, Manner};
use super::{Tool, tool, writing};
use crate::erp::{Values, What};
use crate::model::Operation;

const NAME: &str = "update_records";

pub(super) static TOOL: Tool = tool::<Arguments>(NAME, Some(Operation::Write), || {
    writing::<Arguments>(
        NAME,
        "Update records",
        "Sets the same values on each of the records, all of them or none. Lines are changed by commands: \
         {\"order_line\":[[1,id,{\"product_uom_qty\":3}],[2,id,0]]}. A document's status is changed by call_method. \
         With dry_run everything is tried and shown, and thrown away: do so first, and let the user confirm.",
        true,
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. res.partner
    #[schemars(extend("examples" = ["res.partner"]))]
    model: String,
    /// Ids of the records; at most Max Records Per Request
    #[schemars(extend("examples" = [[1, 2]]))]
    ids: Vec<i64>,
    /// Values by field name, as in `create_records`; null takes a value away
    #[schemars(extend("examples" = [{"phone": "+49 30 1234"}]))]
    values: Values,
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

    fn what(&self) -> What {
        What::Write { ids: self.ids.clone(), values: self.values.clone() }
    }

    fn manner(&self) -> Manner<'_> {
        Manner {
            tool: &TOOL,
            operation: Operation::Write,
            dry_run: self.dry_run,
            idempotency_key: self.idempotency_key.as_deref(),
            company_ids: self.company_ids.as_deref(),
            lang: self.lang.as_deref(),
        }
    }
}
