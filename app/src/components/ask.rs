//! Warnings, and questions before dangerous acts.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A box where the guide says Important or Best practice.
#[component]
pub fn Warning(
    /// `Important`, `Best practice`.
    #[prop(into)]
    title: String,
    /// What is to be minded.
    children: Children,
) -> impl IntoView {
    view! {
        <aside class="warning">
            <Icon name=Glyph::Warning/>
            <div><strong>{title}</strong><div>{children()}</div></div>
        </aside>
    }
}

/// A dangerous act that is asked for once more: a button that opens the question. Without JavaScript it folds out,
/// with it a dialog opens. It has a form of its own and so can't stand inside another.
#[component]
pub fn Confirm(
    /// What the first button says: `Revoke`.
    #[prop(into)]
    open: String,
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
    /// Whether the first button is a quiet one, as in the rows of a list.
    #[prop(optional)]
    quiet: bool,
    /// Whether the question is open already, because it was answered and could not be taken.
    #[prop(optional)]
    asked: bool,
    /// Whether it is what the page is for, rather than what takes something away.
    #[prop(optional)]
    wanted: bool,
    /// More fields, between question and button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hidden = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <details class="confirm" open=asked>
            <summary class="button" class:quiet=quiet class:primary=wanted>{open}</summary>
            <form method="post" action=action class="confirm-box">
                {hidden}
                <p class="question">{question}</p>
                {children.map(|children| children())}
                <div class="confirm-buttons"><button type="submit" class=if wanted { "primary" } else { "danger" }>{confirm}</button></div>
            </form>
        </details>
    }
}
