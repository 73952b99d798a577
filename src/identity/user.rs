//! Users: adding them, and knowing them with their companies and groups.

use super::principal::{Company, User};
use super::{IdentityError, group};
use crate::clock::Clock;
use crate::model::Complaint;
use crate::store::users::{self as rows, UserRow};
use crate::store::{self, On, control};

const LONGEST: usize = 200;

/// What a new user is to be.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Id that must be this one; `None` for the next free.
    pub id: Option<i64>,
    /// Sign-in name: 1 to 200 ASCII letters, digits and `. _ - + @`. Kept as it is typed; no two differ in case alone.
    pub login: &'a str,
    /// Full name.
    pub name: &'a str,
    /// Names of groups.
    pub groups: &'a [&'a str],
    /// From [`super::password::hash`], for this login; `None`: can't sign in.
    pub password_hash: Option<&'a str>,
}

/// Adds a user, in the first company, and answers the id.
pub async fn add(mut on: On<'_>, clock: &Clock, user: &NewUser<'_>) -> Result<i64, IdentityError> {
    check(user)?;
    let groups = user.groups.iter().map(|name| group::named(name)).collect::<Result<Vec<_>, _>>()?;
    // First, so that two who add a user at once wait for each other and don't pick the same id.
    control::bump(on.on()).await?;
    if let Some(taken) = rows::by_login(on.on(), user.login).await? {
        let whatever_case = if taken.login == user.login { "" } else { "; a login is one in whatever case" };
        return Err(
            Complaint::new(format!("there is already a user `{}`{whatever_case}", taken.login)).into()
        );
    }
    let row = rows::NewUser {
        id: user.id,
        login: user.login,
        name: user.name,
        password_hash: user.password_hash,
        company_id: rows::company_ids(on.on()).await?.first().copied(),
        now: clock.millis(),
    };
    let id = rows::insert(on.on(), &row).await?;
    for group in groups {
        store::groups::join(on.on(), id, group.id).await?;
    }
    Ok(id)
}

/// The user of that login, in whatever case it is typed, or a complaint with the nearest logins.
pub async fn by_login(mut on: On<'_>, login: &str) -> Result<User, IdentityError> {
    if let Some(row) = rows::by_login(on.on(), login).await? {
        return complete(on, row).await;
    }
    let all = rows::all(on).await?;
    let complaint = Complaint::new(format!("there is no user `{login}`"))
        .near(login, all.iter().map(|u| u.login.as_str()));
    Err(complaint.example("axanta-mcp user list --json").into())
}

/// The user of that id.
pub async fn by_id(mut on: On<'_>, id: i64) -> Result<Option<User>, IdentityError> {
    match rows::by_id(on.on(), id).await? {
        Some(row) => complete(on, row).await.map(Some),
        None => Ok(None),
    }
}

/// Every user, archived ones too, by id.
pub async fn list(mut on: On<'_>) -> Result<Vec<User>, IdentityError> {
    let mut users = Vec::new();
    for row in rows::all(on.on()).await? {
        users.push(complete(on.on(), row).await?);
    }
    Ok(users)
}

async fn complete(mut on: On<'_>, row: UserRow) -> Result<User, IdentityError> {
    let mut companies: Vec<Company> = rows::companies_of(on.on(), row.id)
        .await?
        .into_iter()
        .map(|c| Company { id: c.id, name: c.name, currency: c.currency })
        .collect();
    companies.sort_by_key(|c| (Some(c.id) != row.company_id, c.id));
    let groups = store::groups::names_of(on, row.id).await?;
    let Ok(tz) = row.tz.parse() else {
        return Err(IdentityError::Corrupt { what: "time zone", whom: row.login, value: row.tz });
    };
    Ok(User {
        id: row.id,
        login: row.login,
        name: row.name,
        lang: row.lang,
        tz,
        companies,
        groups: groups.into(),
        active: row.active,
    })
}

/// What is wrong with a login or a name, if anything.
pub fn check(user: &NewUser<'_>) -> Result<(), Complaint> {
    // ASCII alone: the databases fold the case of other letters differently.
    let may_stand = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
    if user.login.is_empty() || user.login.len() > LONGEST || !user.login.chars().all(may_stand) {
        return Err(Complaint::new(format!(
            "a login has 1 to {LONGEST} characters out of a to z, A to Z, 0 to 9 and . _ - + @, and no spaces; it is kept as typed and found in whatever case"
        ))
        .example(r#"axanta-mcp user add anna --name "Anna Berg" --group "MCP User""#));
    }
    if user.name.trim().is_empty() || user.name.len() > LONGEST || user.name.contains(char::is_control) {
        return Err(Complaint::new(format!("a name has 1 to {LONGEST} bytes, on one line"))
            .example(r#"--name "Anna Berg""#));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn anna<'a>(groups: &'a [&'a str]) -> NewUser<'a> {
        NewUser { id: None, login: "anna", name: "Anna Berg", groups, password_hash: None }
    }

    #[tokio::test]
    async fn a_user_is_known_with_implied_groups() {
        for test in databases().await {
            let clock = Clock::fixed(5);
            let mut tx = test.db.begin().await.unwrap();
            group::seed(tx.on()).await.unwrap();
            let id =
                add(tx.on(), &clock, &anna(&["MCP Administrator", "Sales / Administrator"])).await.unwrap();
            let user = by_id(tx.on(), id).await.unwrap().unwrap();
            assert_eq!(
                *user.groups,
                ["MCP Administrator", "MCP User", "Sales / Administrator", "Sales / User: Own Documents"],
                "{}",
                test.name
            );
            assert_eq!((user.login.as_str(), user.active, user.companies.len()), ("anna", true, 0));
            assert_eq!(by_login(tx.on(), "anna").await.unwrap().id, id);
            assert_eq!(list(tx.on()).await.unwrap().len(), 1);
            assert!(by_id(tx.on(), 99).await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn those_added_at_once_get_ids_of_their_own() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            group::seed(tx.on()).await.unwrap();
            tx.commit().await.unwrap();
            let adding = (0..6).map(|number| {
                let db = test.db.clone();
                tokio::spawn(async move {
                    let mut tx = db.begin().await.unwrap();
                    let login = format!("anna{number}");
                    let new = NewUser { login: &login, ..anna(&["MCP User"]) };
                    let id = add(tx.on(), &Clock::fixed(5), &new).await.unwrap();
                    tx.commit().await.unwrap();
                    id
                })
            });
            let mut ids: Vec<i64> = Vec::new();
            for added in adding.collect::<Vec<_>>() {
                ids.push(added.await.unwrap());
            }
            ids.sort_unstable();
            assert_eq!(ids, [1, 2, 3, 4, 5, 6], "{test}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_said() {
        for test in databases().await {
            let clock = Clock::fixed(5);
            let mut tx = test.db.begin().await.unwrap();
            group::seed(tx.on()).await.unwrap();
            add(tx.on(), &clock, &anna(&[])).await.unwrap();
            let mut problem =
                async |user: NewUser<'_>| add(tx.on(), &clock, &user).await.unwrap_err().to_string();
            assert!(problem(anna(&[])).await.contains("already a user `anna`"), "{}", test.name);
            let other_case = problem(NewUser { login: "ANNA", ..anna(&[]) }).await;
            assert!(
                other_case.contains("already a user `anna`; a login is one in whatever case"),
                "{other_case}"
            );
            for login in ["jörg", "a\tb", "", "a,b", &"x".repeat(201)] {
                let text = problem(NewUser { login, ..anna(&[]) }).await;
                assert!(text.contains("a to z, A to Z, 0 to 9 and . _ - + @"), "{login}: {text}");
            }
            assert!(problem(NewUser { login: "bo", ..anna(&["MCP Usr"]) }).await.contains("MCP User"));
            assert!(problem(NewUser { login: "a b", ..anna(&[]) }).await.contains("no spaces"));
            assert!(problem(NewUser { login: "bo", name: " ", ..anna(&[]) }).await.contains("a name"));
            let mail = NewUser { login: "Jo.B+x@erp-1.example", ..anna(&[]) };
            add(tx.on(), &clock, &mail).await.unwrap();
            let found = by_login(tx.on(), "jo.b+X@ERP-1.example").await.unwrap();
            assert_eq!(found.login, "Jo.B+x@erp-1.example", "{}: as typed", test.name);
            let missing = by_login(tx.on(), "ana").await.unwrap_err().to_string();
            assert!(missing.contains("Did you mean anna?"), "{missing}");
        }
    }
}
