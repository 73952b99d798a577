//! What changes of a user once there is one: data, password, companies, and when they signed in.

use super::users::UserRow;
use super::{On, on_db};

/// Writes a user's data in place of what it was. A login that is taken is a unique violation.
pub async fn update(on: On<'_>, row: &UserRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE res_users SET login = $2, name = $3, company_id = $4, lang = $5, tz = $6,
        active = $7 WHERE id = $1";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(row.id)
            .bind(&row.login)
            .bind(&row.name)
            .bind(row.company_id)
            .bind(&row.lang)
            .bind(&row.tz)
            .bind(row.active)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Sets the PHC string of a user's password.
pub async fn set_password(on: On<'_>, user: i64, hash: &str) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE res_users SET password_hash = $2 WHERE id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(hash).execute(&mut *c).await.map(drop))
}

/// The PHC string of a user's password; `None` if the user can't sign in.
pub async fn password_of(on: On<'_>, user: i64) -> Result<Option<String>, sqlx::Error> {
    const SQL: &str = "SELECT password_hash FROM res_users WHERE id = $1";
    let row: Option<(Option<String>,)> =
        on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_optional(&mut *c).await)?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Notes that a user signed in at `now` (epoch milliseconds).
pub async fn note_login(on: On<'_>, user: i64, now: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE res_users SET login_at = $2 WHERE id = $1";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(now).execute(&mut *c).await.map(drop))
}

/// When each user last signed in, in epoch milliseconds; those who never did are not there.
pub async fn logins(on: On<'_>) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    const SQL: &str = "SELECT id, login_at FROM res_users WHERE login_at IS NOT NULL ORDER BY id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Whether there is any user.
pub async fn is_anybody(on: On<'_>) -> Result<bool, sqlx::Error> {
    const SQL: &str = "SELECT id FROM res_users LIMIT 1";
    let row: Option<(i64,)> = on_db!(on, c => sqlx::query_as(SQL).fetch_optional(&mut *c).await)?;
    Ok(row.is_some())
}

/// Ids of the companies a user may work in, ascending.
pub async fn company_ids_of(on: On<'_>, user: i64) -> Result<Vec<i64>, sqlx::Error> {
    const SQL: &str =
        "SELECT target_id FROM res_users_company_ids_rel WHERE record_id = $1 ORDER BY target_id";
    let rows: Vec<(i64,)> = on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_all(&mut *c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Takes a company from a user; [`super::users::allow_company`] gives one.
pub async fn forbid_company(on: On<'_>, user: i64, company: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM res_users_company_ids_rel WHERE record_id = $1 AND target_id = $2";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(company).execute(&mut *c).await.map(drop))
}

/// A company as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CompanyLine {
    /// Id in `res.company`.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Name of its currency, for example `EUR`.
    pub currency: String,
    /// False once archived.
    pub active: bool,
    /// Active users who may work in it.
    pub users: i64,
}

/// Every company, by id.
pub async fn companies(on: On<'_>) -> Result<Vec<CompanyLine>, sqlx::Error> {
    const SQL: &str = "SELECT c.id, c.name, m.name AS currency, c.active,
            (SELECT COUNT(*) FROM res_users_company_ids_rel r JOIN res_users u ON u.id = r.record_id
             WHERE r.target_id = c.id AND u.active) AS users
        FROM res_company c JOIN res_currency m ON m.id = c.currency_id ORDER BY c.id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users::{NewUser, allow_company, by_id, insert};

    async fn two_companies(on: On<'_>) {
        on_db!(on, c => {
            sqlx::query("INSERT INTO res_currency (id, name, symbol, active) VALUES (1, 'EUR', '€', true)")
                .execute(&mut *c).await.unwrap();
            sqlx::query("INSERT INTO res_company (id, name, currency_id, active) VALUES (7, 'C', 1, true), (9, 'D', 1, false)")
                .execute(&mut *c).await.unwrap();
        });
    }

    #[tokio::test]
    async fn a_user_is_changed_and_the_others_are_not() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert!(!is_anybody(tx.on()).await.unwrap(), "{test}");
            two_companies(tx.on()).await;
            let (a, b) = (
                insert(tx.on(), &NewUser::named("a")).await.unwrap(),
                insert(tx.on(), &NewUser::named("b")).await.unwrap(),
            );
            assert!(is_anybody(tx.on()).await.unwrap(), "{test}");
            let untouched = by_id(tx.on(), b).await.unwrap();
            let row = UserRow {
                id: a,
                login: "anna".into(),
                name: "Anna Berg".into(),
                company_id: Some(7),
                lang: "de_DE".into(),
                tz: "Europe/Berlin".into(),
                active: false,
            };
            update(tx.on(), &row).await.unwrap();
            assert_eq!(by_id(tx.on(), a).await.unwrap(), Some(row), "{test}");
            assert_eq!(by_id(tx.on(), b).await.unwrap(), untouched, "{test}");
            set_password(tx.on(), a, "$argon2id$").await.unwrap();
            assert_eq!(password_of(tx.on(), a).await.unwrap().as_deref(), Some("$argon2id$"), "{test}");
            assert_eq!(password_of(tx.on(), b).await.unwrap(), None, "{test}");
            note_login(tx.on(), b, 77).await.unwrap();
            assert_eq!(logins(tx.on()).await.unwrap(), [(b, 77)], "{test}");
        }
    }

    #[tokio::test]
    async fn companies_are_given_taken_and_counted() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            two_companies(tx.on()).await;
            let user = insert(tx.on(), &NewUser::named("a")).await.unwrap();
            for company in [9, 7] {
                allow_company(tx.on(), user, company).await.unwrap();
            }
            assert_eq!(company_ids_of(tx.on(), user).await.unwrap(), [7, 9], "{test}");
            forbid_company(tx.on(), user, 9).await.unwrap();
            assert_eq!(company_ids_of(tx.on(), user).await.unwrap(), [7], "{test}");
            let lines: Vec<(i64, bool, i64)> =
                companies(tx.on()).await.unwrap().into_iter().map(|c| (c.id, c.active, c.users)).collect();
            assert_eq!(lines, [(7, true, 1), (9, false, 0)], "{test}");
        }
    }
}
