//! The pages that help where a page can't be shown.

use leptos::prelude::*;

use super::Page;
use crate::refusal::Refusal;

/// Why a page can't be shown, and what to do.
#[component]
pub fn RefusalPage(
    /// Why.
    refusal: Refusal,
) -> impl IntoView {
    match refusal {
        Refusal::NotFound(what) => view! {
            <Page title="Not found">
                <div class="sheet">
                    <p>{format!("There is no {what} here. It may have been removed, or the address is not quite right.")}</p>
                    <p><a href="/">"Back to the apps"</a></p>
                </div>
            </Page>
        }
        .into_any(),
        Refusal::Forbidden { group, who } => view! {
            <Page title="Not allowed">
                <div class="sheet">
                    <p>"This page needs the group "<strong>{group}</strong>"."</p>
                    <p>{if who.is_empty() {
                        "Nobody can give it to you yet; whoever runs the server can, by command.".to_owned()
                    } else {
                        format!("Ask {} to give it to you.", who.join(", "))
                    }}</p>
                    <p><a href="/">"Back to the apps"</a></p>
                </div>
            </Page>
        }
        .into_any(),
        Refusal::Failed => view! {
            <Page title="This did not work">
                <div class="sheet">
                    <p>"The server could not read what this page shows. Nothing was changed. Try again in a moment; its log says more."</p>
                    <p><a href="/">"Back to the apps"</a></p>
                </div>
            </Page>
        }
        .into_any(),
    }
}
