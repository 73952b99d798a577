//! Fields of forms: label, input, help, and what is wrong, tied together for those who can't see them.

use leptos::prelude::*;

use crate::form::Attempt;

/// One sentence of help beside a field, from the guide.
#[component]
pub fn Help(
    /// Id that the input names in `aria-describedby`.
    id: String,
    /// The sentence.
    text: &'static str,
) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <p class="help" id=id>{text}</p> })
}

#[component]
fn Wrong(id: String, error: Option<String>) -> impl IntoView {
    error.map(|error| view! { <p class="error" id=id>{error}</p> })
}

struct Ids {
    input: String,
    help: String,
    error: String,
}

impl Ids {
    fn of(form: &str, name: &str) -> Self {
        let input = format!("{form}-{name}").replace(['.', ' ', '/'], "-");
        Self { help: format!("{input}-help"), error: format!("{input}-error"), input }
    }

    fn described(&self, help: &str, error: Option<&String>) -> Option<String> {
        let ids: Vec<&str> = [(!help.is_empty()).then_some(&*self.help), error.map(|_| &*self.error)]
            .into_iter()
            .flatten()
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored.
    #[prop(into, optional)]
    value: String,
    /// One sentence of help.
    #[prop(default = "")]
    help: &'static str,
    /// `text`, `password`, `email`, `search`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Longest text taken.
    #[prop(default = 200)]
    most: u32,
    /// What browsers may fill in: a token of HTML's autocomplete.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Shown while it is empty.
    #[prop(into, optional)]
    placeholder: String,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, &name));
    let error = attempt.error(&name);
    // A password is never sent back.
    let value = if kind == "password" { String::new() } else { attempt.value(&name, &value) };
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    view! {
        <div class="field" class:field-wrong=wrong>
            <label for=ids.input.clone()>{label}</label>
            <div class="field-value">
                <input
                    id=ids.input.clone() name=name type=kind value=value required=required maxlength=most.to_string()
                    autocomplete=autocomplete placeholder=placeholder
                    aria-describedby=described aria-invalid=wrong.then_some("true")
                />
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </div>
    }
}

/// A whole number with its unit.
#[component]
pub fn NumberField(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What is stored; `None` leaves it empty.
    #[prop(into)]
    value: Option<i64>,
    /// Unit, behind the number.
    unit: &'static str,
    /// Least that is taken.
    least: i64,
    /// Most that is taken.
    most: i64,
    /// One sentence of help.
    #[prop(default = "")]
    help: &'static str,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Shown while it is empty.
    #[prop(into, optional)]
    placeholder: String,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, name));
    let error = attempt.error(name);
    let stored = value.map(|n| n.to_string()).unwrap_or_default();
    let value = attempt.value(name, &stored);
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    view! {
        <div class="field" class:field-wrong=wrong>
            <label for=ids.input.clone()>{label}</label>
            <div class="field-value">
                <span class="with-unit">
                    <input
                        id=ids.input.clone() name=name type="number" inputmode="numeric" step="1" value=value
                        min=least.to_string() max=most.to_string() required=required placeholder=placeholder
                        aria-describedby=described aria-invalid=wrong.then_some("true")
                    />
                    <span class="unit">{unit}</span>
                </span>
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What is stored.
    #[prop(into)]
    value: String,
    /// Most characters taken.
    most: u32,
    /// Lines shown.
    #[prop(default = 6)]
    rows: u32,
    /// One sentence of help.
    #[prop(default = "")]
    help: &'static str,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, name));
    let error = attempt.error(name);
    let value = attempt.value(name, &value);
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    view! {
        <div class="field" class:field-wrong=wrong>
            <label for=ids.input.clone()>{label}</label>
            <div class="field-value">
                // HTML drops the first line break of a text area: one is given to be dropped.
                <textarea
                    id=ids.input.clone() name=name rows=rows.to_string() maxlength=most.to_string()
                    aria-describedby=described aria-invalid=wrong.then_some("true")
                >{format!("\n{value}")}</textarea>
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </div>
    }
}

/// A box that is ticked or not; sent as `on`.
#[component]
pub fn Toggle(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored.
    value: bool,
    /// One sentence of help.
    #[prop(default = "")]
    help: &'static str,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, &name));
    let error = attempt.error(&name);
    let ticked = attempt.ticked(&name, "on", value);
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    view! {
        <div class="field field-toggle" class:field-wrong=wrong>
            <label for=ids.input.clone()>{label}</label>
            <div class="field-value">
                <input id=ids.input.clone() name=name type="checkbox" value="on" checked=ticked aria-describedby=described/>
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </div>
    }
}

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
    #[prop(default = "")]
    help: &'static str,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, &name));
    let error = attempt.error(&name);
    let value = attempt.value(&name, &value);
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    let options = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == value;
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <div class="field" class:field-wrong=wrong>
            <label for=ids.input.clone()>{label}</label>
            <div class="field-value">
                <select id=ids.input.clone() name=name aria-describedby=described aria-invalid=wrong.then_some("true")>
                    {options}
                </select>
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </div>
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
    #[prop(default = "")]
    help: &'static str,
) -> impl IntoView {
    let (attempt, ids) = (Attempt::of(form), Ids::of(form, &name));
    let error = attempt.error(&name);
    let (described, wrong) = (ids.described(help, error.as_ref()), error.is_some());
    let kind = if several { "checkbox" } else { "radio" };
    let inputs = choices
        .into_iter()
        .map(|choice| {
            let chosen = attempt.ticked(&name, &choice.value, value.contains(&choice.value));
            let id = format!("{}-{}", ids.input, choice.value.replace(['.', ' ', '/'], "-"));
            let (help_id, has_help) = (format!("{id}-help"), !choice.help.is_empty());
            view! {
                <div class="choice">
                    <input
                        type=kind id=id.clone() name=name.clone() value=choice.value checked=chosen
                        aria-describedby=has_help.then(|| help_id.clone())
                    />
                    <label for=id>{choice.label}</label>
                    {has_help.then(|| view! { <p class="help" id=help_id>{choice.help}</p> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field choices" class:field-wrong=wrong aria-describedby=described>
            <legend>{label}</legend>
            <div class="field-value">
                {inputs}
                <Wrong id=ids.error.clone() error=error/>
                <Help id=ids.help.clone() text=help/>
            </div>
        </fieldset>
    }
}
