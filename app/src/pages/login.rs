//! Sign-in.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Form, Mark, Notices, TextField};
use crate::form::Attempt;
use crate::frame::Frame;

/// Sign-in; `?next=` is where it leads.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = Frame::here().parameter("next").unwrap_or_default();
    let next = Attempt::of("login").value("next", &next);
    view! {
        <Title text="Log in · Axanta MCP"/>
        <div class="sign-in">
            <p class="brand"><Mark/><span>"Axanta"</span><span class="brand-part">"MCP"</span></p>
            <Notices/>
            <div class="sheet">
                <h1>"Log in"</h1>
                <Form name="login" action="/login" submit="Log in">
                    <input type="hidden" name="next" value=next/>
                    <TextField form="login" name="login" label="Login" autocomplete="username" required=true focus=true/>
                    <TextField form="login" name="password" label="Password" kind="password" most=1000 autocomplete="current-password" required=true/>
                </Form>
            </div>
            <p class="help">"No account, or a password forgotten? Ask whoever administers your Axanta."</p>
        </div>
    }
}
