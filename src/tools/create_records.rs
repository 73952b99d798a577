//! `create_records`: new records, all of them or none.

use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Asking, Manner};
use super::{Tool, tool, writing};
use crate::erp::{Values, What};
use crate::model::Operation;

const NAME: &str = "create_records";

pub(super) static TOOL: Tool = tool::<Arguments>(NAME, Some(Operation::Create), || {
    writing::<Arguments>(
        NAME,
        "Create records",
        "Creates records of a model, all of them or none, and answers their ids. Lines of a document are made with \
         it, by commands: {\"order_line\":[[0,0,{\"product_id\":3,\"product_uom_qty\":2}]]}. describe_model says which \
         fields are required, and what the others become. With dry_run everything is tried and shown, and thrown away: do so first, and let the \
         user confirm.",
        false,
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Technical name of the model, e.g. res.partner
    #[schemars(extend("examples" = ["res.partner"]))]
    model: String,
    /// Values of each record by field name. Many2one: an id, or a name that one record alone has. One2many: commands. Amounts: numbers
    #[schemars(extend("examples" = [[{"name": "Acme", "is_company": true}]]))]
    records: Vec<Values>,
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

    fn what(&self) -> What {
        What::Create(self.records.clone())
    }

    fn manner(&self) -> Manner<'_> {
        Manner {
            tool: &TOOL,
            operation: Operation::Create,
            dry_run: self.dry_run,
            idempotency_key: self.idempotency_key.as_deref(),
            company_ids: self.company_ids.as_deref(),
            lang: self.lang.as_deref(),
        }
    }
}
