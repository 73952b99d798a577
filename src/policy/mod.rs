//! Who may do what through MCP: one pure decision, one order of gates, default deny.

mod approval;
mod decide;
mod decision;
mod idle;
pub mod narrowing;
mod refinement;
mod request;
mod rule;
mod sentences;
mod sight;

pub use approval::{Amount, ApprovalRule, Weight};
pub use decide::{Permit, decide};
pub use decision::{Decision, Gate, Outcome, Step, Verdict};
pub use refinement::{BadRefinement, ExtraDomain, FieldRule, Refinements};
pub use request::{CredentialState, Quota, Request, Scope, Wish};
pub use rule::{OperationSet, Rule, Ruleset};
