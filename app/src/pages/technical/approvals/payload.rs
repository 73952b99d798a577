//! Exactly what runs.

use leptos::prelude::*;

use super::{Payload, PayloadValue};
use crate::components::{Fact, Facts, Glyph, Icon, Json, List, whole};

/// What runs: records, method and values as people read them, and the whole to the letter.
#[component]
pub(super) fn What(payload: Payload, about: Option<String>) -> impl IntoView {
    let Payload { tool, method, ids, values, more, raw } = payload;
    let ids = (!ids.is_empty()).then(|| {
        let ids = ids
            .into_iter()
            .map(|(id, name)| {
                let name = (!name.is_empty()).then(|| view! { " "{name} });
                view! { <li><code>{id}</code>{name}</li> }
            })
            .collect_view();
        view! { <Fact label="Records"><ul class="ids">{ids}</ul></Fact> }
    });
    let method = method.map(|method| {
        let about = about.map(|about| view! { " "<span class="muted">{about}</span> });
        view! { <Fact label="Method"><code>{method}</code>{about}</Fact> }
    });
    let values = values.into_iter().map(|(title, values)| view! { <Values title values/> }).collect_view();
    let more = (more > 0).then(|| {
        let count = whole(i64::try_from(more).unwrap_or(i64::MAX));
        view! { <p class="muted">{format!("And {count} more records: they stand in the whole below.")}</p> }
    });
    view! {
        <Facts>
            <Fact label="Tool"><code>{tool}</code></Fact>
            {method}
            {ids}
        </Facts>
        {values}
        {more}
        <details class="letter">
            <summary><Icon name=Glyph::ChevronRight/>"The whole, to the letter"</summary>
            <Json label="What runs" text=raw/>
        </details>
    }
}

/// Values under a head.
#[component]
pub(super) fn Values(title: String, values: Vec<PayloadValue>) -> impl IntoView {
    let rows = values
        .into_iter()
        .map(|PayloadValue { label, name, value }| {
            let technical = (name != label).then(|| view! { " "<code>{name}</code> });
            let value = value.map_or_else(
                || view! { <span class="muted">"Not set"</span> }.into_any(),
                |value| view! { <span class="value">{value}</span> }.into_any(),
            );
            view! { <tr><th scope="row">{label}{technical}</th><td class="wide" data-label="Value">{value}</td></tr> }
        })
        .collect_view();
    let head = view! { <tr><th scope="col">{title.clone()}</th><th scope="col">"Value"</th></tr> };
    view! { <List label=title head=head.into_any() cards=true>{rows}</List> }
}
