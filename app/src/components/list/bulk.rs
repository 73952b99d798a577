//! Acts on several rows at once: boxes at their start, and a bar that appears when one is ticked.

use leptos::prelude::*;

use crate::form::Attempt;

/// A form around a list whose rows can be picked; its bar has the acts. Nothing in it may be a form of its own.
#[component]
pub fn Bulk(
    /// Its name: tells the forms of a page apart.
    name: &'static str,
    /// Path that it is sent to.
    #[prop(into)]
    action: String,
    /// What is picked: `users`.
    #[prop(into)]
    what: String,
    /// [`BulkAction`]s.
    #[prop(into)]
    acts: AnyView,
    /// The list.
    children: Children,
) -> impl IntoView {
    view! {
        <form class="bulk" method="post" action=action data-bulk="">
            <input type="hidden" name="form" value=name/>
            {children()}
            <div class="bulk-bar" role="group" aria-label=format!("Selected {what}")>
                <span class="bulk-count" data-bulk-count="">{format!("Selected {what}")}</span>
                {acts}
            </div>
        </form>
    }
}

/// One act on the rows that are picked; sent as `act`.
#[component]
pub fn BulkAction(
    /// What is sent as `act`.
    value: &'static str,
    /// What the button says.
    #[prop(into)]
    label: String,
    /// Where it is dangerous: what will happen, to whom. It is then asked for once more.
    #[prop(into, optional)]
    question: String,
) -> impl IntoView {
    if question.is_empty() {
        return view! { <button type="submit" name="act" value=value>{label}</button> }.into_any();
    }
    view! {
        <details class="confirm">
            <summary class="button">{label.clone()}</summary>
            <div class="confirm-box">
                <p class="question">{question}</p>
                <div class="confirm-buttons">
                    <button type="submit" name="act" value=value class="danger">{label}</button>
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// Head of the column of boxes; its own box ticks them all, where JavaScript is on.
#[component]
pub fn SelectAll() -> impl IntoView {
    view! {
        <th scope="col" class="pick">
            <span class="unseen">"Select"</span>
            <label hidden=true data-pick-all=""><input type="checkbox" aria-label="Select all"/></label>
        </th>
    }
}

/// The box at the start of a row; sent as `id`.
#[component]
pub fn Pick(
    /// What is sent where it is ticked.
    #[prop(into)]
    value: String,
    /// Which record it is: `Sally Sales`.
    #[prop(into)]
    label: String,
    /// Name of the [`Bulk`] form it is of, so that it stays ticked where that can't be taken.
    #[prop(default = "")]
    form: &'static str,
) -> impl IntoView {
    let on = Attempt::of(form).ticked("id", &value, false);
    view! {
        <td class="pick">
            <label><input type="checkbox" name="id" value=value checked=on aria-label=format!("Select {label}")/></label>
        </td>
    }
}
