//! A policy for a model that has none.

use leptos::prelude::*;

use super::super::way;
use super::{BEST_PRACTICE, FORM, Kind, ModelName, OperationsField, PATH, SEARCH, Wish};
use crate::backend::Backend;
use crate::components::{Form, Glyph, Icon, Page, Toggle, Warning};
use crate::form::Attempt;
use crate::frame::Frame;
use crate::screen::screen;

const HERE: &str = "/technical/mcp/policies/new";

/// The screen.
#[component]
pub fn NewPolicyPage() -> impl IntoView {
    // What was typed into the form, or else what the address says.
    let search = Attempt::of(FORM).value("search", &Wish::of(&Frame::here().path).search);
    let asked = search.clone();
    screen(
        async move { Backend::here().policies.without(asked).await },
        |models| view! { <Shown search models/> },
    )
}

#[component]
fn Shown(search: String, models: Vec<ModelName>) -> impl IntoView {
    let attempt = Attempt::of(FORM);
    let error = attempt.error("model");
    let wanted = attempt.value("model", "");
    let groups = [
        (Kind::Business, "Business models"),
        (Kind::Reporting, "Reporting models"),
        (Kind::Technical, "Restricted: technical and system models"),
    ]
    .map(|(kind, label)| {
        let options = models
            .iter()
            .filter(|model| model.kind == kind)
            .map(|model| {
                let text = format!("{} ({})", model.label, model.name);
                view! { <option value=model.name.clone() selected=model.name == wanted>{text}</option> }
            })
            .collect::<Vec<_>>();
        (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> })
    })
    .into_iter()
    .collect_view();
    // What was chosen stays, whatever is searched for.
    let chosen = (!wanted.is_empty() && models.iter().all(|model| model.name != wanted))
        .then(|| view! { <option value=wanted.clone() selected=true>{wanted.clone()}</option> });
    let help = if search.is_empty() {
        "Models that have no policy yet. The search narrows them by label or technical name.".to_owned()
    } else {
        match models.len() {
            1 => format!("1 model without a policy matches “{search}”."),
            count => format!("{count} models without a policy match “{search}”."),
        }
    };
    let wrong = error.is_some();
    view! {
        <Page title="New policy" crumbs=way(Some(("Model Policies", PATH)))>
            <div class="sheet">
                <Warning title="Best practice">{BEST_PRACTICE}</Warning>
                <Form name=FORM action=HERE discard=PATH submit="Create">
                    <div class="field">
                        <label for="policy-search">"Search"</label>
                        <div class="field-value">
                            <span class="joined-field">
                                <input type="search" id="policy-search" name="search" value=search autocomplete="off"
                                    placeholder="Label or technical name"/>
                                <button type="submit" name="act" value=SEARCH formnovalidate>"Search"</button>
                            </span>
                        </div>
                    </div>
                    <div class="field" class:field-wrong=wrong>
                        <label for="policy-model">"Model"</label>
                        <div class="field-value">
                            <span class="select">
                                <select id="policy-model" name="model" required=true autofocus=wrong aria-describedby="policy-model-error policy-model-help">
                                    <option value="">"Choose a model"</option>
                                    {chosen}
                                    {groups}
                                </select>
                                <Icon name=Glyph::ChevronDown/>
                            </span>
                            {error.map(|error| view! { <p class="error" id="policy-model-error">{error}</p> })}
                            <p class="help" id="policy-model-help">{help}</p>
                        </div>
                    </div>
                    <OperationsField allowed=[false; 7]/>
                    <Toggle form=FORM name="active" label="Active" value=true
                        help="An inactive policy allows nothing and keeps what is ticked."/>
                </Form>
            </div>
        </Page>
    }
}
