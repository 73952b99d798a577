//! Fields of one line: text and numbers.

use leptos::prelude::*;

use super::{Row, Stand};

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
    #[prop(into, optional)]
    help: String,
    /// `text`, `password`, `email`, `search`, `url`, `date`.
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
    /// Technical: a model, an address; in the mono face, and not spell-checked.
    #[prop(optional)]
    mono: bool,
    /// Whether typing starts here when the page opens.
    #[prop(optional)]
    focus: bool,
    /// What can be picked while typing; anything else can still be typed.
    #[prop(optional)]
    suggestions: Vec<String>,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    // A password is never sent back.
    let value = if kind == "password" { String::new() } else { stand.attempt.value(&name, &value) };
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    let list = (!suggestions.is_empty()).then(|| format!("{}-list", stand.input));
    let options = list.clone().map(|id| {
        let options =
            suggestions.into_iter().map(|text| view! { <option value=text></option> }).collect_view();
        view! { <datalist id=id>{options}</datalist> }
    });
    let plain = mono || matches!(kind, "password" | "email" | "url");
    view! {
        <Row input=stand.input.clone() label wrong required>
            <input
                id=stand.input.clone() name=name type=kind value=value required=required
                maxlength=(kind != "date").then(|| most.to_string())
                autocomplete=autocomplete placeholder=(!placeholder.is_empty()).then_some(placeholder)
                class:mono=mono spellcheck=plain.then_some("false") autocapitalize=plain.then_some("none")
                list=list autofocus=focus || wrong
                aria-describedby=described aria-invalid=wrong.then_some("true")
            />
            {options}
            {stand.below(help)}
        </Row>
    }
}

/// A whole number with its unit.
#[component]
pub fn NumberField(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored; `None` leaves it empty.
    #[prop(into)]
    value: Option<i64>,
    /// Unit, behind the number.
    #[prop(into)]
    unit: String,
    /// Least that is taken.
    least: i64,
    /// Most that is taken.
    most: i64,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Shown while it is empty.
    #[prop(into, optional)]
    placeholder: String,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    let stored = value.map(|n| n.to_string()).unwrap_or_default();
    let value = stand.attempt.value(&name, &stored);
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    let unit_id = format!("{}-unit", stand.input);
    // Read out with the number: "60, calls per minute and key".
    let described = Some(described.map_or_else(|| unit_id.clone(), |ids| format!("{unit_id} {ids}")));
    view! {
        <Row input=stand.input.clone() label wrong required>
            <span class="with-unit">
                <input
                    id=stand.input.clone() name=name type="number" inputmode="numeric" step="1" value=value
                    min=least.to_string() max=most.to_string() required=required autocomplete="off"
                    placeholder=(!placeholder.is_empty()).then_some(placeholder) autofocus=wrong
                    aria-describedby=described aria-invalid=wrong.then_some("true")
                />
                <span class="unit" id=unit_id>{unit}</span>
            </span>
            {stand.below(help)}
        </Row>
    }
}
