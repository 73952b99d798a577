//! Changes that a person has to approve: who must, what was shown, and the word that was given.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::essence;
use super::perform::Asked;
use super::weight::concerned;
use super::{ChangeError, Changes};
use crate::audit::{Act, Acting, Actor, act};
use crate::clock::Clock;
use crate::erp::{About, Difference, Effect, What};
use crate::model::Complaint;
use crate::policy::{Permit, Weight};
use crate::store::approvals::{self, Anew, ApprovalRow, Decided};
use crate::store::{Db, On};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// What demands a person's word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Demand {
    /// The rules, in sentences.
    pub why: String,
    /// Whoever asked can't approve.
    pub four_eyes: bool,
    /// Milliseconds after which nobody can approve any more.
    pub within: i64,
}

/// Whether the policies of the models concerned demand a person's word: the one that was asked for, and every other
/// one that the change reaches, whatever way it came.
pub(super) fn demanded(permit: &Permit, what: &What, effect: &Effect) -> Option<Demand> {
    let concerned = concerned(permit.model().unwrap_or_default(), what, effect);
    let mut demand: Option<Demand> = None;
    // What can't be read might have demanded it.
    let faulty = |model: &str| permit.refinements(model).is_some_and(|refined| refined.fault.is_some());
    if let Some((model, _)) = concerned.keys().find(|(model, _)| faulty(model)) {
        demand = Some(Demand {
            why: format!(
                "The policy of {model} can't be read, so a person has to say whether this may be done."
            ),
            four_eyes: true,
            within: HOUR,
        });
    }
    for ((model, operation), records) in &concerned {
        let (model, operation, records) = (*model, *operation, records.count());
        let Some(rule) = permit.refinements(model).and_then(|refined| refined.approval.as_ref()) else {
            continue;
        };
        let records = u32::try_from(records).unwrap_or(u32::MAX);
        let weight = Weight { records, amount: effect.amount, posts: effect.posts };
        if !rule.demands(operation, &weight) {
            continue;
        }
        let why = rule.sentence(model, operation, &weight);
        let within = i64::from(rule.expires_hours) * HOUR;
        demand = Some(match demand {
            None => Demand { why, four_eyes: rule.four_eyes, within },
            Some(other) => Demand {
                why: format!("{} {why}", other.why),
                four_eyes: other.four_eyes || rule.four_eyes,
                within: other.within.min(within),
            },
        });
    }
    demand
}

/// A change as it is put before a person.
pub(super) fn row(
    asked: &Asked<'_>,
    (effect, differences): (&Effect, &[Difference]),
    demand: &Demand,
    now: i64,
) -> Result<ApprovalRow, serde_json::Error> {
    let (user, key) = (&asked.principal.user, &asked.principal.key);
    let model = asked.permit.model().unwrap_or_default();
    Ok(ApprovalRow {
        id: uuid::Uuid::now_v7().to_string(),
        asked_at: now,
        expires_at: now + demand.within,
        user_id: user.id,
        login: user.login.clone(),
        key_id: key.id.clone(),
        key_name: key.name.clone(),
        grant_id: asked.principal.connection.as_ref().map(|connection| connection.grant_id.clone()),
        client: asked.client.map(str::to_owned),
        tool: asked.tool.to_owned(),
        model: model.to_owned(),
        operation: asked.what.operation().name().to_owned(),
        method: asked.what.method().map(str::to_owned),
        payload: serde_json::to_string(asked.what)?,
        company_ids: serde_json::to_string(&asked.who.company_ids)?,
        images: serde_json::to_string(&effect.images)?,
        differences: serde_json::to_string(differences)?,
        lasting: effect.lasting.clone(),
        seal: effect.seal.clone(),
        amount: effect.amount,
        why: demand.why.clone(),
        four_eyes: demand.four_eyes,
        state: "pending".to_owned(),
        decided_at: None,
        decided_by: None,
        decided_login: None,
        word: None,
        change_id: None,
        records: i64::try_from(asked.what.records()).unwrap_or(i64::MAX),
        record_id: one(asked.what),
        about: about(effect)?,
        key_made_by: None,
    })
}

/// The record, where it is asked for one that is there already.
fn one(what: &What) -> Option<i64> {
    match what {
        What::Write { ids, .. } | What::Delete(ids) | What::Call { ids, .. } if ids.len() == 1 => {
            ids.first().copied()
        }
        _ => None,
    }
}

/// The records that it is about, as they are kept while it waits.
fn about(effect: &Effect) -> Result<String, serde_json::Error> {
    let about: Vec<About> = effect.about.iter().map(About::tried).collect();
    serde_json::to_string(&about)
}

/// What the log says of a change that waits: [`awaited`] reads it.
pub(super) fn waits(row: &ApprovalRow) -> String {
    format!("{WAITS} {}: {}", row.id, row.why)
}

const WAITS: &str = "waits for approval";

/// Id of the approval that a call waited for, from what the log says of it.
pub fn awaited(reason: &str) -> Option<&str> {
    let (id, _) = reason.strip_prefix(WAITS)?.trim_start().split_once(':')?;
    uuid::Uuid::parse_str(id).is_ok().then_some(id)
}

/// Most changes of one user that wait at the same time: a queue that nobody can read through is none.
const MOST_WAITING: i64 = 200;

/// Keeps a change that waits.
pub(super) async fn keep(mut on: On<'_>, row: &ApprovalRow) -> Result<(), ChangeError> {
    let waiting =
        approvals::count(on.on(), approvals::Which::Waiting, row.asked_at, Some(row.user_id)).await?;
    if waiting >= MOST_WAITING {
        return Err(Complaint::new(format!(
            "{waiting} changes of {} wait for approval already; have some of them decided in Technical > MCP > \
             Approvals first",
            row.login
        ))
        .into());
    }
    Ok(approvals::insert(on, row).await?)
}

/// A person's word for a change that waits.
pub struct Approved<'a> {
    /// The change.
    pub row: &'a ApprovalRow,
    /// Who approves.
    pub by: &'a Actor,
    /// What they say.
    pub word: Option<&'a str>,
    /// Mark of what they saw of it ([`mark`]); `None` where they decide nothing yet.
    pub seen: Option<&'a str>,
}

/// A mark of what is shown of a change that waits: whoever approves it approves this and nothing that it is shown as
/// later.
pub fn mark(row: &ApprovalRow) -> String {
    let shown = json!([row.seal, row.amount, row.lasting, row.differences]);
    format!("{:x}", Sha256::digest(shown.to_string()))
}

impl Approved<'_> {
    /// Whether whoever approves may: not the one who asked, where four eyes are demanded.
    pub fn check(&self) -> Result<(), ChangeError> {
        if self.row.four_eyes && self.is_own_wish() { Err(own_wish()) } else { Ok(()) }
    }

    /// Whether one person would be both who asks and who approves: whoever generated a key saw it, and can ask by it in
    /// the name of its user.
    fn is_own_wish(&self) -> bool {
        let by = self.by.user_id;
        by.is_some() && (by == Some(self.row.user_id) || by == self.row.key_made_by)
    }

    /// Whether nobody decided it since it was read, and it has not expired: what was done by another's word must not
    /// be told as records that somebody changed. What was shown anew since, because another tried to approve it, was
    /// not seen by this one.
    pub(super) async fn still_waits(&self, on: On<'_>, now: i64) -> Result<(), ChangeError> {
        let row = approvals::by_id(on, &self.row.id).await?;
        let row = row.filter(|row| row.state == "pending" && row.expires_at > now).ok_or_else(gone)?;
        let now = mark(&row);
        if self.seen == Some(now.as_str()) && mark(self.row) == now { Ok(()) } else { Err(unseen()) }
    }

    /// Whether whoever approves may still, by the rules as they stand now.
    pub(super) fn check_under(&self, demand: Option<&Demand>) -> Result<(), ChangeError> {
        if demand.is_some_and(|demand| demand.four_eyes) && self.is_own_wish() {
            Err(own_wish())
        } else {
            Ok(())
        }
    }

    /// Whether what was tried at `now` is what was shown: on the same records and lines, and of the same worth. Numbers,
    /// times and days that a document gets at the moment may differ, and so may the rules that demand a person's word:
    /// what was shown is approved, for whatever reason it was.
    pub(super) fn is_as_shown(
        &self,
        what: &What,
        (effect, differences): (&Effect, &[Difference]),
        now: i64,
    ) -> bool {
        let Ok(shown) = serde_json::from_str::<Vec<Difference>>(&self.row.differences) else { return false };
        self.row.seal == effect.seal
            && self.row.amount == effect.amount
            && self.row.lasting.is_some() == effect.lasting.is_some()
            && essence::is_same(what, (&shown, differences), now - self.row.asked_at)
    }

    /// Shows what it would do now, for another word, and says so.
    pub(super) async fn show_anew(
        &self,
        db: &Db,
        (effect, differences): (&Effect, &[Difference]),
        demand: Option<&Demand>,
    ) -> Result<ChangeError, ChangeError> {
        let (images, shown) = (serde_json::to_string(&effect.images)?, serde_json::to_string(differences)?);
        let about = about(effect)?;
        let anew = Anew {
            images: &images,
            differences: &shown,
            lasting: effect.lasting.as_deref(),
            seal: effect.seal.as_deref(),
            amount: effect.amount,
            why: demand.map_or(&self.row.why, |demand| &demand.why),
            four_eyes: self.row.four_eyes || demand.is_some_and(|demand| demand.four_eyes),
            about: &about,
        };
        let mut tx = db.begin().await?;
        approvals::show_anew(tx.on(), &self.row.id, &anew).await?;
        tx.commit().await?;
        let why = if self.row.seal == effect.seal {
            "it would do something else now than was shown, because something that it depends on changed"
        } else {
            "somebody changed the records since this was shown"
        };
        Ok(Complaint::new(format!(
            "Nothing was changed: {why}. It is shown anew; look again before you approve"
        ))
        .into())
    }

    /// Notes the word and logs it, in the transaction of the change.
    pub(super) async fn settle(
        &self,
        mut on: On<'_>,
        clock: &Clock,
        change_id: &str,
        effect: &Effect,
    ) -> Result<(), ChangeError> {
        let about: Vec<About> = effect.about.iter().map(About::done).collect();
        let about = serde_json::to_string(&about)?;
        let decided = Decided {
            state: "approved",
            at: clock.millis(),
            by: (self.by.user_id.unwrap_or_default(), &self.by.login),
            word: self.word,
            change_id: Some(change_id),
            about: Some(&about),
        };
        if !approvals::decide(on.on(), &self.row.id, &decided).await? {
            return Err(gone());
        }
        let said = Act {
            actor: self.by,
            method: "approval.approve",
            target: self.row.id.clone(),
            detail: json!({"model": self.row.model, "asked_by": self.row.login, "change": change_id, "word": self.word}),
        };
        Ok(act(on, clock, &said).await?)
    }
}

/// Refuses a change that waits, in the transaction of an act that logs it.
pub async fn refuse(
    acting: &mut Acting,
    clock: &Clock,
    id: &str,
    (by, login): (i64, &str),
    word: Option<&str>,
) -> Result<(), ChangeError> {
    let decided =
        Decided { state: "refused", at: clock.millis(), by: (by, login), word, change_id: None, about: None };
    if approvals::decide(acting.on(), id, &decided).await? { Ok(()) } else { Err(gone()) }
}

fn own_wish() -> ChangeError {
    Complaint::new("You asked for this change, or generated the key by which it was asked for, and its policy demands that somebody else \
         approves it. A key that its user generates in My Preferences is known to nobody else").into()
}

fn unseen() -> ChangeError {
    Complaint::new(
        "Nothing was changed: it was shown anew since you opened this page, because records had changed. This is what \
         it would do now; look again before you approve",
    )
    .into()
}

fn gone() -> ChangeError {
    Complaint::new("This was decided before, or it has expired").into()
}

impl Changes {
    /// The change of that id that waits, or waited.
    pub async fn approval(&self, id: &str) -> Result<Option<ApprovalRow>, ChangeError> {
        Ok(approvals::by_id(self.db.read().await?.on(), id).await?)
    }
}
