//! Behind the one-time link: the first administrator.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Form, Mark, Notices, TextField};
use crate::frame::Frame;

const FORM: &str = "first";

/// Makes the first administrator.
#[component]
pub fn FirstPage() -> impl IntoView {
    let action = Frame::here().bare_path().to_owned();
    view! {
        <Title text="First administrator · Axanta MCP"/>
        <div class="sign-in">
            <p class="brand"><Mark/><span>"Axanta"</span><span class="brand-part">"MCP"</span></p>
            <Notices/>
            <div class="sheet">
                <h1>"First administrator"</h1>
                <p>"Nobody can sign in yet. You become Settings / Administrator and MCP Administrator; everybody else is added by you."</p>
                <Form name=FORM action submit="Create and log in">
                    <TextField form=FORM name="name" label="Name" required=true autocomplete="name" focus=true/>
                    <TextField form=FORM name="login" label="Login" required=true mono=true autocomplete="username" help="Letters, digits and . _ - + @"/>
                    <TextField form=FORM name="password" label="Password" kind="password" most=1000 required=true autocomplete="new-password" help="At least 8 characters."/>
                    <TextField form=FORM name="password_again" label="The same again" kind="password" most=1000 required=true autocomplete="new-password"/>
                </Form>
            </div>
        </div>
    }
}
