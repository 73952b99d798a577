//! Apps: the modules, what each brings, and how it comes and goes.

mod card;
mod words;

use async_trait::async_trait;
use leptos::prelude::*;

use self::card::ModuleCard;
use crate::backend::Backend;
use crate::components::{Cards, Empty, Filters, Glyph, Page, Problem};
use crate::frame::Frame;
use crate::refusal::Refusal;
use crate::screen::screen;

/// Where the screen is.
pub const PATH: &str = "/apps";
/// Name of the forms that install, upgrade and uninstall.
pub const FORM: &str = "apps";
/// Field of the form that deletes data: the technical name, typed.
pub const TYPED: &str = "technical_name";

/// What the screen asks of the server.
#[async_trait]
pub trait Apps: Send + Sync {
    /// The modules in whose names and description every word of `search` stands.
    async fn list(&self, search: String) -> Result<AppList, Refusal>;
}

/// What the screen shows.
#[derive(Clone, Debug)]
pub struct AppList {
    /// Fingerprint of how the modules stand, so that no act does what was not said.
    pub seen: String,
    /// Each after what it needs.
    pub apps: Vec<App>,
}

/// One module.
#[derive(Clone, Debug)]
pub struct App {
    /// Technical name.
    pub name: &'static str,
    /// The name people see.
    pub label: &'static str,
    /// One or two sentences on what it is for.
    pub about: &'static str,
    /// Its screens, as the menu has them.
    pub screens: &'static [&'static str],
    /// Its addresses.
    pub addresses: &'static [&'static str],
    /// Its tools.
    pub tools: Vec<&'static str>,
    /// How it stands.
    pub state: AppState,
    /// Version of what is installed; of an absent one, of the data that it left.
    pub version: Option<String>,
    /// Version that this program brings.
    pub available: String,
    /// The module that it needs.
    pub needs: Option<Other>,
    /// The module that can't be without it.
    pub needed_by: Option<Other>,
    /// What works through it now.
    pub at_work: AtWork,
    /// What it keeps: number and name of the thing.
    pub keeps: Vec<(i64, &'static str)>,
    /// What an upgrade does.
    pub upgrade: Upgrade,
}

/// How a module stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppState {
    /// Installed, and up to date.
    Installed,
    /// Installed, in an older version.
    ToUpgrade,
    /// Installed, in a newer version than this program has.
    Newer,
    /// Not there.
    Absent,
}

/// Another module.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    /// Technical name.
    pub name: &'static str,
    /// The name people see.
    pub label: &'static str,
    /// Whether it is there.
    pub installed: bool,
    /// Whether it is older than this program.
    pub to_upgrade: bool,
}

/// What works through a module: it stops with it, and comes back with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AtWork {
    /// Active keys.
    pub keys: i64,
    /// Users who have one.
    pub holders: i64,
    /// Open MCP sessions.
    pub sessions: i64,
    /// Connections of OAuth clients.
    pub connections: i64,
    /// Users who approved one.
    pub approvers: i64,
}

/// What an upgrade does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Upgrade {
    /// Whether the open MCP sessions end.
    pub ends_sessions: bool,
    /// Whether the Claude connector must be connected anew.
    pub reconnect: bool,
}

/// Name of the form that deletes a module's data.
pub fn purge_form(module: &str) -> &'static str {
    if module == "mcp_server" { "purge-mcp_server" } else { "purge-mcp_server_oauth" }
}

/// The screen.
#[component]
pub fn AppsPage() -> impl IntoView {
    let search = Frame::here().parameter("search").unwrap_or_default().trim().to_owned();
    let asked = search.clone();
    screen(async move { Backend::here().apps.list(asked).await }, move |list| view! { <Shown search list/> })
}

#[component]
fn Shown(search: String, list: AppList) -> impl IntoView {
    let AppList { seen, apps } = list;
    let chips = (!search.is_empty()).then(|| (format!("Search: {search}"), PATH.to_owned()));
    let sought = search.clone();
    let body = if apps.is_empty() {
        view! {
            <Empty title="No app matches" icon=Glyph::Box>
                <p>{format!("Nothing here is called “{sought}” or does it. ")}<a href=PATH>"Show all apps"</a>"."</p>
            </Empty>
        }
        .into_any()
    } else {
        let cards = apps.into_iter().map(|app| view! { <ModuleCard app seen=seen.clone()/> }).collect_view();
        view! { <Cards wide=true>{cards}</Cards> }.into_any()
    };
    let filters = view! {
        <Filters action=PATH search=search placeholder="Name or description" chips=chips.into_iter().collect()/>
    };
    view! {
        <Page title="Apps" search=filters.into_any()>
            <Problem form=FORM/>
            {body}
        </Page>
    }
}
