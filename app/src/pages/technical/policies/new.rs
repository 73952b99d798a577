//! A policy for a model that has none.

use leptos::prelude::*;

use super::super::way;
use super::{BEST_PRACTICE, FORM, Kind, ModelName, OperationsField, PATH, Wish};
use crate::backend::Backend;
use crate::components::{Filters, Form, Glyph, Icon, Page, Toggle, Warning};
use crate::form::Attempt;
use crate::frame::Frame;
use crate::screen::screen;

const HERE: &str = "/technical/mcp/policies/new";

/// The screen.
#[component]
pub fn NewPolicyPage() -> impl IntoView {
    let search = Wish::of(&Frame::here().path).search;
    let asked = search.clone();
    screen(
        async move { Backend::here().policies.without(asked).await },
        |models| view! { <Shown search models/> },
    )
}

#[component]
fn Shown(search: String, models: Vec<ModelName>) -> impl IntoView {
    let filters =
        view! { <Filters action=HERE search=search.clone() placeholder="Label or technical name"/> };
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
    let help = if search.is_empty() {
        "Models that have no policy yet. The search above narrows them by label or technical name.".to_owned()
    } else {
        format!("{} models without a policy match “{search}”.", models.len())
    };
    let wrong = error.is_some();
    view! {
        <Page title="New policy" crumbs=way(Some(("Model Policies", PATH))) search=filters.into_any()>
            <div class="sheet">
                <Warning title="Best practice">{BEST_PRACTICE}</Warning>
                <Form name=FORM action=HERE discard=PATH submit="Create">
                    <div class="field" class:field-wrong=wrong>
                        <label for="policy-model">"Model"</label>
                        <div class="field-value">
                            <span class="select">
                                <select id="policy-model" name="model" required=true autofocus=wrong aria-describedby="policy-model-error policy-model-help">
                                    <option value="">"Choose a model"</option>
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
