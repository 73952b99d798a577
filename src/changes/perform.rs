//! A change on its way: tried, weighed, and made last together with everything that is kept of it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::answer::{Answer, Status};
use super::approval::{self, Approved};
use super::journal::{self, Place};
use super::tell::{Kept, tell};
use super::visible::{Visible, visible};
use super::{ChangeError, Changes, weight};
use crate::audit::{Entry, Outcome, Pending};
use crate::erp::{Caller, Change, Difference, Effect, ErpError, Seen, What};
use crate::identity::Principal;
use crate::model::Complaint;
use crate::policy::Permit;
use crate::store::idempotency::{self, AnswerRow};
use crate::store::{Tx, control};

/// A change as a tool asks for it.
pub struct Asked<'a> {
    /// The tool.
    pub tool: &'static str,
    /// What is to be changed; the model is the permit's.
    pub what: &'a What,
    /// It is only tried.
    pub dry_run: bool,
    /// Under which key, of the client's choice, it must be done only once.
    pub idempotency_key: Option<&'a str>,
    /// For whom.
    pub who: &'a Caller,
    /// Made for the model and operation of `what`.
    pub permit: &'a Permit,
    /// By which key.
    pub principal: &'a Arc<Principal>,
    /// Client's name and version, as it says itself.
    pub client: Option<&'a str>,
    /// Most characters of the records that are shown.
    pub budget: usize,
    /// Most records of one request.
    pub most: u32,
}

/// What was tried, on a transaction that is not committed yet.
pub(super) struct Tried {
    pub tx: Tx,
    pub effect: Effect,
    pub differences: Vec<Difference>,
    /// Those of them that whoever asked may see.
    pub visible: Visible,
}

impl Asked<'_> {
    pub(super) fn model(&self) -> &str {
        self.permit.model().unwrap_or_default()
    }

    /// SHA-256 of what is asked for, hexadecimal: the same idempotency key for another call is a mistake.
    fn fingerprint(&self) -> Result<String, serde_json::Error> {
        let call = serde_json::to_string(&(self.permit.model(), self.what, &self.who.company_ids))?;
        Ok(format!("{:x}", Sha256::digest(call)))
    }

    /// Number of records for the log.
    pub(super) fn records(&self) -> u32 {
        u32::try_from(self.what.records()).unwrap_or(u32::MAX)
    }
}

impl Changes {
    /// Does a change, tries it, or puts it before a person. On success its entry of the log is written with it, and
    /// `pending` is only to be dismissed: `Ok` comes with the outcome that was logged, or `None` where nothing was
    /// written and the entry is still to be handed over.
    pub async fn perform(
        &self,
        asked: &Asked<'_>,
        pending: &mut Pending,
    ) -> Result<(Answer, Option<Outcome>), ChangeError> {
        if let Some(earlier) = self.earlier(asked).await? {
            return Ok((earlier, None));
        }
        let tried = match self.attempt(asked, Way::Asked).await {
            Ok(tried) => tried,
            // The same call may have come twice at once: what the first one did stands in the way of the second.
            Err(error) => {
                return match self.earlier(asked).await? {
                    Some(earlier) => Ok((earlier, None)),
                    None => Err(error),
                };
            }
        };
        let demand = approval::demanded(asked.permit, asked.what, &tried.effect);
        if asked.dry_run {
            tried.tx.rollback().await?;
            let kept = demand.as_ref().map(|demand| Kept::Demand(&demand.why));
            return Ok((tell(asked, Status::DryRun, (&tried.effect, &tried.visible), kept)?, None));
        }
        if let Some(demand) = demand {
            return self.wait(asked, pending, tried, &demand).await;
        }
        self.conclude(asked, pending, tried, None).await
    }

    /// Runs a change that a person approved, exactly as it was shown.
    pub async fn approve(
        &self,
        asked: &Asked<'_>,
        pending: &mut Pending,
        approved: &Approved<'_>,
    ) -> Result<(Answer, Option<Outcome>), ChangeError> {
        let tried = self.attempt(asked, Way::Approved(approved)).await?;
        let demand = approval::demanded(asked.permit, asked.what, &tried.effect);
        approved.check_under(demand.as_ref())?;
        let at = self.clock.millis();
        if !approved.is_as_shown(asked.what, (&tried.effect, &tried.differences), at) {
            tried.tx.rollback().await?;
            let now = (&tried.effect, tried.differences.as_slice());
            return Err(approved.show_anew(&self.db, now, demand.as_ref()).await?);
        }
        self.conclude(asked, pending, tried, Some(approved)).await
    }

    /// Tries what waits for a person's word, and throws it away: whether it would run exactly as it was shown. `Err` is
    /// what [`Changes::approve`] would answer.
    pub async fn foresee(&self, asked: &Asked<'_>, approved: &Approved<'_>) -> Result<bool, ChangeError> {
        let tried = self.attempt(asked, Way::Foreseen).await?;
        tried.tx.rollback().await?;
        let demand = approval::demanded(asked.permit, asked.what, &tried.effect);
        approved.check_under(demand.as_ref())?;
        let at = self.clock.millis();
        Ok(approved.is_as_shown(asked.what, (&tried.effect, &tried.differences), at))
    }

    /// Does it on a transaction, and sees what came of it. Those who wait for their turn hold no connection.
    async fn attempt(&self, asked: &Asked<'_>, way: Way<'_>) -> Result<Tried, ChangeError> {
        weight::asks_not_too_much_text(asked.what)?;
        let turn = tokio::time::timeout(PATIENCE, self.turn.lock()).await.map_err(|_| ErpError::Busy)?;
        let mut tx = self.db.begin().await?;
        if let Way::Approved(approved) = way {
            // As every act of administration does, and before any other lock.
            control::lock(tx.on()).await?;
            approved.still_waits(tx.on(), self.clock.millis()).await?;
        }
        let change = Change {
            at: self.clock.millis(),
            approved: !matches!(way, Way::Asked),
            what: asked.what.clone(),
        };
        let effect = match self.erp.change(tx.on(), asked.permit, asked.who, &change).await {
            Err(ErpError::TooSlow(limit)) => return Err(too_slow(limit)),
            other => other?,
        };
        // Dropped, the transaction is rolled back.
        weight::is_not_too_much_text(&effect)?;
        weight::did_within_limits(asked.permit, asked.what, &effect, asked.most)
            .map_err(ChangeError::Denied)?;
        let differences = self.erp.differences(tx.on(), &effect.images).await?;
        let seen = Seen { images: &effect.images, done: true };
        let by = (asked.permit, asked.who);
        let visible = visible(self.erp.as_ref(), tx.on(), by, &seen, &differences).await?;
        drop(turn);
        Ok(Tried { tx, effect, differences, visible })
    }

    /// Makes a change last, with its place in the journal, its entry of the log and its answer.
    async fn conclude(
        &self,
        asked: &Asked<'_>,
        pending: &mut Pending,
        tried: Tried,
        approved: Option<&Approved<'_>>,
    ) -> Result<(Answer, Option<Outcome>), ChangeError> {
        let Tried { mut tx, effect, differences, visible } = tried;
        let id = uuid::Uuid::now_v7().to_string();
        let answer = tell(asked, Status::Done, (&effect, &visible), Some(Kept::Change(&id)))?;
        let log_id = pending.insert(tx.on(), |entry| done(entry, &answer)).await?;
        let user = &asked.principal.user;
        let place = Place {
            log_id: &log_id,
            at: self.clock.millis(),
            user: (user.id, &user.login),
            model: asked.model(),
            operation: Some(asked.what.operation()),
            method: asked.what.method(),
            undoes: None,
        };
        journal::keep(tx.on(), &id, &place, (&effect, &differences)).await?;
        if let Some(approved) = approved {
            approved.settle(tx.on(), &self.clock, &id, &effect).await?;
        }
        self.remember(tx, asked, pending, asked.idempotency_key, (answer, self.clock.millis())).await
    }

    /// Puts a change before a person.
    async fn wait(
        &self,
        asked: &Asked<'_>,
        pending: &mut Pending,
        tried: Tried,
        demand: &approval::Demand,
    ) -> Result<(Answer, Option<Outcome>), ChangeError> {
        let Tried { tx, effect, differences, visible } = tried;
        tx.rollback().await?;
        let mut tx = self.db.begin().await?;
        let row = approval::row(asked, (&effect, &differences), demand, self.clock.millis())?;
        approval::keep(tx.on(), &row).await?;
        // Whoever chose no key is given one, to ask what became of it.
        let key = asked.idempotency_key.unwrap_or(&row.id);
        let kept = Kept::Approval { id: &row.id, why: &row.why, expires_at: row.expires_at, key };
        let answer = tell(asked, Status::PendingApproval, (&effect, &visible), Some(kept))?;
        pending
            .insert(tx.on(), |entry| {
                done(entry, &answer);
                entry.rows = Some(0);
                entry.reason = Some(approval::waits(&row));
            })
            .await?;
        // What can still be decided is not forgotten: asked for again, it would wait twice.
        self.remember(tx, asked, pending, Some(key), (answer, row.expires_at)).await
    }

    /// Keeps the answer under an idempotency key, if there is one, as of `at` (epoch milliseconds), and commits.
    async fn remember(
        &self,
        mut tx: Tx,
        asked: &Asked<'_>,
        pending: &mut Pending,
        key: Option<&str>,
        (answer, at): (Answer, i64),
    ) -> Result<(Answer, Option<Outcome>), ChangeError> {
        if let Some(key) = key {
            let row = AnswerRow {
                fingerprint: asked.fingerprint()?,
                at,
                answer: answer.structured.get().to_owned(),
                said: answer.text.clone(),
            };
            if !idempotency::insert(tx.on(), &asked.principal.key.id, key, &row).await? {
                // The same call came twice at once, and the other one was first.
                tx.rollback().await?;
                let earlier = self.earlier(asked).await?;
                return earlier.map(|answer| (answer, None)).ok_or_else(|| {
                    Complaint::new("the same call was under way; repeat it to have its answer").into()
                });
            }
        }
        commit(tx, pending.take()).await?;
        Ok((answer, Some(Outcome::Allowed)))
    }

    /// What was answered under the same idempotency key.
    async fn earlier(&self, asked: &Asked<'_>) -> Result<Option<Answer>, ChangeError> {
        let Some(key) = asked.idempotency_key else { return Ok(None) };
        let mut conn = self.db.read().await?;
        let found = idempotency::find(conn.on(), &asked.principal.key.id, key).await?;
        let Some(row) = found else { return Ok(None) };
        if row.fingerprint != asked.fingerprint()? {
            return Err(Complaint::new(format!(
                "idempotency_key `{key}` was used for another call; choose a new one for each change"
            ))
            .into());
        }
        drop(conn);
        if let Some(now) = self.since(asked, &row).await? {
            return Ok(Some(now));
        }
        Ok(Some(Answer {
            structured: RawValue::from_string(row.answer)?,
            text: format!("Nothing was done again; this is the answer to the same call before. {}", row.said),
            records: asked.records(),
        }))
    }
}

/// Commits to the end, also where nobody waits for it any more: a commit that is left half-way may have been done,
/// and the log would say of what it did that it failed.
async fn commit(tx: Tx, pending: Pending) -> Result<(), ChangeError> {
    let committed = tokio::spawn(async move {
        let committed = tx.commit().await.map_err(ChangeError::Unknown);
        match &committed {
            Ok(()) => pending.written(Outcome::Allowed),
            Err(unknown) => pending.finish(|entry| entry.failed(unknown.to_string())),
        }
        committed
    });
    committed.await.unwrap_or(Err(ChangeError::Unknown(sqlx::Error::WorkerCrashed)))
}

/// On what way a change is tried.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// Somebody asks for it.
    Asked,
    /// A person approves it.
    Approved(&'a Approved<'a>),
    /// A person looks at it before they do.
    Foreseen,
}

/// How long a change waits for the one before it.
const PATIENCE: Duration = Duration::from_secs(10);

fn too_slow(limit: Duration) -> ChangeError {
    Complaint::new(format!(
        "the change took longer than {} s and was stopped; nothing was changed. Change fewer records per call",
        limit.as_secs()
    ))
    .into()
}

fn done(entry: &mut Entry, answer: &Answer) {
    entry.outcome = Outcome::Allowed;
    entry.rows = Some(answer.records);
    entry.bytes = Some(answer.structured.get().len() + answer.text.len());
}
