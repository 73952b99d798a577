//! Products and the tree of their categories.

use std::collections::BTreeSet;

use super::super::money::books;
use super::super::row::Values;
use super::super::work::Work;
use crate::erp::{ErpError, Row};

pub(super) async fn defaults(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    row.put_if_unset("type", "consu");
    row.put_if_unset("uom", "unit");
    row.put_if_unset("list_price", 0);
    row.put_if_unset("standard_price", 0);
    for usual in ["sale_ok", "purchase_ok"] {
        if !row.contains_key(usual) {
            row.put(usual, true);
        }
    }
    if !row.has("currency_id") {
        let company = row.int("company_id").or(work.who.company_ids.first().copied()).unwrap_or_default();
        let own = books(work, company).await?;
        row.put("currency_id", (own > 0).then_some(own));
    }
    Ok(())
}

/// The names of the categories above, and its own.
pub(super) async fn name_category(work: &mut Work<'_>, row: &mut Row) -> Result<(), ErpError> {
    if !row.has("name") {
        return Ok(());
    }
    let above = match row.int("parent_id") {
        Some(parent) => work.one("product.category", parent).await?,
        None => None,
    };
    let complete = match above {
        Some(above) => format!("{} / {}", above.word("complete_name"), row.word("name")),
        None => row.word("name").to_owned(),
    };
    row.put("complete_name", complete);
    Ok(())
}

pub(super) async fn rename_category(
    work: &mut Work<'_>,
    before: &Row,
    changes: &mut Row,
) -> Result<(), ErpError> {
    if !(changes.contains_key("name") || changes.contains_key("parent_id")) {
        return Ok(());
    }
    let mut after = before.clone();
    after.extend(changes.clone());
    name_category(work, &mut after).await?;
    if let Some(cell) = after.remove("complete_name") {
        changes.insert("complete_name".to_owned(), cell);
    }
    Ok(())
}

/// Names a category anew, and those below it.
pub(super) async fn settle_category(work: &mut Work<'_>, id: i64) -> Result<(), ErpError> {
    let Some(own) = work.one("product.category", id).await? else { return Ok(()) };
    call(work, &own).await?;
    let (mut open, mut met) = (vec![id], BTreeSet::from([id]));
    while let Some(parent) = open.pop() {
        for before in work.find("product.category", "parent_id", parent).await? {
            let below = before.number("id");
            if met.insert(below) && call(work, &before).await? {
                open.push(below);
            }
        }
    }
    Ok(())
}

/// Writes what a category is called with those above it, and says whether that is news.
async fn call(work: &mut Work<'_>, before: &Row) -> Result<bool, ErpError> {
    let mut after = before.clone();
    name_category(work, &mut after).await?;
    let news = after != *before;
    if news {
        let model = work.model("product.category")?;
        work.update(&model, before, &after).await?;
    }
    Ok(news)
}
