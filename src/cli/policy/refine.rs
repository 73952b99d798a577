//! Refinements as `policy set` takes them.

use clap::Args;
use serde_json::Value;

use crate::erp::Erp;
use crate::erp::refine::faults;
use crate::model::{Complaint, Domain, Model, Operation};
use crate::policy::{Amount, ApprovalRule, ExtraDomain, FieldRule, Refinements};

/// What a policy says beyond operations. What is not given stays as it is; `--no-…` takes it away.
#[derive(Args)]
#[command(next_help_heading = "Refinements (what is not given stays as it was)")]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
pub(super) struct Refine {
    /// Hide a field: for MCP it does not exist; may be repeated, or separated by commas
    #[arg(long, value_name = "FIELD", value_delimiter = ',', conflicts_with_all = ["fields", "all_fields"])]
    hide: Vec<String>,
    /// Show these fields alone, and `id`; may be repeated, or separated by commas
    #[arg(long, value_name = "FIELD", value_delimiter = ',', conflicts_with = "all_fields")]
    fields: Vec<String>,
    /// Show every field
    #[arg(long)]
    all_fields: bool,
    /// A domain that every record must meet, to be read and to be written
    #[arg(long, value_name = "JSON", conflicts_with = "no_domain")]
    domain: Option<String>,
    /// No extra domain
    #[arg(long)]
    no_domain: bool,
    /// Most records of one answer; the lower of this and the setting `max_records` holds
    #[arg(long, value_name = "N", conflicts_with = "no_max_records")]
    max_records: Option<u32>,
    /// No record limit of its own
    #[arg(long)]
    no_max_records: bool,
    /// Questions must filter on a date, product, warehouse, company or document; so it is for stock.movement unless told
    #[arg(long, conflicts_with = "no_require_narrowing")]
    require_narrowing: bool,
    /// Questions may be as wide as they like
    #[arg(long)]
    no_require_narrowing: bool,
    /// Operations that wait for approval: `create`, `write`, `delete`, `method_call`, separated by commas
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',', conflicts_with = "no_approval")]
    approval: Vec<Operation>,
    /// They wait only where they touch more records than that
    #[arg(long, value_name = "N", conflicts_with = "no_approval")]
    approval_over_records: Option<u32>,
    /// They wait only where a document comes to more than that, in the company's currency
    #[arg(long, value_name = "AMOUNT", conflicts_with = "no_approval")]
    approval_over_amount: Option<Amount>,
    /// Whatever posts a document waits
    #[arg(long, conflicts_with = "no_approval")]
    approval_posted: bool,
    /// Somebody other than the user who asked must approve
    #[arg(long, conflicts_with = "no_approval")]
    approval_four_eyes: bool,
    /// Hours after which it can't be approved any more; 24 unless told
    #[arg(long, value_name = "HOURS", conflicts_with = "no_approval")]
    approval_expires_hours: Option<u32>,
    /// Nothing waits for approval
    #[arg(long)]
    no_approval: bool,
}

impl Refine {
    /// The refinements afterwards, checked against the model.
    pub(super) fn apply(
        &self,
        erp: &dyn Erp,
        model: &Model,
        before: Option<&Refinements>,
    ) -> Result<Option<Refinements>, Complaint> {
        // What can't be read is set anew, not kept.
        let mut after = before.filter(|was| was.fault.is_none()).cloned().unwrap_or_default();
        let names = |names: &[String]| names.iter().map(|name| name.trim().to_owned()).collect();
        if self.all_fields {
            after.fields = None;
        } else if !self.hide.is_empty() {
            after.fields = Some(FieldRule::Hidden(names(&self.hide)));
        } else if !self.fields.is_empty() {
            after.fields = Some(FieldRule::Allowed(names(&self.fields)));
        }
        if let Some(text) = &self.domain {
            after.domain = ExtraDomain::new(Domain::parse(&Value::String(text.clone()))?);
        } else if self.no_domain {
            after.domain = None;
        }
        if self.no_max_records || self.max_records.is_some() {
            after.max_records = self.max_records;
        }
        after.narrowing = (after.narrowing || self.require_narrowing) && !self.no_require_narrowing;
        if self.no_approval {
            after.approval = None;
        } else if self.names_approval() {
            after.approval = Some(self.approval());
        }
        match faults(erp, model, &after).into_iter().next() {
            Some((_, complaint)) => Err(complaint),
            None => Ok(after.some()),
        }
    }

    const fn names_approval(&self) -> bool {
        !self.approval.is_empty()
            || self.approval_over_records.is_some()
            || self.approval_over_amount.is_some()
            || self.approval_posted
            || self.approval_four_eyes
            || self.approval_expires_hours.is_some()
    }

    fn approval(&self) -> ApprovalRule {
        ApprovalRule {
            operations: self.approval.iter().copied().collect(),
            over_records: self.approval_over_records,
            over_amount: self.approval_over_amount,
            posted_documents: self.approval_posted,
            four_eyes: self.approval_four_eyes,
            expires_hours: self.approval_expires_hours.unwrap_or(ApprovalRule::USUAL_HOURS),
        }
    }
}
