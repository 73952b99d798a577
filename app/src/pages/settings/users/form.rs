//! A user's form: who they are, Access Rights, and MCP.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::UserForm;
use super::head::{About, FORM, Fields, state};
use super::mcp_tab::{McpAccess, McpTab};
use super::rights::Rights;
use crate::backend::Backend;
use crate::components::{Ago, Confirm, Crumb, Foot, Form, Group, Notebook, Page, Tab, TextField, Whose};
use crate::frame::Frame;
use crate::screen::screen;

/// A user's form; `?tab=mcp` opens the MCP tab.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let mcp = Frame::here().parameter("tab").as_deref() == Some("mcp");
    let load = async move {
        let users = Backend::here().users;
        let user = users.form(id.clone()).await?;
        let access = if mcp && user.mcp && user.id != 0 { Some(users.access(id).await?) } else { None };
        Ok((user, access))
    };
    screen(load, |(user, access)| view! { <Shown user access/> })
}

#[component]
fn Shown(user: UserForm, access: Option<McpAccess>) -> impl IntoView {
    let base =
        format!("/settings/users/{}", if user.id == 0 { "new".to_owned() } else { user.id.to_string() });
    let mut tabs = vec![Tab { label: "Access Rights", href: base.clone(), open: access.is_none() }];
    if user.mcp && user.id != 0 {
        tabs.push(Tab { label: "MCP", href: format!("{base}?tab=mcp"), open: access.is_some() });
    }
    let title = if user.id == 0 { "New user".to_owned() } else { user.name.clone() };
    let crumbs = vec![
        Crumb::new("Settings", "/"),
        Crumb::new("Users & Companies", "/settings/users"),
        Crumb::new("Users", "/settings/users"),
    ];
    let badge = if user.id == 0 { ().into_any() } else { state(user.active) };
    let acts = (user.id != 0 && user.may_edit && access.is_none())
        .then(|| view! { <Acts user=user.clone() base=base.clone()/> });
    let body = match access {
        Some(access) => view! {
            <About user/>
            <Notebook tabs><McpTab access/></Notebook>
        }
        .into_any(),
        None => view! { <Editable user tabs base/> }.into_any(),
    };
    view! {
        <Page title crumbs state=badge>
            <div class="sheet">{body}</div>
            {acts}
        </Page>
    }
}

#[component]
fn Editable(user: UserForm, tabs: Vec<Tab>, base: String) -> impl IntoView {
    let applications = user.applications.clone();
    let (seen, login_at, id) = (user.seen.clone(), user.login_at, user.id);
    let discard = if id == 0 { "/settings/users".to_owned() } else { base.clone() };
    let head =
        if user.may_edit { view! { <Fields user/> }.into_any() } else { view! { <About user/> }.into_any() };
    view! {
        <Form name=FORM action=base seen discard>
            {head}
            <Notebook tabs><Rights applications/></Notebook>
        </Form>
        {(id != 0).then(|| view! { <Foot>"Last sign-in: "<Ago at=login_at/></Foot> })}
    }
}

/// What is done to a user apart from the form: a new password, archive.
#[component]
fn Acts(user: UserForm, base: String) -> impl IntoView {
    let (name, login) = (user.name.clone(), user.login.clone());
    let password = if user.own {
        view! { <p>"Your own password is changed in "<a href="/preferences?tab=security">"My Preferences"</a>"."</p> }
            .into_any()
    } else {
        let help = if user.has_password {
            format!("{name} signs in with it from then on{}.", ending(user.sessions))
        } else {
            format!("{name} has no password yet, and can't sign in.")
        };
        view! {
            <Form name="password" action=format!("{base}/password") submit="Set password">
                <Group title="Set a new password" help columns=true>
                    <Whose login/>
                    <TextField form="password" name="password" label="New password" kind="password" most=1000 required=true autocomplete="new-password" help="At least 8 characters."/>
                    <TextField form="password" name="password_again" label="The same again" kind="password" most=1000 required=true autocomplete="new-password"/>
                </Group>
            </Form>
        }
        .into_any()
    };
    let archive = (!user.own).then(|| view! { <Archive user base/> });
    view! {
        <div class="sheet">{password}</div>
        {archive}
    }
}

#[component]
fn Archive(user: UserForm, base: String) -> impl IntoView {
    let (name, action) = (user.name, format!("{base}/archive"));
    if !user.active {
        return view! {
            <div class="sheet">
                <Form name="archive" action submit="Unarchive">
                    <input type="hidden" name="active" value="on"/>
                    <p>{format!("{name} is archived: signing in and every key are refused.")}</p>
                </Form>
            </div>
        }
        .into_any();
    }
    let keys = match user.keys {
        0 => String::new(),
        1 => " 1 key stops at once.".to_owned(),
        n => format!(" {n} keys stop at once."),
    };
    let question = format!(
        "{name} can't sign in any more{}.{keys} Nothing is deleted, and it can be undone.",
        ending(user.sessions)
    );
    view! {
        <div class="sheet">
            <Confirm open="Archive" question confirm=format!("Archive {name}") action/>
        </div>
    }
    .into_any()
}

/// What ends in how many browsers; nothing where the user is signed in nowhere.
fn ending(browsers: i64) -> String {
    match browsers {
        0 => String::new(),
        1 => ", and is signed out of 1 browser".to_owned(),
        n => format!(", and is signed out of {n} browsers"),
    }
}
