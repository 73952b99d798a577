//! `export_records`: records as a file, to be kept or to be worked on elsewhere. The file itself is never in the answer.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Action, Context, Output, Tool, ToolError, file_reply, page, path, reading, schema, tool, untrusted,
};
use crate::audit::Pending;
use crate::erp::ExportQuery;
use crate::files::sheet::{self, Format};
use crate::files::{Kind, NewFile, Owner};
use crate::model::domain::{Leaf, Literal, Operator};
use crate::model::{Complaint, Domain, FieldKind, Operation};
use crate::policy::{Permit, Wish};

/// Parts of the table that may wait to be written.
const WAITING: usize = 2;
/// Most ids of one export.
const MOST_IDS: usize = 10_000;
const EXAMPLE: &str = r#"{"model":"sale.order","domain":[["state","=","sale"]],"fields":["name","partner_id","amount_total"],"format":"xlsx"}"#;

pub(super) static TOOL: Tool = tool::<Arguments>("export_records", Some(Operation::Export), || {
    reading::<Arguments>(
        "export_records",
        "Export records",
        "Writes records to a file (CSV, XLSX or JSON) and answers its address and a link for the user, good for ten \
         minutes. For lists that people keep or work on; to answer a question use search_records or \
         aggregate_records. Amounts of money have their currency beside them.",
        file_reply::output(),
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
    /// Instead of a domain: the ids of the records
    #[serde(default)]
    ids: Option<Vec<i64>>,
    /// Columns, in order: fields, or paths through many2one fields such as `partner_id.country_id`. `id` always stands first
    #[schemars(extend("examples" = [["name", "partner_id", "amount_total"]]))]
    fields: Vec<String>,
    /// csv for programs, xlsx for people, json
    format: Wanted,
    /// Work in these companies only (ids of `get_context`)
    #[serde(default)]
    company_ids: Option<Vec<i64>>,
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("examples" = ["xlsx"]))]
enum Wanted {
    Csv,
    Xlsx,
    Json,
}

impl Wanted {
    const fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Xlsx => Format::Xlsx,
            Self::Json => Format::Json,
        }
    }
}

impl Arguments {
    /// Each id once.
    fn distinct(&self) -> Option<Vec<i64>> {
        let mut ids = self.ids.clone()?;
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    fn domain(&self, ids: Option<&[i64]>) -> Result<Domain, Complaint> {
        match (self.domain.is_null(), ids) {
            (false, None) => Domain::parse(&self.domain),
            (true, Some([])) => {
                Err(Complaint::new("ids is empty: there is nothing to export").example(EXAMPLE))
            }
            (true, Some(ids)) if ids.len() > MOST_IDS => Err(Complaint::new(format!(
                "ids names {} records; at most {MOST_IDS} are taken: use a domain",
                ids.len()
            ))
            .example(EXAMPLE)),
            (true, Some(ids)) => Ok(Domain::Leaf(Leaf {
                path: vec!["id".to_owned()],
                operator: Operator::In,
                value: Literal::List(ids.iter().map(|id| Literal::Number(id.to_string())).collect()),
            })),
            (true, None) => {
                Err(Complaint::new("say which records: domain (an empty one for all of them) or ids")
                    .example(EXAMPLE))
            }
            (false, Some(_)) => Err(Complaint::new("give either domain or ids, not both").example(EXAMPLE)),
        }
    }
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: Some(&self.model), operation: Operation::Export, method: None }
    }

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn target(&self) -> Option<String> {
        match &self.ids {
            Some(ids) => Some(format!("{ids:?}")),
            None => (!self.domain.is_null()).then(|| self.domain.to_string()),
        }
    }

    async fn run(&self, context: &Context, permit: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        let who = context.caller(self.company_ids.as_deref(), self.lang.as_deref())?;
        if self.fields.is_empty() {
            return Err(Complaint::new("fields is empty: say which columns the file shall have")
                .example(EXAMPLE)
                .into());
        }
        let ids = self.distinct();
        let limit = context.controls.settings.export_limit;
        let most = permit.max_records(&self.model).map_or(limit, |most| most.min(limit));
        let query =
            ExportQuery { domain: self.domain(ids.as_deref())?, fields: self.fields.clone(), limit: most };
        let (services, owner) = (&context.services, Owner::of(&context.principal));
        let _turn = services.files.turn(owner.user_id).await?;
        let untrusted = untrusted::columns(context, permit, &self.model, &self.fields).await?;
        let format = self.format.format();
        let today = services.clock.utc().with_timezone(&who.tz).format("%Y-%m-%d");
        let mut writer = services.files.begin(
            owner,
            NewFile {
                kind: Kind::Export,
                model: self.model.clone(),
                name: format!("{}-{today}.{}", self.model, format.extension()),
                mime_type: format.mime_type(),
                request_id: context.request_id.clone(),
                untrusted,
            },
        );
        let (parts, taken) = tokio::sync::mpsc::channel(WAITING);
        let read = async { Ok::<_, ToolError>(services.erp.export(permit, &who, &query, parts).await?) };
        let write = async { Ok(sheet::write(format, taken, &mut writer, who.tz).await?) };
        let (exported, written) = tokio::try_join!(read, write)?;
        let mut notes = written.notes;
        if exported.more {
            notes.insert(0, cut(most, limit));
        }
        let lacking = ids.map_or(0, |ids| ids.len().saturating_sub(exported.rows as usize));
        if lacking > 0 && !exported.more {
            notes.insert(0, format!(
                "{lacking} of the ids are not in the file: they do not exist, or record rules or the model's policy keep them from this user."
            ));
        }
        let bare = bare(context, permit, &self.model, &self.fields).await?;
        if !bare.is_empty() {
            notes.insert(0, format!(
                "Amounts of {} stand without their currency, which may not be seen through MCP, and may be of several: do \
                 not add them up. An MCP Administrator can change what is shown in Technical > MCP > Model Policies.",
                bare.join(", ")
            ));
        }
        let file = writer.finish(Some(exported.rows), Some(written.preview)).await?;
        let what = page::records(exported.rows, &self.model);
        file_reply::reply(context, &file, &what, notes).await
    }
}

/// Columns with amounts of money whose currency the caller is not shown.
async fn bare(
    context: &Context,
    permit: &Permit,
    model: &str,
    fields: &[String],
) -> Result<Vec<String>, ToolError> {
    let model = context.services.erp.model(model).await?;
    let mut bare = Vec::new();
    for path in fields {
        let Some(end) = path::end(context, permit, &model, path).await? else { continue };
        let Some(FieldKind::Monetary { currency_field }) = end.field().map(|field| &field.kind) else {
            continue;
        };
        if permit.require(&end.model, currency_field).is_err() && !bare.contains(path) {
            bare.push(path.clone());
        }
    }
    Ok(bare)
}

fn cut(most: u32, limit: u32) -> String {
    let whose = if most < limit {
        "the record limit of the model's policy"
    } else {
        "Export Limit of Settings > MCP Server"
    };
    format!(
        "The file is not complete: it has the first {most} records by id, as many as {whose} lets out, and more match. \
         Narrow the domain and export in parts, for example by date."
    )
}
