//! Home: the screens that the signed-in person may open.

use leptos::prelude::*;

use crate::components::{Icon, Page, whole};
use crate::frame::Frame;
use crate::menu::{self, Section};

/// The screens, as tiles.
#[component]
pub fn HomePage() -> impl IntoView {
    let frame = Frame::here();
    let mut sections = menu::sections(&frame);
    if let Some(apps) = menu::apps(&frame) {
        sections.insert(0, Section { label: "Modules", entries: vec![apps] });
    }
    sections.push(Section { label: "My own", entries: menu::own(&frame) });
    let sections = sections.into_iter().map(|section| view! { <Tiles section/> }).collect_view();
    view! { <Page title="Home"><div class="home">{sections}</div></Page> }
}

#[component]
fn Tiles(section: Section) -> impl IntoView {
    let tiles = section
        .entries
        .into_iter()
        .map(|entry| {
            let waiting = (entry.waiting > 0)
                .then(|| view! { " "<span class="count">{format!("{} waiting", whole(entry.waiting))}</span> });
            view! {
                <li>
                    <a class="app" href=entry.href>
                        <span class="tile"><Icon name=entry.icon/></span>
                        <span><strong>{entry.label}{waiting}</strong><span class="about">{entry.about}</span></span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <section class="apps"><h2>{section.label}</h2><ul>{tiles}</ul></section> }
}
