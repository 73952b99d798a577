//! My Preferences: one's own name, language and time zone; password; MCP.

use async_trait::async_trait;
use leptos::prelude::*;

use super::settings::users::mcp_tab::{McpAccess, McpTab};
use crate::backend::Backend;
use crate::components::{Choice, Confirm, Form, Group, Notebook, Page, SelectField, Tab, TextField, Whose};
use crate::frame::Frame;
use crate::refusal::Refusal;
use crate::screen::screen;

/// What the screen asks of the server.
#[async_trait]
pub trait Preferences: Send + Sync {
    /// What is stored of the reader.
    async fn show(&self) -> Result<Own, Refusal>;
    /// How the reader stands with MCP.
    async fn access(&self) -> Result<McpAccess, Refusal>;
}

/// What is stored of the reader.
#[derive(Clone, Debug)]
pub struct Own {
    /// Fingerprint of what is stored.
    pub seen: String,
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Language, for example `en_US`.
    pub lang: String,
    /// Languages to choose from: code and name.
    pub langs: Vec<(String, String)>,
    /// IANA time zone.
    pub tz: String,
    /// Time zones to choose from.
    pub zones: Vec<String>,
    /// Browsers in which the reader is signed in, this one too.
    pub sessions: i64,
    /// Whether the module `mcp_server` is installed.
    pub mcp: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Preferences,
    Security,
    Mcp,
}

const PATH: &str = "/preferences";
const FORM: &str = "preferences";
const PASSWORD: &str = "password";

/// My Preferences; `?tab=security` and `?tab=mcp` open the other tabs.
#[component]
pub fn PreferencesPage() -> impl IntoView {
    let open = match Frame::here().parameter("tab").as_deref() {
        Some("mcp") => Open::Mcp,
        Some("security") => Open::Security,
        _ => Open::Preferences,
    };
    let load = async move {
        let preferences = Backend::here().preferences;
        let own = preferences.show().await?;
        let access = if open == Open::Mcp && own.mcp { Some(preferences.access().await?) } else { None };
        Ok((own, access))
    };
    screen(load, move |(own, access)| view! { <Shown open own access/> })
}

#[component]
fn Shown(open: Open, own: Own, access: Option<McpAccess>) -> impl IntoView {
    let open = if open == Open::Mcp && access.is_none() { Open::Preferences } else { open };
    let tab = |label, query: &str, this| Tab { label, href: format!("{PATH}{query}"), open: open == this };
    let mut tabs =
        vec![tab("Preferences", "", Open::Preferences), tab("Password", "?tab=security", Open::Security)];
    if own.mcp {
        tabs.push(tab("MCP", "?tab=mcp", Open::Mcp));
    }
    let body = match (open, access) {
        (Open::Mcp, Some(access)) => view! { <McpTab access/> }.into_any(),
        (Open::Security, _) => view! { <Security own/> }.into_any(),
        _ => view! { <Basics own/> }.into_any(),
    };
    view! {
        <Page title="My Preferences">
            <div class="sheet"><Notebook tabs>{body}</Notebook></div>
        </Page>
    }
}

#[component]
fn Basics(own: Own) -> impl IntoView {
    let langs = own.langs.into_iter().map(|(v, l)| Choice::new(v, l)).collect::<Vec<_>>();
    let zones = own.zones.into_iter().map(|zone| Choice::new(zone.clone(), zone)).collect::<Vec<_>>();
    view! {
        <Form name=FORM action=PATH seen=own.seen discard=PATH>
            <Group title="About you" help=format!("You sign in as {}.", own.login) columns=true>
                <TextField form=FORM name="name" label="Name" value=own.name required=true autocomplete="name"/>
                <SelectField form=FORM name="lang" label="Language" value=own.lang choices=langs help="Decides how dates and numbers are written."/>
                <SelectField form=FORM name="tz" label="Time Zone" value=own.tz choices=zones
                    help="Decides when your days begin and end, also in what the AI reports."/>
            </Group>
        </Form>
    }
}

#[component]
fn Security(own: Own) -> impl IntoView {
    let others = match own.sessions - 1 {
        ..=0 => "no other browser".to_owned(),
        1 => "1 other browser".to_owned(),
        n => format!("{n} other browsers"),
    };
    let question = format!("You are signed out here and in {others}. MCP keys keep working.");
    let ends = if own.sessions > 1 {
        format!("With a new password you are signed out of {others}.")
    } else {
        String::new()
    };
    let here = format!("You are signed in here and in {others}.");
    view! {
        <Form name=PASSWORD action=format!("{PATH}/password") submit="Change password">
            <Group title="Password" help=ends columns=true>
                <Whose login=own.login.clone()/>
                <TextField form=PASSWORD name="old_password" label="Old password" kind="password" most=1000 required=true autocomplete="current-password"/>
                <TextField form=PASSWORD name="password" label="New password" kind="password" most=1000 required=true autocomplete="new-password" help="At least 8 characters."/>
                <TextField form=PASSWORD name="password_again" label="The same again" kind="password" most=1000 required=true autocomplete="new-password"/>
            </Group>
        </Form>
        <Group title="Where you are signed in" help=here>
            <Confirm open="Sign out everywhere" question confirm="Sign out everywhere" action=format!("{PATH}/sign-out")/>
        </Group>
    }
}
