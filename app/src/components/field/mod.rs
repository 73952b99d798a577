//! Fields of forms: label, input, help, and what is wrong, tied together for those who can't see them.

mod area;
mod choice;
mod line;
mod read;
mod toggle;

pub use area::TextArea;
pub(super) use choice::Select;
pub use choice::{Choice, Choices, SelectField};
pub use line::{NumberField, TextField};
pub use read::{ReadOnly, Whose};
pub use toggle::Toggle;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::form::Attempt;

/// One sentence of help beside a field, from the guide.
#[component]
pub fn Help(
    /// Id that the input names in `aria-describedby`.
    id: String,
    /// The sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <p class="help" id=id>{text}</p> })
}

/// What is wrong with a field.
#[component]
fn Wrong(id: String, error: Option<String>) -> impl IntoView {
    error.map(|error| view! { <p class="error" id=id><Icon name=Glyph::Alert/><span>{error}</span></p> })
}

/// How one field stands in its form: its ids, and what came of it if the form was sent.
struct Stand {
    input: String,
    help: String,
    error: String,
    wrong: Option<String>,
    attempt: Attempt,
}

impl Stand {
    fn of(form: &str, name: &str) -> Self {
        let attempt = Attempt::of(form);
        let input = format!("{form}-{}", slug(name));
        Self {
            help: format!("{input}-help"),
            error: format!("{input}-error"),
            wrong: attempt.error(name),
            input,
            attempt,
        }
    }

    /// Ids of what describes the input: the error first, since that is what the reader needs first.
    fn described(&self, help: &str) -> Option<String> {
        let ids: Vec<&str> =
            [self.wrong.as_ref().map(|_| &*self.error), (!help.is_empty()).then_some(&*self.help)]
                .into_iter()
                .flatten()
                .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn is_wrong(&self) -> bool {
        self.wrong.is_some()
    }

    /// What is wrong, and the help, below the control.
    fn below(&self, help: String) -> AnyView {
        view! {
            <Wrong id=self.error.clone() error=self.wrong.clone()/>
            <Help id=self.help.clone() text=help/>
        }
        .into_any()
    }
}

/// A name as a part of an id.
fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// The frame of a field: label left, control right, both one below the other where it is narrow.
#[component]
fn Row(
    /// Id of the input.
    input: String,
    /// What it is called.
    label: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether what was sent could not be taken.
    wrong: bool,
    /// More classes.
    #[prop(default = "field")]
    class: &'static str,
    /// Control, error and help.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class class:field-wrong=wrong class:field-required=required>
            <label for=input>{label}</label>
            <div class="field-value">{children()}</div>
        </div>
    }
}
