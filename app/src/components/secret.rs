//! A secret that is shown this once.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A secret in a box of its own, with Copy, and the ready configuration to paste below it.
#[component]
pub fn SecretOnce(
    /// What it is: `MCP key`.
    #[prop(into)]
    label: String,
    /// The secret itself.
    secret: String,
    /// What to paste where: title and text.
    #[prop(optional)]
    ready: Vec<(&'static str, String)>,
) -> impl IntoView {
    let ready = ready
        .into_iter()
        .map(|(title, text)| {
            view! {
                <figure class="json">
                    <figcaption>{title}</figcaption>
                    <pre class="copyable" data-copy=text.clone() tabindex="0" role="region" aria-label=title>{text.clone()}</pre>
                </figure>
            }
        })
        .collect_view();
    view! {
        <section class="secret-once" aria-label=label>
            <h2><Icon name=Glyph::Key/>{label.clone()}</h2>
            <p class="secret copyable" data-copy=secret.clone()><code>{secret.clone()}</code></p>
            <p class="secret-warning">
                <Icon name=Glyph::Warning/>
                <span><strong>"You will not see this again."</strong>" Copy it now and store it safely."</span>
            </p>
            {ready}
        </section>
    }
}
