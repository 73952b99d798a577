//! Contacts: companies, their people, and the commercial entity of each.

use std::collections::BTreeSet;

use super::super::row::Values;
use super::super::work::Work;
use crate::erp::{ErpError, Row};

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

/// Writes whose entity a contact is, and the people below with it. One that nobody stands above is its own, which could
/// not be said before it had an id.
pub(super) async fn settle(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(own) = work.one("res.partner", id).await? else { return Ok(()) };
    belong(work, &own).await?;
    let (mut open, mut met) = (vec![id], BTreeSet::from([id]));
    while let Some(above) = open.pop() {
        for before in work.find("res.partner", "parent_id", above).await? {
            let below = before.number("id");
            if met.insert(below) && belong(work, &before).await? {
                open.push(below);
            }
        }
    }
    Ok(())
}

/// Writes whose entity a contact is, and says whether that is news.
async fn belong(work: &mut Work<'_>, before: &Row) -> Result<bool, ErpError> {
    let mut after = before.clone();
    entity(work, before.int("id"), &mut after).await?;
    let news = after != *before;
    if news {
        let model = work.model("res.partner")?;
        work.update(&model, before, &after).await?;
    }
    Ok(news)
}

async fn entity(work: &mut Work<'_>, own: Option<i64>, row: &mut Row) -> Result<(), ErpError> {
    let Some(parent) = row.int("parent_id") else {
        row.put("commercial_partner_id", own);
        return Ok(());
    };
    if row.is("is_company") {
        row.put("commercial_partner_id", own);
        return Ok(());
    }
    let entity = work.one("res.partner", parent).await?.and_then(|row| row.int("commercial_partner_id"));
    row.put("commercial_partner_id", entity.unwrap_or(parent));
    Ok(())
}
