//! OAuth clients and their secrets, of which only the hash is stored.

use super::{On, on_db};

/// One client.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClientRow {
    /// A UUID of version 7.
    pub id: String,
    /// What the client calls itself on the wire (RFC 6749, 2.2).
    pub client_id: String,
    /// Name that people see.
    pub name: String,
    /// `administrator`, `registration` or `document`.
    pub source: String,
    /// Whether it must show a secret.
    pub confidential: bool,
    /// Whether it may be used at all.
    pub enabled: bool,
    /// Allow Read Scope.
    pub allow_read: bool,
    /// Allow Write Scope.
    pub allow_write: bool,
    /// JSON array.
    pub redirect_uris: String,
    /// Address that registered it.
    pub registered_from: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Who made it; `None` for the command line and for clients that registered themselves.
    pub created_by: Option<i64>,
    /// Epoch milliseconds.
    pub changed_at: i64,
    /// Who changed it last.
    pub changed_by: Option<i64>,
}

/// A client's secret.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SecretRow {
    /// SHA-256 of the whole secret, hexadecimal.
    pub hash: String,
    /// Id of the client.
    pub client: String,
    /// Its last characters.
    pub hint: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds; set when another takes its place.
    pub expires_at: Option<i64>,
}

/// A client as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ClientUse {
    /// Id of the client.
    pub client: String,
    /// Connections that have not ended, by themselves or with their key.
    pub connections: i64,
    /// Epoch milliseconds at which any of them was last used.
    pub last_used_at: Option<i64>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, client_id, name, source, confidential, enabled, allow_read, allow_write, redirect_uris,
             registered_from, created_at, created_by, changed_at, changed_by FROM oauth_clients ",
            $rest
        )
    };
}

/// Stores a new client.
pub async fn insert(on: On<'_>, row: &ClientRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO oauth_clients (id, client_id, name, source, confidential, enabled, allow_read,
            allow_write, redirect_uris, registered_from, created_at, created_by, changed_at, changed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(&row.client_id)
            .bind(&row.name)
            .bind(&row.source)
            .bind(row.confidential)
            .bind(row.enabled)
            .bind(row.allow_read)
            .bind(row.allow_write)
            .bind(&row.redirect_uris)
            .bind(&row.registered_from)
            .bind(row.created_at)
            .bind(row.created_by)
            .bind(row.changed_at)
            .bind(row.changed_by)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Writes what can change of a client: all but its ids, its source and how it came to be.
pub async fn update(on: On<'_>, row: &ClientRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "UPDATE oauth_clients SET name = $2, confidential = $3, enabled = $4, allow_read = $5,
            allow_write = $6, redirect_uris = $7, changed_at = $8, changed_by = $9 WHERE id = $1";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(&row.name)
            .bind(row.confidential)
            .bind(row.enabled)
            .bind(row.allow_read)
            .bind(row.allow_write)
            .bind(&row.redirect_uris)
            .bind(row.changed_at)
            .bind(row.changed_by)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Every client, by name.
pub async fn all(on: On<'_>) -> Result<Vec<ClientRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(select!("ORDER BY name, created_at, id")).fetch_all(&mut *c).await)
}

/// The client of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<ClientRow>, sqlx::Error> {
    on_db!(on, c => sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(&mut *c).await)
}

/// The client that calls itself so on the wire.
pub async fn by_client_id(on: On<'_>, client_id: &str) -> Result<Option<ClientRow>, sqlx::Error> {
    on_db!(on, c => {
        sqlx::query_as(select!("WHERE client_id = $1")).bind(client_id).fetch_optional(&mut *c).await
    })
}

/// Deletes a client that nobody ever approved; false if it has connections or is not there.
pub async fn delete_unused(mut on: On<'_>, id: &str) -> Result<bool, sqlx::Error> {
    const UNUSED: &str = "SELECT 1 FROM oauth_clients WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE client = $1)";
    let unused: Option<(i32,)> =
        on_db!(on.on(), c => sqlx::query_as(UNUSED).bind(id).fetch_optional(&mut *c).await)?;
    if unused.is_none() {
        return Ok(false);
    }
    for sql in ["DELETE FROM oauth_requests WHERE client = $1", "DELETE FROM oauth_clients WHERE id = $1"] {
        on_db!(on.on(), c => sqlx::query(sql).bind(id).execute(&mut *c).await.map(drop))?;
    }
    Ok(true)
}

/// How many clients registered themselves since `since` (epoch milliseconds): all of them, and those from `address`.
pub async fn registered_since(on: On<'_>, since: i64, address: &str) -> Result<(i64, i64), sqlx::Error> {
    const SQL: &str =
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN registered_from = $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
        FROM oauth_clients WHERE source = 'registration' AND created_at >= $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(since).bind(address).fetch_one(&mut *c).await)
}

/// Makes room for one that registers: forgets the oldest registration made before `before` (epoch milliseconds), or else
/// the oldest of the address that has most of them, if it has more than `few`. False where there is none: what somebody
/// approved, is being asked about, or changed stays.
pub async fn evict(mut on: On<'_>, before: i64, few: i64) -> Result<bool, sqlx::Error> {
    macro_rules! idle {
        ($rest:literal) => {
            concat!(
                "FROM oauth_clients WHERE source = 'registration' AND changed_at = created_at
                 AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE client = oauth_clients.id)
                 AND NOT EXISTS (SELECT 1 FROM oauth_requests WHERE client = oauth_clients.id) ",
                $rest
            )
        };
    }
    const OLD: &str = concat!("SELECT id ", idle!("AND created_at < $1 ORDER BY created_at, id LIMIT 1"));
    const GREEDY: &str = concat!(
        "SELECT MIN(id) ",
        idle!("GROUP BY registered_from HAVING COUNT(*) > $1 ORDER BY COUNT(*) DESC, MIN(id) LIMIT 1")
    );
    let old: Option<(String,)> =
        on_db!(on.on(), c => sqlx::query_as(OLD).bind(before).fetch_optional(&mut *c).await)?;
    let found = match old {
        Some(old) => Some(old),
        None => on_db!(on.on(), c => sqlx::query_as(GREEDY).bind(few).fetch_optional(&mut *c).await)?,
    };
    match found {
        Some((id,)) => delete_unused(on, &id).await,
        None => Ok(false),
    }
}

/// Forgets the clients that came by themselves before `before` (epoch milliseconds) and that nobody ever approved.
/// Answers how many. One that an administrator changed stays.
pub async fn prune(on: On<'_>, before: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM oauth_clients
        WHERE source <> 'administrator' AND created_at < $1 AND changed_at = created_at
            AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE client = oauth_clients.id)
            AND NOT EXISTS (SELECT 1 FROM oauth_requests WHERE client = oauth_clients.id)";
    on_db!(on, c => sqlx::query(SQL).bind(before).execute(&mut *c).await.map(|r| r.rows_affected()))
}

/// How each client with connections stands at `now`.
pub async fn uses(on: On<'_>, now: i64) -> Result<Vec<ClientUse>, sqlx::Error> {
    const SQL: &str = "SELECT g.client,
            CAST(SUM(CASE WHEN g.connected_at IS NOT NULL AND g.revoked_at IS NULL AND g.expires_at > $1
                AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1)
                THEN 1 ELSE 0 END) AS BIGINT) AS connections,
            MAX(g.last_used_at) AS last_used_at
        FROM oauth_grants g JOIN mcp_keys k ON k.id = g.key_id GROUP BY g.client ORDER BY g.client";
    on_db!(on, c => sqlx::query_as(SQL).bind(now).fetch_all(&mut *c).await)
}

/// Stores a client's new secret.
pub async fn add_secret(on: On<'_>, row: &SecretRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO oauth_client_secrets (hash, client, hint, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.hash)
            .bind(&row.client)
            .bind(&row.hint)
            .bind(row.created_at)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// A client's secrets, those too that have ended: first the one that no other replaces, then the newest.
pub async fn secrets(on: On<'_>, client: &str) -> Result<Vec<SecretRow>, sqlx::Error> {
    const SQL: &str = "SELECT hash, client, hint, created_at, expires_at FROM oauth_client_secrets
        WHERE client = $1
        ORDER BY CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END, created_at DESC, hash";
    on_db!(on, c => sqlx::query_as(SQL).bind(client).fetch_all(&mut *c).await)
}

/// The clients that have a secret, whether it has ended or not.
pub async fn with_secret(on: On<'_>) -> Result<Vec<String>, sqlx::Error> {
    const SQL: &str = "SELECT DISTINCT client FROM oauth_client_secrets ORDER BY client";
    on_db!(on, c => sqlx::query_scalar(SQL).fetch_all(&mut *c).await)
}

/// Lets every secret of a client end at `at` (epoch milliseconds), unless it ends before, and forgets those that ended
/// before `now`.
pub async fn end_secrets(mut on: On<'_>, client: &str, at: i64, now: i64) -> Result<(), sqlx::Error> {
    const END: &str = "UPDATE oauth_client_secrets SET expires_at = $2
        WHERE client = $1 AND (expires_at IS NULL OR expires_at > $2)";
    const FORGET: &str = "DELETE FROM oauth_client_secrets WHERE client = $1 AND expires_at <= $2";
    on_db!(on.on(), c => sqlx::query(END).bind(client).bind(at).execute(&mut *c).await.map(drop))?;
    on_db!(on, c => sqlx::query(FORGET).bind(client).bind(now).execute(&mut *c).await.map(drop))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::{keys, mcp_sessions, oauth_grants, users};

    pub fn row(id: &str, source: &str, created_at: i64) -> ClientRow {
        ClientRow {
            id: id.into(),
            client_id: format!("client id of {id}"),
            name: id.into(),
            source: source.into(),
            confidential: true,
            enabled: true,
            allow_read: true,
            allow_write: false,
            redirect_uris: "[]".into(),
            registered_from: (source == "registration").then(|| "192.0.2.1".to_owned()),
            created_at,
            created_by: None,
            changed_at: created_at,
            changed_by: None,
        }
    }

    #[tokio::test]
    async fn a_client_is_kept_changed_and_found() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let mut claude = row("a", "administrator", 1);
            insert(tx.on(), &claude).await.unwrap();
            assert_eq!(
                by_client_id(tx.on(), "client id of a").await.unwrap(),
                Some(claude.clone()),
                "{test}"
            );
            claude.name = "Claude".into();
            claude.enabled = false;
            claude.changed_at = 5;
            update(tx.on(), &claude).await.unwrap();
            assert_eq!(by_id(tx.on(), "a").await.unwrap(), Some(claude.clone()), "{test}");
            assert_eq!(all(tx.on()).await.unwrap(), [claude], "{test}");
            assert!(delete_unused(tx.on(), "a").await.unwrap());
            assert!(!delete_unused(tx.on(), "a").await.unwrap());
        }
    }

    #[tokio::test]
    async fn secrets_end_when_others_take_their_place() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), &row("a", "administrator", 1)).await.unwrap();
            let secret = |hash: &str, created_at, expires_at| SecretRow {
                hash: hash.into(),
                client: "a".into(),
                hint: "x".into(),
                created_at,
                expires_at,
            };
            add_secret(tx.on(), &secret("one", 1, None)).await.unwrap();
            end_secrets(tx.on(), "a", 100, 10).await.unwrap();
            add_secret(tx.on(), &secret("two", 10, None)).await.unwrap();
            let two = secret("two", 10, None);
            assert_eq!(
                secrets(tx.on(), "a").await.unwrap(),
                [two.clone(), secret("one", 1, Some(100))],
                "{test}"
            );
            end_secrets(tx.on(), "a", 300, 200).await.unwrap();
            assert_eq!(secrets(tx.on(), "a").await.unwrap(), [secret("two", 10, Some(300))], "{test}");
        }
    }

    #[tokio::test]
    async fn connections_that_work_are_counted_and_their_sessions_end_with_the_client() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            insert(tx.on(), &row("a", "administrator", 1)).await.unwrap();
            insert(tx.on(), &row("b", "administrator", 1)).await.unwrap();
            assert!(with_secret(tx.on()).await.unwrap().is_empty(), "{test}");
            let secret = SecretRow {
                hash: "one".into(),
                client: "b".into(),
                hint: "x".into(),
                created_at: 1,
                expires_at: None,
            };
            add_secret(tx.on(), &secret).await.unwrap();
            assert_eq!(with_secret(tx.on()).await.unwrap(), ["b"], "{test}");
            for (key, expires_at) in [("good", None), ("old", Some(50))] {
                keys::insert(tx.on(), &keys::tests::of_user_until(key, user, expires_at)).await.unwrap();
            }
            for (id, client, key, connected_at, expires_at) in [
                ("1", "a", "good", Some(1), 99),
                ("2", "a", "good", None, 99),
                ("3", "a", "good", Some(1), 50),
                ("4", "a", "old", Some(1), 99),
                ("5", "b", "good", Some(1), 99),
            ] {
                let mut grant = oauth_grants::tests::row(id, client, user, key);
                (grant.connected_at, grant.expires_at) = (connected_at, expires_at);
                oauth_grants::insert(tx.on(), &grant).await.unwrap();
                mcp_sessions::insert(tx.on(), &mcp_sessions::tests::of_grant(id), 9).await.unwrap();
            }
            oauth_grants::touch(tx.on(), "3", 7).await.unwrap();
            let used = |client: &str, last_used_at| ClientUse {
                client: client.into(),
                connections: 1,
                last_used_at,
            };
            assert_eq!(uses(tx.on(), 50).await.unwrap(), [used("a", Some(7)), used("b", None)], "{test}");
            assert!(!delete_unused(tx.on(), "a").await.unwrap(), "{test}");
            for id in oauth_grants::alive_of_client(tx.on(), "a").await.unwrap() {
                mcp_sessions::delete_of_grant(tx.on(), &id).await.unwrap();
            }
            let left = mcp_sessions::live(tx.on(), 0).await.unwrap();
            assert_eq!(left.iter().map(|s| s.grant_id.as_deref()).collect::<Vec<_>>(), [Some("5")], "{test}");
        }
    }

    #[tokio::test]
    async fn those_that_came_by_themselves_and_were_never_used_go() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, source, at) in [
                ("a", "administrator", 1),
                ("b", "registration", 1),
                ("c", "document", 1),
                ("d", "registration", 9),
            ] {
                insert(tx.on(), &row(id, source, at)).await.unwrap();
            }
            assert_eq!(registered_since(tx.on(), 2, "192.0.2.1").await.unwrap(), (1, 1), "{test}");
            assert_eq!(registered_since(tx.on(), 0, "192.0.2.2").await.unwrap(), (2, 0), "{test}");
            assert_eq!(prune(tx.on(), 5).await.unwrap(), 2, "{test}");
            let left: Vec<String> = all(tx.on()).await.unwrap().into_iter().map(|row| row.id).collect();
            assert_eq!(left, ["a", "d"], "{test}");
        }
    }
}
