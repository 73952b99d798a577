//! Records before and after a change.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::badge::Badge;
use super::icon::{Glyph, Icon};
use super::list::{List, Pager, Paging};
use super::locale;
use super::time::{Instant, Number};
use crate::frame::{Frame, Tone};

/// Records that a page shows folded out: more than that are read by their heads first.
const UNFOLDED: usize = 5;

/// What a change does to records, or did: a page of them.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// Records of this page.
    pub records: Vec<RecordDifference>,
    /// Where the page is among those that may be shown.
    pub paging: Paging,
    /// What is kept from the reader: label and technical name of a model, and how many of its records change.
    pub hidden: Vec<(String, String, usize)>,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDifference {
    /// What happens to it.
    pub kind: RecordKind,
    /// What people call its model.
    pub label: String,
    /// Technical name of its model.
    pub model: String,
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Its fields that are not as they were.
    pub fields: Vec<ValueDifference>,
}

/// One field; `None` where it is not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueDifference {
    /// What people call it.
    pub label: String,
    /// Technical name.
    pub name: String,
    /// As it was.
    pub before: Option<FieldValue>,
    /// As it is.
    pub after: Option<FieldValue>,
}

/// A value, told in the reader's language and time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// As it stands: text, the label of a selection, the name of a linked record.
    Text(String),
    /// The last `places` digits of `units` stand after the point.
    Number {
        /// In units of 10^-`places`.
        units: i64,
        /// Digits after the point.
        places: usize,
    },
    /// A day on the calendar.
    Day(NaiveDate),
    /// Epoch milliseconds.
    Instant(i64),
}

impl FieldValue {
    fn shown(self) -> AnyView {
        match self {
            Self::Text(text) => text.into_any(),
            Self::Number { units, places } => view! { <Number value=units places/> }.into_any(),
            Self::Day(day) => locale::of(Frame::here().lang()).date(day).into_any(),
            Self::Instant(at) => view! { <Instant at/> }.into_any(),
        }
    }
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// It is made.
    Created,
    /// It has other values.
    Changed,
    /// It is taken away.
    Deleted,
}

impl RecordKind {
    const fn word(self) -> (Tone, &'static str) {
        match self {
            Self::Created => (Tone::Good, "Created"),
            Self::Changed => (Tone::Info, "Changed"),
            Self::Deleted => (Tone::Bad, "Deleted"),
        }
    }
}

/// The records, each with a table of its fields, a page of them.
#[component]
pub fn DifferenceList(
    /// What is shown.
    differences: Differences,
    /// Address of the page without `offset`, ending in `?` or `&`.
    #[prop(into)]
    base: String,
) -> impl IntoView {
    let Differences { records, paging, hidden } = differences;
    let open = records.len() <= UNFOLDED;
    let none = records.is_empty() && hidden.is_empty();
    let several = paging.total.is_some_and(|total| total > paging.size);
    let records = records.into_iter().map(|record| view! { <Record record open/> }).collect_view();
    let hidden = (!hidden.is_empty()).then(|| {
        let lines = hidden
            .into_iter()
            .map(|(label, model, count)| {
                let noun = if count == 1 { "record" } else { "records" };
                view! { <li><Icon name=Glyph::Lock/><span>{format!("{count} {noun} of {label} ")}<code>{model}</code></span></li> }
            })
            .collect_view();
        view! {
            <div class="kept-back">
                <p>"Records that your own access rights keep from you, so that their values are not shown:"</p>
                <ul>{lines}</ul>
            </div>
        }
    });
    view! {
        <div class="differences">
            {none.then(|| view! { <p class="muted">"No record changes."</p> })}
            {several.then(|| view! { <Pager at=paging base/> })}
            {records}
            {hidden}
        </div>
    }
}

#[component]
fn Record(record: RecordDifference, open: bool) -> impl IntoView {
    let RecordDifference { kind, label, model, id, name, fields } = record;
    let (tone, word) = kind.word();
    let called = if name.is_empty() { format!("{label} {id}") } else { name };
    let list = (!fields.is_empty()).then(|| {
        let region = format!("{word}: {label} {called}");
        let head = match kind {
            RecordKind::Created => {
                view! { <tr><th scope="col">"Field"</th><th scope="col">"Value"</th></tr> }.into_any()
            }
            RecordKind::Changed => view! {
                <tr><th scope="col">"Field"</th><th scope="col">"Before"</th><th scope="col">"After"</th></tr>
            }
            .into_any(),
            RecordKind::Deleted => {
                view! { <tr><th scope="col">"Field"</th><th scope="col">"Value until now"</th></tr> }
                    .into_any()
            }
        };
        let rows = fields.into_iter().map(|field| row(kind, field)).collect_view();
        view! { <List label=region head cards=true>{rows}</List> }
    });
    view! {
        <details class="difference" open=open>
            <summary>
                <Icon name=Glyph::ChevronRight/><Badge tone text=word/>" "<strong>{called}</strong>" "
                <span class="muted">{label}" "<code>{format!("{model} {id}")}</code></span>
            </summary>
            {list}
        </details>
    }
}

fn row(kind: RecordKind, field: ValueDifference) -> AnyView {
    let ValueDifference { label, name, before, after } = field;
    let technical = (name != label).then(|| view! { " "<code>{name}</code> });
    let (was, is) = match kind {
        RecordKind::Created => (None, Some(("Value", after))),
        RecordKind::Changed => (Some(("Before", before)), Some(("After", after))),
        RecordKind::Deleted => (Some(("Value until now", before)), None),
    };
    let cell = |class: &'static str, (label, value): (&'static str, Option<FieldValue>)| {
        let value = value.map_or_else(
            || view! { <span class="muted">"Not set"</span> }.into_any(),
            |value| view! { <span class="value">{value.shown()}</span> }.into_any(),
        );
        view! { <td class=class data-label=label>{value}</td> }
    };
    view! {
        <tr>
            <th scope="row">{label}{technical}</th>
            {was.map(|was| cell("wide was", was))}
            {is.map(|is| cell("wide is", is))}
        </tr>
    }
    .into_any()
}
