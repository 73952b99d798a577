//! Several lines of text.

use leptos::prelude::*;

use super::{Row, Stand};
use crate::components::icon::{Glyph, Icon};
use crate::escape::escaped;

/// Several lines of text. Where JavaScript is on, a count stands below (of text, not of technical lines), and what is
/// sure to be read is marked.
#[component]
pub fn TextArea(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored.
    #[prop(into)]
    value: String,
    /// Most characters taken.
    most: u32,
    /// Lines shown.
    #[prop(default = 6)]
    rows: u32,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Technical: one address or name a line; in the mono face, and not spell-checked.
    #[prop(optional)]
    mono: bool,
    /// How many characters at the start are marked; none if 0.
    #[prop(optional)]
    mark: u32,
    /// What the mark means: `what Codex surely reads`.
    #[prop(into, optional)]
    mark_means: String,
    /// A text that can be put back in its place.
    #[prop(into, optional)]
    example: String,
    /// What the example is called.
    #[prop(default = "the recommended example")]
    example_is: &'static str,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    let value = stand.attempt.value(&name, &value);
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    let legend = (mark > 0).then(|| {
        view! { <p class="mark-legend"><span class="swatch"></span>{format!("The first {mark} characters: {mark_means}")}</p> }
    });
    let example = (!example.is_empty()).then(|| {
        view! {
            <details class="example" data-example=stand.input.clone() data-label=format!("Restore {example_is}")>
                <summary><Icon name=Glyph::ChevronRight/>{format!("See {example_is}")}</summary>
                <pre class="example-text">{example}</pre>
            </details>
        }
    });
    view! {
        <Row input=stand.input.clone() label wrong required class="field field-wide">
            // Same parent for the text and the copy of it that bears the mark (public/js/text.js).
            <div class="area">
                // HTML drops the first line break of a text area: one is given to be dropped.
                <textarea
                    id=stand.input.clone() name=name rows=rows.to_string() maxlength=most.to_string()
                    required=required class:mono=mono spellcheck=mono.then_some("false") autofocus=wrong
                    data-mark=(mark > 0).then(|| mark.to_string()) data-most=(!mono).then(|| most.to_string())
                    aria-describedby=described aria-invalid=wrong.then_some("true")
                >{format!("\n{}", escaped(&value))}</textarea>
            </div>
            {legend}
            {stand.below(help)}
            {example}
        </Row>
    }
}
