//! A box that is ticked or not.

use leptos::prelude::*;

use super::{Row, Stand};

/// A box that is ticked or not; sent as `on`.
#[component]
pub fn Toggle(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is stored.
    value: bool,
    /// One sentence of help.
    #[prop(into, optional)]
    help: String,
    /// What is sent where it is ticked.
    #[prop(default = "on")]
    sends: &'static str,
) -> impl IntoView {
    let stand = Stand::of(form, &name);
    let ticked = stand.attempt.ticked(&name, sends, value);
    let (described, wrong) = (stand.described(&help), stand.is_wrong());
    view! {
        <Row input=stand.input.clone() label wrong class="field field-toggle">
            <input
                id=stand.input.clone() name=name type="checkbox" value=sends checked=ticked
                aria-describedby=described aria-invalid=wrong.then_some("true")
            />
            <div>{stand.below(help)}</div>
        </Row>
    }
}
