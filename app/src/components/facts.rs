//! What is known about one thing: facts, cards, raw data.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A list of facts, in two columns where there is room; each is a [`Fact`].
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// One fact: what it is, and how it is.
#[component]
pub fn Fact(
    /// What it is.
    #[prop(into)]
    label: String,
    /// How it is.
    children: Children,
) -> impl IntoView {
    view! { <div><dt>{label}</dt><dd>{children()}</dd></div> }
}

/// Data as it went over the wire: pretty-printed, in the mono face, with Copy where JavaScript is on.
#[component]
pub fn Json(
    /// What it is: `Arguments`.
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <figure class="json">
            <figcaption>{label.clone()}</figcaption>
            <pre class="copyable" data-copy=text.clone() tabindex="0" role="region" aria-label=label>{text.clone()}</pre>
        </figure>
    }
}

/// A card: something with a name, a technical name, a state, and what can be done with it.
#[component]
pub fn Card(
    /// What it is called.
    #[prop(into)]
    title: String,
    /// What it looks like.
    icon: Glyph,
    /// Technical name; none if empty.
    #[prop(into, optional)]
    technical: String,
    /// Its state: a [`Badge`](super::Badge).
    #[prop(optional, into)]
    state: Option<AnyView>,
    /// What can be done: buttons.
    #[prop(optional, into)]
    acts: Option<AnyView>,
    /// What it is for.
    children: Children,
) -> impl IntoView {
    view! {
        <article class="card">
            <header>
                <span class="tile"><Icon name=icon/></span>
                <div>
                    <h2>{title}</h2>
                    {(!technical.is_empty()).then(|| view! { <code>{technical}</code> })}
                </div>
                {state}
            </header>
            <div class="card-body">{children()}</div>
            {acts.map(|acts| view! { <footer>{acts}</footer> })}
        </article>
    }
}

/// Cards side by side.
#[component]
pub fn Cards(
    /// Whether each has much to say, so that few stand side by side.
    #[prop(optional)]
    wide: bool,
    /// [`Card`]s.
    children: Children,
) -> impl IntoView {
    view! { <div class="cards" class:cards-wide=wide>{children()}</div> }
}
