//! Status: a word with a colour and a shape, never a colour alone.

use leptos::prelude::*;

use crate::frame::Tone;

/// A status, for example "Active" in [`Tone::Good`].
#[component]
pub fn Badge(
    /// How it is meant.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <span class=format!("badge tone-{}", tone.name())>{text}</span> }
}
