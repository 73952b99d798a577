//! Choosing: one of a list, or some of what stands side by side.

use leptos::prelude::*;

use super::{Row, Stand, slug};
use crate::components::icon::{Glyph, Icon};

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// One sentence on what it means; empty where that is plain.
    pub help: String,
}

impl Choice {
    /// A choice without help.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), help: String::new() }
    }

    /// Adds a sentence on what it means.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// The box that folds out a list; `label` only where no `<label>` names it.
#[component]
pub(in crate::components) fn Select(
    id: String,
    name: String,
    value: String,
    choices: Vec<Choice>,
    #[prop(optional_no_strip)] label: Option<String>,
    #[prop(optional_no_strip)] described: Option<String>,
    #[prop(optional)] wrong: bool,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == value;
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <span class="select">
            <select
                id=id name=name aria-label=label autofocus=wrong
                aria-describedby=described aria-invalid=wrong.then_some("true")
            >{options}</select>
            <Icon name=Glyph::ChevronDown/>
        </span>
    }
}

/// One of a list that folds out.
#[component]
pub fn SelectField(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored.
    #[prop(into)]
    value: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    let value = stand.attempt.value(&name, &value);
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    view! {
        <Row input=stand.input.clone() label wrong>
            <Select id=stand.input.clone() name value choices described wrong/>
            {stand.below(help)}
        </Row>
    }
}

/// Choices side by side: one of them (radio), or any of them (boxes).
#[component]
pub fn Choices(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What they are together.
    #[prop(into)]
    label: String,
    /// What is stored: the values that are chosen.
    value: Vec<String>,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// Whether any number of them may be chosen.
    #[prop(optional)]
    several: bool,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    let kind = if several { "checkbox" } else { "radio" };
    let inputs = choices
        .into_iter()
        .map(|choice| {
            let chosen = stand.attempt.ticked(&name, &choice.value, value.contains(&choice.value));
            let id = format!("{}-{}", stand.input, slug(&choice.value));
            let help = format!("{id}-help");
            let described = (!choice.help.is_empty()).then(|| help.clone());
            view! {
                <div class="choice">
                    <input
                        type=kind id=id.clone() name=name.clone() value=choice.value checked=chosen
                        aria-describedby=described.clone()
                    />
                    <label for=id>{choice.label}</label>
                    {described.map(|id| view! { <p class="help" id=id>{choice.help}</p> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field choices" class:field-wrong=wrong aria-describedby=described>
            <legend>{label}</legend>
            <div class="field-value">
                {inputs}
                {stand.below(help)}
            </div>
        </fieldset>
    }
}
