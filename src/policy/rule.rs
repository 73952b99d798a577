//! Model policies, as the decision sees them.

use std::collections::{BTreeMap, BTreeSet};

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
        self.rule(model).is_some_and(|rule| rule.active && rule.allowed.contains(operation))
    }

    /// The models on which an active policy allows `operation`, by name.
    pub fn models_allowing(&self, operation: Operation) -> impl Iterator<Item = &str> {
        self.rules
            .values()
            .filter(move |r| r.active && r.allowed.contains(operation))
            .map(|r| r.model.as_str())
    }
}

impl FromIterator<Rule> for Ruleset {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self { rules: rules.into_iter().map(|r| (r.model.clone(), r)).collect() }
    }
}
