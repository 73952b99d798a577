//! Prompts that administrators write.

use super::{On, on_db};

/// One prompt.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PromptRow {
    /// Name, by which clients ask for it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// JSON array of `{name, description, required}`.
    pub arguments: String,
    /// Text with `{argument}`.
    pub template: String,
    /// An inactive one is not offered.
    pub active: bool,
}

/// Those that are offered, by name.
pub async fn active(on: On<'_>) -> Result<Vec<PromptRow>, sqlx::Error> {
    on_db!(on, c => {
        sqlx::query_as(
            "SELECT name, title, description, arguments, template, active FROM mcp_prompts
             WHERE active ORDER BY name",
        )
        .fetch_all(&mut *c)
        .await
    })
}

/// The one of that name.
pub async fn find(on: On<'_>, name: &str) -> Result<Option<PromptRow>, sqlx::Error> {
    on_db!(on, c => {
        sqlx::query_as(
            "SELECT name, title, description, arguments, template, active FROM mcp_prompts WHERE name = $1",
        )
        .bind(name)
        .fetch_optional(&mut *c)
        .await
    })
}

/// Stores a prompt, in place of one with the same name.
pub async fn put(on: On<'_>, row: &PromptRow) -> Result<(), sqlx::Error> {
    on_db!(on, c => {
        sqlx::query(
            "INSERT INTO mcp_prompts (name, title, description, arguments, template, active)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (name) DO UPDATE SET title = excluded.title, description = excluded.description,
                arguments = excluded.arguments, template = excluded.template, active = excluded.active",
        )
        .bind(&row.name)
        .bind(&row.title)
        .bind(&row.description)
        .bind(&row.arguments)
        .bind(&row.template)
        .bind(row.active)
        .execute(&mut *c)
        .await
        .map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn is_put_found_and_offered_while_active() {
        for test in databases().await {
            let row = PromptRow {
                name: "b".into(),
                title: "B".into(),
                description: "d".into(),
                arguments: "[]".into(),
                template: "t".into(),
                active: true,
            };
            let mut tx = test.db.begin().await.unwrap();
            put(tx.on(), &PromptRow { title: "old".into(), ..row.clone() }).await.unwrap();
            put(tx.on(), &row).await.unwrap();
            put(tx.on(), &PromptRow { name: "a".into(), ..row.clone() }).await.unwrap();
            put(tx.on(), &PromptRow { name: "c".into(), active: false, ..row.clone() }).await.unwrap();
            let names: Vec<_> = active(tx.on()).await.unwrap().into_iter().map(|r| r.name).collect();
            assert_eq!(names, ["a", "b"], "{}", test.name);
            assert_eq!(find(tx.on(), "b").await.unwrap(), Some(row));
            assert_eq!(find(tx.on(), "z").await.unwrap(), None);
        }
    }
}
