//! MCP keys: generated, shown once, listed, revoked.

use uuid::Uuid;

use super::IdentityError;
use super::principal::KeyFacts;
use super::secret::Secret;
use crate::clock::Clock;
use crate::model::Complaint;
use crate::policy::Scope;
use crate::store::keys::KeyRow;
use crate::store::{self, On};

/// What every MCP key begins with.
pub const PREFIX: &str = "axk_";
const DAY: i64 = 86_400_000;
const LONGEST_NAME: usize = 100;
/// Most calls per minute of a key.
pub const RATE_MAX: u32 = 1_000_000;
/// Most days until a key expires.
pub const DAYS_MAX: u32 = 3_650;

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// Id of the user it speaks for.
    pub user_id: i64,
    /// Name to know it by.
    pub name: &'a str,
    /// What it may be used for.
    pub scope: Scope,
    /// Calls per minute; `None` for the default of Settings.
    pub rate_limit: Option<u32>,
    /// `None`: does not expire.
    pub expires_in_days: Option<u32>,
    /// Id of the user who makes it; `None` for the command line.
    pub created_by: Option<i64>,
}

/// A key that was just generated.
pub struct Generated {
    /// Its id.
    pub id: String,
    /// The key itself: this is the only time it is seen.
    pub secret: Secret,
}

/// Generates a key for a user.
pub async fn generate(on: On<'_>, clock: &Clock, new: &NewKey<'_>) -> Result<Generated, IdentityError> {
    generate_as(on, clock, Uuid::now_v7(), new).await
}

/// Whether there is a key of that id, or ever was.
pub async fn is_taken(on: On<'_>, id: Uuid) -> Result<bool, IdentityError> {
    Ok(store::keys::by_id(on, &id.to_string()).await?.is_some())
}

/// Generates a key for a user under an id that was chosen before, so that what is asked for twice is made once.
pub async fn generate_as(
    on: On<'_>,
    clock: &Clock,
    id: Uuid,
    new: &NewKey<'_>,
) -> Result<Generated, IdentityError> {
    if let Some((_, complaint)) = complaints(new).into_iter().next() {
        return Err(complaint.into());
    }
    let secret = Secret::mint(PREFIX)?;
    let now = clock.millis();
    let row = KeyRow {
        id: id.to_string(),
        user_id: new.user_id,
        name: new.name.to_owned(),
        scope: new.scope.name().to_owned(),
        hash: secret.digest().hex(),
        hint: secret.hint(),
        rate_limit: new.rate_limit.map(i64::from),
        created_at: now,
        created_by: new.created_by,
        expires_at: new.expires_in_days.map(|days| now + i64::from(days) * DAY),
        revoked_at: None,
        last_used_at: None,
    };
    store::keys::insert(on, &row).await?;
    Ok(Generated { id: row.id, secret })
}

/// A user's keys, newest first, as they are stored: never the keys themselves.
pub async fn list(on: On<'_>, user_id: i64) -> Result<Vec<KeyRow>, IdentityError> {
    Ok(store::keys::of_user(on, user_id).await?)
}

/// Revokes a key, and answers what it was; a complaint if there is none or it was revoked before.
pub async fn revoke(mut on: On<'_>, clock: &Clock, id: &str) -> Result<KeyRow, IdentityError> {
    let Some(row) = store::keys::by_id(on.on(), id).await? else {
        return Err(Complaint::new("there is no key of that id")
            .example("axanta-mcp key list LOGIN --json")
            .into());
    };
    if !store::keys::revoke(on, id, clock.millis()).await? {
        return Err(Complaint::new(format!("the key `{}` was revoked before", row.name)).into());
    }
    Ok(row)
}

/// What is wrong with a key that is wished for: which of its properties, and why.
pub fn complaints(new: &NewKey<'_>) -> Vec<(&'static str, Complaint)> {
    let mut complaints = Vec::new();
    let good = !new.name.trim().is_empty() && !new.name.contains(char::is_control);
    if !good || new.name.chars().count() > LONGEST_NAME {
        let text = format!("a key's name has 1 to {LONGEST_NAME} characters, on one line");
        complaints.push(("name", Complaint::new(text).example(r#"--name "Codex on my laptop""#)));
    }
    if new.rate_limit.is_some_and(|rate| !(1..=RATE_MAX).contains(&rate)) {
        let text = format!("a key's rate limit is 1 to {RATE_MAX} calls per minute");
        complaints.push(("rate_limit", Complaint::new(text).example("--rate-limit 120")));
    }
    if new.expires_in_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        let text = format!("a key expires in 1 to {DAYS_MAX} days, or never");
        complaints.push(("expires_in_days", Complaint::new(text).example("--expires-in-days 90")));
    }
    complaints
}

impl TryFrom<KeyRow> for KeyFacts {
    type Error = IdentityError;

    fn try_from(row: KeyRow) -> Result<Self, IdentityError> {
        let corrupt =
            |what, value: String| IdentityError::Corrupt { what, whom: format!("key {}", row.id), value };
        let scope = row.scope.parse().map_err(|_| corrupt("scope", row.scope.clone()))?;
        let rate_limit = row
            .rate_limit
            .map(|rate| u32::try_from(rate).map_err(|_| corrupt("rate limit", rate.to_string())))
            .transpose()?;
        Ok(Self {
            scope,
            rate_limit,
            expires_at: row.expires_at,
            revoked: row.revoked_at.is_some(),
            id: row.id,
            name: row.name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;
    use crate::store::users;

    fn laptop(user_id: i64) -> NewKey<'static> {
        NewKey {
            user_id,
            name: "laptop",
            scope: Scope::Read,
            rate_limit: Some(5),
            expires_in_days: Some(2),
            created_by: None,
        }
    }

    #[tokio::test]
    async fn what_is_stored_is_not_the_key() {
        for test in databases().await {
            let clock = Clock::fixed(1_000);
            let mut tx = test.db.begin().await.unwrap();
            let user = users::insert(tx.on(), &users::NewUser::named("demo")).await.unwrap();
            let made = generate(tx.on(), &clock, &laptop(user)).await.unwrap();
            let row = list(tx.on(), user).await.unwrap().remove(0);
            assert!(!format!("{row:?}").contains(&made.secret.reveal()[8..]), "{}", test.name);
            assert_eq!(row.hash, made.secret.digest().hex());
            assert_eq!(row.expires_at, Some(1_000 + 2 * DAY));
            let facts = KeyFacts::try_from(row).unwrap();
            assert_eq!((facts.scope, facts.rate_limit, facts.revoked), (Scope::Read, Some(5), false));

            clock.advance(7);
            revoke(tx.on(), &clock, &made.id).await.unwrap();
            let row = list(tx.on(), user).await.unwrap().remove(0);
            assert_eq!(row.revoked_at, Some(1_007), "{}", test.name);
            let again = revoke(tx.on(), &clock, &made.id).await.unwrap_err().to_string();
            assert!(again.contains("revoked before"), "{again}");
            assert!(revoke(tx.on(), &clock, "x").await.unwrap_err().to_string().contains("no key"));
        }
    }

    #[test]
    fn bounds_are_said() {
        let problem = |new: NewKey<'_>| complaints(&new)[0].1.to_string();
        assert!(problem(NewKey { name: "", ..laptop(1) }).contains("1 to 100 characters"));
        assert!(problem(NewKey { name: "a\x1b[31m", ..laptop(1) }).contains("on one line"));
        assert!(problem(NewKey { rate_limit: Some(0), ..laptop(1) }).contains("1 to 1000000"));
        assert!(problem(NewKey { expires_in_days: Some(3_651), ..laptop(1) }).contains("1 to 3650 days"));
    }
}
