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
    /// What the secret itself is called, where it does not stand alone.
    #[prop(default = "")]
    called: &'static str,
    /// What belongs to it and is no secret: name and text.
    #[prop(optional)]
    with: Vec<(&'static str, String)>,
    /// What to paste where: title and text.
    #[prop(optional)]
    ready: Vec<(&'static str, String)>,
    /// What else has to be minded.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (with, ready) = (figures(with), figures(ready));
    view! {
        <section class="secret-once" aria-label=label>
            <h2><Icon name=Glyph::Key/>{label.clone()}</h2>
            {with}
            {(!called.is_empty()).then(|| view! { <h3>{called}</h3> })}
            <p class="secret copyable" data-copy=secret.clone()><code>{secret.clone()}</code></p>
            <p class="secret-warning">
                <Icon name=Glyph::Warning/>
                <span><strong>"You will not see this again."</strong>" Copy it now and store it safely."</span>
            </p>
            {children.map(|children| children())}
            {ready}
        </section>
    }
}

/// Texts to be copied, each under its title.
fn figures(texts: Vec<(&'static str, String)>) -> impl IntoView {
    texts
        .into_iter()
        .map(|(title, text)| {
            view! {
                <figure class="json">
                    <figcaption>{title}</figcaption>
                    <pre class="copyable" data-copy=text.clone() tabindex="0" role="region" aria-label=title>{text.clone()}</pre>
                </figure>
            }
        })
        .collect_view()
}
