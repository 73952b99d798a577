//! Which records each change of the journal touched, and what they were called: by it the log is asked about a record.

use serde::Deserialize;
use sqlx::AssertSqlSafe;

use super::{Db, On, on_db};

/// Most characters of a name.
const LONGEST: usize = 200;
/// Rows of one statement. A few sizes, so that each is prepared once.
const CHUNKS: [usize; 3] = [64, 8, 1];
/// Changes that are read at once where old ones are filled in.
const AT_ONCE: i64 = 50;

/// A record by its model and number.
pub type Record = (String, i64);

/// What of a difference is kept here.
#[derive(Deserialize)]
struct Touched {
    model: String,
    id: i64,
    name: String,
}

/// A name as it is sought: capitals don't count.
fn sought(name: &str) -> String {
    name.trim().chars().take(LONGEST).collect::<String>().to_lowercase()
}

/// Notes the records of a change, from its differences as they are stored, in the transaction that does it.
pub(super) async fn insert(mut on: On<'_>, log_id: &str, differences: &str) -> Result<(), sqlx::Error> {
    let touched: Vec<Touched> = serde_json::from_str(differences).unwrap_or_default();
    let mut left = touched.as_slice();
    while let Some(size) = CHUNKS.into_iter().find(|size| *size <= left.len()) {
        let (chunk, rest) = left.split_at(size);
        left = rest;
        let places: Vec<String> = (0..size)
            .map(|row| {
                let place = |n: usize| row * 5 + n;
                format!("(${}, ${}, ${}, ${}, ${})", place(1), place(2), place(3), place(4), place(5))
            })
            .collect();
        let sql = format!(
            "INSERT INTO mcp_touched (log_id, model, record_id, name, sought) VALUES {} ON CONFLICT DO NOTHING",
            places.join(", ")
        );
        on_db!(on.on(), c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for one in chunk {
                query = query
                    .bind(log_id.to_owned())
                    .bind(&one.model)
                    .bind(one.id)
                    .bind(one.name.chars().take(LONGEST).collect::<String>())
                    .bind(sought(&one.name));
            }
            query.execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The records that were called so when a change touched them, each with the entry of the last such change; those
/// touched last first, `most` of them.
pub async fn named(on: On<'_>, name: &str, most: i64) -> Result<Vec<(String, i64, String)>, sqlx::Error> {
    const SQL: &str = "SELECT model, record_id, MAX(log_id) AS last FROM mcp_touched
        WHERE sought = $1 GROUP BY model, record_id ORDER BY last DESC LIMIT $2";
    let name = sought(name);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    on_db!(on, c => sqlx::query_as(SQL).bind(name).bind(most).fetch_all(&mut *c).await)
}

/// What a record was called when a change touched it last, and the entry of that change.
pub async fn called(
    on: On<'_>,
    model: &str,
    record_id: i64,
) -> Result<Option<(String, String)>, sqlx::Error> {
    const SQL: &str = "SELECT name, log_id FROM mcp_touched WHERE model = $1 AND record_id = $2
        ORDER BY log_id DESC LIMIT 1";
    on_db!(on, c => sqlx::query_as(SQL).bind(model).bind(record_id).fetch_optional(&mut *c).await)
}

/// Notes the records of changes that were kept before there was this table.
pub(super) async fn fill(db: &Db) -> Result<(), sqlx::Error> {
    const SQL: &str = "SELECT log_id, differences FROM mcp_changes WHERE log_id > $1 AND differences <> '[]'
        AND NOT EXISTS (SELECT 1 FROM mcp_touched WHERE mcp_touched.log_id = mcp_changes.log_id)
        ORDER BY log_id LIMIT $2";
    let mut last = String::new();
    loop {
        let mut tx = db.begin().await?;
        let rows: Vec<(String, String)> = on_db!(tx.on(), c => {
            sqlx::query_as(SQL).bind(&last).bind(AT_ONCE).fetch_all(&mut *c).await
        })?;
        let Some((newest, _)) = rows.last() else { return Ok(()) };
        last.clone_from(newest);
        for (log_id, differences) in &rows {
            insert(tx.on(), log_id, differences).await?;
        }
        tx.commit().await?;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::testing::{TestDb, databases};

    fn differences(records: &[(&str, i64, &str)]) -> String {
        let one = |(model, id, name): &(&str, i64, &str)| json!({"model": model, "label": "x", "id": id, "name": name, "kind": "changed", "fields": []});
        serde_json::Value::from(records.iter().map(one).collect::<Vec<_>>()).to_string()
    }

    async fn note(test: &TestDb, log_id: &str, records: &[(&str, i64, &str)]) {
        let mut tx = test.db.begin().await.unwrap();
        insert(tx.on(), log_id, &differences(records)).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_record_is_found_by_each_name_that_it_had() {
        for test in databases().await {
            let lines: Vec<(&str, i64, &str)> = (0..150).map(|n| ("sale.order.line", n, "Desk")).collect();
            note(&test, "1", &[&lines[..], &[("account.move", 7, "Draft")]].concat()).await;
            note(&test, "2", &[("account.move", 7, "INV/2026/00567"), ("res.partner", 1, "ÄRGER")]).await;
            let mut conn = test.db.read().await.unwrap();
            let found = named(conn.on(), " inv/2026/00567 ", 5).await.unwrap();
            assert_eq!(found, [("account.move".into(), 7, "2".into())], "{test}");
            assert_eq!(named(conn.on(), "draft", 5).await.unwrap().len(), 1, "{test}");
            assert_eq!(named(conn.on(), "ärger", 5).await.unwrap().len(), 1, "{test}");
            assert_eq!(named(conn.on(), "desk", 200).await.unwrap().len(), 150, "{test}: all were written");
            assert_eq!(named(conn.on(), "desk", 5).await.unwrap().len(), 5, "{test}");
            for none in ["", " ", "INV", "%"] {
                assert!(named(conn.on(), none, 5).await.unwrap().is_empty(), "{test}: {none}");
            }
            let now = called(conn.on(), "account.move", 7).await.unwrap();
            assert_eq!(now, Some(("INV/2026/00567".into(), "2".into())), "{test}");
            assert_eq!(called(conn.on(), "account.move", 8).await.unwrap(), None, "{test}");
        }
    }

    #[tokio::test]
    async fn what_was_kept_before_is_filled_in() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for n in 0..120 {
                let sql = "INSERT INTO mcp_changes (id, log_id, at, user_id, login, model, operation, ids, images, differences)
                    VALUES ($1, $1, 1, 1, 'demo', 'res.partner', 'write', '[1]', '[]', $2)";
                let told = match n {
                    5 => "no JSON".to_owned(),
                    6 => "[]".to_owned(),
                    _ => differences(&[("res.partner", n, "Acme")]),
                };
                on_db!(tx.on(), c => sqlx::query(sql).bind(format!("{n:04}")).bind(told).execute(&mut *c).await.map(drop))
                    .unwrap();
            }
            tx.commit().await.unwrap();
            for _ in 0..2 {
                fill(&test.db).await.unwrap();
                let mut conn = test.db.read().await.unwrap();
                assert_eq!(named(conn.on(), "acme", 500).await.unwrap().len(), 118, "{test}");
            }
        }
    }
}
