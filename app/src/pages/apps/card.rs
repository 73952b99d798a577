//! One module, and what can be done with it.

use leptos::prelude::*;

use super::{App, AppState, FORM, Other, PATH, TYPED, purge_form, words};
use crate::components::{Badge, Card, Confirm, Fact, Facts, Glyph, TextField, Warning};
use crate::form::Attempt;
use crate::frame::Tone;

/// A module's card.
#[component]
pub fn ModuleCard(app: App, seen: String) -> impl IntoView {
    let icon = if app.name == "mcp_server" { Glyph::Server } else { Glyph::Plug };
    let tone = match app.state {
        AppState::Installed => Tone::Good,
        AppState::ToUpgrade | AppState::Newer => Tone::Warning,
        AppState::Absent => Tone::Neutral,
    };
    let state = view! { <Badge tone text=words::state(app.state)/> }.into_any();
    let acts = acts(&app, &seen);
    view! {
        <Card title=app.label icon=icon technical=app.name state=state acts=acts>
            <p class="about">{app.about}</p>
            <About app=app.clone()/>
            <Before app/>
        </Card>
    }
}

#[component]
fn About(app: App) -> impl IntoView {
    let version = match (app.state, &app.version) {
        (AppState::Absent, _) | (_, None) => app.available.clone(),
        (AppState::Installed, Some(version)) => version.clone(),
        (AppState::ToUpgrade | AppState::Newer, Some(version)) => {
            format!("{version}; this program has {}", app.available)
        }
    };
    let needs = app.needs.map(|other| view! { <Fact label="Needs"><Related other/></Fact> });
    let needed_by = app
        .needed_by
        .filter(|other| other.installed)
        .map(|other| view! { <Fact label="Needed by"><Related other/></Fact> });
    let screens = app.screens.iter().map(|screen| view! { <li>{*screen}</li> }).collect_view();
    let addresses = app.addresses.iter().map(|path| view! { <li><code>{*path}</code></li> }).collect_view();
    let tools = (!app.tools.is_empty()).then(|| {
        let tools = app.tools.iter().map(|tool| view! { <code>{*tool}</code>" " }).collect_view();
        view! { <Fact label="Tools"><span class="words">{tools}</span></Fact> }
    });
    view! {
        <Facts>
            <Fact label="Version">{version}</Fact>
            {needs}
            {needed_by}
            <Fact label="Screens"><ul>{screens}</ul></Fact>
            <Fact label="Addresses"><ul>{addresses}</ul></Fact>
            {tools}
        </Facts>
    }
}

#[component]
fn Related(other: Other) -> impl IntoView {
    let stands = if other.installed { "" } else { ", not installed" };
    view! { {other.label}" "<code>{other.name}</code>{stands} }
}

/// What the act that is not asked for twice will do.
#[component]
fn Before(app: App) -> impl IntoView {
    match app.state {
        AppState::Absent => view! { <p class="before">{words::install(&app)}</p> }.into_any(),
        AppState::ToUpgrade => view! { <p class="before">{words::upgrade(&app)}</p> }.into_any(),
        AppState::Newer => view! {
            <Warning title="Important">
                {format!(
                    "A newer program than this one installed version {}. It is not downgraded: start the newer program again.",
                    app.version.unwrap_or_default()
                )}
            </Warning>
        }
        .into_any(),
        AppState::Installed => ().into_any(),
    }
}

fn acts(app: &App, seen: &str) -> AnyView {
    let label = app.label;
    let at = |act: &str| format!("{PATH}/{}/{act}", app.name);
    let plain = |act: &'static str, word: &'static str| {
        view! {
            <form method="post" action=at(act)>
                <input type="hidden" name="form" value=FORM/>
                <input type="hidden" name="seen" value=seen.to_owned()/>
                <button type="submit" class="primary">{format!("{word} {label}")}</button>
            </form>
        }
    };
    let sent = |form: &str| vec![("form", form.to_owned()), ("seen", seen.to_owned())];
    if app.state == AppState::Absent {
        let has_data = app.version.is_some();
        let purge = has_data.then(|| {
            let (form, name) = (purge_form(app.name), app.name);
            view! {
                <Confirm open="Delete data" question=words::purge(app) confirm=format!("Delete data of {label}")
                    action=at("purge") fields=sent(form) asked=Attempt::of(form).is_sent()>
                    <TextField form=form name=TYPED label="Technical name" mono=true required=true
                        help=format!("Type {name} to confirm.")/>
                </Confirm>
            }
        });
        return view! { {plain("install", "Install")}{purge} }.into_any();
    }
    let upgrade = (app.state == AppState::ToUpgrade).then(|| plain("upgrade", "Upgrade"));
    view! {
        {upgrade}
        <Confirm open="Uninstall" question=words::uninstall(app) confirm=format!("Uninstall {label}")
            action=at("uninstall") fields=sent(FORM)/>
    }
    .into_any()
}
