//! Technical > MCP > Model Policies: what the AI can do with each model.

mod form;
mod list;
mod new;
mod refined;

pub use form::PolicyPage;
pub use list::PoliciesPage;
pub use new::NewPolicyPage;
pub use refined::Refined;

use async_trait::async_trait;
use leptos::prelude::*;

use super::{address, query};
use crate::components::{Choice, Choices, Paging, Toggle, Warning};
use crate::form::Attempt;
use crate::refusal::Refusal;

/// Where the screen is.
pub const PATH: &str = "/technical/mcp/policies";

/// What the screens ask of the server.
#[async_trait]
pub trait Policies: Send + Sync {
    /// A page of the matrix.
    async fn list(&self, wish: Wish) -> Result<PolicyList, Refusal>;
    /// One model's policy, or what one would be made of.
    async fn form(&self, model: String) -> Result<PolicyForm, Refusal>;
    /// The models that have no policy yet, by label, whose label or name contains that text.
    async fn without(&self, search: String) -> Result<Vec<ModelName>, Refusal>;
}

/// One of the seven operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Name under which it is sent.
    pub name: &'static str,
    /// The guide's word.
    pub label: &'static str,
    /// What it allows, in words.
    pub allows: &'static str,
}

/// All of them, in the guide's order.
pub const OPERATIONS: [Operation; 7] = [
    Operation {
        name: "read",
        label: "Read",
        allows: "Claude and Codex can list, search, count, read and group these records.",
    },
    Operation {
        name: "create",
        label: "Create",
        allows: "They can make new records, with a key that has Enable Write Tools.",
    },
    Operation {
        name: "write",
        label: "Write",
        allows: "They can change existing records, with a key that has Enable Write Tools.",
    },
    Operation {
        name: "delete",
        label: "Delete",
        allows: "They can remove records for good, with a key that has Enable Write Tools.",
    },
    Operation {
        name: "method_call",
        label: "Method Call",
        allows: "They can call the methods that are allowed by name, such as confirming an order, with a key that has \
                 Enable Write Tools.",
    },
    Operation {
        name: "export",
        label: "Export",
        allows: "They can take these records out as a file: CSV, Excel or JSON.",
    },
    Operation {
        name: "report",
        label: "Report",
        allows: "They can render the printed documents of these records, as PDF or HTML.",
    },
];

/// The guide's advice.
const BEST_PRACTICE: &str =
    "Keep technical and system models restricted. Allow only the business models that are really needed.";

/// What sort of model it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Business records.
    Business,
    /// An analysis.
    Reporting,
    /// A technical or system model: restricted.
    Technical,
    /// Axanta has no such model (any more).
    Unknown,
}

/// Which models are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Part of a label or technical name.
    pub search: String,
    /// `""` with a policy, `without`, `restricted`, `all`.
    pub show: String,
    /// Rows before the page.
    pub offset: u64,
}

impl Wish {
    fn of(path: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in query(path) {
            match name.as_str() {
                "search" => value.trim().clone_into(&mut wish.search),
                "show" => wish.show = value,
                "offset" => wish.offset = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        wish
    }

    fn address(&self) -> String {
        let offset = if self.offset == 0 { String::new() } else { self.offset.to_string() };
        address(PATH, &[("search", &self.search), ("show", &self.show), ("offset", &offset)])
    }
}

/// A page of the matrix.
#[derive(Clone, Debug)]
pub struct PolicyList {
    /// Its rows, by label.
    pub rows: Vec<PolicyLine>,
    /// Where it is.
    pub paging: Paging,
    /// Fingerprint of what its rows stand for.
    pub seen: String,
    /// Whether there is no policy at all.
    pub none: bool,
}

/// A row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// The model.
    pub model: ModelName,
    /// Its policy.
    pub policy: Option<Policy>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The operations it allows, as [`OPERATIONS`] has them.
    pub allowed: [bool; 7],
    /// Whether it holds; one that does not allows nothing.
    pub active: bool,
    /// Whether it says more than operations and methods.
    pub refined: bool,
    /// Whether what is stored can't be read, so that it allows nothing.
    pub fault: bool,
    /// What of it can have no effect, a sentence each.
    pub idle: Vec<String>,
}

/// What a model is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelName {
    /// Technical name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What sort it is.
    pub kind: Kind,
}

/// What the form of one model shows.
#[derive(Clone, Debug)]
pub struct PolicyForm {
    /// The model.
    pub model: ModelName,
    /// What its records are.
    pub description: String,
    /// Its fields' labels.
    pub fields: Vec<String>,
    /// Its policy, if it has one.
    pub policy: Option<Policy>,
    /// What it says beyond operations, or would say unless told otherwise.
    pub refined: Refined,
    /// Methods that can be called: name, label, whether the policy allows it.
    pub methods: Vec<(String, String, bool)>,
    /// Fingerprint of what is stored.
    pub seen: String,
    /// Epoch milliseconds of its last change.
    pub changed_at: Option<i64>,
}

/// Act of the form of a new policy that only looks for models.
pub const SEARCH: &str = "search";
/// Name of the form of one policy.
const FORM: &str = "policy";
/// Box that has to be ticked before a restricted model is exposed.
const RESTRICTED: &str = "restricted_model";

/// The seven operations, each with what it allows.
#[component]
fn OperationsField(allowed: [bool; 7]) -> impl IntoView {
    let value =
        OPERATIONS.iter().zip(allowed).filter(|(_, on)| *on).map(|(o, _)| o.name.to_owned()).collect();
    let choices = OPERATIONS.iter().map(|o| Choice::new(o.name, o.label).help(o.allows)).collect();
    view! { <Choices form=FORM name="allow" label="Operations" value choices several=true/> }
}

/// The second step before a restricted model is exposed: shown where the first was refused.
#[component]
fn SecondStep(
    /// Label and technical name.
    #[prop(into)]
    model: String,
    /// Labels of its fields.
    fields: Vec<String>,
) -> impl IntoView {
    let attempt = Attempt::of(FORM);
    attempt.error(RESTRICTED)?;
    let wanted: Vec<&str> =
        OPERATIONS.iter().filter(|o| attempt.ticked("allow", o.name, false)).map(|o| o.label).collect();
    let exposed = format!(
        "{model} is a technical model. With this, every MCP user whose access rights reach it can have {} through \
         Claude or Codex, with those of its fields that this policy shows: {}.",
        wanted.join(", "),
        fields.join(", "),
    );
    Some(view! {
        <Warning title="This exposes a restricted model">
            <p>{BEST_PRACTICE}" "{exposed}</p>
            <Toggle form=FORM name=RESTRICTED label="I want this restricted model to be exposed" value=false/>
        </Warning>
    })
}
