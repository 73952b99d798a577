//! Files waiting to be fetched: what is known of each, its bytes in chunks, and the links to it.

use super::{On, on_db};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRow {
    /// A UUID of version 7.
    pub id: String,
    /// Who may fetch it.
    pub user_id: i64,
    /// The MCP key through which it was made.
    pub key_id: String,
    /// The connection through which it was made.
    pub grant_id: Option<String>,
    /// The request that made it, as in the log.
    pub request_id: String,
    /// `export` or `report`.
    pub kind: String,
    /// Technical name of the model its records are of.
    pub model: String,
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// Bytes.
    pub size: i64,
    /// Records in it.
    pub row_count: Option<i64>,
    /// First rows as text.
    pub preview: Option<String>,
    /// JSON array: columns with text from outside the company.
    pub untrusted: Option<String>,
    /// False while it is being written.
    pub ready: bool,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// A link to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of its token, hexadecimal.
    pub hash: String,
    /// The file.
    pub file_id: String,
    /// The MCP key through which it was given out.
    pub key_id: String,
    /// The connection through which it was given out.
    pub grant_id: Option<String>,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.user_id, f.key_id, f.grant_id, f.request_id, f.kind, f.model, f.name, f.mime_type, f.size,
             f.row_count, f.preview, f.untrusted, f.ready, f.created_at, f.expires_at FROM mcp_files f ",
            $rest
        )
    };
}

/// Stores what is known of a file.
pub async fn insert(on: On<'_>, row: &FileRow) -> Result<(), sqlx::Error> {
    const SQL: &str =
        "INSERT INTO mcp_files (id, user_id, key_id, grant_id, request_id, kind, model, name, mime_type,
            size, row_count, preview, untrusted, ready, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(row.user_id)
            .bind(&row.key_id)
            .bind(&row.grant_id)
            .bind(&row.request_id)
            .bind(&row.kind)
            .bind(&row.model)
            .bind(&row.name)
            .bind(&row.mime_type)
            .bind(row.size)
            .bind(row.row_count)
            .bind(&row.preview)
            .bind(&row.untrusted)
            .bind(row.ready)
            .bind(row.created_at)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// Notes that a file is written whole; false where it is not there any more.
pub async fn finish(on: On<'_>, row: &FileRow) -> Result<bool, sqlx::Error> {
    const SQL: &str =
        "UPDATE mcp_files SET size = $2, row_count = $3, preview = $4, ready = true, created_at = $5,
            expires_at = $6
        WHERE id = $1 AND NOT ready";
    let changed = on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(row.size)
            .bind(row.row_count)
            .bind(&row.preview)
            .bind(row.created_at)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(|r| r.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Stores the chunk number `n` of a file.
pub async fn add_chunk(on: On<'_>, file: &str, n: i64, bytes: &[u8]) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_file_chunks (file_id, n, bytes) VALUES ($1, $2, $3)";
    on_db!(on, c => sqlx::query(SQL).bind(file).bind(n).bind(bytes).execute(&mut *c).await.map(drop))
}

/// The chunk number `n` of a file.
pub async fn chunk(on: On<'_>, file: &str, n: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
    const SQL: &str = "SELECT bytes FROM mcp_file_chunks WHERE file_id = $1 AND n = $2";
    on_db!(on, c => sqlx::query_scalar(SQL).bind(file).bind(n).fetch_optional(&mut *c).await)
}

/// A user's file that is written whole and has not expired at `now`.
pub async fn find(on: On<'_>, user: i64, id: &str, now: i64) -> Result<Option<FileRow>, sqlx::Error> {
    const SQL: &str = select!("WHERE f.id = $1 AND f.user_id = $2 AND f.ready AND f.expires_at > $3");
    on_db!(on, c => sqlx::query_as(SQL).bind(id).bind(user).bind(now).fetch_optional(&mut *c).await)
}

/// A user's newest files, `most` of them, of those that `find` finds.
pub async fn of_user(on: On<'_>, user: i64, now: i64, most: i64) -> Result<Vec<FileRow>, sqlx::Error> {
    const SQL: &str = select!(
        "WHERE f.user_id = $1 AND f.ready AND f.expires_at > $2 ORDER BY f.created_at DESC, f.id DESC LIMIT $3"
    );
    on_db!(on, c => sqlx::query_as(SQL).bind(user).bind(now).bind(most).fetch_all(&mut *c).await)
}

/// Bytes of a user's files that are stored, and when the first of them expires.
pub async fn stored(on: On<'_>, user: i64) -> Result<(i64, Option<i64>), sqlx::Error> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT), MIN(expires_at) FROM mcp_files
        WHERE user_id = $1 AND ready";
    on_db!(on, c => sqlx::query_as(SQL).bind(user).fetch_one(&mut *c).await)
}

/// Deletes a file with its chunks and links.
pub async fn delete(on: On<'_>, id: &str) -> Result<(), sqlx::Error> {
    on_db!(on, c => sqlx::query("DELETE FROM mcp_files WHERE id = $1").bind(id).execute(&mut *c).await.map(drop))
}

/// Deletes a user's files that have expired at `now`.
pub async fn prune_of_user(on: On<'_>, user: i64, now: i64) -> Result<u64, sqlx::Error> {
    const SQL: &str = "DELETE FROM mcp_files WHERE user_id = $1 AND expires_at <= $2";
    on_db!(on, c => sqlx::query(SQL).bind(user).bind(now).execute(&mut *c).await.map(|r| r.rows_affected()))
}

/// Deletes files and links that have expired at `now`; answers how many.
pub async fn prune(mut on: On<'_>, now: i64) -> Result<u64, sqlx::Error> {
    let mut rows = 0;
    for sql in
        ["DELETE FROM mcp_files WHERE expires_at <= $1", "DELETE FROM mcp_file_links WHERE expires_at <= $1"]
    {
        rows += on_db!(on.on(), c => {
            sqlx::query(sql).bind(now).execute(&mut *c).await.map(|r| r.rows_affected())
        })?;
    }
    Ok(rows)
}

/// Stores a link.
pub async fn add_link(on: On<'_>, row: &LinkRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO mcp_file_links (hash, file_id, key_id, grant_id, expires_at) VALUES ($1, $2, $3, $4, $5)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.hash)
            .bind(&row.file_id)
            .bind(&row.key_id)
            .bind(&row.grant_id)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// The file to which the link of that hash leads at `now`, with key and connection of the link instead of its own.
pub async fn by_link(on: On<'_>, hash: &str, now: i64) -> Result<Option<FileRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT f.id, f.user_id, l.key_id, l.grant_id, f.request_id, f.kind, f.model, f.name, f.mime_type,
            f.size, f.row_count, f.preview, f.untrusted, f.ready, f.created_at, f.expires_at
        FROM mcp_file_links l JOIN mcp_files f ON f.id = l.file_id
        WHERE l.hash = $1 AND l.expires_at > $2 AND f.expires_at > $2 AND f.ready";
    on_db!(on, c => sqlx::query_as(SQL).bind(hash).bind(now).fetch_optional(&mut *c).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    fn row(id: &str, user_id: i64) -> FileRow {
        FileRow {
            id: id.into(),
            user_id,
            key_id: "k".into(),
            grant_id: None,
            request_id: "r".into(),
            kind: "export".into(),
            model: "res.partner".into(),
            name: "a.csv".into(),
            mime_type: "text/csv".into(),
            size: 0,
            row_count: None,
            preview: None,
            untrusted: Some(r#"["name"]"#.into()),
            ready: false,
            created_at: 1,
            expires_at: 100,
        }
    }

    #[tokio::test]
    async fn a_file_is_there_when_it_is_whole_until_it_expires_for_its_user() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            insert(tx.on(), &row("a", 7)).await.unwrap();
            add_chunk(tx.on(), "a", 0, &[0, 255, 7]).await.unwrap();
            assert_eq!(find(tx.on(), 7, "a", 5).await.unwrap(), None, "{test}");
            let done = FileRow { size: 3, row_count: Some(1), ready: true, ..row("a", 7) };
            assert!(finish(tx.on(), &done).await.unwrap());
            assert!(!finish(tx.on(), &done).await.unwrap(), "{test}: once");
            assert_eq!(find(tx.on(), 7, "a", 5).await.unwrap(), Some(done.clone()), "{test}");
            assert_eq!(of_user(tx.on(), 7, 5, 9).await.unwrap(), [done], "{test}");
            assert_eq!(find(tx.on(), 8, "a", 5).await.unwrap(), None, "{test}");
            assert_eq!(find(tx.on(), 7, "a", 100).await.unwrap(), None, "{test}");
            assert_eq!(chunk(tx.on(), "a", 0).await.unwrap(), Some(vec![0, 255, 7]), "{test}");
            assert_eq!(chunk(tx.on(), "a", 1).await.unwrap(), None, "{test}");
            assert_eq!(stored(tx.on(), 7).await.unwrap(), (3, Some(100)), "{test}");
            assert_eq!(stored(tx.on(), 8).await.unwrap(), (0, None), "{test}");
        }
    }

    #[tokio::test]
    async fn what_expired_goes_with_its_chunks_and_links() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            for (id, user, expires_at) in [("a", 7, 10), ("b", 7, 20), ("c", 8, 10)] {
                let file = FileRow { expires_at, ready: true, ..row(id, user) };
                insert(tx.on(), &file).await.unwrap();
                add_chunk(tx.on(), id, 0, b"x").await.unwrap();
                let link = LinkRow {
                    hash: format!("h{id}"),
                    file_id: id.into(),
                    key_id: "l".into(),
                    grant_id: Some("g".into()),
                    expires_at: 15,
                };
                add_link(tx.on(), &link).await.unwrap();
            }
            let found = by_link(tx.on(), "ha", 5).await.unwrap().unwrap();
            assert_eq!((found.key_id.as_str(), found.grant_id.as_deref()), ("l", Some("g")), "{test}");
            assert_eq!(by_link(tx.on(), "ha", 10).await.unwrap(), None, "{test}: the file expired");
            assert_eq!(by_link(tx.on(), "hb", 15).await.unwrap(), None, "{test}: the link expired");
            assert_eq!(prune_of_user(tx.on(), 7, 10).await.unwrap(), 1, "{test}");
            assert_eq!(chunk(tx.on(), "a", 0).await.unwrap(), None, "{test}");
            assert_eq!(prune(tx.on(), 15).await.unwrap(), 2, "{test}: a file of another, a link of the rest");
            assert!(find(tx.on(), 7, "b", 15).await.unwrap().is_some(), "{test}");
            delete(tx.on(), "b").await.unwrap();
            assert_eq!(chunk(tx.on(), "b", 0).await.unwrap(), None, "{test}");
        }
    }
}
