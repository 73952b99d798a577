//! Who may do what through MCP: one pure decision, one order of gates, default deny.

mod decide;
mod decision;
mod request;
mod rule;

pub use decide::{Permit, decide};
pub use decision::{Decision, Gate, Outcome, Step, Verdict};
pub use request::{CredentialState, Quota, Request, Scope, Wish};
pub use rule::{OperationSet, Rule, Ruleset};
