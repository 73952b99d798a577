//! Leads and opportunities.

use super::super::money::books;
use super::super::row::Values;
use super::super::work::Work;
use crate::erp::{ErpError, Row};

/// Certain and hopeless, in hundredths of a per cent.
const CERTAIN: i64 = 10_000;

pub(super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    let company = row.int("company_id").or(work.who.company_ids.first().copied()).unwrap_or_default();
    row.put_if_unset("type", if row.has("partner_id") { "opportunity" } else { "lead" });
    row.put_if_unset("stage", "new");
    row.put_if_unset("priority", "0");
    row.put_if_unset("expected_revenue", 0);
    row.put_if_unset("probability", 1_000);
    if !row.contains_key("user_id") {
        row.put("user_id", work.who.user_id);
    }
    if !row.has("currency_id") {
        row.put("currency_id", books(work, company).await?);
    }
    close(work, row);
    Ok(())
}

/// Won and lost ones are closed, with the probability that says so.
pub(super) fn derive(work: &Work<'_>, before: &Row, changes: &mut Row) {
    if changes.contains_key("stage") {
        if !matches!(changes.word("stage"), "won" | "lost") && before.has("date_closed") {
            changes.put("date_closed", None::<i64>);
        }
        if changes.word("stage") != "lost"
            && before.has("lost_reason")
            && !changes.contains_key("lost_reason")
        {
            changes.put("lost_reason", None::<&str>);
        }
        close(work, changes);
    }
}

fn close(work: &Work<'_>, row: &mut Row) {
    let probability = match row.word("stage") {
        "won" => CERTAIN,
        "lost" => 0,
        _ => return,
    };
    row.put("probability", probability);
    row.put("date_closed", work.now);
}
