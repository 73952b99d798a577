//! The one-time link that makes the first administrator, where there is no user yet.

use super::secret::{Digest, Secret};
use super::{IdentityError, group, user};
use crate::clock::Clock;
use crate::store::{On, accounts, control, sign_in};

/// What the link's token begins with.
pub const PREFIX: &str = "axf_";
/// For how long a link holds, in milliseconds: 7 days.
const HOLDS: i64 = 7 * 86_400_000;

/// Makes a link's token; `None` where there is a user. The caller commits.
pub async fn mint(mut on: On<'_>, clock: &Clock) -> Result<Option<Secret>, IdentityError> {
    if accounts::is_anybody(on.on()).await? {
        return Ok(None);
    }
    let token = Secret::mint(PREFIX)?;
    sign_in::add_first_link(on, &token.digest().hex(), clock.millis() + HOLDS).await?;
    Ok(Some(token))
}

/// Whether a token as it was sent still makes an administrator.
pub async fn holds(mut on: On<'_>, clock: &Clock, token: &str) -> Result<bool, IdentityError> {
    let Ok(digest) = Digest::of_sent(PREFIX, token) else { return Ok(false) };
    Ok(!accounts::is_anybody(on.on()).await?
        && sign_in::has_first_link(on, &digest.hex(), clock.millis()).await?)
}

/// Makes the first administrator and answers the id; `None` if the token does not hold. The caller commits.
pub async fn redeem(
    mut on: On<'_>,
    clock: &Clock,
    token: &str,
    person: &Person<'_>,
) -> Result<Option<i64>, IdentityError> {
    // First, so that of two who come at once only one makes a user.
    control::bump(on.on()).await?;
    if !holds(on.on(), clock, token).await? {
        return Ok(None);
    }
    let new = user::NewUser {
        id: None,
        login: person.login,
        name: person.name,
        groups: &[group::SETTINGS_ADMINISTRATOR, group::MCP_ADMINISTRATOR],
        password_hash: Some(person.password_hash),
    };
    let id = user::add(on.on(), clock, &new).await?;
    sign_in::drop_first_links(on).await?;
    Ok(Some(id))
}

/// Who the first administrator is to be.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Sign-in name.
    pub login: &'a str,
    /// Full name.
    pub name: &'a str,
    /// From [`super::password::hash`].
    pub password_hash: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    const ANNA: Person<'_> = Person { login: "anna", name: "Anna Berg", password_hash: "$hash" };

    #[tokio::test]
    async fn a_link_makes_one_administrator_and_no_more() {
        for test in databases().await {
            let clock = Clock::fixed(5);
            let mut tx = test.db.begin().await.unwrap();
            group::seed(tx.on()).await.unwrap();
            let (one, other) = (
                mint(tx.on(), &clock).await.unwrap().unwrap(),
                mint(tx.on(), &clock).await.unwrap().unwrap(),
            );
            let unknown = Secret::mint(PREFIX).unwrap();
            for wrong in ["", "axf_", "axf_x", unknown.reveal()] {
                assert!(!holds(tx.on(), &clock, wrong).await.unwrap(), "{test}: {wrong}");
                assert_eq!(redeem(tx.on(), &clock, wrong, &ANNA).await.unwrap(), None, "{test}: {wrong}");
            }
            assert!(holds(tx.on(), &clock, one.reveal()).await.unwrap(), "{test}");
            let id = redeem(tx.on(), &clock, one.reveal(), &ANNA).await.unwrap().unwrap();
            let anna = user::by_id(tx.on(), id).await.unwrap().unwrap();
            assert!(anna.has_group(group::SETTINGS_ADMINISTRATOR) && anna.in_mcp_group(), "{test}");
            for link in [one, other] {
                assert!(!holds(tx.on(), &clock, link.reveal()).await.unwrap(), "{test}: both are dead");
                assert_eq!(redeem(tx.on(), &clock, link.reveal(), &ANNA).await.unwrap(), None, "{test}");
            }
            assert!(mint(tx.on(), &clock).await.unwrap().is_none(), "{test}: there is a user");
        }
    }

    #[tokio::test]
    async fn a_link_dies_after_a_week() {
        for test in databases().await {
            let clock = Clock::fixed(5);
            let mut tx = test.db.begin().await.unwrap();
            let link = mint(tx.on(), &clock).await.unwrap().unwrap();
            clock.advance(HOLDS - 1);
            assert!(holds(tx.on(), &clock, link.reveal()).await.unwrap(), "{test}");
            clock.advance(1);
            assert!(!holds(tx.on(), &clock, link.reveal()).await.unwrap(), "{test}");
        }
    }
}
