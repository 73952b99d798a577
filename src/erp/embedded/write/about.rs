//! What a person calls the records of a change by.

use super::documents;
use super::row::Values as _;
use super::work::Work;
use crate::erp::{About, ErpError, Row, What};
use crate::model::Model;

/// Most records that are told of.
const MOST: usize = 20;

/// What documents and their lines come to, and in which currency.
const TOTALS: [&str; 3] = ["amount_total", "price_total", "expected_revenue"];
const CURRENCY: &str = "currency_id";

/// The records that are named, as they are before anything is done to them.
pub(super) async fn before(work: &mut Work<'_>, model: &Model, what: &What) -> Result<Vec<Row>, ErpError> {
    let (What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. }) = what else {
        return Ok(Vec::new());
    };
    let ids = ids.get(..MOST).unwrap_or(ids);
    Ok(work.load(model, ids).await?.into_values().collect())
}

/// The records that were created or acted upon, each by the name that it had or was given, since one that it gets on the
/// way may be another's when it is done; whom they are for and what they come to as the change leaves them.
pub(super) async fn of(
    work: &mut Work<'_>,
    model: &Model,
    (what, ids): (&What, &[i64]),
    before: &[Row],
) -> Result<Vec<About>, ErpError> {
    work.catch_up().await?;
    let mut all = Vec::new();
    for (n, id) in ids.iter().take(MOST).enumerate() {
        let was = before.iter().find(|row| row.number("id") == *id);
        let now = work.one(&model.name, *id).await?;
        let Some(row) = now.as_ref().or(was) else { continue };
        let (name, is_new) = match what {
            What::Create(records) => {
                let given = records.get(n).is_some_and(|values| values.contains_key(model.rec_name.as_ref()));
                (name(model, row).filter(|_| given), true)
            }
            _ => (was.and_then(|row| name(model, row)), false),
        };
        all.push(About {
            id: Some(*id),
            is_new,
            name,
            becomes: now.as_ref().and_then(|row| self::name(model, row)),
            of: party(work, model, row).await?,
            total: TOTALS.iter().find_map(|field| row.int(field)),
            currency: linked(work, "res.currency", row.int(CURRENCY)).await?,
        });
    }
    Ok(all)
}

/// `None` where it has none, or not yet.
fn name(model: &Model, row: &Row) -> Option<String> {
    Some(row.word(&model.rec_name)).filter(|name| !name.is_empty() && *name != "/").map(str::to_owned)
}

/// Whom it is for, or the document that it is a line of.
async fn party(work: &mut Work<'_>, model: &Model, row: &Row) -> Result<Option<String>, ErpError> {
    if model.field("partner_id").is_some() {
        return linked(work, "res.partner", row.int("partner_id")).await;
    }
    for (document, link) in documents::owners(work, model)? {
        if let Some(id) = row.int(&link) {
            return linked(work, &document.name, Some(id)).await;
        }
    }
    Ok(None)
}

async fn linked(work: &mut Work<'_>, model: &str, id: Option<i64>) -> Result<Option<String>, ErpError> {
    let Some(id) = id else { return Ok(None) };
    let model = work.model(model)?;
    Ok(work.one(&model.name, id).await?.and_then(|row| name(&model, &row)))
}
