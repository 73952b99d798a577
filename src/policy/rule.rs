//! Model policies, as the decision sees them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::refinement::Refinements;
use crate::model::Operation;

/// A set of the seven operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperationSet(u8);

impl OperationSet {
    /// No operation.
    pub const NONE: Self = Self(0);

    /// Whether `operation` is in the set.
    pub const fn contains(self, operation: Operation) -> bool {
        self.0 & (1 << operation as u8) != 0
    }

    /// The set with `operation` added.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | (1 << operation as u8))
    }

    /// The set with `operation` taken out.
    #[must_use]
    pub const fn without(self, operation: Operation) -> Self {
        Self(self.0 & !(1 << operation as u8))
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The operations of the set, in the guide's order.
    pub fn iter(self) -> impl Iterator<Item = Operation> {
        Operation::ALL.into_iter().filter(move |o| self.contains(*o))
    }
}

impl FromIterator<Operation> for OperationSet {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        operations.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The policy of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Technical name of the model.
    pub model: String,
    /// Operations it allows.
    pub allowed: OperationSet,
    /// Methods it allows, where Method Call is allowed.
    pub methods: BTreeSet<String>,
    /// An inactive policy allows nothing.
    pub active: bool,
    /// What it says beyond operations and methods.
    pub refinements: Option<Refinements>,
}

impl Rule {
    /// What holds where nobody has changed it yet: an active policy that allows nothing, with the refinements
    /// that are usual for the model.
    pub fn new(model: impl Into<String>) -> Self {
        let model = model.into();
        let refinements = Refinements::usual(&model);
        Self { model, allowed: OperationSet::NONE, methods: BTreeSet::new(), active: true, refinements }
    }

    /// Why what is stored of it can't be read; such a policy allows nothing.
    pub fn fault(&self) -> Option<&str> {
        self.refinements.as_ref().and_then(|refined| refined.fault.as_deref())
    }

    /// Whether it allows anything at all: it is active and can be read.
    pub fn holds(&self) -> bool {
        self.active && self.fault().is_none()
    }

    /// Whether it exposes something that `before` did not: another operation, another method that can be called,
    /// fields or records that were kept back, more records at once, or what waited for approval.
    pub fn exposes_more(&self, before: Option<&Self>) -> bool {
        let held = before.filter(|rule| rule.holds());
        let plain = Refinements::default();
        let callable = |rule: &Self, method: &String| {
            rule.allowed.contains(Operation::MethodCall) && rule.methods.contains(method)
        };
        self.active
            && (self.allowed.iter().any(|o| held.is_none_or(|rule| !rule.allowed.contains(o)))
                || self
                    .methods
                    .iter()
                    .any(|m| callable(self, m) && held.is_none_or(|rule| !callable(rule, m)))
                || (!self.allowed.is_empty()
                    && held
                        .and_then(|rule| rule.refinements.as_ref())
                        .is_some_and(|was| self.refinements.as_ref().unwrap_or(&plain).loosens(was))))
    }

    /// The policy as scripts and the log show it.
    pub fn to_json(&self) -> Value {
        let mut policy = json!({
            "model": self.model,
            "allow": self.allowed.iter().map(Operation::name).collect::<Vec<_>>(),
            "methods": self.methods,
            "active": self.active,
        });
        if let (Some(refined), Some(policy)) = (&self.refinements, policy.as_object_mut()) {
            let said =
                refined.fault.as_ref().map_or_else(|| refined.to_json(), |why| json!({"unreadable": why}));
            policy.insert("refinements".to_owned(), said);
        }
        policy
    }
}

/// All policies, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    rules: BTreeMap<String, Rule>,
}

impl Ruleset {
    /// The policy of a model; `None` means that nothing is allowed.
    pub fn rule(&self, model: &str) -> Option<&Rule> {
        self.rules.get(model)
    }

    /// Every policy, by model.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// Whether an active policy allows `operation` on `model`.
    pub fn allows(&self, model: &str, operation: Operation) -> bool {
        self.rule(model).is_some_and(|rule| rule.holds() && rule.allowed.contains(operation))
    }

    /// The models on which an active policy allows `operation`, by name.
    pub fn models_allowing(&self, operation: Operation) -> impl Iterator<Item = &str> {
        self.rules
            .values()
            .filter(move |r| r.holds() && r.allowed.contains(operation))
            .map(|r| r.model.as_str())
    }
}

impl FromIterator<Rule> for Ruleset {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().map(|r| (r.model.clone(), r)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(allowed: &[Operation], methods: &[&str], active: bool) -> Rule {
        Rule {
            allowed: allowed.iter().copied().collect(),
            methods: methods.iter().map(|m| (*m).to_owned()).collect(),
            active,
            ..Rule::new("res.users")
        }
    }

    #[test]
    fn what_exposes_more_is_told_from_what_exposes_less() {
        use Operation::{MethodCall, Read, Write};
        let read = rule(&[Read], &[], true);
        let asleep = rule(&[Read, Write], &[], false);
        let calls = rule(&[Read, MethodCall], &["a"], true);
        assert!(read.exposes_more(None) && read.exposes_more(Some(&asleep)));
        assert!(!read.exposes_more(Some(&read)) && !asleep.exposes_more(None));
        assert!(!rule(&[], &[], true).exposes_more(None));
        assert!(!read.exposes_more(Some(&calls)) && calls.exposes_more(Some(&read)));
        assert!(rule(&[Read, MethodCall], &["a", "b"], true).exposes_more(Some(&calls)));
        assert!(!rule(&[Read], &["a", "b"], true).exposes_more(Some(&calls)), "b can't be called");
    }
}
