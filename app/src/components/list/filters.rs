//! Search of a list, by GET.

use leptos::prelude::*;

use crate::components::field::{Choice, Select};
use crate::components::icon::{Glyph, Icon};

/// Search of a list, by GET: a text, more fields, and the filters that are on, each removable.
#[component]
pub fn Filters(
    /// Path of the list.
    #[prop(into)]
    action: String,
    /// What is searched for.
    #[prop(into)]
    search: String,
    /// What the search looks into.
    #[prop(into)]
    placeholder: String,
    /// What is filtered by: what it says, and the address without it.
    #[prop(optional)]
    chips: Vec<(String, String)>,
    /// What goes along unseen: order and such.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// More fields: [`FilterSelect`], [`FilterText`].
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let chips = (!chips.is_empty()).then(|| {
        let chips = chips
            .into_iter()
            .map(|(text, without)| {
                let label = format!("Remove filter {text}");
                view! { <li class="chip"><span>{text}</span><a href=without aria-label=label><Icon name=Glyph::Cross/></a></li> }
            })
            .collect_view();
        view! { <ul class="chips" aria-label="Filters">{chips}</ul> }
    });
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form class="filters" method="get" action=action role="search">
            {hidden}
            <span class="search-box">
                <Icon name=Glyph::Search/>
                <input type="search" name="search" value=search placeholder=placeholder.clone() aria-label=placeholder autocomplete="off" data-search=""/>
            </span>
            {children.map(|children| children())}
            <button type="submit">"Search"</button>
            {chips}
        </form>
    }
}

/// A filter that is one of a list; the first choice should be the one that filters nothing.
#[component]
pub fn FilterSelect(
    /// Name under which it is sent.
    name: &'static str,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is filtered by now.
    #[prop(into)]
    value: String,
    /// What can be chosen.
    choices: Vec<Choice>,
) -> impl IntoView {
    let on = !value.is_empty();
    view! {
        <span class="filter" class:filter-on=on>
            <Select id=format!("filter-{name}") name=name.to_owned() value choices label=Some(label)/>
        </span>
    }
}

/// A filter that is typed: a name, a day (`kind="date"`).
#[component]
pub fn FilterText(
    /// Name under which it is sent.
    name: &'static str,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What is filtered by now.
    #[prop(into)]
    value: String,
    /// `text`, `date`, `datetime-local`.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    let on = !value.is_empty();
    let shown = (kind != "text").then(|| label.clone());
    let placeholder = (kind == "text").then(|| label.clone());
    view! {
        <span class="filter" class:filter-on=on>
            {shown.map(|label| view! { <span class="filter-label" aria-hidden="true">{label}</span> })}
            <input type=kind name=name value=value placeholder=placeholder aria-label=label autocomplete="off"/>
        </span>
    }
}
