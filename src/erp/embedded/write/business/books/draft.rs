//! Invoices that something else makes, such as an order: drafts with all that a draft has.

use super::super::super::row::Values;
use super::super::super::work::Work;
use super::{chart, entries, items};
use crate::erp::{ErpError, Row};
use crate::model::Operation;

/// Makes a draft of a head and its product lines, of which product, name, quantity, price and discount are given.
/// Answers its id; it is added up, and its order told, when everything is written.
///
/// # Errors
/// [`ErpError::Denied`] where the user has no right to create entries or would not reach this one;
/// [`ErpError::BadChange`] where the company lacks a journal or an account for it.
pub(in super::super) async fn draft(
    work: &mut Work<'_>,
    mut head: Row,
    lines: Vec<Row>,
) -> Result<i64, ErpError> {
    let model = work.model("account.move")?;
    (work.erp().catalog().access)(&work.who.groups, &model.name, Operation::Create)
        .map_err(ErpError::Denied)?;
    entries::defaults(work, &mut head).await?;
    head.put("create_date", work.now);
    let id = work.insert(&model, head.clone()).await?;
    head.put("id", id);
    let line_model = work.model("account.move.line")?;
    for mut row in lines {
        let product = work.one("product.product", row.number("product_id")).await?;
        items::inherit(&head, &mut row);
        row.put("sequence", items::FIRST);
        row.put("display_type", "product");
        row.put("account_id", chart::line_account(work, &head, product.as_ref()).await?);
        row.put("partner_id", head.int("partner_id"));
        for later in ["amount_residual", "price_subtotal"] {
            row.put(later, 0);
        }
        items::set(&mut row, 0, 0);
        work.insert(&line_model, row).await?;
    }
    work.follow("account.move", id);
    work.must_reach(&model, id, Operation::Create);
    Ok(id)
}
