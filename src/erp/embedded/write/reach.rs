//! Which records a caller reaches to change them: those that are there and that record rules let through.

use std::sync::{Arc, LazyLock};

use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use super::super::ask::{Ask, Site};
use super::super::cells::each_on;
use super::super::compile::{kept, rules};
use super::super::registry::table;
use super::super::sql::{Statement, alias, column};
use super::work::Work;
use crate::erp::{ErpError, Row, listed};
use crate::model::{Complaint, Model, Operation};
use crate::policy::{
    CredentialState, Decision, Gate, Permit, Quota, Request, Ruleset, Scope, Step, Wish, decide,
};
use crate::store::On;

/// Ids of one statement.
const AT_ONCE: usize = 200;
/// Records of one name that are told of.
const TOLD: u64 = 10;

/// The ids, each once, if every one of them is there and may be reached. What is said of the others does not tell which
/// of them are there.
pub(super) async fn all(work: &mut Work<'_>, model: &Arc<Model>, ids: &[i64]) -> Result<Vec<i64>, ErpError> {
    let mut once: Vec<i64> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(id) {
            once.push(*id);
        }
    }
    let lacking = beyond(work, model, &once).await?;
    if lacking.is_empty() {
        return Ok(once);
    }
    let there = work.load(model, &lacking).await?;
    let hidden: Vec<i64> = lacking.iter().copied().filter(|id| there.contains_key(id)).collect();
    let kept = if hidden.is_empty() {
        None
    } else {
        let by_policy = is_of_policy(work, model, &hidden).await?;
        Some(Box::new(kept(&model.name, &hidden, by_policy)))
    };
    Err(ErpError::MissingRecords { model: model.name.to_string(), ids: lacking, kept })
}

/// Demands that lines which nobody named may be reached, all of them: those of a document that is reached.
pub(super) async fn every(work: &mut Work<'_>, line: &Arc<Model>, ids: &[i64]) -> Result<(), ErpError> {
    match all(work, line, ids).await {
        Err(ErpError::MissingRecords { .. }) => Err(ErpError::BadChange(Complaint::new(format!(
            "record rules or the policy of {} keep some of its lines from you, so this can't be done by you: a \
             Settings / Administrator can change what your groups and companies let you see, an MCP Administrator what \
             the policy lets through",
            line.name
        )))),
        other => other.map(drop),
    }
}

/// A record that something is to be made for, if it is there and may be reached.
pub(super) async fn one(work: &mut Work<'_>, model: &str, id: i64) -> Result<Option<Row>, ErpError> {
    let model = work.model(model)?;
    let found = work.load(&model, &[id]).await?.remove(&id);
    let is_hidden = found.is_some() && !beyond(work, &model, &[id]).await?.is_empty();
    Ok(found.filter(|_| !is_hidden))
}

/// Checks records after they were written: what a rule would not let the caller reach may not be made either.
pub(super) async fn still(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    ids: &[i64],
    operation: Operation,
) -> Result<(), ErpError> {
    let hidden = beyond(work, model, ids).await?;
    if hidden.is_empty() {
        return Ok(());
    }
    if is_of_policy(work, model, &hidden).await? {
        return Err(ErpError::Denied(Step::failed(
            Gate::Policy,
            format!(
                "with these values {} id {} would lie outside of the records that its policy lets be reached through \
                 MCP. An MCP Administrator can change it in Technical > MCP > Model Policies.",
                model.name,
                listed(&hidden)
            ),
        )));
    }
    let groups = (work.erp().catalog().sentences)(work.who, &model.name, operation).join(" ");
    Err(ErpError::Denied(Step::failed(
        Gate::RecordRules,
        format!(
            "with these values {} id {} would lie outside of what the user reaches. {groups} \
             Set company, salesperson and the like within it.",
            model.name,
            listed(&hidden)
        ),
    )))
}

/// Those of the ids that are not there, or that a record rule or the domain of a policy keeps from the caller.
pub(super) async fn beyond(
    work: &mut Work<'_>,
    model: &Arc<Model>,
    ids: &[i64],
) -> Result<Vec<i64>, ErpError> {
    let permit = work.permit.unwrap_or(&NOTHING);
    beyond_under(work, permit, model, ids).await
}

async fn beyond_under(
    work: &mut Work<'_>,
    permit: &Permit,
    model: &Arc<Model>,
    ids: &[i64],
) -> Result<Vec<i64>, ErpError> {
    let ask = work.erp().ask(permit, work.who);
    let reached = readable(&ask, work.on(), &model.name, ids).await?;
    Ok(ids.iter().copied().filter(|id| !reached.contains(id)).collect())
}

/// Whether it is the domain of a policy that keeps records back, and no record rule.
async fn is_of_policy(work: &mut Work<'_>, model: &Arc<Model>, hidden: &[i64]) -> Result<bool, ErpError> {
    let narrowed = work.permit.is_some_and(|permit| permit.domain(&model.name).is_some());
    Ok(narrowed && beyond_under(work, &NOTHING, model, hidden).await?.is_empty())
}

/// Those of the ids that the caller may read.
pub(super) async fn readable(
    ask: &Ask<'_>,
    mut on: On<'_>,
    model: &str,
    ids: &[i64],
) -> Result<Vec<i64>, ErpError> {
    let model = ask.catalog.model(model)?;
    let mut reached = Vec::with_capacity(ids.len());
    for part in ids.chunks(AT_ONCE) {
        each_on(on.on(), statement(ask, model, part)?, |row| {
            reached.extend(row.whole(0)?);
            Ok(())
        })
        .await?;
    }
    Ok(reached)
}

/// The ids that the caller may read, of these.
pub(super) fn statement(ask: &Ask<'_>, model: &Arc<Model>, ids: &[i64]) -> Result<Statement, ErpError> {
    let model = ask.catalog.model(&model.name)?;
    let site = ask.place(model);
    let select = readable_ids(ask, site, Expr::col((alias(site.table), "id")).is_in(ids.iter().copied()))?;
    Ok(Statement::of(select))
}

/// Records of that very name that are not archived, of those that the caller may read, by id; no more than are worth
/// telling of.
pub(super) async fn called(
    ask: &Ask<'_>,
    mut on: On<'_>,
    model: &Arc<Model>,
    name: &str,
) -> Result<Vec<i64>, ErpError> {
    let model = ask.catalog.model(&model.name)?;
    let site = ask.place(model);
    let mut select = readable_ids(ask, site, column(site.table, &model.rec_name).eq(name))?;
    if model.field("active").is_some() {
        select.and_where(column(site.table, "active").eq(true));
    }
    select.order_by((alias(site.table), "id"), Order::Asc).limit(TOLD);
    let mut found = Vec::new();
    each_on(on.on(), Statement::of(select), |row| {
        found.extend(row.whole(0)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The ids of the records that meet a condition and that the caller may read.
fn readable_ids(ask: &Ask<'_>, site: Site<'_>, condition: Expr) -> Result<SelectStatement, ErpError> {
    let mut select = Query::select();
    select
        .expr(column(site.table, "id"))
        .from_as(table(&site.model.name), alias(site.table))
        .and_where(condition);
    if let Some(rules) = rules(ask, site)? {
        select.and_where(rules);
    }
    Ok(select)
}

/// A permit that permits nothing: where a person acts, record rules are asked, and policy is not.
pub(in super::super) static NOTHING: LazyLock<Permit> = LazyLock::new(|| {
    let request = Request {
        enabled: true,
        credential: CredentialState::Active,
        quota: Quota::Within,
        login: "",
        user_active: true,
        in_mcp_group: true,
        scope: Scope::Read,
        wish: Wish { model: None, operation: Operation::Read, method: None },
    };
    let Decision { outcome, .. } = decide(&request, &Arc::new(Ruleset::default()));
    match outcome {
        crate::policy::Outcome::Allow(permit) => permit,
        crate::policy::Outcome::Deny => unreachable!("every gate of the request is open"),
    }
});
