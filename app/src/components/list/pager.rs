//! Pages of a list.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon};
use crate::components::locale;
use crate::frame::Frame;

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
    let before = (at.offset > 0).then(|| format!("{base}offset={}", at.offset.saturating_sub(at.size)));
    let more = at.total.map_or(at.shown == at.size, |total| last < total);
    let after = more.then(|| format!("{base}offset={}", at.offset + at.size));
    let total = at.total.map(|total| i64::try_from(total).unwrap_or(i64::MAX));
    view! { <Turn first last total before after/> }
}

/// The same where pages are places and not numbers: the ways are given, and the total may be only so much or more.
#[component]
pub fn Turn(
    /// Number of the first row that is shown.
    first: u64,
    /// Number of the last one.
    last: u64,
    /// Rows in all, or those that were counted; `None` where they were not.
    #[prop(into)]
    total: Option<i64>,
    /// Whether there are, or may be, more than were counted.
    #[prop(optional)]
    more: bool,
    /// Address of the page before; `None` where there is none.
    before: Option<String>,
    /// Address of the page after; `None` where there is none.
    after: Option<String>,
) -> impl IntoView {
    let locale = locale::of(Frame::here().lang());
    let say = |n: u64| locale.whole(i64::try_from(n).unwrap_or(i64::MAX));
    let total = total.map_or_else(|| "…".to_owned(), |n| locale.whole(n));
    let several = before.is_some() || after.is_some();
    // Of nothing there are no pages.
    (last > 0 || before.is_some()).then(|| view! {
        <nav class="pager" aria-label="Pages">
            <span class="number">{format!("{}-{}", say(first), say(last))}" / "{total}{more.then_some("+")}</span>
            {several.then(|| view! {
                <span class="joined">
                    <Step href=before label="Previous page" rel="prev" icon=Glyph::ChevronLeft/>
                    <Step href=after label="Next page" rel="next" icon=Glyph::ChevronRight/>
                </span>
            })}
        </nav>
    })
}

/// A way to another page; without an address it is there but leads nowhere.
#[component]
fn Step(href: Option<String>, label: &'static str, rel: &'static str, icon: Glyph) -> impl IntoView {
    let off = href.is_none();
    view! {
        <a
            class="button icon-only" href=href rel=rel aria-label=label
            role=off.then_some("link") aria-disabled=off.then_some("true")
        ><Icon name=icon/></a>
    }
}
