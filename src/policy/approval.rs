//! When a change waits until a person approves it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::refinement::BadRefinement;
use crate::model::Operation;

/// When a change to a model waits for approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Create, Write, Delete, Method Call: which of them wait. Where a threshold is set they wait only above it.
    #[serde(default)]
    pub operations: BTreeSet<Operation>,
    /// They wait where they touch more records than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_records: Option<u32>,
    /// They wait where a document comes to more than that, in the company's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_amount: Option<Amount>,
    /// Whatever posts a document waits, whichever operation it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub posted_documents: bool,
    /// Somebody other than the user who asked must approve.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub four_eyes: bool,
    /// Hours after which nobody can approve it any more.
    #[serde(default = "usual_hours")]
    pub expires_hours: u32,
}

/// An amount of money, exact to the cent: decimal text where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount {
    /// In cents.
    pub cents: i64,
}

/// What is known of a change when it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Weight {
    /// Records that it touches.
    pub records: u32,
    /// What its largest document comes to, in cents of the company's currency; `None` where it is no document.
    pub amount: Option<i64>,
    /// Whether a document becomes posted.
    pub posts: bool,
}

const fn usual_hours() -> u32 {
    ApprovalRule::USUAL_HOURS
}

impl ApprovalRule {
    /// Hours after which a question lapses unless the policy says otherwise.
    pub const USUAL_HOURS: u32 = 24;
    /// Longest that a question may stay open: thirty days.
    pub const MOST_HOURS: u32 = 720;
    /// Operations that can wait for approval.
    pub const OPERATIONS: [Operation; 4] =
        [Operation::Create, Operation::Write, Operation::Delete, Operation::MethodCall];

    /// Whether a change waits.
    pub fn demands(&self, operation: Operation, weight: &Weight) -> bool {
        if self.posted_documents && weight.posts {
            return true;
        }
        if !self.operations.contains(&operation) {
            return false;
        }
        let many = self.over_records.is_some_and(|most| weight.records > most);
        let dear = self
            .over_amount
            .is_some_and(|most| weight.amount.is_some_and(|cents| cents.saturating_abs() > most.cents));
        many || dear || (self.over_records.is_none() && self.over_amount.is_none())
    }

    /// Whether something passes that waited under `before`, or passes fewer eyes.
    pub fn loosens(&self, before: &Self) -> bool {
        let operations = !before.operations.is_subset(&self.operations);
        // Either threshold alone makes a change wait; without any all of them do.
        let always = self.over_records.is_none() && self.over_amount.is_none();
        let waited = before.over_records.is_none() && before.over_amount.is_none();
        let records = before.over_records.is_some_and(|was| self.over_records.is_none_or(|is| is > was));
        let amount = before.over_amount.is_some_and(|was| self.over_amount.is_none_or(|is| is > was));
        let thresholds = !before.operations.is_empty() && !always && (waited || records || amount);
        let posted = before.posted_documents && !self.posted_documents;
        let eyes = before.four_eyes && !self.four_eyes;
        operations || thresholds || posted || eyes
    }

    /// Why a change that it demands approval of waits, in a sentence.
    pub fn sentence(&self, model: &str, operation: Operation, weight: &Weight) -> String {
        if self.posted_documents && weight.posts {
            return format!("The policy of {model} demands approval where a document is posted.");
        }
        match (self.over_records, self.over_amount) {
            (Some(most), _) if weight.records > most => format!(
                "The policy of {model} demands approval of {operation} on more than {most} {}; these are {}.",
                if most == 1 { "record" } else { "records" },
                weight.records
            ),
            (_, Some(most)) => {
                let comes_to = weight.amount.map_or_else(String::new, |cents| {
                    format!(
                        "; this comes to {} in the company's currency",
                        Amount { cents: cents.saturating_abs() }
                    )
                });
                format!(
                    "The policy of {model} demands approval of {operation} above an amount of {most}{comes_to}."
                )
            }
            _ => format!("The policy of {model} demands approval of {operation}."),
        }
    }

    /// Whether it can be meant.
    pub fn check(&self) -> Result<(), BadRefinement> {
        if self.operations.is_empty() && !self.posted_documents {
            return Err(BadRefinement(
                "approval demands none of what can wait: Create, Write, Delete, Method Call, or what posts a document"
                    .to_owned(),
            ));
        }
        if let Some(other) = self.operations.iter().find(|o| !Self::OPERATIONS.contains(o)) {
            return Err(BadRefinement(format!("{other} changes nothing and needs no approval")));
        }
        let threshold = self.over_records.is_some() || self.over_amount.is_some();
        if threshold && self.operations.is_empty() {
            return Err(BadRefinement(
                "a threshold of approval needs an operation that it is for".to_owned(),
            ));
        }
        if !(1..=Self::MOST_HOURS).contains(&self.expires_hours) {
            return Err(BadRefinement(format!(
                "approval expires after 1 to {} hours, not {}",
                Self::MOST_HOURS,
                self.expires_hours
            )));
        }
        Ok(())
    }
}

impl TryFrom<String> for Amount {
    type Error = BadRefinement;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Amount {
    type Err = BadRefinement;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadRefinement(format!("`{text}` is no amount; write it as 1000 or 1000.50"));
        let (whole, cents) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(cents) || cents.len() > 2 || whole.len() > 15 {
            return Err(bad());
        }
        let (whole, fine): (i64, i64) =
            (whole.parse().map_err(|_| bad())?, cents.parse().map_err(|_| bad())?);
        let fine = if cents.len() == 1 { fine * 10 } else { fine };
        Ok(Self { cents: whole * 100 + fine })
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(operations: &[Operation]) -> ApprovalRule {
        ApprovalRule {
            operations: operations.iter().copied().collect(),
            over_records: None,
            over_amount: None,
            posted_documents: false,
            four_eyes: false,
            expires_hours: ApprovalRule::USUAL_HOURS,
        }
    }

    #[test]
    fn thresholds_let_small_changes_pass() {
        let weight = |records, amount| Weight { records, amount, posts: false };
        let always = rule(&[Operation::Write]);
        assert!(always.demands(Operation::Write, &weight(1, None)));
        assert!(!always.demands(Operation::Create, &weight(1, None)));
        let many = ApprovalRule { over_records: Some(5), ..always.clone() };
        assert!(
            !many.demands(Operation::Write, &weight(5, None))
                && many.demands(Operation::Write, &weight(6, None))
        );
        let dear = ApprovalRule { over_amount: Some("10".parse().unwrap()), ..many };
        assert!(!dear.demands(Operation::Write, &weight(1, Some(1_000))));
        assert!(dear.demands(Operation::Write, &weight(1, Some(1_001))), "over the amount");
        assert!(dear.demands(Operation::Write, &weight(1, Some(-1_001))), "a refund");
        let posting = ApprovalRule { posted_documents: true, ..rule(&[]) };
        assert!(posting.demands(Operation::MethodCall, &Weight { records: 1, amount: None, posts: true }));
        assert!(!posting.demands(Operation::MethodCall, &weight(9, Some(9))));
    }

    #[test]
    fn amounts_are_exact() {
        for (text, cents) in [("0", 0), ("1000", 100_000), ("1000.5", 100_050), ("0.05", 5)] {
            assert_eq!(text.parse::<Amount>().unwrap().cents, cents, "{text}");
        }
        assert_eq!("1000.5".parse::<Amount>().unwrap().to_string(), "1000.50");
        for text in ["", "-1", "1,5", "1.005", "1.", ".5", "1e3", "99999999999999999999"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }
}
