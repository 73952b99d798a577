//! What becomes of a connection: approved → its code exchanged → refreshed → ended. Each step is one transaction that
//! only one caller can win, and each looks anew at what bounds the connection: its client, its MCP key, its user.

use uuid::Uuid;

use super::error::{Code, Refusal};
use super::holder::{Holder, invalid, lock};
use super::journal::Note;
use super::request::Asked;
use crate::clock::Clock;
use crate::identity::client::Client;
use crate::identity::connection::{self, ACCESS_PREFIX, CODE_PREFIX, REFRESH_PREFIX};
use crate::identity::{Digest, KeyFacts, Scopes, Secret, User};
use crate::policy::Scope;
use crate::store::oauth_grants::{self, CodeRow, GrantRow};
use crate::store::oauth_tokens::{self, TokenRow};
use crate::store::{Db, On, Tx, control};

/// How long a code waits to be exchanged: a minute (RFC 6749, 4.1.2, allows ten).
pub const CODE_LIFE: i64 = 60_000;
/// How long an access token lives: an hour.
pub const ACCESS_LIFE: i64 = 3_600_000;
/// How long a refresh token waits to be used: 90 days.
pub const REFRESH_LIFE: i64 = 90 * 24 * 3_600_000;
/// How long a refresh token that was used may be used again: some clients refresh twice at once, from two addresses, or
/// never get the answer.
pub const GRACE: i64 = 60_000;
/// Most uses of one refresh token within that.
const MOST_USES: i64 = 5;
const MINUTE: i64 = 60_000;
/// Most refreshes of one connection within a minute.
const MOST_A_MINUTE: i64 = 30;
/// How long a refresh token that was replaced is known, so that whoever shows it again is found out: a week.
const KEPT: i64 = 7 * 24 * 3_600_000;
const CODE_REPLAYED: &str = "code_replayed";
const REFRESH_REPLAYED: &str = "refresh_replayed";

/// What a person decided.
pub struct Approval<'a> {
    /// For which client.
    pub client: &'a Client,
    /// What it asked for.
    pub asked: &'a Asked,
    /// Who.
    pub user: &'a User,
    /// Under which of their keys.
    pub key: &'a KeyFacts,
    /// The most that the person lets it do.
    pub most: Scope,
}

/// Tokens that were just given out.
pub struct Tokens {
    /// For requests to `/mcp`.
    pub access: Secret,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// For the next tokens; where `offline_access` was granted.
    pub refresh: Option<Secret>,
    /// What the access token is good for.
    pub scopes: Scopes,
}

/// Makes a connection of what a person approved, and gives out its code.
pub async fn approve(
    mut on: On<'_>,
    clock: &Clock,
    approval: &Approval<'_>,
) -> Result<(Secret, GrantRow), Refusal> {
    let now = clock.millis();
    let code = mint(CODE_PREFIX)?;
    let scopes = approval.asked.scopes.within(approval.key.scope).within(approval.most);
    let grant = GrantRow {
        id: Uuid::now_v7().to_string(),
        client: approval.client.id.clone(),
        user_id: approval.user.id,
        key_id: approval.key.id.clone(),
        scope: scopes.to_string(),
        redirect_uri: approval.asked.answer.redirect_uri.as_str().to_owned(),
        created_at: now,
        connected_at: None,
        last_used_at: None,
        expires_at: now + CODE_LIFE,
        revoked_at: None,
        revoked_why: None,
    };
    oauth_grants::insert(on.on(), &grant).await?;
    let row = CodeRow {
        hash: code.digest().hex(),
        grant_id: grant.id.clone(),
        redirect_uri: grant.redirect_uri.clone(),
        code_challenge: approval.asked.code_challenge.clone(),
        expires_at: now + CODE_LIFE,
        used_at: None,
    };
    oauth_grants::add_code(on, &row).await?;
    Ok((code, grant))
}

/// What a client shows to exchange a code.
pub struct Exchange<'a> {
    /// The code.
    pub code: &'a str,
    /// Where it was sent, if the client says so: OAuth 2.1 leaves that to PKCE.
    pub redirect_uri: Option<&'a str>,
    /// The challenge that the client's verifier makes (RFC 7636, 4.6).
    pub challenge: &'a str,
}

/// Exchanges a code, once (RFC 6749, 4.1.3). A code that comes a second time ends its connection.
pub async fn exchange(
    db: &Db,
    clock: &Clock,
    client: &Client,
    shown: &Exchange<'_>,
    note: &mut Note,
) -> Result<Tokens, Refusal> {
    let now = clock.millis();
    let digest = Digest::of_sent(CODE_PREFIX, shown.code).map_err(|_| {
        invalid("code_damaged", "the code is mistyped or cut off; start the authorization again")
    })?;
    let mut tx = db.begin().await?;
    let unknown =
        || invalid("code_unknown", "the code is unknown, or older than a day; start the authorization again");
    let found = oauth_grants::code(tx.on(), &digest.hex()).await?.ok_or_else(unknown)?;
    let (grant, holder) = lock(&mut tx, &found.grant_id, client, note).await?;
    // Read once more: another exchange may have waited for the same lock.
    let code = oauth_grants::code(tx.on(), &digest.hex()).await?.ok_or_else(unknown)?;
    if code.used_at.is_some() {
        tx.rollback().await?;
        let text = "the code was used before, so the tokens that came of it have been revoked; start the authorization again";
        end(db, clock, (&grant.id, "its authorization code was used twice"), note, text).await?;
        return Err(invalid(CODE_REPLAYED, text));
    }
    if code.expires_at <= now {
        return Err(invalid(
            "code_expired",
            "the code has expired after a minute; start the authorization again",
        ));
    }
    if shown.redirect_uri.is_some_and(|uri| uri != code.redirect_uri) {
        return Err(invalid(
            "redirect_differs",
            "redirect_uri is another than that of the authorization request",
        ));
    }
    if !same(shown.challenge, &code.code_challenge) {
        return Err(invalid(
            "pkce_mismatch",
            "code_verifier does not fit the code_challenge of the authorization request",
        ));
    }
    holder.judge(client, now)?;
    oauth_grants::use_code(tx.on(), &digest.hex(), now).await?;
    let granted = scopes_of(&grant)?;
    let tokens = issue(&mut tx, clock, &grant, granted, &holder, note).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Gives out new tokens for a refresh token (RFC 6749, 6), which is rotated (OAuth 2.1, 4.3.1): once the grace is over,
/// another use of it ends the connection. So does the use of one that came of the same grace, once the other was used
/// after it: a client keeps one of them, and whoever has the second is somebody else.
pub async fn refresh(
    db: &Db,
    clock: &Clock,
    client: &Client,
    (sent, scope): (&str, Option<&str>),
    note: &mut Note,
) -> Result<Tokens, Refusal> {
    let now = clock.millis();
    let digest = Digest::of_sent(REFRESH_PREFIX, sent).map_err(|_| {
        invalid("refresh_damaged", "the refresh token is mistyped, cut off, or another kind of token")
    })?;
    let mut tx = db.begin().await?;
    let unknown = || invalid("refresh_unknown", "the refresh token is unknown here; connect again");
    let found = oauth_tokens::by_hash(tx.on(), &digest.hex()).await?.ok_or_else(unknown)?;
    let (grant, holder) = lock(&mut tx, &found.grant_id, client, note).await?;
    let token = oauth_tokens::by_hash(tx.on(), &digest.hex()).await?.ok_or_else(unknown)?;
    if token.revoked_at.is_some() || token.rotated_at.is_some_and(|at| at + GRACE <= now) {
        tx.rollback().await?;
        let why = "one of its refresh tokens was used again after it had been replaced";
        let text =
            "the refresh token had been replaced before, so the connection has been revoked; connect again";
        end(db, clock, (&grant.id, why), note, text).await?;
        return Err(invalid(REFRESH_REPLAYED, text));
    }
    if token.expires_at <= now {
        return Err(invalid("refresh_expired", "the refresh token has expired; connect again"));
    }
    if oauth_tokens::refreshed_since(tx.on(), &grant.id, now - MINUTE).await? >= MOST_A_MINUTE {
        return Err(Refusal::too_many(
            "refreshes",
            "this connection refreshes too often; its access tokens live for an hour",
        ));
    }
    if token.uses >= MOST_USES {
        return Err(invalid(
            "refresh_worn",
            "the refresh token was used too often; use the one that replaced it",
        ));
    }
    holder.judge(client, now)?;
    let granted = scopes_of(&grant)?;
    let wanted = match scope.map(|scope| Scopes::asked(Some(scope))) {
        None => granted,
        Some(Some(asked)) if granted.include(asked) => asked,
        Some(_) => {
            let text = format!("scope may not be wider than what was granted: {granted}");
            return Err(Refusal::new(Code::InvalidScope, "scope_widened", text));
        }
    };
    oauth_tokens::supersede(tx.on(), &token, now - GRACE, now).await?;
    oauth_tokens::rotate(tx.on(), &token.hash, now, KEPT).await?;
    // A narrower access token leaves the connection, and so the next refresh token, as they are (RFC 6749, 6).
    let wanted = if granted.offline() { wanted.with_offline() } else { wanted };
    let tokens = issue(&mut tx, clock, &grant, wanted, &holder, note).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Ends what a token belongs to (RFC 7009, 2.1): a refresh token the connection, an access token itself. A token that
/// is unknown, or another client's, is nobody's business and no error.
pub async fn revoke(
    db: &Db,
    clock: &Clock,
    client: &Client,
    sent: &str,
    note: &mut Note,
) -> Result<bool, Refusal> {
    let digest = [ACCESS_PREFIX, REFRESH_PREFIX].iter().find_map(|prefix| Digest::of_sent(prefix, sent).ok());
    let Some(digest) = digest else { return Ok(false) };
    // Looked up first, so that nobody makes others wait, or look anew, for a token that is none.
    let mut conn = db.read().await?;
    let Some(token) = oauth_tokens::by_hash(conn.on(), &digest.hex()).await? else { return Ok(false) };
    drop(conn);
    // In the order of administrators' acts, so that the two never wait for each other.
    let mut tx = db.begin().await?;
    control::bump(tx.on()).await?;
    let grant = match lock(&mut tx, &token.grant_id, client, note).await {
        Ok((grant, _)) => grant,
        Err(refusal) if refusal.code == Code::InvalidGrant => return Ok(false),
        Err(failed) => return Err(failed),
    };
    note.say("token", token.kind.clone());
    let revoked = if token.kind == "access" {
        oauth_tokens::revoke(tx.on(), &token.hash, clock.millis()).await?
    } else {
        connection::revoke(tx.on(), clock, &grant.id, "the client ended it").await?
    };
    if !revoked {
        tx.rollback().await?;
        return Ok(false);
    }
    note.clone().done(tx.on(), clock).await?;
    tx.commit().await?;
    Ok(true)
}

fn scopes_of(grant: &GrantRow) -> Result<Scopes, Refusal> {
    Scopes::asked(Some(&grant.scope))
        .filter(|_| !grant.scope.is_empty())
        .ok_or_else(|| invalid("scope_unknown", "the connection's scope can't be understood; connect again"))
}

/// Gives out tokens and logs that. What bounds them now bounds them here too, so that the answer says what they can do.
async fn issue(
    tx: &mut Tx,
    clock: &Clock,
    grant: &GrantRow,
    scopes: Scopes,
    holder: &Holder,
    note: &mut Note,
) -> Result<Tokens, Refusal> {
    let now = clock.millis();
    let scopes = scopes.within(holder.most);
    let until = |life: i64| holder.key.expires_at.map_or(now + life, |at| at.min(now + life));
    let access = mint(ACCESS_PREFIX)?;
    let access_until = until(ACCESS_LIFE);
    insert(tx.on(), grant, ("access", &access), (scopes, now, access_until)).await?;
    let mut last = access_until;
    let refresh = if scopes.offline() {
        let refresh = mint(REFRESH_PREFIX)?;
        last = until(REFRESH_LIFE);
        insert(tx.on(), grant, ("refresh", &refresh), (scopes, now, last)).await?;
        Some(refresh)
    } else {
        None
    };
    oauth_grants::connected(tx.on(), &grant.id, now, last).await?;
    note.say("scope", scopes.to_string());
    note.clone().done(tx.on(), clock).await?;
    let expires_in = u64::try_from((access_until - now) / 1_000).unwrap_or_default();
    Ok(Tokens { access, expires_in, refresh, scopes })
}

async fn insert(
    on: On<'_>,
    grant: &GrantRow,
    (kind, secret): (&str, &Secret),
    (scopes, now, expires_at): (Scopes, i64, i64),
) -> Result<(), sqlx::Error> {
    let row = TokenRow {
        hash: secret.digest().hex(),
        grant_id: grant.id.clone(),
        kind: kind.to_owned(),
        scope: scopes.to_string(),
        created_at: now,
        expires_at,
        rotated_at: None,
        uses: 0,
        revoked_at: None,
    };
    oauth_tokens::insert(on, &row).await
}

/// Ends a connection because somebody used what only one may have.
async fn end(
    db: &Db,
    clock: &Clock,
    (grant_id, why): (&str, &str),
    note: &Note,
    text: &str,
) -> Result<(), Refusal> {
    // In the order of administrators' acts, so that the two never wait for each other.
    let mut tx = db.begin().await?;
    control::bump(tx.on()).await?;
    connection::revoke(tx.on(), clock, grant_id, why).await?;
    note.clone().denied(tx.on(), clock, text).await?;
    Ok(tx.commit().await?)
}

/// Whether a refusal ended the connection.
pub fn ended(refusal: &Refusal) -> bool {
    matches!(refusal.word, CODE_REPLAYED | REFRESH_REPLAYED)
}

fn mint(prefix: &str) -> Result<Secret, Refusal> {
    Secret::mint(prefix).map_err(|error| Refusal::failed(&error))
}

fn same(one: &str, other: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(one.as_bytes(), other.as_bytes()).into()
}
