//! Refinements as the form shows and sends them.

use std::collections::BTreeSet;
use std::str::FromStr;

use app::pages::technical::policies::Refined;
use serde_json::Value;

use crate::erp::Erp;
use crate::erp::refine::{Part, faults};
use crate::model::{Domain, Field, Model, Operation};
use crate::policy::{Amount, ApprovalRule, ExtraDomain, FieldRule, Refinements, Rule, narrowing};
use crate::web::Submission;

/// Sent where the form has these fields; the form of a new policy has not.
const SENT: &str = "refinements";
/// Largest threshold of approval.
const MOST_OVER: u32 = 1_000_000;

/// What the form shows.
pub(super) fn shown(model: Option<&Model>, rule: Option<&Rule>) -> Refined {
    let usual = model.map(|model| Rule::new(model.name.clone()));
    let refined = rule.or(usual.as_ref()).and_then(|rule| rule.refinements.clone()).unwrap_or_default();
    let approval = refined.approval.as_ref();
    let fields = || model.iter().flat_map(|model| &model.fields).filter(|field| field.name != "id");
    let mut all: Vec<(String, String)> =
        fields().map(|field| (field.name.to_string(), field.label.to_string())).collect();
    let named = refined.fields.as_ref().map(FieldRule::names).into_iter().flatten();
    // One that is gone can be unticked.
    let gone: Vec<String> =
        named.clone().filter(|name| all.iter().all(|(known, _)| known != *name)).cloned().collect();
    all.extend(gone.into_iter().map(|name| (name, "No longer in Axanta".to_owned())));
    Refined {
        fault: refined.fault.clone(),
        fields_rule: match &refined.fields {
            None => "all",
            Some(FieldRule::Hidden(_)) => "hidden",
            Some(FieldRule::Allowed(_)) => "allowed",
        }
        .to_owned(),
        named: named.cloned().collect(),
        fields: all,
        domain: refined.domain.as_ref().map(|extra| extra.domain().to_json().to_string()).unwrap_or_default(),
        max_records: refined.max_records.map(i64::from),
        most_records: Refinements::MOST_RECORDS.into(),
        narrowing: refined.narrowing,
        narrowing_fields: fields().filter(|field| narrowing::counts(field)).map(label).collect(),
        approval: approval.iter().flat_map(|rule| &rule.operations).map(|o| o.name().to_owned()).collect(),
        over_records: approval.and_then(|rule| rule.over_records).map(i64::from),
        over_amount: approval
            .and_then(|rule| rule.over_amount)
            .map(|most| most.to_string())
            .unwrap_or_default(),
        posted_documents: approval.is_some_and(|rule| rule.posted_documents),
        four_eyes: approval.is_some_and(|rule| rule.four_eyes),
        expires_hours: approval.map_or(ApprovalRule::USUAL_HOURS, |rule| rule.expires_hours).into(),
        most_hours: ApprovalRule::MOST_HOURS.into(),
    }
}

fn label(field: &Field) -> String {
    field.label.to_string()
}

/// What was sent, with what is wrong beside its fields; `kept` where the form had none of it, or no model to judge
/// it by.
pub(super) fn read(
    sent: &mut Submission,
    erp: &dyn Erp,
    model: Option<&Model>,
    kept: Option<Refinements>,
) -> Option<Refinements> {
    let (true, Some(model)) = (sent.ticked(SENT), model) else { return kept };
    let refined = Refinements {
        fields: fields(sent, kept.as_ref()),
        domain: domain(sent),
        max_records: within(sent, "max_records", 1, Refinements::MOST_RECORDS),
        narrowing: sent.ticked("narrowing"),
        approval: approval(sent),
        fault: None,
    };
    for (part, complaint) in faults(erp, model, &refined) {
        let beside = match part {
            Part::Fields => "field",
            Part::Domain => "domain",
            Part::MaxRecords => "max_records",
            Part::Narrowing => "narrowing",
            Part::Approval => "approval",
        };
        sent.wrong(beside, sentence(&complaint.to_string()));
    }
    refined.some()
}

/// A whole number of that range; beyond it, it is said where the range ends.
fn within(sent: &mut Submission, name: &str, least: u32, most: u32) -> Option<u32> {
    let text = sent.text(name).to_owned();
    if text.is_empty() {
        return None;
    }
    let number = text.parse::<u32>().ok().filter(|number| (least..=most).contains(number));
    if number.is_none() {
        sent.wrong(name, format!("Write a whole number between {least} and {most}, not {text}."));
    }
    number
}

fn fields(sent: &mut Submission, kept: Option<&Refinements>) -> Option<FieldRule> {
    let named: BTreeSet<String> = sent.all("field").map(str::to_owned).collect();
    match sent.text("fields_rule") {
        "hidden" if named.is_empty() => {
            sent.wrong("field", "Tick the fields that are to be hidden, or choose All fields.");
            None
        }
        "hidden" => Some(FieldRule::Hidden(named)),
        "allowed" => Some(FieldRule::Allowed(named)),
        "all" | "" => {
            // Whoever ticks a field means something by it; whoever had a rule and takes it away needn't untick.
            if !named.is_empty() && kept.is_none_or(|kept| kept.fields.is_none()) {
                sent.wrong(
                    "fields_rule",
                    "Fields are ticked: choose whether they are hidden, or shown alone.",
                );
            }
            None
        }
        other => {
            let problem = format!("There is no choice {other}.");
            sent.wrong("fields_rule", problem);
            None
        }
    }
}

fn domain(sent: &mut Submission) -> Option<ExtraDomain> {
    let text = sent.lines("domain");
    if text.trim().is_empty() {
        return None;
    }
    match Domain::parse(&Value::String(text)) {
        Ok(domain) => ExtraDomain::new(domain),
        Err(complaint) => {
            sent.wrong("domain", sentence(&complaint.to_string()));
            None
        }
    }
}

fn approval(sent: &mut Submission) -> Option<ApprovalRule> {
    let operations: Result<BTreeSet<Operation>, _> = sent.all("approval").map(Operation::from_str).collect();
    let operations = operations.unwrap_or_else(|unknown| {
        sent.wrong("approval", unknown.to_string());
        BTreeSet::new()
    });
    let over_amount = match sent.text("over_amount") {
        "" => None,
        text => match text.parse::<Amount>() {
            Ok(amount) => Some(amount),
            Err(bad) => {
                sent.wrong("over_amount", bad.to_string());
                None
            }
        },
    };
    let rule = ApprovalRule {
        operations,
        over_records: within(sent, "over_records", 0, MOST_OVER),
        over_amount,
        posted_documents: sent.ticked("posted_documents"),
        four_eyes: sent.ticked("four_eyes"),
        expires_hours: within(sent, "expires_hours", 1, ApprovalRule::MOST_HOURS)
            .unwrap_or(ApprovalRule::USUAL_HOURS),
    };
    let nothing = rule.operations.is_empty() && !rule.posted_documents;
    // Hours alone demand nothing, and so does a form that was left as it is.
    (!nothing || rule.over_records.is_some() || rule.over_amount.is_some() || rule.four_eyes).then_some(rule)
}

/// A complaint as it begins beside a field: with a capital letter, unless it begins with a name.
fn sentence(complaint: &str) -> String {
    let first = complaint.split(' ').next().unwrap_or_default();
    let named = !first.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
    let mut letters = complaint.chars();
    match letters.next() {
        Some(letter) if !named => letter.to_uppercase().chain(letters).collect(),
        _ => complaint.to_owned(),
    }
}
