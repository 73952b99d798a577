//! Authorization requests that wait for a person's answer on the consent page.

use super::{On, on_db};

/// What a person is asked on the consent page.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RequestRow {
    /// SHA-256 of what the page's form sends, hexadecimal.
    pub id: String,
    /// Who is asked.
    pub user_id: i64,
    /// Hash of the browser's session.
    pub web_session: String,
    /// Id of the client.
    pub client: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Scopes, separated by spaces.
    pub scope: String,
    /// PKCE, S256.
    pub code_challenge: String,
    /// Given back as it came.
    pub state: Option<String>,
    /// Path and query of the page.
    pub address: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// Keeps what a person is asked.
pub async fn ask(on: On<'_>, row: &RequestRow) -> Result<(), sqlx::Error> {
    const SQL: &str = "INSERT INTO oauth_requests (id, user_id, web_session, client, redirect_uri, scope,
            code_challenge, state, address, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on_db!(on, c => {
        sqlx::query(SQL)
            .bind(&row.id)
            .bind(row.user_id)
            .bind(&row.web_session)
            .bind(&row.client)
            .bind(&row.redirect_uri)
            .bind(&row.scope)
            .bind(&row.code_challenge)
            .bind(&row.state)
            .bind(&row.address)
            .bind(row.expires_at)
            .execute(&mut *c)
            .await
            .map(drop)
    })
}

/// What a person was asked, as long as it waits for an answer.
pub async fn asked(on: On<'_>, id: &str) -> Result<Option<RequestRow>, sqlx::Error> {
    const SQL: &str =
        "SELECT id, user_id, web_session, client, redirect_uri, scope, code_challenge, state, address,
            expires_at FROM oauth_requests WHERE id = $1";
    on_db!(on, c => sqlx::query_as(SQL).bind(id).fetch_optional(&mut *c).await)
}

/// Takes a question away because it is answered; false if another answer came first.
pub async fn answer(on: On<'_>, id: &str) -> Result<bool, sqlx::Error> {
    const SQL: &str = "DELETE FROM oauth_requests WHERE id = $1";
    let gone = on_db!(on, c => sqlx::query(SQL).bind(id).execute(&mut *c).await.map(|r| r.rows_affected()))?;
    Ok(gone > 0)
}

/// Forgets the questions that ended before `now` (epoch milliseconds), and all but the newest `most` that a user is asked
/// about one client.
pub async fn prune_asked(mut on: On<'_>, row: &RequestRow, most: i64, now: i64) -> Result<(), sqlx::Error> {
    const ENDED: &str = "DELETE FROM oauth_requests WHERE expires_at <= $1";
    const BEYOND: &str = "DELETE FROM oauth_requests WHERE user_id = $1 AND client = $2 AND id NOT IN (
            SELECT id FROM oauth_requests WHERE user_id = $1 AND client = $2
            ORDER BY expires_at DESC, id LIMIT $3)";
    on_db!(on.on(), c => sqlx::query(ENDED).bind(now).execute(&mut *c).await.map(drop))?;
    on_db!(on, c => {
        sqlx::query(BEYOND).bind(row.user_id).bind(&row.client).bind(most).execute(&mut *c).await.map(drop)
    })
}
