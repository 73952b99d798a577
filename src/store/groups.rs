//! Groups as they are stored, and which group implies which.

use super::{On, on_db};

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupRow {
    /// Id in `res.groups`.
    pub id: i64,
    /// Full name, for example `Sales / Administrator`.
    pub name: String,
    /// Application it belongs to.
    pub category: String,
}

/// Every group, by id.
pub async fn all(on: On<'_>) -> Result<Vec<GroupRow>, sqlx::Error> {
    const SQL: &str = "SELECT id, name, category FROM res_groups ORDER BY id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Writes a group, in place of the one of that id.
pub async fn put(on: On<'_>, row: &GroupRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO res_groups (id, name, category) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, category = excluded.category";
    on_db!(on, c => {
        sqlx::query(SQL).bind(row.id).bind(&row.name).bind(&row.category).execute(&mut *c).await.map(drop)
    })
}

/// Notes that whoever has `group` has `implied` too.
pub async fn imply(on: On<'_>, group: i64, implied: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO res_groups_implied_ids_rel (record_id, target_id) VALUES ($1, $2)
        ON CONFLICT (record_id, target_id) DO NOTHING";
    on_db!(on, c => sqlx::query(SQL).bind(group).bind(implied).execute(&mut *c).await.map(drop))
}

/// Gives a user a group.
pub async fn join(on: On<'_>, user: i64, group: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO res_users_group_ids_rel (record_id, target_id) VALUES ($1, $2)
        ON CONFLICT (record_id, target_id) DO NOTHING";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(group).execute(&mut *c).await.map(drop))
}

/// Takes a group from a user.
pub async fn leave(on: On<'_>, user: i64, group: i64) -> Result<(), sqlx::Error> {
    const SQL: &str = "DELETE FROM res_users_group_ids_rel WHERE record_id = $1 AND target_id = $2";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(group).execute(&mut *c).await.map(drop))
}

/// Ids of the groups that a user was given, without implied ones, ascending.
pub async fn given_to(on: On<'_>, user: i64) -> Result<Vec<i64>, sqlx::Error> {
    const SQL: &str = "SELECT target_id FROM res_users_group_ids_rel WHERE record_id = $1 ORDER BY target_id";
    let rows: Vec<(i64,)> = on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_all(&mut *c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Every user with every group that they were given, without implied ones: ids, by user and group.
pub async fn given(on: On<'_>) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    const SQL: &str =
        "SELECT record_id, target_id FROM res_users_group_ids_rel ORDER BY record_id, target_id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Which group implies which: ids, by group.
pub async fn implied(on: On<'_>) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    const SQL: &str =
        "SELECT record_id, target_id FROM res_groups_implied_ids_rel ORDER BY record_id, target_id";
    on_db!(on, c => sqlx::query_as(SQL).fetch_all(&mut *c).await)
}

/// Names of a user's groups, implied ones included, sorted by the bytes of their names.
pub async fn names_of(on: On<'_>, user: i64) -> Result<Vec<String>, sqlx::Error> {
    const SQL: &str = "WITH RECURSIVE held (id) AS (
            SELECT target_id FROM res_users_group_ids_rel WHERE record_id = $1
            UNION
            SELECT i.target_id FROM res_groups_implied_ids_rel i JOIN held h ON h.id = i.record_id
        )
        SELECT g.name FROM held h JOIN res_groups g ON g.id = h.id";
    let rows: Vec<(String,)> = on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_all(&mut *c).await)?;
    // Sorted here: the two databases need not agree on collation.
    let mut names: Vec<String> = rows.into_iter().map(|(name,)| name).collect();
    names.sort_unstable();
    Ok(names)
}

/// Names of the active users who have the group of that name, implied or not, by id.
pub async fn members(on: On<'_>, group: &str) -> Result<Vec<String>, sqlx::Error> {
    Ok(active_members(on, group).await?.into_iter().map(|(_, name)| name).collect())
}

/// Ids and names of the active users who have the group of that name, implied or not, by id.
pub async fn active_members(on: On<'_>, group: &str) -> Result<Vec<(i64, String)>, sqlx::Error> {
    const SQL: &str = "WITH RECURSIVE giving (id) AS (
            SELECT id FROM res_groups WHERE name = $1
            UNION
            SELECT i.record_id FROM res_groups_implied_ids_rel i JOIN giving g ON g.id = i.target_id
        )
        SELECT u.id, u.name FROM res_users u WHERE u.active AND EXISTS (
            SELECT 1 FROM res_users_group_ids_rel r JOIN giving g ON g.id = r.target_id WHERE r.record_id = u.id)
        ORDER BY u.id";
    on_db!(on, c => sqlx::query_as(SQL).bind(group).fetch_all(&mut *c).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users::{NewUser, insert};

    #[tokio::test]
    async fn implied_groups_come_along_even_in_a_circle() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, name) in [(1, "b"), (2, "A"), (3, "c"), (4, "unrelated")] {
                put(tx.on(), &GroupRow { id, name: name.into(), category: "x".into() }).await.unwrap();
            }
            for (group, implied) in [(1, 2), (2, 3), (3, 1), (1, 2)] {
                imply(tx.on(), group, implied).await.unwrap();
            }
            let user = insert(tx.on(), &NewUser::named("u")).await.unwrap();
            join(tx.on(), user, 2).await.unwrap();
            join(tx.on(), user, 2).await.unwrap();
            assert_eq!(names_of(tx.on(), user).await.unwrap(), ["A", "b", "c"], "{}", test.name);
            assert_eq!(members(tx.on(), "c").await.unwrap(), ["u"], "{}", test.name);
            assert_eq!(
                active_members(tx.on(), "c").await.unwrap(),
                [(user, "u".to_owned())],
                "{}",
                test.name
            );
            assert_eq!(given(tx.on()).await.unwrap(), [(user, 2)], "{}", test.name);
            assert_eq!(implied(tx.on()).await.unwrap(), [(1, 2), (2, 3), (3, 1)], "{}", test.name);
            join(tx.on(), user, 4).await.unwrap();
            assert_eq!(given_to(tx.on(), user).await.unwrap(), [2, 4], "{}", test.name);
            leave(tx.on(), user, 4).await.unwrap();
            leave(tx.on(), user, 4).await.unwrap();
            assert_eq!(given_to(tx.on(), user).await.unwrap(), [2], "{}", test.name);
            assert!(members(tx.on(), "unrelated").await.unwrap().is_empty(), "{}", test.name);
            put(tx.on(), &GroupRow { id: 4, name: "renamed".into(), category: "y".into() }).await.unwrap();
            assert_eq!(all(tx.on()).await.unwrap()[3].name, "renamed", "{}", test.name);
        }
    }
}
