//! The pages that help where a page can't be shown.

use leptos::prelude::*;

use super::Page;
use super::icon::{Glyph, Icon};
use crate::refusal::Refusal;

/// Why a page can't be shown, and what to do.
#[component]
pub fn RefusalPage(
    /// Why.
    refusal: Refusal,
) -> impl IntoView {
    let status = refusal.status();
    let (title, icon, why) = match refusal {
        Refusal::NotFound(what) => ("Not found", Glyph::Search, view! {
            <p>{format!("There is no {what} here. It may have been removed, or the address is not quite right.")}</p>
        }
        .into_any()),
        Refusal::Forbidden { group, who } => ("Not allowed", Glyph::Lock, view! {
            <p>"This page needs the group "<strong>{group}</strong>"."</p>
            <p>{if who.is_empty() {
                "Nobody can give it to you yet; whoever runs the server can, by command.".to_owned()
            } else {
                format!("Ask {} to give it to you.", who.join(", "))
            }}</p>
        }
        .into_any()),
        Refusal::Foreign => ("Not from here", Glyph::Lock, view! {
            <p>"This form was sent from another site, so nothing was done. Open the page here and try again."</p>
            <p>"If it was sent from here, the proxy in front of the server changes Host or Origin: both must reach it as the browser sent them."</p>
        }
        .into_any()),
        Refusal::Failed => ("This did not work", Glyph::Alert, view! {
            <p>"The server could not read what this page shows. Nothing was changed. Try again in a moment; its log says more."</p>
        }
        .into_any()),
    };
    view! {
        <Page title=title>
            <div class="sheet refusal">
                <span class="tile"><Icon name=icon/></span>
                <div>
                    {why}
                    <p class="after"><a class="button" href="/">"Back to home"</a></p>
                    <p class="muted">{format!("Status {status}")}</p>
                </div>
            </div>
        </Page>
    }
}
