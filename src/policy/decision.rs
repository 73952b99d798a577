//! A decision and the steps that led to it: what `explain_access`, the log and the console show.

use std::borrow::Cow;

use serde::Serialize;

use super::decide::Permit;

/// A gate, in the order in which they are passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Settings > MCP Server is enabled.
    Enabled,
    /// The key or connection is active and unexpired.
    Credential,
    /// Calls per minute.
    RateLimit,
    /// The user is active.
    User,
    /// The user is in MCP User or MCP Administrator.
    Group,
    /// The key's scope covers the operation.
    Scope,
    /// The model's policy allows the operation.
    Policy,
    /// Axanta's access rights of the user's groups.
    AccessRights,
    /// Axanta's record rules.
    RecordRules,
    /// Limits on the number of records.
    RecordLimits,
}

impl Gate {
    /// All gates, in order.
    pub const ALL: [Self; 10] = [
        Self::Enabled,
        Self::Credential,
        Self::RateLimit,
        Self::User,
        Self::Group,
        Self::Scope,
        Self::Policy,
        Self::AccessRights,
        Self::RecordRules,
        Self::RecordLimits,
    ];

    /// The name used in the log and by scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Credential => "credential",
            Self::RateLimit => "rate_limit",
            Self::User => "user",
            Self::Group => "group",
            Self::Scope => "scope",
            Self::Policy => "policy",
            Self::AccessRights => "access_rights",
            Self::RecordRules => "record_rules",
            Self::RecordLimits => "record_limits",
        }
    }

    /// The guide's word for it; a denial begins with it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enabled => "MCP Server",
            Self::Credential => "MCP key",
            Self::RateLimit => "Rate limit",
            Self::User => "User",
            Self::Group => "MCP security group",
            Self::Scope => "MCP key scope",
            Self::Policy => "Model policy",
            Self::AccessRights => "Axanta access rights",
            Self::RecordRules => "Record rules",
            Self::RecordLimits => "Record limits",
        }
    }
}

/// How one gate answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Open.
    Passed,
    /// Shut: this gate decided.
    Failed,
    /// The ERP judges it when the call runs.
    LeftToErp,
}

/// One gate with its verdict and reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which gate.
    pub gate: Gate,
    /// How it answered.
    pub verdict: Verdict,
    /// Why, in a sentence; where it failed, also who can change it.
    pub reason: Cow<'static, str>,
}

impl Step {
    /// An open gate.
    pub const fn passed(gate: Gate, reason: &'static str) -> Self {
        Self { gate, verdict: Verdict::Passed, reason: Cow::Borrowed(reason) }
    }

    /// A shut gate.
    pub fn failed(gate: Gate, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { gate, verdict: Verdict::Failed, reason: reason.into() }
    }

    /// The denial as it is told: the gate, what was asked, who can change it.
    pub fn message(&self) -> String {
        format!("{}: {}", self.gate.label(), self.reason)
    }
}

/// What came out.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every gate that policy judges is open.
    Allow(Permit),
    /// The last step's gate is shut.
    Deny,
}

/// Outcome and the steps that led to it, as far as they were taken.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What came out.
    pub outcome: Outcome,
    /// The gates that were judged, in order.
    pub steps: Vec<Step>,
}

impl Decision {
    /// The permit, or the step that denies.
    pub fn permit(&self) -> Result<&Permit, &Step> {
        match &self.outcome {
            Outcome::Allow(permit) => Ok(permit),
            // A denial always ends in its step; without one nothing is allowed all the same.
            Outcome::Deny => Err(self.steps.last().unwrap_or(&UNEXPLAINED)),
        }
    }

    /// The same decision after the ERP judged one of its own gates.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.steps.retain(|s| s.gate != step.gate);
        if step.verdict == Verdict::Failed {
            self.outcome = Outcome::Deny;
            self.steps.retain(|s| s.gate < step.gate);
        }
        self.steps.push(step);
        self.steps.sort_by_key(|s| s.gate);
        self
    }
}

static UNEXPLAINED: Step =
    Step { gate: Gate::Policy, verdict: Verdict::Failed, reason: Cow::Borrowed("nothing allows this.") };
