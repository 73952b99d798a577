//! A page of the console: its title, the way to it, what can be done, and its content.

use leptos::prelude::*;
use leptos_meta::Title;

use super::shell::Notices;
use crate::escape::escaped;

/// One step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it says.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// A step.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// Title and control panel above a page's content.
#[component]
pub fn Page(
    /// Title, also the last step of the way.
    #[prop(into)]
    title: String,
    /// The steps before it.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// Buttons of the control panel.
    #[prop(optional, into)]
    actions: Option<AnyView>,
    /// How the record that is shown stands: a [`Badge`](super::Badge) beside its title.
    #[prop(optional, into)]
    state: Option<AnyView>,
    /// Search and filters.
    #[prop(optional, into)]
    search: Option<AnyView>,
    /// The pager.
    #[prop(optional, into)]
    pager: Option<AnyView>,
    /// What the page shows.
    children: Children,
) -> impl IntoView {
    let steps = (!crumbs.is_empty()).then(|| {
        let steps =
            crumbs.into_iter().map(|c| view! { <li><a href=c.href>{c.label}</a></li> }).collect_view();
        view! { <nav class="breadcrumbs" aria-label="Breadcrumbs"><ol>{steps}</ol></nav> }
    });
    let tools =
        (search.is_some() || pager.is_some()).then(|| view! { <div class="tools">{search}{pager}</div> });
    view! {
        <Title text=escaped(&format!("{title} · Axanta MCP"))/>
        <div class="control-panel">
            <div class="way">{steps}<h1>{title}</h1>{state}</div>
            {actions.map(|actions| view! { <div class="actions">{actions}</div> })}
            {tools}
        </div>
        <Notices/>
        {children()}
    }
}

/// At the foot of a form: who changed what and when.
#[component]
pub fn Foot(
    /// A sentence or two.
    children: Children,
) -> impl IntoView {
    view! { <footer class="sheet-foot">{children()}</footer> }
}
