//! Technical > MCP > Approvals: changes that wait for a person's word, and those that had it.

mod form;
mod list;
mod payload;
mod subject;

pub use form::ApprovalPage;
pub use list::ApprovalsPage;

use async_trait::async_trait;
use leptos::prelude::*;

use super::{address, query};
use crate::components::{Badge, Differences, Paging};
use crate::frame::Tone;
use crate::refusal::Refusal;

/// Where the screen is.
pub const PATH: &str = "/technical/mcp/approvals";
/// Name of the form that approves.
pub const APPROVE: &str = "approve";
/// Name of the form that refuses.
pub const REFUSE: &str = "refuse";
/// Name of the field with the mark of what is shown.
pub const SEEN: &str = "seen";
/// Most characters of what is said with a decision.
pub const WORD: u32 = 500;

/// What the screens ask of the server.
#[async_trait]
pub trait Approvals: Send + Sync {
    /// A page of the list.
    async fn list(&self, wish: Wish) -> Result<ApprovalList, Refusal>;
    /// One of them, with the records that change behind the first `offset`.
    async fn form(&self, id: String, offset: u64) -> Result<ApprovalForm, Refusal>;
}

/// Which ones are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Those that were decided or have expired, instead of those that wait.
    pub ended: bool,
    /// Rows before the page.
    pub offset: u64,
}

impl Wish {
    fn of(path: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in query(path) {
            match name.as_str() {
                "show" => wish.ended = value == "decided",
                "offset" => wish.offset = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        wish
    }

    fn tab(ended: bool) -> String {
        address(PATH, &[("show", if ended { "decided" } else { "" })])
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ApprovalList {
    /// Its rows.
    pub rows: Vec<ApprovalLine>,
    /// Where it is.
    pub paging: Paging,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalLine {
    /// Its id.
    pub id: String,
    /// What is asked for, naming the thing: `Confirm S00123`.
    pub title: String,
    /// What people call the model.
    pub label: String,
    /// Technical name of the model.
    pub model: String,
    /// Records that it is asked for.
    pub records: i64,
    /// What it is about: the first of those records.
    pub subjects: Vec<Subject>,
    /// Id of the user who asks.
    pub user_id: i64,
    /// Login of that user.
    pub login: String,
    /// Client and version, as it says itself.
    pub client: Option<String>,
    /// Epoch milliseconds.
    pub asked_at: i64,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// How it stands.
    pub state: State,
    /// Epoch milliseconds and login of the decision.
    pub decided: Option<(i64, String)>,
}

/// A record that is asked for, as people call it. Of one that the reader may not read only the id is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Which record; `None` of one that is not there yet.
    pub id: Option<i64>,
    /// What it is called; `None` where it has no name yet.
    pub name: Option<String>,
    /// Whom it is for, or the document that it is a line of.
    pub of: Option<String>,
    /// What it comes to.
    pub total: Option<Money>,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// In hundredths.
    pub cents: i64,
    /// Name of the currency.
    pub currency: String,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be decided.
    Waiting,
    /// Nobody decided it in time.
    Expired,
    /// It was approved, and done.
    Approved,
    /// It was refused.
    Refused,
}

/// One of them, whole.
#[derive(Clone, Debug)]
pub struct ApprovalForm {
    /// What its row shows.
    pub line: ApprovalLine,
    /// Full name of the user who asks; `None` where the user is gone.
    pub user: Option<String>,
    /// Name of the key.
    pub key: String,
    /// OAuth client through which it came.
    pub oauth_client: Option<String>,
    /// Companies that it works in.
    pub companies: String,
    /// The rules that demand a person's word, in sentences.
    pub why: String,
    /// What the method does.
    pub method: Option<String>,
    /// Exactly what runs.
    pub payload: Payload,
    /// What it does to records, as it was tried.
    pub differences: Differences,
    /// Why it can't be undone; `None` where it can.
    pub lasting: Option<String>,
    /// Why the reader can't approve it.
    pub barred: Option<String>,
    /// Mark of what is shown, which goes along with the decision.
    pub seen: String,
    /// What approving it would come to now; `None` where it can't be approved any more.
    pub outlook: Option<Outlook>,
    /// What was said with the decision.
    pub word: Option<String>,
    /// What the method answered when it was done.
    pub answer: Vec<PayloadValue>,
    /// Entry of the log that was written with what was done.
    pub log_id: Option<String>,
}

/// What approving a change would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It would run exactly as it is shown.
    AsShown,
    /// It would do something else now: it would be shown anew.
    Anew,
    /// It would be denied or fail, and why.
    Shut(String),
    /// It was not tried.
    Untried,
}

/// What runs, as people read it.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    /// Tool by which it was asked for.
    pub tool: String,
    /// Method called, where one is.
    pub method: Option<String>,
    /// Records that it is asked for: id, and name where it is known and may be read.
    pub ids: Vec<(i64, String)>,
    /// Values, under a head each: those of a new record, those to be set, arguments.
    pub values: Vec<(String, Vec<PayloadValue>)>,
    /// Records and values beyond those shown.
    pub more: usize,
    /// As it is stored, to the letter.
    pub raw: String,
}

/// One value of what runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadValue {
    /// What people call the field; its technical name where the model has none of it.
    pub label: String,
    /// Technical name.
    pub name: String,
    /// The value; `None` where it is taken away.
    pub value: Option<String>,
}

/// How it stands.
#[component]
fn Standing(state: State) -> impl IntoView {
    let (tone, text) = match state {
        State::Waiting => (Tone::Warning, "Waiting"),
        State::Expired => (Tone::Neutral, "Expired"),
        State::Approved => (Tone::Good, "Approved"),
        State::Refused => (Tone::Bad, "Refused"),
    };
    view! { <Badge tone text/> }
}
