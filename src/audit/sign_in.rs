//! Tries to sign in, logged in the transaction that lets somebody in or not.

use serde_json::Value;

use super::entry::{Kind, Outcome};
use crate::clock::Clock;
use crate::store::On;
use crate::store::log::{LogRow, insert};

/// A try to sign in.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// Id and login; `None` where there is no such user. What was typed then is not kept: it may be a password.
    pub user: Option<(i64, &'a str)>,
    /// Why it failed; `None` where it did not.
    pub reason: Option<&'static str>,
    /// From where, and what was counted.
    pub detail: Value,
}

/// Logs a try. It changes nothing that other processes would have to heed.
pub async fn sign_in(on: On<'_>, clock: &Clock, tried: &SignIn<'_>) -> Result<(), sqlx::Error> {
    let outcome = if tried.reason.is_some() { Outcome::Denied } else { Outcome::Allowed };
    let row = LogRow {
        id: uuid::Uuid::now_v7().to_string(),
        at: clock.millis(),
        kind: Kind::Admin.name().to_owned(),
        user_id: tried.user.map(|(id, _)| id),
        login: tried.user.map(|(_, login)| login.to_owned()),
        method: "login".to_owned(),
        outcome: outcome.name().to_owned(),
        reason: tried.reason.map(str::to_owned),
        detail: Some(tried.detail.to_string()),
        ..LogRow::default()
    };
    insert(on, super::queue::writer(), std::slice::from_ref(&row)).await
}
