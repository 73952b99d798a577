//! The policy of one model.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::{address, way};
use super::list::Mark;
use super::refined::Refinements;
use super::{BEST_PRACTICE, FORM, Kind, OperationsField, PATH, PolicyForm, RESTRICTED, SecondStep};
use crate::backend::Backend;
use crate::components::{Ago, Choice, Choices, Confirm, Foot, Form, Page, ReadOnly, Toggle, Warning};
use crate::form::Attempt;
use crate::screen::screen;

/// The screen.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let model = use_params_map().get_untracked().get("model").unwrap_or_default();
    screen(async move { Backend::here().policies.form(model).await }, |form| view! { <Shown form/> })
}

#[component]
fn Shown(form: PolicyForm) -> impl IntoView {
    let PolicyForm { model, description, fields, policy, refined, methods, seen, changed_at } = form;
    let exists = policy.is_some();
    let idle = policy.as_ref().map(|policy| policy.idle.clone()).unwrap_or_default();
    let (allowed, active) = policy.map_or(([false; 7], true), |policy| (policy.allowed, policy.active));
    let path = format!("{PATH}/{}", model.name);
    let delete = exists.then(|| {
        view! {
            <Confirm open="Delete" action=format!("{path}/delete") confirm=format!("Delete policy {}", model.label)
                question=format!(
                    "From the next call on nothing of {} ({}) is exposed through MCP, to nobody.", model.label, model.name
                )/>
        }
        .into_any()
    });
    let called: Vec<String> = methods.iter().filter(|(.., on)| *on).map(|(name, ..)| name.clone()).collect();
    let none = methods.is_empty();
    let choices =
        methods.into_iter().map(|(name, label, _)| Choice::new(name.clone(), label).help(name)).collect();
    let is_second = Attempt::of(FORM).error(RESTRICTED).is_some();
    let technical = model.name.clone();
    let entries = address("/technical/mcp/logs", &[("model", &model.name)]);
    let (kind, name) = (model.kind, format!("{} ({})", model.label, model.name));
    view! {
        <Page
            title=model.label.clone() crumbs=way(Some(("Model Policies", PATH)))
            state=view! { <Mark kind/> }.into_any() actions=delete.into_any()
        >
            <div class="sheet">
                {(!is_second).then(|| view! {
                    <Warning title=if kind == Kind::Technical { "Restricted" } else { "Best practice" }>{BEST_PRACTICE}</Warning>
                })}
                {(!idle.is_empty()).then(|| view! {
                    <Warning title="Part of this policy has no effect">
                        <ul>{idle.into_iter().map(|said| view! { <li>{said}</li> }).collect_view()}</ul>
                    </Warning>
                })}
                <Form name=FORM action=path.clone() seen submit=if exists { "Save" } else { "Create" } discard=PATH>
                    <SecondStep model=name fields/>
                    <ReadOnly label="Model" help=description><code>{technical}</code></ReadOnly>
                    <OperationsField allowed/>
                    {if none {
                        view! { <ReadOnly label="Allowed methods">"This model has no methods that can be called."</ReadOnly> }.into_any()
                    } else {
                        view! {
                            <Choices form=FORM name="method" label="Allowed methods" value=called choices several=true
                                help="They can be called while Method Call is ticked; no others."/>
                        }
                        .into_any()
                    }}
                    <Toggle form=FORM name="active" label="Active" value=active
                        help="An inactive policy allows nothing and keeps what is ticked."/>
                    <Refinements refined/>
                </Form>
                <Foot>
                    {changed_at.map(|at| view! { <p>"Last changed "<Ago at/>"."</p> })}
                    <p><a href=entries>"What was asked of this model"</a></p>
                </Foot>
            </div>
        </Page>
    }
}
