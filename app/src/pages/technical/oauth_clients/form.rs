//! The form of one client, in the guide's order.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::super::way;
use super::connected::ConnectedList;
use super::credentials::{CredentialsGroup, Made, MadeCredentials};
use super::{ClientForm, FORM, History, Mark, PATH, Source, State};
use crate::backend::Backend;
use crate::components::{Ago, Confirm, Foot, Form, Page, ReadOnly, TextArea, TextField, Toggle, Warning};
use crate::pages::connections::counted;
use crate::screen::screen;

/// Most characters of all redirect URIs: 20 of 2,000.
const URIS_MOST: u32 = 40_100;

/// The screen.
#[component]
pub fn ClientPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let offset = use_query_map().get_untracked().get("offset").and_then(|text| text.parse().ok());
    let offset = offset.unwrap_or_default();
    screen(
        async move { Backend::here().oauth_clients.form(id, offset).await },
        |form| view! { <Shown form/> },
    )
}

#[component]
fn Shown(form: ClientForm) -> impl IntoView {
    let is_new = form.id.is_empty();
    let path = format!("{PATH}/{}", form.id);
    let made = use_context::<MadeCredentials>().map(|made| view! { <Made made url=form.url.clone()/> });
    let unused = !is_new && form.connected.paging.total == Some(0);
    let delete = unused.then(|| {
        view! {
            <Confirm open="Delete" action=format!("{path}/delete") confirm=format!("Delete OAuth client {}", form.name)
                question=format!("{} is deleted with its credentials. Nobody is connected through it.", form.name)/>
        }
        .into_any()
    });
    let title = if is_new { "New OAuth client".to_owned() } else { form.name.clone() };
    let (source, standing) = (form.source, form.standing);
    let state = (!is_new).then(|| view! { <State standing/><Mark source/> }.into_any());
    let history = form.history.clone();
    let rest = (!is_new).then(|| {
        view! {
            <CredentialsGroup form=form.clone()/>
            <ConnectedList form=form.clone()/>
            <Written history source/>
        }
    });
    view! {
        <Page title crumbs=way(Some(("OAuth Clients", PATH))) state=state.into_any() actions=delete.into_any()>
            {made}
            <div class="sheet">
                <Came form=form.clone()/>
                <Fields form/>
                {rest}
            </div>
        </Page>
    }
}

/// What has to be known of a client that came by itself.
#[component]
fn Came(form: ClientForm) -> impl IntoView {
    let text = match form.source {
        Source::Administrator => return None,
        Source::Registration => {
            let from = form.history.registered_from.map(|from| format!(" from {from}")).unwrap_or_default();
            format!(
                "This client registered itself{from}: nobody here checked who it is, and its name is its own choice. It gets \
                 read only until you allow more."
            )
        }
        Source::Document => format!(
            "This client is described by the document at {}; its name and Redirect URIs come from there. It gets read only until \
             you allow more.",
            form.client_id
        ),
    };
    Some(view! { <Warning title=form.source.label()>{text}</Warning> })
}

#[component]
fn Fields(form: ClientForm) -> impl IntoView {
    let is_new = form.id.is_empty();
    let action = if is_new { format!("{PATH}/new") } else { format!("{PATH}/{}", form.id) };
    let generate = is_new.then(|| {
        view! { <button type="submit" name="act" value="generate">"Generate Credentials"</button> }.into_any()
    });
    let from_document = form.source == Source::Document;
    let enabled_help = match form.connected.alive {
        0 => "Only a client that is enabled can connect.".to_owned(),
        alive if form.enabled => {
            format!("If you disable it, its {} will stop at once, until it is enabled again.", counted(alive))
        }
        alive => format!("If you enable it, its {} will work again.", counted(alive)),
    };
    let uris = form.redirect_uris.join("\n");
    let once = is_new.then(|| view! { <input type="hidden" name="once" value=form.once/> });
    view! {
        <Form name=FORM action seen=form.seen discard=PATH more=generate.into_any()>
            {once}
            {if from_document {
                view! { <ReadOnly label="Client name">{form.name}</ReadOnly> }.into_any()
            } else {
                view! {
                    <TextField form=FORM name="name" label="Client name" value=form.name most=100 required=true placeholder="Claude"
                        help="For example Claude. People see it when they are asked to approve the connection." focus=is_new/>
                }
                .into_any()
            }}
            <Toggle form=FORM name="enabled" label="Enable the client" value=form.enabled help=enabled_help/>
            <Toggle form=FORM name="allow_read" label="Allow Read Scope" value=form.allow_read
                help="It may analyze data: read, search, count, group."/>
            <Toggle form=FORM name="allow_write" label="Allow Write Scope" value=form.allow_write
                help="If required: it may create and update too, where the user's MCP key has Enable Write Tools."/>
            {if from_document {
                view! { <ReadOnly label="Redirect URIs" help="Given by the client's document."><pre>{uris}</pre></ReadOnly> }.into_any()
            } else {
                view! {
                    <TextArea form=FORM name="redirect_uris" label="Redirect URIs" value=uris most=URIS_MOST rows=3 required=true mono=true
                        help="One a line. Authorization codes are sent to these addresses and to no others."/>
                }
                .into_any()
            }}
            {is_new.then(|| view! {
                <p class="help">"Generate Credentials saves the client, and shows its full Client ID and Client Secret: only then, and only once."</p>
            })}
        </Form>
    }
}

#[component]
fn Written(history: History, source: Source) -> impl IntoView {
    let by = |who: Option<String>| who.map(|who| format!(" by {who}"));
    let changed = history.changed_at != history.created_at;
    let created = if source == Source::Administrator { "Created " } else { "Known since " };
    view! {
        <Foot>
            <p>{created}<Ago at=history.created_at/>{by(history.created_by)}"."</p>
            {changed.then(|| view! { <p>"Last changed "<Ago at=history.changed_at/>{by(history.changed_by)}"."</p> })}
        </Foot>
    }
}
