//! A password, tried: counted, checked and logged, whether somebody signs in or proves who they are.

use std::net::IpAddr;

use serde_json::json;

use super::Console;
use super::error::Problem;
use crate::audit::{self, SignIn};
use crate::identity::sign_in::{self, Door, Entry, Knock};
use crate::identity::{Secret, password};
use crate::store::users::{self, UserRow};

/// A login and a password as they were typed.
pub struct Typed<'a> {
    /// The login.
    pub login: &'a str,
    /// The password.
    pub password: String,
    /// From where.
    pub address: IpAddr,
    /// The browser's cookie of an earlier sign-in.
    pub browser: Option<&'a str>,
}

/// What came of it.
pub enum Tried {
    /// They fit; with the mark of the password.
    Right(Box<UserRow>, Entry, String),
    /// They don't; the next try has to wait so many seconds, 0 for none.
    Wrong(i64),
    /// Too many tries: it was not looked at, for so many seconds to come.
    TooMany(i64),
}

/// Tries a password; takes as long for a login that there is as for one that there is not.
pub async fn try_password(console: &Console, typed: Typed<'_>) -> Result<Tried, Problem> {
    let state = &console.state;
    let knock = Knock { login: typed.login, address: typed.address, browser: typed.browser };
    let entry = match sign_in::knock(&state.db, &state.clock, &knock).await? {
        Door::Wait { seconds } => return Ok(Tried::TooMany(seconds)),
        Door::Open(entry) => entry,
    };
    let mut conn = state.db.read().await?;
    let hash = users::password_hash(conn.on(), typed.login).await?;
    let user = users::by_login(conn.on(), typed.login).await?;
    drop(conn);
    let reason = match (&user, &hash) {
        (None, _) => "there is no such login",
        (Some(user), _) if !user.active => "the user is archived",
        (Some(_), None) => "the user has no password",
        (Some(_), Some(_)) => "the password is wrong",
    };
    let hash = hash.filter(|_| user.as_ref().is_some_and(|user| user.active));
    let mark = password::mark(hash.as_deref());
    if password::verify(hash, typed.password).await
        && let Some(user) = user
    {
        return Ok(Tried::Right(Box::new(user), entry, mark));
    }
    let tried = SignIn {
        user: user.as_ref().map(|user| (user.id, user.login.as_str())),
        reason: Some(reason),
        detail: json!({"address": typed.address, "wait": entry.wait_after}),
    };
    let mut tx = state.db.begin().await?;
    audit::sign_in(tx.on(), &state.clock, &tried).await?;
    tx.commit().await?;
    Ok(Tried::Wrong(entry.wait_after))
}

/// Notes that a user signs in after a password that fitted. Answers the browser's new cookie, if it is to have one.
pub async fn note_entry(
    console: &Console,
    user: &UserRow,
    entry: &Entry,
    address: IpAddr,
) -> Result<Option<Secret>, Problem> {
    let state = &console.state;
    let mut tx = state.db.begin().await?;
    let cookie = sign_in::let_in(tx.on(), &state.clock, entry, user.id).await?;
    let tried =
        SignIn { user: Some((user.id, &user.login)), reason: None, detail: json!({"address": address}) };
    audit::sign_in(tx.on(), &state.clock, &tried).await?;
    tx.commit().await?;
    Ok(cookie)
}

/// A number of seconds as people say it: `30 seconds`, `2 minutes`.
pub fn said(seconds: i64) -> String {
    let (count, unit) = if seconds < 100 { (seconds, "second") } else { ((seconds + 59) / 60, "minute") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_as_people_do() {
        for (seconds, text) in [(1, "1 second"), (30, "30 seconds"), (120, "2 minutes"), (121, "3 minutes")] {
            assert_eq!(said(seconds), text);
        }
    }
}
