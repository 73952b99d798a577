//! The document around every page: head, top bar, menus, notices.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::frame::{Frame, Theme};
use crate::menu::{self, Entry};

/// The whole document.
#[component]
pub fn Document(
    /// The page.
    children: Children,
) -> impl IntoView {
    let frame = Frame::here();
    let lang = frame.lang().replace('_', "-");
    let assets = frame.assets.clone();
    view! {
        <!DOCTYPE html>
        <html lang=lang data-theme=frame.theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=match frame.theme {
                    Theme::System => "light dark",
                    Theme::Light => "light",
                    Theme::Dark => "dark",
                }/>
                <link rel="preload" href=assets.font.clone() r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href=assets.style.clone()/>
                <link rel="icon" href=assets.icon.clone() r#type="image/svg+xml"/>
                <script r#type="module" src=assets.script.clone()></script>
                <MetaTags/>
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                {frame.person.is_some().then(|| view! { <TopBar/> })}
                <main id="main">{children()}</main>
            </body>
        </html>
    }
}

#[component]
fn TopBar() -> impl IntoView {
    let frame = Frame::here();
    let person = frame.person.clone();
    let name = person.map(|p| p.name.clone()).unwrap_or_default();
    let path = frame.bare_path().to_owned();
    let sections = menu::sections(&frame)
        .into_iter()
        .map(|section| {
            let entries = links(&section.entries, &path);
            let here = section.entries.iter().any(|entry| path.starts_with(entry.href));
            view! {
                <li class="menu" class:menu-here=here>
                    <details name="menu">
                        <summary>{section.label}</summary>
                        <ul>{entries}</ul>
                    </details>
                </li>
            }
        })
        .collect_view();
    let own = links(&menu::own(&frame), &path);
    view! {
        <header class="topbar">
            <a class="brand" href="/">"Axanta"<span>"MCP"</span></a>
            <nav aria-label="Apps"><ul class="app-menu">{sections}</ul></nav>
            <details class="user-menu" name="menu">
                <summary>{name}</summary>
                <ul>
                    {own}
                    <li>
                        <form method="post" action="/theme">
                            <input type="hidden" name="back" value=frame.path.to_string()/>
                            <button name="theme" value="light">"Light"</button>
                            <button name="theme" value="dark">"Dark"</button>
                            <button name="theme" value="system">"As the system"</button>
                        </form>
                    </li>
                    <li><form method="post" action="/logout"><button>"Log out"</button></form></li>
                </ul>
            </details>
        </header>
    }
}

fn links(entries: &[Entry], path: &str) -> AnyView {
    entries
        .iter()
        .map(|entry| {
            let here = path.starts_with(entry.href);
            view! { <li><a href=entry.href aria-current=here.then_some("page")>{entry.label}</a></li> }
        })
        .collect_view()
        .into_any()
}

/// What the request before this one did, said once.
#[component]
pub fn Notices() -> impl IntoView {
    let notices = Frame::here().notices;
    let notices = notices
        .iter()
        .map(|n| view! { <p class=format!("notice notice-{}", n.tone.name()) role="status">{n.text.clone()}</p> })
        .collect_view();
    view! { <div class="notices">{notices}</div> }
}
