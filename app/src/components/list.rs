//! Lists: dense rows under a head that stays, with search, filters and pages.

use leptos::prelude::*;

/// A list of records. Rows and heads are given by the screen: `<tr>` with `<td>`, the first cell's link opens it.
#[component]
pub fn List(
    /// What it lists, for those who can't see it.
    label: &'static str,
    /// The row of heads.
    head: AnyView,
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="list" role="region" aria-label=label tabindex="0">
            <table>
                <caption class="unseen">{label}</caption>
                <thead>{head}</thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// What a list says while it has nothing: what it is for, and the first step.
#[component]
pub fn Empty(
    /// What is missing.
    title: &'static str,
    /// What this list is for, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <div>{children()}</div>
        </div>
    }
}

/// Where in a list the page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// Rows before this page.
    pub offset: u64,
    /// Rows of this page.
    pub shown: u64,
    /// Rows in all; `None` where counting them would take too long.
    pub total: Option<u64>,
    /// Rows of a full page.
    pub size: u64,
}

/// `1-80 / 240`, with the way to the pages before and after.
#[component]
pub fn Pager(
    /// Where the page is.
    at: Paging,
    /// Address of the list without `offset`, ending in `?` or `&`.
    #[prop(into)]
    base: String,
) -> impl IntoView {
    let (first, last) = (at.offset + u64::from(at.shown > 0), at.offset + at.shown);
    let total = at.total.map_or_else(|| "…".to_owned(), |n| n.to_string());
    let before = (at.offset > 0).then(|| format!("{base}offset={}", at.offset.saturating_sub(at.size)));
    let more = at.total.map_or(at.shown == at.size, |total| last < total);
    let after = more.then(|| format!("{base}offset={}", at.offset + at.size));
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="number">{format!("{first}-{last} / {total}")}</span>
            <a class="button" href=before.clone() aria-disabled=before.is_none().then_some("true") aria-label="Previous page" rel="prev">"‹"</a>
            <a class="button" href=after.clone() aria-disabled=after.is_none().then_some("true") aria-label="Next page" rel="next">"›"</a>
        </nav>
    }
}

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
    placeholder: &'static str,
    /// What is filtered by: what it says, and the address without it.
    #[prop(optional)]
    chips: Vec<(String, String)>,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let chips = chips
        .into_iter()
        .map(|(text, without)| {
            let label = format!("Remove filter {text}");
            view! { <li><span>{text}</span><a href=without aria-label=label>"×"</a></li> }
        })
        .collect_view();
    view! {
        <form class="filters" method="get" action=action role="search">
            <input type="search" name="search" value=search placeholder=placeholder aria-label=placeholder/>
            {children.map(|children| children())}
            <button type="submit">"Search"</button>
            <ul class="chips">{chips}</ul>
        </form>
    }
}
