//! What is shown in a form and can't be changed there.

use leptos::prelude::*;

/// A label and its value, standing as a field does.
#[component]
pub fn ReadOnly(
    /// What it is called.
    #[prop(into)]
    label: String,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
    /// Text that can be copied: shown in the mono face, with Copy where JavaScript is on. Without it, give children.
    #[prop(into, optional)]
    copy: String,
    /// The value.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let copy = (!copy.is_empty())
        .then(|| view! { <code class="copyable" data-copy=copy.clone()>{copy.clone()}</code> });
    view! {
        <div class="field field-read">
            <span class="label">{label}</span>
            <div class="field-value">
                <div class="value">{copy}{children.map(|children| children())}</div>
                {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
            </div>
        </div>
    }
}

/// Whose password a form is about, for the browser's password manager: not seen, and not heeded when sent.
#[component]
pub fn Whose(
    /// The login.
    #[prop(into)]
    login: String,
) -> impl IntoView {
    view! {
        <span class="unseen" aria-hidden="true">
            <input type="text" name="whose" value=login autocomplete="username" readonly tabindex="-1"/>
        </span>
    }
}
