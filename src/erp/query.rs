//! What an ERP is asked and what it answers.

use std::sync::Arc;

use chrono_tz::Tz;
use serde_json::value::RawValue;

use crate::identity::User;
use crate::model::{Aggregate, Domain, GroupBy, OrderTerm};

/// For whom the ERP is asked: the user's own rights decide.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Id in `res.users`.
    pub user_id: i64,
    /// Names of the user's groups, implied ones included.
    pub groups: Arc<[String]>,
    /// Companies this call works in: the user's own, or the part of them that was asked for.
    pub company_ids: Vec<i64>,
    /// Time zone in which days begin and end.
    pub tz: Tz,
    /// Language, for example `en_US`.
    pub lang: String,
}

impl From<&User> for Caller {
    /// The user in all of their companies.
    fn from(user: &User) -> Self {
        Self {
            user_id: user.id,
            groups: Arc::clone(&user.groups),
            company_ids: user.company_ids(),
            tz: user.tz,
            lang: user.lang.clone(),
        }
    }
}

/// A page of records that match. The model is the permit's.
#[derive(Clone, Debug)]
pub struct SearchQuery {
    /// Which records.
    pub domain: Domain,
    /// Which fields, in this order; empty for the model's significant ones. `id` is always answered.
    pub fields: Vec<String>,
    /// In which order; empty for the model's own.
    pub order: Vec<OrderTerm>,
    /// At most so many; already within the limits.
    pub limit: u32,
    /// Leave out so many first.
    pub offset: u32,
}

/// Records by id. The model is the permit's.
#[derive(Clone, Debug)]
pub struct ReadQuery {
    /// Which records.
    pub ids: Vec<i64>,
    /// Which fields, as in [`SearchQuery::fields`].
    pub fields: Vec<String>,
}

/// Records to take out as a table. The model is the permit's.
#[derive(Clone, Debug)]
pub struct ExportQuery {
    /// Which records.
    pub domain: Domain,
    /// Which fields, in this order: the model's own, or paths through many2one fields (`partner_id.country_id`).
    /// `id` always stands before them, and beside an amount of money its currency.
    pub fields: Vec<String>,
    /// At most so many records, in order of their ids; already within the limits.
    pub limit: u32,
}

/// What was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// How many records were handed over.
    pub rows: u32,
    /// Whether more match than the limit let out.
    pub more: bool,
}

/// Groups and sums. The model is the permit's.
#[derive(Clone, Debug)]
pub struct AggregateQuery {
    /// Which records.
    pub domain: Domain,
    /// Grouped by what; empty for one group of all.
    pub group_by: Vec<GroupBy>,
    /// What is computed; `__count` is always answered.
    pub aggregates: Vec<Aggregate>,
    /// Which groups: a domain whose fields are aggregates as asked for (`price_total:sum`) or `__count`.
    pub having: Domain,
    /// In which order: groups, aggregates or `__count`; empty for the groups' own order.
    pub order: Vec<OrderTerm>,
    /// At most so many groups.
    pub limit: u32,
    /// Leave out so many first.
    pub offset: u32,
}

/// Records, as JSON written once.
#[derive(Debug)]
pub struct Records {
    /// JSON array of objects, `id` first, fields in the order asked for; many2one as `{"id","name"}`.
    pub json: Box<RawValue>,
    /// How many records stand in it.
    pub rows: u32,
    /// How many match in all, exactly; `None` where they are too many to be counted beside a page.
    pub total: Option<i64>,
    /// Whether records follow behind these.
    pub has_more: bool,
}

/// Groups, as JSON written once.
#[derive(Debug)]
pub struct Groups {
    /// JSON array of objects, keyed by group and aggregate as asked for. Where money of several currencies was
    /// summed, there is a group for each, with `currency`.
    pub json: Box<RawValue>,
    /// How many groups stand in it.
    pub rows: u32,
    /// How many groups there are in all.
    pub total: i64,
}
