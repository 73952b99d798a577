//! Home: the apps that the signed-in person may open.

use leptos::prelude::*;

use crate::components::Page;
use crate::frame::Frame;
use crate::menu;

/// The apps, as cards.
#[component]
pub fn HomePage() -> impl IntoView {
    let frame = Frame::here();
    let mut sections = menu::sections(&frame);
    sections.push(menu::Section { label: "My own", entries: menu::own(&frame) });
    let sections = sections
        .into_iter()
        .map(|section| {
            let cards = section
                .entries
                .into_iter()
                .map(|e| view! { <li><a href=e.href><strong>{e.label}</strong><span>{e.about}</span></a></li> })
                .collect_view();
            view! { <section class="apps"><h2>{section.label}</h2><ul>{cards}</ul></section> }
        })
        .collect_view();
    view! { <Page title="Apps">{sections}</Page> }
}
