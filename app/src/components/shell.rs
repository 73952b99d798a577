//! The document around every page: head, top bar, menus, notices.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::icon::{Glyph, Icon};
use super::time::whole;
use crate::frame::{Frame, Theme, Tone};
use crate::menu::{self, Entry, Section};

/// The whole document.
#[component]
pub fn Document(
    /// The page.
    children: Children,
) -> impl IntoView {
    let frame = Frame::here();
    // The words are English; dates and numbers alone follow the reader's language.
    let reader = frame.lang().replace('_', "-");
    let lang = if reader.starts_with("en") { reader.clone() } else { "en".to_owned() };
    let assets = frame.assets.clone();
    let signed_out = frame.person.is_none();
    view! {
        <!DOCTYPE html>
        <html lang=lang data-reader=reader data-theme=frame.theme.name()>
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
            <body class:signed-out=signed_out>
                <a class="skip" href="#main">"Skip to content"</a>
                {frame.person.is_some().then(|| view! { <TopBar/> })}
                <main id="main" tabindex="-1">{children()}</main>
            </body>
        </html>
    }
}

/// The sign of the product.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="7"/>
            <path class="mark-lines" d="M8.5 23.5 16 8l7.5 15.5"/>
            <circle class="mark-dot" cx="16" cy="19.5" r="2.75"/>
        </svg>
    }
}

#[component]
fn TopBar() -> impl IntoView {
    let frame = Frame::here();
    let path = frame.bare_path().to_owned();
    let sections = menu::sections(&frame);
    // Twice, once for each width; the one that isn't shown isn't read out either.
    let wide = sections.iter().map(|section| wide_menu(section, &path)).collect_view();
    let folded = sections.iter().map(|section| folded_menu(section, &path)).collect_view();
    let apps = menu::apps(&frame).map(|entry| links(&[entry], &path));
    let wide_apps = menu::apps(&frame).map(|entry| {
        let here = entry.leads_to(&path).then_some("page");
        view! { <li><a href=entry.href aria-current=here>{entry.label}</a></li> }
    });
    let home = (path == "/").then_some("page");
    view! {
        <header class="topbar">
            <details class="folded" name="menu">
                <summary aria-label="Menu"><Icon name=Glyph::Menu/></summary>
                <nav class="floating" aria-label="Apps">
                    <ul><li><a href="/" aria-current=home><Icon name=Glyph::Grid/>"Home"</a></li>{apps}</ul>
                    {folded}
                </nav>
            </details>
            <a class="brand" href="/"><Mark/><span>"Axanta"</span><span class="brand-part">"MCP"</span></a>
            <nav class="wide" aria-label="Apps">
                <ul>{wide_apps}{wide}</ul>
            </nav>
            <UserMenu/>
        </header>
    }
}

fn wide_menu(section: &Section, path: &str) -> AnyView {
    let here = section.entries.iter().any(|entry| entry.leads_to(path));
    view! {
        <li>
            <details name="menu">
                <summary class:here=here>{section.label}<Icon name=Glyph::ChevronDown/></summary>
                <ul class="floating">{links(&section.entries, path)}</ul>
            </details>
        </li>
    }
    .into_any()
}

fn folded_menu(section: &Section, path: &str) -> AnyView {
    view! { <p class="menu-title">{section.label}</p><ul>{links(&section.entries, path)}</ul> }.into_any()
}

fn links(entries: &[Entry], path: &str) -> AnyView {
    let mut part = "";
    entries
        .iter()
        .map(|entry| {
            let here = entry.leads_to(path).then_some("page");
            let begins = entry.under != part;
            part = entry.under;
            let title = begins.then(|| view! { <li class="menu-title">{entry.under}</li> });
            view! { {title}<li><a href=entry.href aria-current=here><Icon name=entry.icon/>{entry.label}{waiting(entry)}</a></li> }
        })
        .collect_view()
        .into_any()
}

/// How much waits there, in a word for those who can't see where it stands.
fn waiting(entry: &Entry) -> Option<AnyView> {
    let count = entry.waiting;
    (count > 0).then(|| {
        view! { " "<span class="count">{whole(count)}<span class="unseen">" waiting"</span></span> }
            .into_any()
    })
}

#[component]
fn UserMenu() -> impl IntoView {
    let frame = Frame::here();
    let (name, login) = frame.person.as_ref().map(|p| (p.name.clone(), p.login.clone())).unwrap_or_default();
    let own = links(&menu::own(&frame), frame.bare_path());
    let theme = |theme: Theme, label: &'static str, icon: Glyph| {
        let on = (frame.theme == theme).to_string();
        view! { <button name="theme" value=theme.name() aria-pressed=on><Icon name=icon/>{label}</button> }
    };
    view! {
        <details class="user-menu" name="menu">
            <summary>
                <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                <span class="user-name">{name.clone()}</span>
                <Icon name=Glyph::ChevronDown/>
            </summary>
            <div class="floating">
                <p class="who"><strong>{name.clone()}</strong><span>{login}</span></p>
                <ul>{own}</ul>
                <form method="post" action="/theme" class="themes" aria-label="Look">
                    <input type="hidden" name="back" value=frame.path.to_string()/>
                    {theme(Theme::Light, "Light", Glyph::Sun)}
                    {theme(Theme::Dark, "Dark", Glyph::Moon)}
                    {theme(Theme::System, "System", Glyph::Monitor)}
                </form>
                <form method="post" action="/logout"><button class="menu-item"><Icon name=Glyph::LogOut/>"Log out"</button></form>
            </div>
        </details>
    }
}

/// First letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let (first, last) = (words.next(), words.next_back());
    first
        .into_iter()
        .chain(last)
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

/// What the request before this one did, said once.
#[component]
pub fn Notices() -> impl IntoView {
    let notices = Frame::here().notices;
    (!notices.is_empty()).then(|| {
        let notices = notices
            .iter()
            .map(|n| {
                let icon = match n.tone {
                    Tone::Good => Glyph::CheckCircle,
                    Tone::Warning => Glyph::Warning,
                    Tone::Bad => Glyph::CrossCircle,
                    Tone::Neutral | Tone::Info => Glyph::Info,
                };
                view! {
                    <div class=format!("notice tone-{}", n.tone.name()) role="status">
                        <Icon name=icon/><p>{n.text.clone()}</p>
                    </div>
                }
            })
            .collect_view();
        view! { <div class="notices">{notices}</div> }
    })
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, letters) in
            [("Sally Sales", "SS"), ("admin", "A"), ("Ana Maria de Souza", "AS"), ("élise", "É"), ("", "")]
        {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
