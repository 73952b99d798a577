//! Indexes fit what is asked: SQLite says which one it takes.

use super::*;

/// How SQLite would answer.
async fn plan(test: &TestDb, sql: &str) -> String {
    let crate::store::Db::Sqlite { read, .. } = &test.db else { panic!("only SQLite explains itself so") };
    let mut conn = read.acquire().await.unwrap();
    // To explain does not look whether there are new statistics; to ask does.
    sqlx::query("SELECT COUNT(*) FROM control").execute(&mut *conn).await.unwrap();
    let rows: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("; ")
}

/// Filters as record rules and people set them, with the index each must use.
const ASKED: &[(&str, &str)] = &[
    ("stock_movement WHERE company_id IN (1, 2) ORDER BY date DESC, id DESC LIMIT 80", "stock_movement_date"),
    (
        "stock_movement WHERE company_id IN (1, 2) AND date >= 1795000000000 AND date < 1795100000000",
        "stock_movement_",
    ),
    (
        "stock_movement WHERE company_id IN (1) AND product_id = 7 AND date >= 1790000000000",
        "stock_movement_product",
    ),
    ("stock_movement WHERE company_id IN (1) AND state = 'waiting'", "stock_movement_state"),
    ("stock_movement WHERE company_id IN (1) AND partner_id = 50", "stock_movement_partner"),
    ("stock_movement WHERE picking_id = 50", "stock_movement_picking"),
    ("sale_order WHERE company_id IN (1, 2) ORDER BY date_order DESC, id DESC LIMIT 80", "sale_order_date"),
    ("sale_order WHERE company_id IN (1) ORDER BY date_order DESC, id DESC LIMIT 80", "sale_order_company"),
    ("sale_order WHERE company_id IN (1) AND (user_id = 11 OR user_id IS NULL)", "sale_order_user"),
    ("sale_order WHERE company_id IN (1) AND partner_id = 50 AND state = 'sale'", "sale_order_partner"),
    ("sale_order WHERE company_id IN (1) AND state = 'sent'", "sale_order_state"),
    ("sale_order_line WHERE order_id = 5 ORDER BY order_id, sequence, id", "sale_order_line_order"),
    (
        "report_sales_analysis WHERE company_id IN (1, 2) AND date >= 1795000000000 AND date < 1795300000000",
        "sale_order_line_order",
    ),
    ("report_sales_analysis WHERE company_id IN (1, 2) AND partner_id = 50", "sale_order_partner"),
    (
        "report_retail_sales_analysis WHERE company_id IN (1) AND date >= 1795200000000",
        "pos_order_line_order",
    ),
    ("report_account_entries_analysis WHERE company_id IN (1) AND date >= 20700", "account_move_line_"),
    (
        "report_account_entries_analysis WHERE company_id IN (1) AND partner_id = 50",
        "account_move_line_partner",
    ),
    ("report_stock_onhand WHERE product_id = 7", "stock_quant_product"),
    ("account_move WHERE company_id IN (1) AND payment_state = 'partial'", "account_move_payment"),
    ("crm_lead WHERE company_id IN (1) AND (user_id = 11 OR user_id IS NULL)", "crm_lead_user"),
    ("stock_picking WHERE company_id IN (1) AND state = 'assigned'", "stock_picking_state"),
    ("stock_picking WHERE sale_id = 5", "stock_picking_sale"),
    ("res_partner WHERE parent_id = 5", "res_partner_parent"),
    ("res_users WHERE lower(login) = lower('Demo')", "res_users_login_folded"),
];

#[tokio::test]
async fn usual_filters_find_their_index() {
    let test = sqlite().await;
    made(&test, 1).await;
    let mut others = Vec::new();
    for (asked, index) in ASKED {
        let plan = plan(&test, &format!("SELECT * FROM {asked}")).await;
        if !plan.contains(&format!("INDEX {index}")) {
            others.push(format!("{asked}: {plan}"));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[tokio::test]
async fn no_index_lies_idle() {
    let test = sqlite().await;
    let crate::store::Db::Sqlite { read, .. } = &test.db else { panic!("sqlite") };
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(read)
    .await
    .unwrap();
    let tables: Vec<String> = registry::models().iter().map(|m| registry::table(&m.name)).collect();
    let mut tried = 0;
    for (index, table) in indexes.iter().filter(|(_, table)| tables.contains(table)) {
        let columns: Vec<(i64, i64, Option<String>)> =
            sqlx::query_as(AssertSqlSafe(format!("PRAGMA index_info({index})")))
                .fetch_all(read)
                .await
                .unwrap();
        // An index of an expression has no column to try; it stands in ASKED.
        let Some(names) = columns.iter().map(|c| c.2.as_deref()).collect::<Option<Vec<&str>>>() else {
            assert!(ASKED.iter().any(|(_, asked)| asked == index), "{index}");
            continue;
        };
        let names = names.into_iter().filter(|name| *name != "id");
        let wheres: Vec<String> = names.map(|name| format!("{name} = 1")).collect();
        let plan = plan(&test, &format!("SELECT * FROM {table} WHERE {}", wheres.join(" AND "))).await;
        assert!(plan.contains(&format!("INDEX {index} (")), "{index}: {plan}");
        tried += 1;
    }
    assert!(tried > 60, "{tried} indexes");
}
