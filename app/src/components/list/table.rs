//! The table itself.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon};
use crate::form::Attempt;

/// A list of records. Rows and heads are given by the screen: `<tr>` with `<th scope="col">` or [`SortHead`], and
/// `<tr>` with `<td>`; the first link of a row opens its record (so does a click anywhere on the row, where
/// JavaScript is on). Classes of cells: `number` (aligned right), `mono` (technical), `muted`, `wide` (takes what is
/// left and may break), `acts` (buttons at the end).
#[component]
pub fn List(
    /// What it lists, for those who can't see it.
    #[prop(into)]
    label: String,
    /// The row of heads.
    #[prop(into)]
    head: AnyView,
    /// Totals: a row of cells.
    #[prop(optional, into)]
    foot: Option<AnyView>,
    /// Whether each row becomes a card where it is narrow; cells then say what they are by `data-label`.
    #[prop(optional)]
    cards: bool,
    /// Whether the first column stays while the others scroll, as in a matrix.
    #[prop(optional)]
    matrix: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="list" class:list-cards=cards class:list-matrix=matrix role="region" aria-label=label tabindex="0">
            <table>
                <caption class="unseen">{label.clone()}</caption>
                <thead>{head}</thead>
                <tbody>{children()}</tbody>
                {foot.map(|foot| view! { <tfoot>{foot}</tfoot> })}
            </table>
        </div>
    }
}

/// A head by which the list can be sorted.
#[component]
pub fn SortHead(
    /// What the column is called.
    #[prop(into)]
    label: String,
    /// Address of the list sorted by it, or the other way round where it already is.
    #[prop(into)]
    href: String,
    /// Whether it is sorted by it now, and then whether upward.
    #[prop(optional_no_strip)]
    up: Option<bool>,
    /// Whether it has numbers.
    #[prop(optional)]
    number: bool,
) -> impl IntoView {
    let (sort, arrow) = match up {
        None => (None, None),
        Some(true) => (Some("ascending"), Some(Glyph::ArrowUp)),
        Some(false) => (Some("descending"), Some(Glyph::ArrowDown)),
    };
    view! {
        <th scope="col" class="sort" class:number=number aria-sort=sort>
            <a href=href>{label}{arrow.map(|name| view! { <Icon name/> })}</a>
        </th>
    }
}

/// One cell of a matrix: a box that is ticked or not.
#[component]
pub fn MatrixCell(
    /// Form it is of.
    form: &'static str,
    /// Name under which it is sent.
    #[prop(into)]
    name: String,
    /// What is sent where it is ticked.
    #[prop(into, default = "on".to_owned())]
    value: String,
    /// Row and column in words: `Read Sales Order`.
    #[prop(into)]
    label: String,
    /// The column in words, for where the rows are cards.
    #[prop(into, optional)]
    column: String,
    /// What is stored.
    on: bool,
    /// Whether it can't be changed here.
    #[prop(optional)]
    locked: bool,
) -> impl IntoView {
    let on = Attempt::of(form).ticked(&name, &value, on);
    view! {
        <td class="cell">
            <label title=label>
                <input type="checkbox" name=name value=value checked=on disabled=locked aria-label=label.clone()/>
                <span class="cell-word" aria-hidden="true">{column}</span>
            </label>
        </td>
    }
}

/// What a list says while it has nothing: what it is for, and the first step.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What it would show.
    #[prop(default = Glyph::Search)]
    icon: Glyph,
    /// What this list is for, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="tile"><Icon name=icon/></span>
            <h2>{title}</h2>
            <div>{children()}</div>
        </div>
    }
}
