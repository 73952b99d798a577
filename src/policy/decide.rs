//! The decision itself. Default deny: a permit is made here and nowhere else, and data needs a permit.

use std::sync::Arc;

use super::approval::ApprovalRule;
use super::decision::{Decision, Gate, Outcome, Step, Verdict};
use super::refinement::Refinements;
use super::request::{CredentialState, Quota, Request};
use super::rule::Ruleset;
use crate::model::{Domain, Operation};

/// Leave to reach data: made by [`decide`] alone, demanded by every method of the ERP that touches records.
#[derive(Clone, Debug)]
pub struct Permit {
    model: Option<String>,
    operation: Operation,
    rules: Arc<Ruleset>,
}

impl Permit {
    /// The model it is for; `None` where a tool reaches no model.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The operation it is for.
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// Whether policy lets records of another model be read on the way: a hop of a dotted path, an `any`,
    /// a group, an x2many.
    pub fn may_read(&self, model: &str) -> bool {
        self.may(model, Operation::Read)
    }

    /// Whether policy allows an operation on another model that is done on the way, such as on the lines of a
    /// document.
    pub fn may(&self, model: &str, operation: Operation) -> bool {
        self.rules.allows(model, operation)
    }

    /// Whether policy lets a field of that name exist for the caller ([`Permit::require`] looks one up). One that
    /// does not is answered as an unknown one.
    pub fn shows(&self, model: &str, field: &str) -> bool {
        self.refinements(model).is_none_or(|refined| refined.shows(field))
    }

    /// What every record of the model that is read or written must meet besides what is asked.
    pub fn domain(&self, model: &str) -> Option<&Domain> {
        self.refinements(model)?.domain.as_ref().map(super::refinement::ExtraDomain::domain)
    }

    /// Most records of one answer, besides Max Records Per Request.
    pub fn max_records(&self, model: &str) -> Option<u32> {
        self.refinements(model)?.max_records
    }

    /// Whether a question for records of the model must be narrowed.
    pub fn must_narrow(&self, model: &str) -> bool {
        self.refinements(model).is_some_and(|refined| refined.narrowing)
    }

    /// When a change to the permit's model waits for approval; `None`: never.
    pub fn approval(&self) -> Option<&ApprovalRule> {
        self.refinements(self.model.as_deref()?)?.approval.as_ref()
    }

    /// Every policy, as it stood when the decision was made.
    pub(super) fn rules(&self) -> &Ruleset {
        &self.rules
    }

    /// Whether any policy demands anybody's approval of anything.
    pub fn knows_approval(&self) -> bool {
        self.rules
            .iter()
            .filter_map(|rule| rule.refinements.as_ref())
            .any(|refined| refined.approval.is_some())
    }

    /// The refinements of a model's policy, whether or not it allows anything.
    pub fn refinements(&self, model: &str) -> Option<&Refinements> {
        self.rules.rule(model)?.refinements.as_ref()
    }
}

/// Passes the gates in order; the first that fails decides.
pub fn decide(request: &Request<'_>, rules: &Arc<Ruleset>) -> Decision {
    let mut steps = Vec::with_capacity(Gate::ALL.len());
    for gate in [enabled, credential, quota, user, group, scope] {
        let step = gate(request);
        let failed = step.verdict == Verdict::Failed;
        steps.push(step);
        if failed {
            return Decision { outcome: Outcome::Deny, steps };
        }
    }
    if let Some(model) = request.wish.model {
        let step = policy(request, model, rules);
        let failed = step.verdict == Verdict::Failed;
        steps.push(step);
        if failed {
            return Decision { outcome: Outcome::Deny, steps };
        }
    }
    let permit = Permit {
        model: request.wish.model.map(str::to_owned),
        operation: request.wish.operation,
        rules: Arc::clone(rules),
    };
    Decision { outcome: Outcome::Allow(permit), steps }
}

fn enabled(request: &Request<'_>) -> Step {
    if request.enabled {
        return Step::passed(Gate::Enabled, "MCP Server is enabled.");
    }
    Step::failed(
        Gate::Enabled,
        "it is disabled. An MCP Administrator can enable it in Settings > MCP Server.",
    )
}

fn credential(request: &Request<'_>) -> Step {
    let state = match request.credential {
        CredentialState::Active => return Step::passed(Gate::Credential, "The MCP key is active."),
        CredentialState::Expired => "has expired",
        CredentialState::Revoked => "has been revoked",
    };
    Step::failed(
        Gate::Credential,
        format!("this key {state}. Generate a new one in Settings > Users & Companies > Users > MCP tab."),
    )
}

fn quota(request: &Request<'_>) -> Step {
    match request.quota {
        Quota::Within => Step::passed(Gate::RateLimit, "The call fits the key's rate limit."),
        Quota::Exceeded { limit, retry_after } => Step::failed(
            Gate::RateLimit,
            format!(
                "this key may make {limit} calls per minute; try again in {retry_after} s. \
                 An MCP Administrator can change it on the key or in Settings > MCP Server."
            ),
        ),
    }
}

fn user(request: &Request<'_>) -> Step {
    if request.user_active {
        return Step::passed(Gate::User, "The user is active.");
    }
    Step::failed(
        Gate::User,
        format!(
            "{} is archived. A Settings / Administrator can activate it in Settings > Users & Companies > Users.",
            request.login
        ),
    )
}

fn group(request: &Request<'_>) -> Step {
    if request.in_mcp_group {
        return Step::passed(Gate::Group, "The user has an MCP security group.");
    }
    Step::failed(
        Gate::Group,
        format!(
            "{} is in neither MCP User nor MCP Administrator. \
             An MCP Administrator can assign one in Settings > Users & Companies > Users.",
            request.login
        ),
    )
}

fn scope(request: &Request<'_>) -> Step {
    if request.scope.covers(request.wish.operation) {
        return Step::passed(Gate::Scope, "The key's scope covers the operation.");
    }
    Step::failed(
        Gate::Scope,
        format!(
            "{} needs a key with Enable Write Tools; this key is {}. \
             Generate another one in Settings > Users & Companies > Users > MCP tab.",
            request.wish.operation, request.scope
        ),
    )
}

fn policy(request: &Request<'_>, model: &str, rules: &Ruleset) -> Step {
    const WHERE: &str = "An MCP Administrator can change it in Technical > MCP > Model Policies.";
    let operation = request.wish.operation;
    let refused = match rules.rule(model) {
        None => format!("{model} has no policy, so nothing of it is exposed through MCP. {WHERE}"),
        Some(rule) if !rule.active => format!("the policy of {model} is inactive. {WHERE}"),
        Some(rule) if rule.fault().is_some() => format!(
            "what is stored of the policy of {model} can't be read, so it allows nothing. \
             An MCP Administrator can set it anew in Technical > MCP > Model Policies."
        ),
        Some(rule) if !rule.allowed.contains(operation) => {
            format!("{model} does not allow {operation} through MCP. {WHERE}")
        }
        Some(rule) => match request.wish.method {
            Some(method) if !rule.methods.contains(method) => {
                format!("{model} does not allow the method {method} through MCP. {WHERE}")
            }
            _ => return Step::passed(Gate::Policy, "The model's policy allows the operation."),
        },
    };
    Step::failed(Gate::Policy, refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{OperationSet, Rule, Scope, Wish};

    fn rules() -> Arc<Ruleset> {
        Arc::new(Ruleset::from_iter([Rule {
            model: "res.partner".into(),
            allowed: OperationSet::NONE.with(Operation::Read).with(Operation::MethodCall),
            methods: ["action_archive".to_owned()].into(),
            active: true,
            refinements: None,
        }]))
    }

    fn request(operation: Operation) -> Request<'static> {
        Request {
            enabled: true,
            credential: CredentialState::Active,
            quota: Quota::Within,
            login: "demo",
            user_active: true,
            in_mcp_group: true,
            scope: Scope::Write,
            wish: Wish { model: Some("res.partner"), operation, method: None },
        }
    }

    fn denial(request: &Request<'_>) -> (Gate, String) {
        let decision = decide(request, &rules());
        let step = decision.permit().unwrap_err();
        (step.gate, step.message())
    }

    #[test]
    fn allows_what_every_gate_allows() {
        let decision = decide(&request(Operation::Read), &rules());
        let permit = decision.permit().unwrap();
        assert_eq!(permit.model(), Some("res.partner"));
        assert!(permit.may_read("res.partner"));
        assert!(!permit.may_read("res.users"));
    }

    #[test]
    fn says_what_the_contract_says() {
        assert_eq!(
            denial(&request(Operation::Write)).1,
            "Model policy: res.partner does not allow Write through MCP. \
             An MCP Administrator can change it in Technical > MCP > Model Policies."
        );
    }

    #[test]
    fn the_first_shut_gate_decides() {
        let mut all_wrong = Request {
            enabled: false,
            credential: CredentialState::Revoked,
            quota: Quota::Exceeded { limit: 60, retry_after: 7 },
            user_active: false,
            in_mcp_group: false,
            scope: Scope::Read,
            ..request(Operation::Write)
        };
        let mut gates = Vec::new();
        for mend in [
            (|r| r.enabled = true) as fn(&mut Request<'_>),
            |r| r.credential = CredentialState::Active,
            |r| r.quota = Quota::Within,
            |r| r.user_active = true,
            |r| r.in_mcp_group = true,
            |r| r.scope = Scope::Write,
        ] {
            gates.push(denial(&all_wrong).0);
            mend(&mut all_wrong);
        }
        gates.push(denial(&all_wrong).0);
        assert_eq!(gates, Gate::ALL[..7]);
    }

    #[test]
    fn a_method_must_be_listed() {
        let mut call = request(Operation::MethodCall);
        call.wish.method = Some("action_archive");
        assert!(decide(&call, &rules()).permit().is_ok());
        call.wish.method = Some("unlink");
        assert!(denial(&call).1.contains("does not allow the method unlink"));
    }

    #[test]
    fn an_unknown_model_is_denied() {
        let mut other = request(Operation::Read);
        other.wish.model = Some("ir.config_parameter");
        assert_eq!(denial(&other).0, Gate::Policy);
    }
}
