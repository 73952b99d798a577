//! Sign-in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::components::{Form, Page, TextField};

/// Sign-in; `?next=` is where it leads.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = use_query_map().get_untracked().get("next").unwrap_or_default();
    view! {
        <Page title="Log in">
            <div class="sheet sheet-small">
                <Form name="login" action="/login" submit="Log in">
                    <input type="hidden" name="next" value=next/>
                    <TextField form="login" name="login" label="Login" autocomplete="username" required=true/>
                    <TextField form="login" name="password" label="Password" kind="password" most=1000 autocomplete="current-password" required=true/>
                </Form>
            </div>
        </Page>
    }
}
