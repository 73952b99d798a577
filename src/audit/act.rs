//! Administrators' acts, logged in the transaction that does them.

use serde_json::Value;

use super::entry::{Entry, Kind, Outcome};
use crate::clock::Clock;
use crate::store::log::{LogRow, insert};
use crate::store::{On, control};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Id in `res.users`; `None` for the command line.
    pub user_id: Option<i64>,
    /// Login, or `command line (operating-system user)`.
    pub login: String,
}

/// One act of administration.
#[derive(Debug)]
pub struct Act<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What, as noun and verb: `key.generate`, `policy.set`.
    pub method: &'static str,
    /// Upon what: a login, a model, a setting's name.
    pub target: String,
    /// What changed; never a secret.
    pub detail: Value,
}

/// Logs an entry in the transaction that does what it says.
pub async fn record(on: On<'_>, clock: &Clock, entry: Entry) -> Result<(), sqlx::Error> {
    let row = LogRow::from(Entry { at: clock.millis(), ..entry });
    insert(on, super::queue::writer(), std::slice::from_ref(&row)).await
}

/// Logs an act and bumps the generation, so that every process heeds it. To be called in the transaction that
/// does the act: both are made last together.
pub async fn act(on: On<'_>, clock: &Clock, act: &Act<'_>) -> Result<(), sqlx::Error> {
    act_as(on, clock, (uuid::Uuid::now_v7().to_string(), None), act).await
}

/// The same under an id that was given out before, for what refers to the entry, and under the model whose records it
/// changes.
pub(super) async fn act_as(
    mut on: On<'_>,
    clock: &Clock,
    (id, model): (String, Option<String>),
    act: &Act<'_>,
) -> Result<(), sqlx::Error> {
    let row = LogRow {
        id,
        at: clock.millis(),
        kind: Kind::Admin.name().to_owned(),
        user_id: act.actor.user_id,
        login: Some(act.actor.login.clone()),
        method: act.method.to_owned(),
        model,
        target: Some(act.target.clone()),
        outcome: Outcome::Allowed.name().to_owned(),
        detail: Some(act.detail.to_string()),
        ..LogRow::default()
    };
    insert(on.on(), super::queue::writer(), std::slice::from_ref(&row)).await?;
    control::bump(on).await
}
