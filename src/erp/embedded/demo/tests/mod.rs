//! The demo company, made on both databases and looked at from outside.

mod agreement;
mod indexes;
mod reports;

use sqlx::AssertSqlSafe;

pub use agreement::RULES;

use super::testing::{NOW, small_companies};
use super::*;
use crate::erp::embedded::registry;
use crate::model::FieldKind;
use crate::store::on_db;
use crate::store::testing::{TestDb, databases, sqlite};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

async fn made(test: &TestDb, seed: u64) {
    let mut tx = test.db.begin().await.unwrap();
    companies(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    generate(&test.db, now(), DemoSize::Small, seed).await.unwrap();
}

async fn one(test: &TestDb, sql: &str) -> i64 {
    let mut conn = test.db.read().await.unwrap();
    let sql = sql.to_owned();
    on_db!(conn.on(), c => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *c).await).unwrap()
}

#[tokio::test]
async fn every_state_and_every_kind_occurs() {
    let test = sqlite().await;
    made(&test, 1).await;
    // Transfers are never adjustments: a count moves stock without one.
    let unused = ["stock.picking.picking_type.adjustment", "stock.location.usage.transit"];
    let wanted = [
        "state",
        "stage",
        "picking_type",
        "move_type",
        "payment_state",
        "payment_method",
        "usage",
        "invoice_status",
        "delivery_status",
        "receipt_status",
        "lost_reason",
        "team",
    ];
    for model in registry::models().iter().filter(|m| !m.name.starts_with("report.")) {
        for field in model.fields.iter().filter(|f| wanted.contains(&f.name.as_ref())) {
            let FieldKind::Selection(values) = &field.kind else { continue };
            let table = registry::table(&model.name);
            for (value, _) in values {
                let named = format!("{}.{}.{value}", model.name, field.name);
                let sql = format!("SELECT COUNT(*) FROM {table} WHERE {} = '{value}'", field.name);
                assert!(unused.contains(&named.as_str()) || one(&test, &sql).await > 0, "no {named}");
            }
            let list: Vec<String> = values.iter().map(|(v, _)| format!("'{v}'")).collect();
            let sql =
                format!("SELECT COUNT(*) FROM {table} WHERE {} NOT IN ({})", field.name, list.join(", "));
            assert_eq!(one(&test, &sql).await, 0, "{}.{} has unknown values", model.name, field.name);
        }
    }
}

/// Every row of a table as text, in the order of its columns and ids.
async fn content(test: &TestDb, table: &str, columns: &[&str]) -> Vec<String> {
    let shown: Vec<String> = columns.iter().map(|c| format!("COALESCE(CAST({c} AS TEXT), '~')")).collect();
    let sql = format!("SELECT {} FROM {table} ORDER BY id", shown.join(" || '|' || "));
    let mut conn = test.db.read().await.unwrap();
    on_db!(conn.on(), c => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *c).await).unwrap()
}

#[tokio::test]
async fn the_same_seed_makes_the_same_company_and_making_it_again_replaces_it() {
    let mut made_before: Option<Vec<Vec<String>>> = None;
    // Over an earlier company of another seed.
    for test in small_companies().await {
        let sum = "SELECT CAST(SUM(price_total) AS BIGINT) FROM sale_order_line";
        let other = one(&test, sum).await;
        made(&test, 1).await;
        assert_ne!(one(&test, sum).await, other, "{test}");
        let mut all = Vec::new();
        for model in registry::models().iter().filter(|m| !m.name.starts_with("report.")) {
            // Databases write booleans differently.
            let stored = |f: &&crate::model::Field| !f.kind.is_x2many() && f.kind != FieldKind::Boolean;
            let columns: Vec<&str> = model.fields.iter().filter(stored).map(|f| f.name.as_ref()).collect();
            all.push(content(&test, &registry::table(&model.name), &columns).await);
        }
        if let Some(before) = &made_before {
            for (one, other) in before.iter().zip(&all) {
                assert_eq!(one.len(), other.len());
                assert!(
                    one.iter().zip(other).all(|(a, b)| a == b),
                    "{:?}",
                    one.iter().zip(other).find(|(a, b)| a != b)
                );
            }
        }
        made_before = Some(all);
    }
}

#[tokio::test]
async fn the_user_sales_has_documents_of_their_own() {
    let test = sqlite().await;
    let mut tx = test.db.begin().await.unwrap();
    companies(tx.on()).await.unwrap();
    on_db!(tx.on(), c => sqlx::query(
        "INSERT INTO res_users (id, login, name, company_id, lang, tz, active, created_at) \
         VALUES (3, 'sales', 'Sam Sales', 1, 'en_US', 'Europe/Berlin', TRUE, 0)",
    ).execute(&mut *c).await.map(drop))
    .unwrap();
    fill(&mut tx, now(), DemoSize::Small, 1).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["sale_order", "crm_lead"] {
        let all = one(&test, &format!("SELECT COUNT(*) FROM {table} WHERE company_id = 1")).await;
        let own = one(&test, &format!("SELECT COUNT(*) FROM {table} WHERE user_id = 3")).await;
        assert!(own * 10 > all && own * 2 < all, "{own} of {all} {table}");
    }
    let nobodys = one(&test, "SELECT COUNT(*) FROM sale_order WHERE user_id IS NULL").await;
    assert!(nobodys > 0);
}
