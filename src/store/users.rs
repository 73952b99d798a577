//! Users as they are stored: one row for console and ERP.

use super::{On, on_db};

/// One user, without the password.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRow {
    /// Id in `res.users`.
    pub id: i64,
    /// Sign-in name.
    pub login: String,
    /// Full name.
    pub name: String,
    /// Company the user works in by default.
    pub company_id: Option<i64>,
    /// Language, for example `en_US`.
    pub lang: String,
    /// IANA time zone.
    pub tz: String,
    /// False once archived.
    pub active: bool,
}

/// What a new user starts with.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Id that must be this one; `None` for the next free.
    pub id: Option<i64>,
    /// Sign-in name.
    pub login: &'a str,
    /// Full name.
    pub name: &'a str,
    /// PHC string of argon2id; `None`: can't sign in.
    pub password_hash: Option<&'a str>,
    /// Company to work in; also the only allowed one.
    pub company_id: Option<i64>,
    /// Epoch milliseconds.
    pub now: i64,
}

/// Makes a user and answers the id. A login that is taken, in whatever case, is a unique violation.
pub async fn insert(mut on: On<'_>, user: &NewUser<'_>) -> Result<i64, sqlx::Error> {
    const SQL: &str = "INSERT INTO res_users
            (id, login, name, password_hash, company_id, lang, tz, active, created_at)
        SELECT COALESCE($1, (SELECT COALESCE(MAX(id), 0) + 1 FROM res_users)), $2, $3, $4, $5, 'en_US', 'UTC', $6, $7
        RETURNING id";
    let (id,): (i64,) = on_db!(on.on(), c => {
        sqlx::query_as(SQL)
            .bind(user.id)
            .bind(user.login)
            .bind(user.name)
            .bind(user.password_hash)
            .bind(user.company_id)
            .bind(true)
            .bind(user.now)
            .fetch_one(&mut *c)
            .await
    })?;
    if let Some(company) = user.company_id {
        allow_company(on, id, company).await?;
    }
    Ok(id)
}

/// Lets a user work in a company.
pub async fn allow_company(on: On<'_>, user: i64, company: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO res_users_company_ids_rel (record_id, target_id) VALUES ($1, $2)
        ON CONFLICT (record_id, target_id) DO NOTHING";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(company).execute(&mut *c).await.map(drop))
}

/// A company with the name of its currency.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CompanyRow {
    /// Id in `res.company`.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Name of its currency, for example `EUR`.
    pub currency: String,
}

/// The active companies a user may work in, by id.
pub async fn companies_of(on: On<'_>, user: i64) -> Result<Vec<CompanyRow>, sqlx::Error> {
    const SQL: &str = "SELECT c.id, c.name, m.name AS currency FROM res_users_company_ids_rel r
        JOIN res_company c ON c.id = r.target_id JOIN res_currency m ON m.id = c.currency_id
        WHERE r.record_id = $1 AND c.active ORDER BY c.id";
    on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_all(&mut *c).await)
}

/// Ids of the active companies, ascending.
pub async fn company_ids(on: On<'_>) -> Result<Vec<i64>, sqlx::Error> {
    const SQL: &str = "SELECT id FROM res_company WHERE active ORDER BY id";
    let rows: Vec<(i64,)> = on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Every user, archived ones too, by id.
pub async fn all(on: On<'_>) -> Result<Vec<UserRow>, sqlx::Error> {
    const SQL: &str = "SELECT id, login, name, company_id, lang, tz, active FROM res_users ORDER BY id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// The user of that id.
pub async fn by_id(on: On<'_>, id: i64) -> Result<Option<UserRow>, sqlx::Error> {
    const SQL: &str = "SELECT id, login, name, company_id, lang, tz, active FROM res_users WHERE id = $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// The user of that login, in whatever case it is typed.
pub async fn by_login(on: On<'_>, login: &str) -> Result<Option<UserRow>, sqlx::Error> {
    const SQL: &str = "SELECT id, login, name, company_id, lang, tz, active FROM res_users
        WHERE lower(login) = lower($1)";
    on_db!(on, c => sqlx::query_as(SQL).bind(login).fetch_optional(&mut *c).await)
}

/// A user's password hash; `None` if there is no such user or the user can't sign in.
pub async fn password_hash(on: On<'_>, login: &str) -> Result<Option<String>, sqlx::Error> {
    const SQL: &str = "SELECT password_hash FROM res_users WHERE lower(login) = lower($1)";
    let row: Option<(Option<String>,)> =
        on_db!(on, c => sqlx::query_as(SQL).bind(login).fetch_optional(&mut *c).await)?;
    Ok(row.and_then(|(hash,)| hash))
}

#[cfg(test)]
impl<'a> NewUser<'a> {
    /// A user of that login and nothing else, for tests.
    pub fn named(login: &'a str) -> Self {
        Self { id: None, login, name: login, password_hash: None, company_id: None, now: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    async fn company(on: On<'_>) {
        on_db!(on, c => {
            sqlx::query("INSERT INTO res_currency (id, name, symbol, active) VALUES (1, 'EUR', '€', true)")
                .execute(&mut *c).await.unwrap();
            sqlx::query("INSERT INTO res_company (id, name, currency_id, active) VALUES (7, 'C', 1, true), (9, 'D', 1, true), (10, 'closed', 1, false)")
                .execute(&mut *c).await.unwrap();
        });
    }

    #[tokio::test]
    async fn a_user_is_found_by_id_and_login() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            assert!(company_ids(tx.on()).await.unwrap().is_empty());
            company(tx.on()).await;
            assert_eq!(company_ids(tx.on()).await.unwrap(), [7, 9], "{}", test.name);
            let admin = NewUser { id: Some(5), company_id: Some(7), ..NewUser::named("admin") };
            assert_eq!(insert(tx.on(), &admin).await.unwrap(), 5, "{}", test.name);
            let demo = NewUser { password_hash: Some("$argon2id$…"), ..NewUser::named("demo") };
            assert_eq!(insert(tx.on(), &demo).await.unwrap(), 6, "{}", test.name);
            allow_company(tx.on(), 5, 9).await.unwrap();
            allow_company(tx.on(), 5, 10).await.unwrap();
            let seven = CompanyRow { id: 7, name: "C".into(), currency: "EUR".into() };
            let nine = CompanyRow { id: 9, name: "D".into(), currency: "EUR".into() };
            assert_eq!(companies_of(tx.on(), 5).await.unwrap(), [seven, nine], "{}", test.name);
            let row = by_login(tx.on(), "admin").await.unwrap().unwrap();
            assert_eq!(by_id(tx.on(), 5).await.unwrap().unwrap(), row, "{}", test.name);
            assert!(row.active);
            assert_eq!(by_login(tx.on(), "AdMin").await.unwrap(), Some(row), "{}", test.name);
            assert_eq!(by_login(tx.on(), "admins").await.unwrap(), None, "{}", test.name);
            assert_eq!(all(tx.on()).await.unwrap().len(), 2, "{}", test.name);
            assert_eq!(password_hash(tx.on(), "admin").await.unwrap(), None);
            assert_eq!(password_hash(tx.on(), "Demo").await.unwrap().as_deref(), Some("$argon2id$…"));
            tx.commit().await.unwrap();
            for twice in ["demo", "DEMO"] {
                let mut tx = test.db.begin().await.unwrap();
                let error = insert(tx.on(), &NewUser::named(twice)).await.unwrap_err();
                assert!(error.as_database_error().unwrap().is_unique_violation(), "{}: {twice}", test.name);
            }
        }
    }
}
