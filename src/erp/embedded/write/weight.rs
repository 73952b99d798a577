//! What the documents that a change is about come to, for whoever wants dear ones approved.

use std::collections::BTreeSet;

use super::business;
use super::money::{LARGEST, books, exchange};
use super::row::Values;
use super::work::Work;
use crate::erp::{ErpError, Line, Row};

/// Lines of documents: of which model, in which, by which field.
const LINES: [(&str, &str, &str); 3] = [
    ("sale.order", "sale.order.line", "order_id"),
    ("purchase.order", "purchase.order.line", "order_id"),
    ("account.move", "account.move.line", "move_id"),
];

/// What the heaviest of the documents touched moves, and of those whose `lines` were, in cents of its company's
/// currency: its total, or what its lines add up to on one side where those of the other take from it.
pub(super) async fn largest(work: &mut Work<'_>, lines: &[Line]) -> Result<Option<i64>, ErpError> {
    let mut documents: BTreeSet<(String, i64)> = work.documents().collect();
    let named = lines.iter().filter(|line| business::is_document(&line.document));
    documents.extend(named.map(|line| (line.document.clone(), line.document_id)));
    let mut largest = None;
    for (model, id) in documents {
        let now = work.one(&model, id).await?;
        let before =
            if work.has_touched(&model, id) { work.original(&model, id) } else { now.as_ref() }.cloned();
        let (lines_before, lines_now) = lines_of(work, &model, id).await?;
        for (document, lines) in [(before, lines_before), (now, lines_now)] {
            if let Some(document) = document {
                largest = largest.max(Some(weight(work, &document, &lines).await?));
            }
        }
    }
    Ok(largest)
}

/// The lines of a document as they were and as they are.
async fn lines_of(work: &mut Work<'_>, model: &str, id: i64) -> Result<(Vec<Row>, Vec<Row>), ErpError> {
    let Some((_, line, link)) = LINES.into_iter().find(|(document, ..)| *document == model) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let now = work.find(line, link, id).await?;
    Ok((work.lines_before(line, (link, id), &now), now))
}

async fn weight(work: &mut Work<'_>, document: &Row, lines: &[Row]) -> Result<i64, ErpError> {
    let company = document.number("company_id");
    let own = books(work, company).await?;
    let theirs = document.number("currency_id");
    let mut heaviest = 0;
    for (field, currency) in
        [("amount_total_signed", own), ("amount_total", theirs), ("expected_revenue", theirs)]
    {
        let amount = document.number(field).saturating_abs();
        heaviest = heaviest.max(valued(work, company, amount, (currency, own)).await?);
    }
    let sum =
        |part: &dyn Fn(&Row) -> i64| lines.iter().map(|line| part(line).max(0)).fold(0, i64::saturating_add);
    let booked = sum(&|line| line.number("debit")).max(sum(&|line| line.number("credit")));
    let sold = sum(&|line| line.number("price_total")).max(sum(&|line| -line.number("price_total")));
    let sold = valued(work, company, sold, (theirs, own)).await?;
    Ok(heaviest.max(booked).max(sold))
}

/// In the company's currency; what nobody can convert counts as the most there is.
async fn valued(
    work: &mut Work<'_>,
    company: i64,
    amount: i64,
    between: (i64, i64),
) -> Result<i64, ErpError> {
    Ok(exchange(work, company, amount, between, work.now).await?.unwrap_or(LARGEST))
}
