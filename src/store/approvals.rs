//! Changes that wait for a person's word, and those that had it.

use super::{On, on_db};

/// One change that was asked for, as plain as it is stored. Meanings are given in the migration.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "each column is explained where the table is made")]
pub struct ApprovalRow {
    pub id: String,
    pub asked_at: i64,
    pub expires_at: i64,
    pub user_id: i64,
    pub login: String,
    pub key_id: String,
    pub key_name: String,
    pub grant_id: Option<String>,
    pub client: Option<String>,
    pub tool: String,
    pub model: String,
    pub operation: String,
    pub method: Option<String>,
    pub payload: String,
    pub company_ids: String,
    pub images: String,
    pub differences: String,
    pub lasting: Option<String>,
    pub seal: Option<String>,
    pub amount: Option<i64>,
    pub why: String,
    pub four_eyes: bool,
    pub state: String,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub decided_login: Option<String>,
    pub word: Option<String>,
    pub change_id: Option<String>,
    pub records: i64,
    pub record_id: Option<i64>,
    pub about: String,
    /// Who generated the key that it was asked by, if that is known.
    pub key_made_by: Option<i64>,
}

/// What the list shows of one.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "each column is explained where the table is made")]
pub struct Listed {
    pub id: String,
    pub asked_at: i64,
    pub expires_at: i64,
    pub user_id: i64,
    pub login: String,
    pub client: Option<String>,
    pub model: String,
    pub operation: String,
    pub method: Option<String>,
    pub state: String,
    pub decided_at: Option<i64>,
    pub decided_login: Option<String>,
    pub records: i64,
    pub record_id: Option<i64>,
    pub about: String,
}

impl From<&ApprovalRow> for Listed {
    fn from(row: &ApprovalRow) -> Self {
        Self {
            id: row.id.clone(),
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            user_id: row.user_id,
            login: row.login.clone(),
            client: row.client.clone(),
            model: row.model.clone(),
            operation: row.operation.clone(),
            method: row.method.clone(),
            state: row.state.clone(),
            decided_at: row.decided_at,
            decided_login: row.decided_login.clone(),
            records: row.records,
            record_id: row.record_id,
            about: row.about.clone(),
        }
    }
}

/// How a change that waited was decided.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    /// `approved` or `refused`.
    pub state: &'static str,
    /// Epoch milliseconds.
    pub at: i64,
    /// Id and login of whoever decided.
    pub by: (i64, &'a str),
    /// What they said.
    pub word: Option<&'a str>,
    /// What was done.
    pub change_id: Option<&'a str>,
    /// The records as they are called now, JSON; `None` leaves what was known of them.
    pub about: Option<&'a str>,
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT id, asked_at, expires_at, user_id, login, client, model, operation, method, state, decided_at,
             decided_login, records, record_id, about FROM mcp_approvals ",
            $rest
        )
    };
}

/// Changes of one question.
const AT_ONCE: usize = 100;

/// Those of these ids, in no order.
pub async fn among(mut on: On<'_>, ids: &[&str]) -> Result<Vec<Listed>, sqlx::Error> {
    let places: Vec<String> = (1..=AT_ONCE).map(|place| format!("${place}")).collect();
    // Always as many places, so that it is prepared once.
    let sql = format!("{}({})", listed!("WHERE id IN "), places.join(", "));
    let mut found = Vec::new();
    for part in ids.chunks(AT_ONCE) {
        let sql = sqlx::AssertSqlSafe(sql.clone());
        let rows: Vec<Listed> = on_db!(on.on(), c => {
            let mut query = sqlx::query_as(sql);
            for place in 0..AT_ONCE {
                query = query.bind(part.get(place).copied().unwrap_or_default().to_owned());
            }
            query.fetch_all(&mut *c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Keeps a change that waits.
pub async fn insert(on: On<'_>, row: &ApprovalRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_approvals (id, asked_at, expires_at, user_id, login, key_id, key_name, grant_id,
            client, tool, model, operation, method, payload, company_ids, images, differences, lasting, seal,
            amount, why, four_eyes, state, records, record_id, about)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
            $25, $26)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(row.asked_at)
            .bind(row.expires_at)
            .bind(row.user_id)
            .bind(&row.login)
            .bind(&row.key_id)
            .bind(&row.key_name)
            .bind(&row.grant_id)
            .bind(&row.client)
            .bind(&row.tool)
            .bind(&row.model)
            .bind(&row.operation)
            .bind(&row.method)
            .bind(&row.payload)
            .bind(&row.company_ids)
            .bind(&row.images)
            .bind(&row.differences)
            .bind(&row.lasting)
            .bind(&row.seal)
            .bind(row.amount)
            .bind(&row.why)
            .bind(row.four_eyes)
            .bind(&row.state)
            .bind(row.records)
            .bind(row.record_id)
            .bind(&row.about)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The one of that id.
pub async fn by_id(on: On<'_>, id: &str) -> Result<Option<ApprovalRow>, sqlx::Error> {
    const SQL: &str = "SELECT id, asked_at, expires_at, user_id, login, key_id, key_name, grant_id, client, tool, model,
            operation, method, payload, company_ids, images, differences, lasting, seal, amount, why, four_eyes, state,
            decided_at, decided_by, decided_login, word, change_id, records, record_id, about,
            (SELECT created_by FROM mcp_keys WHERE mcp_keys.id = mcp_approvals.key_id) AS key_made_by
        FROM mcp_approvals WHERE id = $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// Which ones are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that can still be decided, oldest first.
    Waiting,
    /// All the others, newest first.
    Ended,
}

/// A page of them at `now` (epoch milliseconds), without what they do, which is large and shown of one alone.
pub async fn list(
    on: On<'_>,
    which: Which,
    now: i64,
    (limit, offset): (i64, i64),
) -> Result<Vec<Listed>, sqlx::Error> {
    const WAITING: &str =
        listed!("WHERE state = 'pending' AND expires_at > $1 ORDER BY asked_at, id LIMIT $2 OFFSET $3");
    const ENDED: &str = listed!(
        "WHERE NOT (state = 'pending' AND expires_at > $1) ORDER BY asked_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let sql = match which {
        Which::Waiting => WAITING,
        Which::Ended => ENDED,
    };
    on_db!(on, c => sqlx::query_as(sql).bind(now).bind(limit).bind(offset).fetch_all(&mut *c).await)
}

/// How many there are at `now` (epoch milliseconds); of one user where it is named.
pub async fn count(on: On<'_>, which: Which, now: i64, user: Option<i64>) -> Result<i64, sqlx::Error> {
    const WAITING: &str = "SELECT COUNT(*) FROM mcp_approvals
        WHERE state = 'pending' AND expires_at > $1 AND ($2 < 0 OR user_id = $2)";
    const ENDED: &str = "SELECT COUNT(*) FROM mcp_approvals
        WHERE NOT (state = 'pending' AND expires_at > $1) AND ($2 < 0 OR user_id = $2)";
    let sql = match which {
        Which::Waiting => WAITING,
        Which::Ended => ENDED,
    };
    on_db!(on, c => sqlx::query_scalar(sql).bind(now).bind(user.unwrap_or(-1)).fetch_one(&mut *c).await)
}

/// Decides one that waits at that time; false if it no longer does: it was decided before, or it has expired.
pub async fn decide(on: On<'_>, id: &str, decided: &Decided<'_>) -> Result<bool, sqlx::Error> {
    const SQL: &str =
        "UPDATE mcp_approvals SET state = $2, decided_at = $3, decided_by = $4, decided_login = $5,
            word = $6, change_id = $7, about = COALESCE($8, about)
        WHERE id = $1 AND state = 'pending' AND expires_at > $3";
    let done = on_db!(on, c => {
        sqlx::query(SQL)
            .bind(id)
            .bind(decided.state)
            .bind(decided.at)
            .bind(decided.by.0)
            .bind(decided.by.1)
            .bind(decided.word)
            .bind(decided.change_id)
            .bind(decided.about)
            .execute(&mut *c)
            .await
            .map(|r| r.rows_affected())
    })?;
    Ok(done == 1)
}

/// What one that waits would do now, where records or rules changed since it was asked for.
#[derive(Clone, Debug)]
pub struct Anew<'a> {
    /// JSON, as it is stored.
    pub images: &'a str,
    /// JSON, as people read it.
    pub differences: &'a str,
    /// Why it can't be undone.
    pub lasting: Option<&'a str>,
    /// Digest of the records acted upon.
    pub seal: Option<&'a str>,
    /// Largest total of the documents, cents of their company's currency.
    pub amount: Option<i64>,
    /// The rules that demand a person's word.
    pub why: &'a str,
    /// Whoever asked can't approve.
    pub four_eyes: bool,
    /// The records that it is about, JSON.
    pub about: &'a str,
}

/// Shows one that waits anew.
pub async fn show_anew(on: On<'_>, id: &str, anew: &Anew<'_>) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "UPDATE mcp_approvals SET images = $2, differences = $3, lasting = $4, seal = $5, amount = $6,
            why = $7, four_eyes = $8, about = $9 WHERE id = $1 AND state = 'pending'";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(id)
            .bind(anew.images)
            .bind(anew.differences)
            .bind(anew.lasting)
            .bind(anew.seal)
            .bind(anew.amount)
            .bind(anew.why)
            .bind(anew.four_eyes)
            .bind(anew.about)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn row(id: &str) -> ApprovalRow {
        ApprovalRow {
            id: id.into(),
            asked_at: 5,
            expires_at: 100,
            user_id: 3,
            login: "sales".into(),
            key_id: "k".into(),
            key_name: "laptop".into(),
            grant_id: Some("g".into()),
            client: Some("Codex 1".into()),
            tool: "call_method".into(),
            model: "sale.order".into(),
            operation: "method_call".into(),
            method: Some("action_confirm".into()),
            payload: "{}".into(),
            company_ids: "[1]".into(),
            images: "[]".into(),
            differences: "[1]".into(),
            lasting: Some("posted".into()),
            seal: Some("d".into()),
            amount: Some(7),
            why: "always".into(),
            four_eyes: true,
            state: "pending".into(),
            decided_at: None,
            decided_by: None,
            decided_login: None,
            word: None,
            change_id: None,
            records: 1,
            record_id: Some(9),
            about: "[1]".into(),
            key_made_by: None,
        }
    }

    fn anew(images: &str) -> Anew<'_> {
        Anew {
            images,
            differences: "[3]",
            lasting: None,
            seal: Some("e"),
            amount: Some(9),
            why: "more",
            four_eyes: false,
            about: "[2]",
        }
    }

    #[tokio::test]
    async fn one_that_waits_is_decided_once() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), &row("a")).await.unwrap();
            assert_eq!(by_id(tx.on(), "a").await.unwrap(), Some(row("a")), "{}", test.name);
            let decided = Decided {
                state: "refused",
                at: 50,
                by: (1, "admin"),
                word: Some("no"),
                change_id: None,
                about: None,
            };
            assert!(!decide(tx.on(), "a", &Decided { at: 100, ..decided.clone() }).await.unwrap(), "expired");
            assert!(decide(tx.on(), "a", &decided).await.unwrap(), "{}", test.name);
            assert!(!decide(tx.on(), "a", &decided).await.unwrap(), "{}", test.name);
            show_anew(tx.on(), "a", &anew("[2]")).await.unwrap();
            let now = by_id(tx.on(), "a").await.unwrap().unwrap();
            assert_eq!(
                (now.state.as_str(), now.word.as_deref(), now.images.as_str()),
                ("refused", Some("no"), "[]")
            );
        }
    }

    #[tokio::test]
    async fn those_that_wait_are_told_from_the_others() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, expires_at, user_id) in [("a", 100, 3), ("b", 10, 3), ("c", 100, 4)] {
                insert(tx.on(), &ApprovalRow { expires_at, user_id, ..row(id) }).await.unwrap();
            }
            let ids = |rows: Vec<Listed>| rows.into_iter().map(|row| row.id).collect::<String>();
            assert_eq!(ids(list(tx.on(), Which::Waiting, 50, (9, 0)).await.unwrap()), "ac", "{}", test.name);
            assert_eq!(ids(list(tx.on(), Which::Waiting, 50, (1, 1)).await.unwrap()), "c", "{}", test.name);
            assert_eq!(ids(list(tx.on(), Which::Ended, 50, (9, 0)).await.unwrap()), "b", "{}", test.name);
            assert_eq!(count(tx.on(), Which::Waiting, 50, None).await.unwrap(), 2);
            assert_eq!(count(tx.on(), Which::Waiting, 50, Some(3)).await.unwrap(), 1);
            assert_eq!(count(tx.on(), Which::Ended, 50, None).await.unwrap(), 1);
            let first = list(tx.on(), Which::Waiting, 50, (1, 0)).await.unwrap().remove(0);
            assert_eq!(first, Listed::from(&row("a")), "{}", test.name);
            show_anew(tx.on(), "a", &anew("[2]")).await.unwrap();
            let now = by_id(tx.on(), "a").await.unwrap().unwrap();
            assert_eq!(now.about, "[2]", "{}", test.name);
            assert_eq!((now.images.as_str(), now.differences.as_str(), now.amount), ("[2]", "[3]", Some(9)));
            assert_eq!((now.why.as_str(), now.four_eyes, now.seal.as_deref()), ("more", false, Some("e")));
        }
    }
}
