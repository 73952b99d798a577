//! Contacts: companies, their people, and the commercial entity of each.

use super::super::row::Values;
use super::super::work::Work;
use crate::erp::{ErpError, Row};
use crate::model::Complaint;

/// Deepest chain of contacts above a contact.
const DEEPEST: usize = 20;

pub(super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    row.put_if_unset("customer_rank", 0);
    row.put_if_unset("supplier_rank", 0);
    entity(work, None, row).await
}

/// A company is its own commercial entity; a person is that of the company they work for.
pub(super) async fn derive(work: &mut Work<'_>, before: &Row, changes: &mut Row) -> Result<(), ErpError> {
    if !(changes.contains_key("parent_id") || changes.contains_key("is_company")) {
        return Ok(());
    }
    let mut after = before.clone();
    after.extend(changes.clone());
    entity(work, before.int("id"), &mut after).await?;
    if let Some(cell) = after.remove("commercial_partner_id") {
        changes.insert("commercial_partner_id".to_owned(), cell);
    }
    Ok(())
}

/// One that nobody stands above is its own, which could not be said before it had an id.
pub(super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let model = work.model("res.partner")?;
    let Some(before) = work.one("res.partner", id).await? else { return Ok(()) };
    if !before.has("commercial_partner_id") {
        let mut changes = Row::new();
        changes.put("commercial_partner_id", id);
        work.update(&model, &before, &changes).await?;
    }
    // The people below belong to the same entity.
    let mut open = vec![id];
    while let Some(above) = open.pop() {
        for before in work.find("res.partner", "parent_id", above).await? {
            let mut after = before.clone();
            entity(work, before.int("id"), &mut after).await?;
            if after != before {
                work.update(&model, &before, &after).await?;
                open.push(before.number("id"));
            }
        }
    }
    Ok(())
}

async fn entity(work: &mut Work<'_>, own: Option<i64>, row: &mut Row) -> Result<(), ErpError> {
    let Some(parent) = row.int("parent_id") else {
        row.put("commercial_partner_id", own);
        return Ok(());
    };
    let mut above = Some(parent);
    for _ in 0..DEEPEST {
        let Some(id) = above else { break };
        if Some(id) == own {
            return Err(ErpError::BadChange(Complaint::new(
                "parent_id (Related Company): a contact can't be above itself",
            )));
        }
        above = work.one("res.partner", id).await?.and_then(|row| row.int("parent_id"));
    }
    if row.is("is_company") {
        row.put("commercial_partner_id", own);
        return Ok(());
    }
    let entity = work.one("res.partner", parent).await?.and_then(|row| row.int("commercial_partner_id"));
    row.put("commercial_partner_id", entity.unwrap_or(parent));
    Ok(())
}
