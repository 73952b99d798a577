//! The journal: what was changed through MCP, with how it was before.

use sqlx::AssertSqlSafe;

use super::{On, on_db, touched};

/// One change, as plain as it is stored. Meanings are given in the migration.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "each column is explained where the table is made")]
pub struct ChangeRow {
    pub id: String,
    pub log_id: String,
    pub at: i64,
    pub user_id: i64,
    pub login: String,
    pub model: String,
    pub operation: String,
    pub method: Option<String>,
    pub ids: String,
    pub images: String,
    pub differences: String,
    pub lasting: Option<String>,
    pub answer: Option<String>,
    pub undoes: Option<String>,
    pub undone_by: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, log_id, at, user_id, login, model, operation, method, ids, images, differences, lasting,
             answer, undoes, undone_by FROM mcp_changes ",
            $rest
        )
    };
}

/// Writes a change and which records it touched, in the transaction that does it.
pub async fn insert(mut on: On<'_>, row: &ChangeRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO mcp_changes (id, log_id, at, user_id, login, model, operation, method, ids, images,
            differences, lasting, answer, undoes, undone_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    touched::insert(on.on(), &row.log_id, &row.differences).await?;
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(&row.log_id)
            .bind(row.at)
            .bind(row.user_id)
            .bind(&row.login)
            .bind(&row.model)
            .bind(&row.operation)
            .bind(&row.method)
            .bind(&row.ids)
            .bind(&row.images)
            .bind(&row.differences)
            .bind(&row.lasting)
            .bind(&row.answer)
            .bind(&row.undoes)
            .bind(&row.undone_by)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The change of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<ChangeRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE id = $1");
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// The change that was written with an entry of the log.
pub async fn of_log(on: On<'_>, log_id: &str) -> Result<Option<ChangeRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE log_id = $1");
    on_db!(on, c => sqlx::query_as(SQL).bind(log_id).fetch_optional(&mut *c).await)
}

/// Entries of one question.
const ENTRIES: usize = 100;

/// What the list of the log says of a change.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// Entry of the log that was written with it.
    pub log_id: String,
    /// Model that was asked to be changed.
    pub model: String,
    /// What was asked, or `undo`.
    pub operation: String,
    /// Method, where one was called.
    pub method: Option<String>,
    /// Records created or acted upon, as JSON; those of the change that it took back where it is an undo.
    pub ids: String,
    /// What the record was called, where it was one.
    pub called: Option<String>,
}

/// The changes that were written with these entries of the log.
pub async fn among(mut on: On<'_>, log_ids: &[&str]) -> Result<Vec<Listed>, sqlx::Error> {
    let places: Vec<String> = (1..=ENTRIES).map(|place| format!("${place}")).collect();
    // Always as many places, so that it is prepared once.
    let sql = format!(
        "SELECT c.log_id, c.model, c.operation, c.method, COALESCE(u.ids, c.ids) AS ids, t.name AS called
         FROM mcp_changes c LEFT JOIN mcp_changes u ON u.id = c.undoes
         LEFT JOIN mcp_touched t ON t.log_id = c.log_id AND t.model = c.model
            AND COALESCE(u.ids, c.ids) = '[' || CAST(t.record_id AS TEXT) || ']'
         WHERE c.log_id IN ({})",
        places.join(", ")
    );
    let mut found = Vec::new();
    for part in log_ids.chunks(ENTRIES) {
        let sql = AssertSqlSafe(sql.clone());
        let rows: Vec<Listed> = on_db!(on.on(), c => {
            let mut query = sqlx::query_as(sql);
            for place in 0..ENTRIES {
                query = query.bind(part.get(place).copied().unwrap_or_default().to_owned());
            }
            query.fetch_all(&mut *c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Notes that `undo` took a change back; false if another one did before.
pub async fn set_undone(on: On<'_>, id: &str, undo: &str) -> Result<bool, sqlx::Error> {
    const SQL: &str = "UPDATE mcp_changes SET undone_by = $2 WHERE id = $1 AND undone_by IS NULL";
    let done = on_db!(on, c => {
        sqlx::query(SQL).bind(id).bind(undo).execute(&mut *c).await.map(|r| r.rows_affected())
    })?;
    Ok(done == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn a_change_is_found_by_itself_and_by_its_log_entry_and_undone_once() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let row = ChangeRow {
                id: "c".into(),
                log_id: "l".into(),
                at: 5,
                user_id: 3,
                login: "sales".into(),
                model: "sale.order".into(),
                operation: "method_call".into(),
                method: Some("action_confirm".into()),
                ids: "[1]".into(),
                images: "[]".into(),
                differences: r#"[{"model":"sale.order","id":1,"name":"S00001"},{"model":"sale.order","id":2,"name":"x"}]"#
                    .into(),
                lasting: Some("posted".into()),
                answer: Some(r#"{"state":"sale"}"#.into()),
                undoes: None,
                undone_by: None,
            };
            insert(tx.on(), &row).await.unwrap();
            assert_eq!(by_id(tx.on(), "c").await.unwrap(), Some(row.clone()), "{}", test.name);
            assert_eq!(of_log(tx.on(), "l").await.unwrap(), Some(row.clone()), "{}", test.name);
            assert_eq!(of_log(tx.on(), "c").await.unwrap(), None);
            let listed = among(tx.on(), &["x", "l", "c"]).await.unwrap();
            assert_eq!(listed.len(), 1, "{}", test.name);
            assert_eq!(
                (&*listed[0].log_id, listed[0].called.as_deref()),
                ("l", Some("S00001")),
                "{}",
                test.name
            );
            assert_eq!(among(tx.on(), &[]).await.unwrap(), []);
            let undo = ChangeRow { id: "u".into(), log_id: "m".into(), undoes: Some("c".into()), ..row };
            insert(tx.on(), &undo).await.unwrap();
            assert!(set_undone(tx.on(), "c", "u").await.unwrap(), "{}", test.name);
            assert!(!set_undone(tx.on(), "c", "v").await.unwrap(), "{}", test.name);
            assert_eq!(by_id(tx.on(), "c").await.unwrap().unwrap().undone_by.as_deref(), Some("u"));
        }
    }
}
