//! Entries and invoices: written, posted, reset, and locked once they are in the books.

mod currencies;
mod entries;
mod invoices;
mod weights;

use serde_json::{Value, json};

use super::super::row::Values as _;
use super::stock::agrees;
use super::{Bench, NOW, benches, call, caller, create, everybody, some, write};
use crate::erp::{Cell, Effect, Erp, ErpError, Row, Undo, What};

/// 2026-11-21, the day of the test in Berlin.
const TODAY: i64 = 20_778;

async fn account(bench: &Bench, company: i64, code: &str) -> i64 {
    bench
        .number(&format!("SELECT id FROM account_account WHERE company_id = {company} AND code = '{code}'"))
        .await
}

/// A customer in a country.
async fn customer(bench: &Bench, country: i64) -> i64 {
    bench
        .number(&format!(
            "SELECT MIN(id) FROM res_partner WHERE customer_rank > 0 AND active AND is_company AND country_id = {country}"
        ))
        .await
}

async fn items(bench: &Bench, entry: i64) -> Vec<Row> {
    bench.rows("account.move.line", &format!("move_id = {entry}")).await
}

async fn post(bench: &Bench, entry: i64) -> Result<Effect, ErpError> {
    bench.change(&everybody(), "account.move", call("action_post", &[entry])).await
}

async fn reset(bench: &Bench, entry: i64) -> Result<Effect, ErpError> {
    bench.change(&everybody(), "account.move", call("button_draft", &[entry])).await
}

async fn undo(bench: &Bench, model: &str, effect: &Effect) -> Result<Effect, ErpError> {
    let mut tx = bench.test.db.begin().await.unwrap();
    let back = Undo { at: NOW, model, images: &effect.images };
    let done = bench.erp.undo(tx.on(), &everybody(), &back).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// The highest number behind a prefix, of a company.
async fn highest(bench: &Bench, prefix: &str, company: i64) -> i64 {
    let rows = bench.rows("account.move", &format!("name LIKE '{prefix}%' AND company_id = {company}")).await;
    rows.iter().filter_map(|row| row.word("name").strip_prefix(prefix)?.parse().ok()).max().unwrap_or(0)
}

/// Two goods sold to a customer, as the simplest caller writes it.
async fn invoice(bench: &Bench, kind: &str, partner: i64, more: Value) -> i64 {
    let mut record = json!({
        "move_type": kind, "partner_id": partner,
        "line_ids": [
            {"product_id": 5, "quantity": 2, "price_unit": 19.99},
            [0, 0, {"name": "Delivered by hand", "quantity": 1, "price_unit": 5, "discount": 10}],
        ],
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bench.made("account.move", record).await
}
