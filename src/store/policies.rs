//! Model policies as they are stored.

use super::{On, on_db};

/// One model's policy.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "one column for each box of the policy form")]
pub struct PolicyRow {
    /// Technical name of the model.
    pub model: String,
    /// Read.
    pub can_read: bool,
    /// Create.
    pub can_create: bool,
    /// Write.
    pub can_write: bool,
    /// Delete.
    pub can_delete: bool,
    /// Method Call.
    pub can_method_call: bool,
    /// Export.
    pub can_export: bool,
    /// Report.
    pub can_report: bool,
    /// JSON array of the methods that may be called.
    pub methods: String,
    /// An inactive policy allows nothing.
    pub active: bool,
    /// JSON object of what else it says; `None` for nothing.
    pub refinements: Option<String>,
    /// Epoch milliseconds.
    pub changed_at: i64,
}

/// Every policy, by model.
pub async fn all(on: On<'_>) -> Result<Vec<PolicyRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT model, can_read, can_create, can_write, can_delete, can_method_call, can_export,
        can_report, methods, active, refinements, changed_at FROM mcp_policies ORDER BY model";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// When a model's policy was last changed (epoch milliseconds); `None` if it has none.
pub async fn changed_at(on: On<'_>, model: &str) -> Result<Option<i64>, sqlx::Error> {
    const SQL: &str = "SELECT changed_at FROM mcp_policies WHERE model = $1";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(model).fetch_optional(&mut *c).await)
}

/// Models whose policy was changed after that time (epoch milliseconds).
pub async fn changed_since(on: On<'_>, at: i64) -> Result<Vec<String>, sqlx::Error> {
    const SQL: &str = "SELECT model FROM mcp_policies WHERE changed_at > $1 ORDER BY model";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(at).fetch_all(&mut *c).await)
}

/// Writes a model's policy, in place of the one it may have had.
pub async fn put(on: On<'_>, row: &PolicyRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_policies (model, can_read, can_create, can_write, can_delete,
            can_method_call, can_export, can_report, methods, active, refinements, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (model) DO UPDATE SET can_read = excluded.can_read, can_create = excluded.can_create,
            can_write = excluded.can_write, can_delete = excluded.can_delete,
            can_method_call = excluded.can_method_call, can_export = excluded.can_export,
            can_report = excluded.can_report, methods = excluded.methods, active = excluded.active,
            refinements = excluded.refinements, changed_at = excluded.changed_at";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.model)
            .bind(row.can_read)
            .bind(row.can_create)
            .bind(row.can_write)
            .bind(row.can_delete)
            .bind(row.can_method_call)
            .bind(row.can_export)
            .bind(row.can_report)
            .bind(&row.methods)
            .bind(row.active)
            .bind(&row.refinements)
            .bind(row.changed_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Deletes a model's policy; false if it had none.
pub async fn remove(on: On<'_>, model: &str) -> Result<bool, sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_policies WHERE model = $1";
    let gone =
        on_db!(on, c => sqlx::query(SQL).bind(model).execute(&mut *c).await.map(|r| r.rows_affected()))?;
    Ok(gone > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn a_model_has_one_policy() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let mut row = PolicyRow {
                model: "sale.order".into(),
                can_read: true,
                can_create: false,
                can_write: true,
                can_delete: false,
                can_method_call: true,
                can_export: false,
                can_report: true,
                methods: r#"["action_confirm"]"#.into(),
                active: true,
                refinements: None,
                changed_at: 5,
            };
            put(tx.on(), &row).await.unwrap();
            assert_eq!(all(tx.on()).await.unwrap(), [row.clone()], "{}", test.name);
            row = PolicyRow {
                can_read: false,
                can_create: true,
                can_write: false,
                can_delete: true,
                can_method_call: false,
                can_export: true,
                can_report: false,
                methods: "[]".into(),
                active: false,
                refinements: Some(r#"{"narrowing":true}"#.into()),
                changed_at: 6,
                ..row
            };
            put(tx.on(), &row).await.unwrap();
            assert_eq!(all(tx.on()).await.unwrap(), [row], "{}", test.name);
            assert_eq!(changed_at(tx.on(), "sale.order").await.unwrap(), Some(6), "{}", test.name);
            assert_eq!(changed_since(tx.on(), 5).await.unwrap(), ["sale.order"], "{}", test.name);
            assert!(changed_since(tx.on(), 6).await.unwrap().is_empty(), "{}", test.name);
            assert_eq!(changed_at(tx.on(), "none").await.unwrap(), None, "{}", test.name);
            assert!(remove(tx.on(), "sale.order").await.unwrap());
            assert!(!remove(tx.on(), "sale.order").await.unwrap());
        }
    }
}
