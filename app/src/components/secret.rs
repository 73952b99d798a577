//! A secret that is shown this once.

use leptos::prelude::*;

/// A secret in a box of its own, with Copy, and the ready configuration to paste below it.
#[component]
pub fn SecretOnce(
    /// What it is: `MCP key`.
    label: &'static str,
    /// The secret itself.
    secret: String,
    /// What to paste where: title and text.
    #[prop(optional)]
    ready: Vec<(&'static str, String)>,
) -> impl IntoView {
    let ready = ready
        .into_iter()
        .map(|(title, text)| view! { <h3>{title}</h3><pre class="copyable" data-copy=text.clone()>{text.clone()}</pre> })
        .collect_view();
    view! {
        <section class="secret-once" aria-label=label>
            <h2>{label}</h2>
            <p class="secret copyable" data-copy=secret.clone()><code>{secret.clone()}</code></p>
            <p><strong>"You will not see this again."</strong>" Copy it now and store it safely."</p>
            {ready}
        </section>
    }
}
