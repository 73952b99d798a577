//! The console's screens: views, and the data they show. Leptos renders them on the server; there is no WASM and
//! no hydration, so a page is HTML and every form is a plain POST.
//!
//! A screen is one file or folder under [`pages`], laid out as the menu is. It declares the data it shows and a
//! trait that brings them; the server implements the trait, bound to whoever is signed in, and hands it over in
//! [`backend::Backend`]. What frames every page is [`frame::Frame`]; what came of a form that could not be taken is
//! [`form::Attempt`].

#![expect(clippy::needless_pass_by_value, reason = "the props of a component are values")]

pub mod backend;
pub mod components;
mod escape;
pub mod form;
pub mod frame;
pub mod menu;
pub mod pages;
pub mod refusal;
pub mod screen;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::components::{Document, RefusalPage};
use crate::frame::Frame;
use crate::pages::apps::AppsPage;
use crate::pages::connections::ConnectionsPage;
use crate::pages::consent::ConsentPage;
use crate::pages::first::FirstPage;
use crate::pages::home::HomePage;
use crate::pages::login::LoginPage;
use crate::pages::preferences::PreferencesPage;
use crate::pages::settings::companies::CompaniesPage;
use crate::pages::settings::groups::GroupsPage;
use crate::pages::settings::mcp_server::McpServerPage;
use crate::pages::settings::users::{UserPage, UsersPage};
use crate::pages::technical::approvals::{ApprovalPage, ApprovalsPage};
use crate::pages::technical::logs::{LogEntryPage, LogsPage};
use crate::pages::technical::oauth_clients::{ClientPage, ClientsPage};
use crate::pages::technical::policies::{NewPolicyPage, PoliciesPage, PolicyPage};
use crate::pages::technical::sessions::SessionsPage;
use crate::refusal::Refusal;

/// The whole console: the document, and in it the page of the address.
#[component]
pub fn Console() -> impl IntoView {
    provide_meta_context();
    view! {
        <Document>
            {match use_context::<Refusal>() {
                Some(refusal) => {
                    Frame::here().status.set(refusal.status());
                    view! { <RefusalPage refusal/> }.into_any()
                }
                None => view! { <Pages/> }.into_any(),
            }}
        </Document>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| view! { <Lost/> }>
                <Route path=path!("/") view=HomePage/>
                <Route path=path!("/login") view=LoginPage/>
                <Route path=path!("/apps") view=AppsPage/>
                <Route path=path!("/oauth/authorize") view=ConsentPage/>
                <Route path=path!("/settings/mcp") view=McpServerPage/>
                <Route path=path!("/settings/users") view=UsersPage/>
                <Route path=path!("/settings/users/:id") view=UserPage/>
                <Route path=path!("/settings/groups") view=GroupsPage/>
                <Route path=path!("/settings/companies") view=CompaniesPage/>
                <Route path=path!("/preferences") view=PreferencesPage/>
                <Route path=path!("/connections") view=ConnectionsPage/>
                <Route path=path!("/first/:token") view=FirstPage/>
                <Route path=path!("/technical/mcp/policies") view=PoliciesPage/>
                <Route path=path!("/technical/mcp/policies/new") view=NewPolicyPage/>
                <Route path=path!("/technical/mcp/policies/:model") view=PolicyPage/>
                <Route path=path!("/technical/mcp/oauth-clients") view=ClientsPage/>
                <Route path=path!("/technical/mcp/oauth-clients/:id") view=ClientPage/>
                <Route path=path!("/technical/mcp/approvals") view=ApprovalsPage/>
                <Route path=path!("/technical/mcp/approvals/:id") view=ApprovalPage/>
                <Route path=path!("/technical/mcp/logs") view=LogsPage/>
                <Route path=path!("/technical/mcp/logs/:id") view=LogEntryPage/>
                <Route path=path!("/technical/mcp/sessions") view=SessionsPage/>
            </Routes>
        </Router>
    }
}

#[component]
fn Lost() -> impl IntoView {
    Frame::here().status.set(404);
    view! { <RefusalPage refusal=Refusal::NotFound("page".to_owned())/> }
}
