//! Where a document's data is read: through the ERP alone, under the caller's permits, rights and record rules.
//!
//! The records themselves are read under the permit of the report. Their lines need Read on the line's model, by
//! policy and by right, as every hop does. What merely completes a document (addresses, the letterhead) is left out
//! where it may not be read, and the caller is told; names of linked records stand in the record itself.

use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};

use super::error::ReportError;
use super::locale::Locale;
use super::record::Record;
use crate::erp::{Caller, Erp, ErpError, ReadQuery, SearchQuery};
use crate::model::{Complaint, Domain, Leaf, Literal, Model, Operator, OrderTerm};
use crate::policy::{Gate, Permit, Step};

/// Most lines of all documents that are printed together.
pub const MOST_LINES: u32 = 2_000;

/// Field that holds the currency of a record's amounts.
pub const CURRENCY: &str = "currency_id";

/// Leave to read another model on the way, or the gate that denies it.
pub type Reading<'a> = dyn Fn(&str) -> Result<Permit, Step> + Send + Sync + 'a;

/// For whom a document is printed, and what it is read from.
pub struct Desk<'a> {
    /// The ERP.
    pub erp: &'a dyn Erp,
    /// For whom.
    pub who: &'a Caller,
    /// The permit for the report: of the model whose records are printed.
    pub permit: &'a Permit,
    /// Permits to read what they lead to.
    pub reading: &'a Reading<'a>,
    /// The time.
    pub now: DateTime<Utc>,
    /// What was left out, and why.
    left_out: Mutex<Vec<String>>,
}

impl<'a> Desk<'a> {
    /// A desk at which nothing was left out yet.
    pub const fn new(
        erp: &'a dyn Erp,
        who: &'a Caller,
        permit: &'a Permit,
        reading: &'a Reading<'a>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { erp, who, permit, reading, now, left_out: Mutex::new(Vec::new()) }
    }

    /// How numbers and dates are written for the caller.
    pub fn locale(&self) -> Locale {
        Locale::of(&self.who.lang, self.who.tz)
    }

    /// What was left out, and why.
    pub fn left_out(&self) -> Vec<String> {
        self.left_out.lock().map(|notes| notes.clone()).unwrap_or_default()
    }

    /// The records that are printed, in the order of their ids.
    pub async fn records(
        &self,
        model: &Model,
        ids: &[i64],
        wanted: &[&str],
    ) -> Result<Vec<Record>, ReportError> {
        let fields = shown(self.permit, model, wanted);
        let hidden = |name: &str| {
            wanted.contains(&name) && model.field(name).is_some() && fields.iter().all(|field| field != name)
        };
        if hidden(CURRENCY) {
            self.note(
                "Amounts are printed without their currency, which may not be seen through MCP, and are not added up over \
                 several records. An MCP Administrator can change what is shown in Technical > MCP > Model Policies."
                    .to_owned(),
            );
        }
        let found = self.erp.read(self.permit, self.who, &ReadQuery { ids: ids.to_vec(), fields }).await?;
        Ok(Record::list(&found.json)?)
    }

    /// The lines of those records, by the record that `link` leads to, in the lines' own order.
    pub async fn lines(
        &self,
        name: &str,
        link: &str,
        ids: &[i64],
        wanted: &[&str],
    ) -> Result<BTreeMap<i64, Vec<Record>>, ReportError> {
        let permit = (self.reading)(name).map_err(|step| ErpError::Denied(of_lines(name, &step)))?;
        let model = self.erp.model(name).await?;
        let mut fields = shown(&permit, &model, wanted);
        let by = shown(&permit, &model, &[link]);
        if by.is_empty() {
            let step = Step::failed(
                Gate::Policy,
                format!(
                    "the lines of the document, records of {name}, can't be found: its policy does not show what they \
                     belong to. An MCP Administrator can change it in Technical > MCP > Model Policies."
                ),
            );
            return Err(ErpError::Denied(step).into());
        }
        fields.extend(by);
        let order = shown(&permit, &model, &["sequence", "id"]).join(", ");
        let mut domain = among(link, ids);
        // Those of the caller's companies, which is what narrows a model of very many records.
        if permit.must_narrow(name) && !shown(&permit, &model, &["company_id"]).is_empty() {
            domain = domain.and(among("company_id", &self.who.company_ids));
        }
        let most = permit.max_records(name).unwrap_or(MOST_LINES).min(MOST_LINES);
        let query =
            SearchQuery { domain, fields, order: OrderTerm::parse_list(&order)?, limit: most, offset: 0 };
        let found = match self.erp.search(&permit, self.who, &query).await {
            Err(ErpError::Denied(step)) => return Err(ErpError::Denied(of_lines(name, &step)).into()),
            other => other?,
        };
        if permit.domain(name).is_some() {
            self.note(format!(
                "The policy of {name} lets some of its records alone be seen through MCP: lines beyond them are not \
                 printed, though totals count them. Compare the lines with the totals before this is sent to anybody. An \
                 MCP Administrator can change it in Technical > MCP > Model Policies."
            ));
        }
        if found.has_more && most < MOST_LINES {
            let step = Step::failed(
                Gate::RecordLimits,
                format!(
                    "these documents have more than {most} lines together, and the policy of {name} lets no more than \
                     {most} records be read at once. Print fewer at a time; an MCP Administrator can change the limit in \
                     Technical > MCP > Model Policies."
                ),
            );
            return Err(ErpError::Denied(step).into());
        }
        if found.has_more {
            return Err(Complaint::new(format!(
                "these documents have more than {MOST_LINES} lines together; print fewer at a time"
            ))
            .into());
        }
        let mut by_record: BTreeMap<i64, Vec<Record>> = BTreeMap::new();
        for line in Record::list(&found.json)? {
            if let Some(link) = line.link(link) {
                by_record.entry(link.id).or_default().push(line);
            }
        }
        Ok(by_record)
    }

    /// Records that complete a document, as far as they may be read; `what` they are, for the note.
    pub async fn aside(
        &self,
        name: &str,
        ids: &[i64],
        wanted: &[&str],
        what: &str,
    ) -> Result<BTreeMap<i64, Record>, ReportError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let permit = match (self.reading)(name) {
            Ok(permit) => permit,
            Err(step) => return Ok(self.without(what, &step)),
        };
        let model = self.erp.model(name).await?;
        let fields = shown(&permit, &model, wanted);
        let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        // Archived ones too: a document keeps its address.
        let mut domain = among("id", ids);
        if !shown(&permit, &model, &["active"]).is_empty() {
            domain = domain.and(Domain::Or(vec![truth("active", true), truth("active", false)]));
        }
        let query = SearchQuery { domain, fields, order: Vec::new(), limit, offset: 0 };
        let found = match self.erp.search(&permit, self.who, &query).await {
            Err(ErpError::Denied(step)) => return Ok(self.without(what, &step)),
            other => other?,
        };
        Ok(Record::list(&found.json)?.into_iter().map(|record| (record.id(), record)).collect())
    }

    fn without<T: Default>(&self, what: &str, step: &Step) -> T {
        self.note(format!("{what} is left out. {}", step.message()));
        T::default()
    }

    /// Tells whoever asked, once.
    fn note(&self, note: String) {
        if let Ok(mut notes) = self.left_out.lock()
            && !notes.contains(&note)
        {
            notes.push(note);
        }
    }
}

/// The fields of those wanted that the model has and the caller is shown.
fn shown(permit: &Permit, model: &Model, wanted: &[&str]) -> Vec<String> {
    let there = |name: &&&str| model.field(name).is_some() && permit.shows(&model.name, name);
    wanted.iter().filter(there).map(|name| (*name).to_owned()).collect()
}

fn of_lines(model: &str, step: &Step) -> Step {
    let reason = format!("the lines of the document are records of {model}: {}", step.reason).into();
    Step { reason, ..step.clone() }
}

fn among(field: &str, ids: &[i64]) -> Domain {
    let ids = ids.iter().map(|id| Literal::Number(id.to_string())).collect();
    leaf(field, Operator::In, Literal::List(ids))
}

fn truth(field: &str, value: bool) -> Domain {
    leaf(field, Operator::Eq, Literal::Bool(value))
}

fn leaf(field: &str, operator: Operator, value: Literal) -> Domain {
    Domain::Leaf(Leaf { path: vec![field.to_owned()], operator, value })
}
