//! A notebook: tabs below a form's head. Each tab is an address, so that it works without JavaScript.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// What it says.
    pub label: &'static str,
    /// Its address.
    pub href: String,
    /// Whether it is open.
    pub open: bool,
}

/// The tabs and what the open one shows.
#[component]
pub fn Notebook(
    /// The tabs.
    tabs: Vec<Tab>,
    /// What the open one shows.
    children: Children,
) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .map(
            |tab| view! { <li><a href=tab.href aria-current=tab.open.then_some("page")>{tab.label}</a></li> },
        )
        .collect_view();
    view! {
        <section class="notebook">
            <nav aria-label="Tabs"><ul class="tabs">{tabs}</ul></nav>
            <div class="tab-body">{children()}</div>
        </section>
    }
}
