//! Forms, warnings, and questions before dangerous acts.

use leptos::prelude::*;

use crate::form::Attempt;

/// A form that is sent by POST to where its page is, with Save and Discard.
#[component]
pub fn Form(
    /// Its name: tells the forms of a page apart, and prefixes the ids of its fields.
    name: &'static str,
    /// Path that it is sent to.
    #[prop(into)]
    action: String,
    /// Fingerprint of what was shown, so that a change of somebody else in between is seen; empty where nothing
    /// is stored yet.
    #[prop(into, optional)]
    seen: String,
    /// What the button says.
    #[prop(default = "Save")]
    submit: &'static str,
    /// Where Discard leads; none if empty.
    #[prop(into, optional)]
    discard: String,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let problem = Attempt::of(name).problem();
    view! {
        <form class="form" method="post" action=action data-form=name novalidate>
            <input type="hidden" name="form" value=name/>
            {(!seen.is_empty()).then(|| view! { <input type="hidden" name="seen" value=seen/> })}
            {problem.map(|problem| view! { <p class="problem" role="alert">{problem}</p> })}
            {children()}
            <div class="form-buttons">
                <button type="submit" class="primary">{submit}</button>
                {(!discard.is_empty()).then(|| view! { <a class="button" href=discard>"Discard"</a> })}
            </div>
        </form>
    }
}

/// A box where the guide says Important or Best practice.
#[component]
pub fn Warning(
    /// `Important`, `Best practice`.
    title: &'static str,
    /// What is to be minded.
    children: Children,
) -> impl IntoView {
    view! {
        <aside class="warning">
            <strong>{title}</strong>
            <div>{children()}</div>
        </aside>
    }
}

/// A dangerous act that is asked for once more: a button that opens the question. Without JavaScript it folds out.
#[component]
pub fn Confirm(
    /// What the first button says: `Revoke`.
    open: &'static str,
    /// The question: what will happen, to whom.
    #[prop(into)]
    question: String,
    /// What the second button says, naming the thing: `Revoke key Codex laptop`.
    #[prop(into)]
    confirm: String,
    /// Path that it is sent to.
    #[prop(into)]
    action: String,
    /// Hidden fields that go along.
    #[prop(optional)]
    fields: Vec<(&'static str, String)>,
) -> impl IntoView {
    let hidden = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <details class="confirm">
            <summary class="button">{open}</summary>
            <form method="post" action=action class="confirm-box">
                {hidden}
                <p>{question}</p>
                <button type="submit" class="danger">{confirm}</button>
            </form>
        </details>
    }
}
