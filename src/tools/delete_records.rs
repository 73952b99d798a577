//! `delete_records`: records removed, all of them or none.

use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Asking, Manner};
use super::{Tool, tool, writing};
use crate::erp::What;
use crate::model::Operation;

const NAME: &str = "delete_records";

pub(super) static TOOL: Tool = tool::<Arguments>(NAME, Some(Operation::Delete), || {
    writing::<Arguments>(
        NAME,
        "Delete records",
        "Deletes records with their lines, all of them or none. What others link to can't be deleted; archive it with \
         update_records {\"active\":false}. With dry_run everything is tried and shown, and thrown away: do so first, \
         and let the user confirm.",
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
        What::Delete(self.ids.clone())
    }

    fn manner(&self) -> Manner<'_> {
        Manner {
            tool: &TOOL,
            operation: Operation::Delete,
            dry_run: self.dry_run,
            idempotency_key: self.idempotency_key.as_deref(),
            company_ids: self.company_ids.as_deref(),
            lang: self.lang.as_deref(),
        }
    }
}
