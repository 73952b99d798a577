//! Technical > MCP > Approvals.

mod act;
mod outlook;
mod payload;

pub use act::{approve, refuse};
pub(super) use payload::in_words;

use std::collections::BTreeSet;
use std::sync::Arc;

use app::components::Paging;
use app::pages::technical::approvals::{
    ApprovalForm, ApprovalLine, ApprovalList, Approvals, Money, PayloadValue, State, Subject, Wish,
};
use app::refusal::Refusal;
use async_trait::async_trait;
use serde_json::Value;

use self::payload::{payload, title};
use super::Shared;
use super::differences::{Readable, bare, shown, text};
use super::error::Problem;
use super::visitor::Visitor;
use crate::audit::Actor;
use crate::changes::{Approved, mark};
use crate::erp::{About, Caller, Difference, DifferenceKind, Image, What};
use crate::identity::{User, group, user};
use crate::model::Model;
use crate::store::approvals::{self, ApprovalRow, Listed, Which};
use crate::store::{Conn, changes, oauth_grants};

/// Rows of a page.
const ROWS: i64 = 80;

/// What the screens show to one visitor.
pub struct Desk {
    console: Shared,
    reader: Arc<User>,
}

/// What is stored of one, read.
struct Read {
    what: What,
    differences: Vec<Difference>,
    model: Option<Arc<Model>>,
}

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self { console: Arc::clone(&visitor.console), reader: Arc::clone(&visitor.user) }
    }

    async fn page(&self, wish: Wish) -> Result<ApprovalList, Problem> {
        let state = &self.console.state;
        let now = state.clock.millis();
        let which = if wish.ended { Which::Ended } else { Which::Waiting };
        let mut conn = state.db.read().await?;
        let total = approvals::count(conn.on(), which, now, None).await?;
        let offset = i64::try_from(wish.offset).ok().filter(|offset| *offset < total).unwrap_or(0);
        let rows = approvals::list(conn.on(), which, now, (ROWS, offset)).await?;
        let who = Caller::from(&*self.reader);
        let mut readable = Readable::by(state.services.erp.as_ref(), &who);
        let abouts: Vec<Vec<About>> =
            rows.iter().map(|row| serde_json::from_str(&row.about)).collect::<Result<_, _>>()?;
        let all = rows.iter().zip(&abouts).flat_map(|(row, about)| {
            about.iter().filter_map(|one| one.id).map(|id| (row.model.as_str(), id))
        });
        let all: BTreeSet<(&str, i64)> = all.collect();
        readable.find(conn.on(), all.into_iter().map(|(model, id)| bare(model, id)).collect(), false).await?;
        drop(conn);
        let models = state.services.erp.models().await?;
        let mut lines = Vec::with_capacity(rows.len());
        for (row, about) in rows.iter().zip(&abouts) {
            let label = models.iter().find(|model| *model.name == *row.model);
            let label = label.map_or(row.model.as_str(), |model| model.label.as_ref());
            let may = readable.may(&row.model).await?;
            let subjects = subjects(about, |id| id.map_or(may, |id| readable.shows(&row.model, id)));
            lines.push(line(row, label, subjects, now));
        }
        Ok(ApprovalList {
            paging: Paging {
                offset: offset.unsigned_abs(),
                shown: lines.len() as u64,
                total: Some(total.unsigned_abs()),
                size: ROWS.unsigned_abs(),
            },
            rows: lines,
        })
    }

    async fn read(&self, row: &ApprovalRow) -> Result<Read, Problem> {
        let models = self.console.state.services.erp.models().await?;
        Ok(Read {
            what: serde_json::from_str(&row.payload)?,
            differences: serde_json::from_str(&row.differences)?,
            model: models.iter().find(|model| *model.name == *row.model).cloned(),
        })
    }

    async fn one(&self, id: &str, offset: u64) -> Result<ApprovalForm, Problem> {
        let state = &self.console.state;
        let mut conn = state.db.read().await?;
        let row = approvals::by_id(conn.on(), id).await?;
        let row = row.ok_or_else(|| Problem::from(Refusal::NotFound("change".to_owned())))?;
        let asker = user::by_id(conn.on(), row.user_id).await?;
        let oauth_client = match &row.grant_id {
            Some(grant) => oauth_grants::connection(conn.on(), grant).await?.map(|row| row.client_name),
            None => None,
        };
        let change = match &row.change_id {
            Some(change) => changes::by_id(conn.on(), change).await?,
            None => None,
        };
        let read = self.read(&row).await?;
        let who = Caller::from(&*self.reader);
        let mut readable = Readable::by(state.services.erp.as_ref(), &who);
        let mut images: Vec<Image> = serde_json::from_str(&row.images)?;
        let touched: BTreeSet<i64> =
            images.iter().filter(|image| image.model == row.model).map(|image| image.id).collect();
        let ids = payload::ids(&read.what);
        let about: Vec<About> = serde_json::from_str(&row.about)?;
        let ids_of_all = ids.iter().copied().chain(about.iter().filter_map(|one| one.id));
        let bare_ones: BTreeSet<i64> = ids_of_all.filter(|id| !touched.contains(id)).collect();
        images.extend(bare_ones.into_iter().map(|id| bare(&row.model, id)));
        readable.find(conn.on(), images, false).await?;
        drop(conn);
        let may = readable.may(&row.model).await? && ids.iter().all(|id| readable.shows(&row.model, *id));
        // What is made is judged as it would be.
        let may = may
            && read
                .differences
                .iter()
                .filter(|one| matches!(read.what, What::Create(_)) && one.model == row.model)
                .filter(|one| one.kind == DifferenceKind::Created)
                .all(|one| readable.shows(&one.model, one.id));
        let label = read.model.as_ref().map_or(row.model.as_str(), |model| model.label.as_ref());
        let subjects = subjects(&about, |id| id.map_or(may, |id| readable.shows(&row.model, id)));
        let line = line(&Listed::from(&row), label, subjects, state.clock.millis());
        let (about, payload) = (method(&read), payload(&row, &read, &line.subjects));
        let outlook = match line.state {
            State::Waiting => Some(outlook::of(state, &row, &self.reader).await?),
            _ => None,
        };
        let answer = change.as_ref().and_then(|change| change.answer.as_deref()).filter(|_| may);
        let answer = answer.map(serde_json::from_str).transpose()?;
        Ok(ApprovalForm {
            line,
            companies: companies(&row, asker.as_ref())?,
            user: asker.map(|user| user.name),
            key: row.key_name.clone(),
            oauth_client,
            method: about,
            payload,
            differences: shown(&readable, read.differences, offset),
            barred: barred(&row, &self.reader),
            seen: mark(&row),
            outlook,
            answer: answer.as_ref().map(answered).unwrap_or_default(),
            why: row.why,
            lasting: row.lasting,
            word: row.word,
            log_id: change.map(|change| change.log_id),
        })
    }
}

#[async_trait]
impl Approvals for Desk {
    async fn list(&self, wish: Wish) -> Result<ApprovalList, Refusal> {
        Ok(self.page(wish).await?)
    }

    async fn form(&self, id: String, offset: u64) -> Result<ApprovalForm, Refusal> {
        Ok(self.one(&id, offset).await?)
    }
}

/// How many changes wait for whoever may decide them; nobody else is told.
pub async fn waiting(conn: &mut Conn, reader: &User, now: i64) -> Result<i64, sqlx::Error> {
    if !reader.has_group(group::MCP_ADMINISTRATOR) {
        return Ok(0);
    }
    approvals::count(conn.on(), Which::Waiting, now, None).await
}

fn standing(row: &Listed, now: i64) -> State {
    match row.state.as_str() {
        "approved" => State::Approved,
        "refused" => State::Refused,
        _ if row.expires_at <= now => State::Expired,
        _ => State::Waiting,
    }
}

/// What it is about, as far as the reader may know: `is_open` says of an id, and of what is not there yet, whether they may.
fn subjects(about: &[About], is_open: impl Fn(Option<i64>) -> bool) -> Vec<Subject> {
    let subject = |one: &About| {
        if !is_open(one.id) {
            return Subject { id: one.id, ..Subject::default() };
        }
        Subject {
            id: one.id,
            name: one.name.clone(),
            of: one.of.clone(),
            total: one.total.zip(one.currency.clone()).map(|(cents, currency)| Money { cents, currency }),
        }
    };
    about.iter().map(subject).collect()
}

fn line(row: &Listed, label: &str, subjects: Vec<Subject>, now: i64) -> ApprovalLine {
    ApprovalLine {
        id: row.id.clone(),
        title: title(row, label, &subjects),
        label: label.to_owned(),
        model: row.model.clone(),
        records: row.records,
        subjects,
        user_id: row.user_id,
        login: row.login.clone(),
        client: row.client.clone(),
        asked_at: row.asked_at,
        expires_at: row.expires_at,
        state: standing(row, now),
        decided: row.decided_at.zip(row.decided_login.clone()),
    }
}

/// What the method does.
fn method(read: &Read) -> Option<String> {
    let name = read.what.method()?;
    let known = read.model.as_ref()?.methods.iter().find(|method| *method.name == *name)?;
    Some(known.label.to_string())
}

/// What a method answered, value by value.
fn answered(answer: &Value) -> Vec<PayloadValue> {
    let one = |name: &str, value: &Value| PayloadValue {
        label: name.to_owned(),
        name: name.to_owned(),
        value: text(value),
    };
    match answer {
        Value::Object(all) => all.iter().map(|(name, value)| one(name, value)).collect(),
        other => vec![one("result", other)],
    }
}

/// Names of the companies that it works in, where whoever asked still has them.
fn companies(row: &ApprovalRow, asker: Option<&User>) -> Result<String, Problem> {
    let ids: Vec<i64> = serde_json::from_str(&row.company_ids)?;
    let name = |id: &i64| {
        let own = asker.and_then(|user| user.companies.iter().find(|company| company.id == *id));
        own.map_or_else(|| id.to_string(), |company| company.name.clone())
    };
    Ok(ids.iter().map(name).collect::<Vec<_>>().join(", "))
}

/// Why the reader can't approve it.
fn barred(row: &ApprovalRow, reader: &User) -> Option<String> {
    let by = Actor { user_id: Some(reader.id), login: reader.login.clone() };
    Approved { row, by: &by, word: None, seen: None }.check().err().map(|error| error.to_string())
}
