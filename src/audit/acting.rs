//! An act of administration under way: on a transaction that is undone unless the act is logged and committed.

use serde_json::Value;

use super::act::{Act, Actor, act_as};
use crate::clock::Clock;
use crate::store::{Db, On, Tx, control};

/// An act under way.
pub struct Acting {
    tx: Tx,
    clock: Clock,
    actor: Actor,
    log_id: String,
    model: Option<String>,
}

impl Acting {
    /// Begins an act. It waits for any other under way, so that what is read on it is what is changed.
    pub async fn begin(db: &Db, clock: &Clock, actor: &Actor) -> Result<Self, sqlx::Error> {
        let mut tx = db.begin().await?;
        control::bump(tx.on()).await?;
        let log_id = uuid::Uuid::now_v7().to_string();
        Ok(Self { tx, clock: clock.clone(), actor: actor.clone(), log_id, model: None })
    }

    /// To do the act on.
    pub fn on(&mut self) -> On<'_> {
        self.tx.on()
    }

    /// Id that the entry of the log will have.
    pub fn log_id(&self) -> &str {
        &self.log_id
    }

    /// Says that it changes records of this model, so that it is found under it.
    pub fn upon(&mut self, model: &str) {
        self.model = Some(model.to_owned());
    }

    /// Logs the act and makes both last: `method` as noun and verb, `target` what was acted upon, `detail` what
    /// changed.
    pub async fn commit(
        mut self,
        method: &'static str,
        target: &str,
        detail: Value,
    ) -> Result<(), sqlx::Error> {
        let done = Act { actor: &self.actor, method, target: target.to_owned(), detail };
        act_as(self.tx.on(), &self.clock, (self.log_id, self.model), &done).await?;
        self.tx.commit().await
    }
}
