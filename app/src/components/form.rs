//! Forms: how they are sent, and how their fields stand together.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::form::Attempt;

/// A form that is sent by POST, with Save and Discard. Where something is stored already (`seen`) and JavaScript is
/// on, they appear when something was changed, and leaving a changed form asks.
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
    #[prop(into, default = "Save".to_owned())]
    submit: String,
    /// Where Discard leads; none if empty.
    #[prop(into, optional)]
    discard: String,
    /// More buttons, behind the one that sends it.
    #[prop(optional, into)]
    more: Option<AnyView>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let attempt = Attempt::of(name);
    // What was sent and not taken is a change that isn't stored.
    let state = if attempt.is_sent() { "changed" } else { "same" };
    let guard = (!seen.is_empty()).then_some(state);
    view! {
        <form class="form" method="post" action=action data-form=name data-guard=guard novalidate>
            <input type="hidden" name="form" value=name/>
            {(!seen.is_empty()).then(|| view! { <input type="hidden" name="seen" value=seen/> })}
            <Problem form=name/>
            {children()}
            <div class="form-buttons">
                <button type="submit" class="primary">{submit}</button>
                {more}
                {(!discard.is_empty()).then(|| view! { <a class="button" href=discard data-discard="">"Discard"</a> })}
                <p class="form-state" data-form-state="" role="status"></p>
            </div>
        </form>
    }
}

/// What is wrong with a form as a whole, where it was sent and could not be taken.
#[component]
pub fn Problem(
    /// Name of the form.
    form: &'static str,
) -> impl IntoView {
    Attempt::of(form).problem().map(|problem| {
        view! { <div class="problem" role="alert"><Icon name=Glyph::CrossCircle/><p>{problem}</p></div> }
    })
}

/// Fields that belong together, under a heading of their own.
#[component]
pub fn Group(
    /// What they are together.
    #[prop(into)]
    title: String,
    /// One or two sentences on what they are for.
    #[prop(into, optional)]
    help: String,
    /// Whether the fields stand in two columns where there is room.
    #[prop(optional)]
    columns: bool,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="group">
            <div class="group-head">
                <h2>{title}</h2>
                {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
            </div>
            <div class="group-body" class:group-columns=columns>{children()}</div>
        </section>
    }
}
