//! Refinements in sentences, for those who ask: they say what applies, and never which fields are hidden or which
//! records are kept back.

use super::approval::ApprovalRule;
use super::narrowing;
use super::refinement::Refinements;
use super::rule::Ruleset;
use crate::model::{Model, Operation};

impl Ruleset {
    /// What the policy of a model says beyond operations, a sentence each; empty where it says nothing.
    pub fn sentences(&self, model: &Model) -> Vec<String> {
        let refined = self.rule(&model.name).and_then(|rule| rule.refinements.as_ref());
        refined.map(|refined| self.said(refined, model)).unwrap_or_default()
    }

    fn said(&self, refined: &Refinements, model: &Model) -> Vec<String> {
        let mut said = Vec::new();
        if refined.fields.is_some() {
            said.push("Only some of its fields are open to MCP: those that describe_model lists.".to_owned());
        }
        if refined.domain.is_some() {
            said.push("Only some of its records are open to MCP, whoever asks.".to_owned());
        }
        if let Some(most) = refined.max_records {
            said.push(format!("At most {most} records are answered at once."));
        }
        if refined.narrowing {
            let fields = self.narrowing_fields(model);
            said.push(format!(
                "Every search, count, aggregate and export must filter on {}; a date from a first day on.",
                if fields.is_empty() { "ids".to_owned() } else { fields.join(", ") }
            ));
        }
        said.extend(refined.approval.as_ref().map(ApprovalRule::summary));
        said
    }

    /// The fields whose filters narrow a question, of those that exist for MCP.
    pub fn narrowing_fields<'m>(&self, model: &'m Model) -> Vec<&'m str> {
        self.fields(model).filter(|field| narrowing::counts(field)).map(|field| field.name.as_ref()).collect()
    }
}

impl ApprovalRule {
    /// What it demands, in a sentence.
    pub fn summary(&self) -> String {
        let operations: Vec<&str> = self.operations.iter().map(|o| Operation::label(*o)).collect();
        let mut when = Vec::new();
        if let Some(most) = self.over_records {
            when.push(format!("touching more than {most} records"));
        }
        if let Some(most) = self.over_amount {
            when.push(format!("over {most} in the company's currency"));
        }
        let mut what = Vec::new();
        if !operations.is_empty() {
            what.push(format!("{} {}", operations.join(", "), when.join(" or ")).trim_end().to_owned());
        }
        if self.posted_documents {
            what.push("whatever posts a document".to_owned());
        }
        let who = if self.four_eyes { "another person" } else { "a person" };
        format!("{}: waits until {who} approves it, at most {} hours.", what.join("; "), self.expires_hours)
    }
}
