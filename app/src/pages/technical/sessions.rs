//! Technical > MCP > Sessions: clients that are connected now.

use async_trait::async_trait;
use leptos::prelude::*;

use super::{address, query, way};
use crate::backend::Backend;
use crate::components::{Ago, Confirm, Empty, Glyph, Group, List, Number, Page, Pager, Paging};
use crate::frame::Frame;
use crate::refusal::Refusal;
use crate::screen::screen;

/// Where the screen is.
pub const PATH: &str = "/technical/mcp/sessions";

const SESSIONLESS: &str = "Clients of protocol 2026-07-28 and later, such as Claude, send each request on its own: they have no session \
    to list or to end. Revoke their key to stop them.";

/// What the screen asks of the server.
#[async_trait]
pub trait McpSessions: Send + Sync {
    /// The sessions that live, those behind the first `offset`.
    async fn live(&self, offset: u64) -> Result<SessionList, Refusal>;
}

/// What the screen shows.
#[derive(Clone, Debug)]
pub struct SessionList {
    /// The last seen first.
    pub rows: Vec<SessionLine>,
    /// Where the page is.
    pub paging: Paging,
    /// Minutes after which an unused session ends.
    pub ttl: i64,
    /// Clients that asked without a session within the last hour.
    pub clients: Vec<ClientLine>,
}

/// Who uses a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Id of the user.
    pub user_id: i64,
    /// Login, if the user is still there.
    pub login: String,
    /// Id of the key.
    pub key_id: String,
    /// Name of the key.
    pub key: String,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Hash of its id.
    pub id: String,
    /// What the log calls it.
    pub short: String,
    /// For whom.
    pub holder: Holder,
    /// Client and version, as it says itself.
    pub client: String,
    /// OAuth client through which it came; `None`: by the key itself.
    pub oauth_client: Option<String>,
    /// Revision of the protocol.
    pub protocol: String,
    /// Epoch milliseconds.
    pub begun: i64,
    /// Epoch milliseconds.
    pub seen: i64,
    /// Requests made.
    pub calls: i64,
}

/// A client without a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLine {
    /// For whom.
    pub holder: Holder,
    /// Client and version, as it says itself.
    pub client: String,
    /// Epoch milliseconds.
    pub seen: i64,
    /// Requests in the log.
    pub calls: i64,
}

/// The screen.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let offset = query(&Frame::here().path).into_iter().find(|(name, _)| name == "offset");
    let offset = offset.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    screen(async move { Backend::here().mcp_sessions.live(offset).await }, |list| view! { <Shown list/> })
}

#[component]
fn Shown(list: SessionList) -> impl IntoView {
    let SessionList { rows, paging, ttl, clients } = list;
    let none = rows.is_empty();
    let lines = rows.into_iter().map(|line| view! { <Line line/> }).collect_view();
    let head = view! {
        <tr>
            <th scope="col">"Client"</th><th scope="col">"User"</th><th scope="col">"Key"</th>
            <th scope="col">"Protocol"</th><th scope="col">"Begun"</th><th scope="col">"Last seen"</th>
            <th scope="col" class="number">"Calls"</th><th scope="col" class="acts"><span class="unseen">"Acts"</span></th>
        </tr>
    };
    view! {
        <Page
            title="Sessions" crumbs=way(None)
            pager=view! { <Pager at=paging base=format!("{PATH}?")/> }.into_any()
        >
            {if none {
                view! {
                    <Empty title="No MCP session is open" icon=Glyph::Plug>
                        <p>
                            "A client such as Codex begins a session when it connects, and keeps it until it leaves or is not seen for "
                            {ttl}" minutes (Session TTL in "<a href="/settings/mcp">"Settings > MCP Server"</a>
                            "). Here you see who is connected and can end a session."
                        </p>
                    </Empty>
                }
                .into_any()
            } else {
                view! { <List label="MCP sessions" head=head.into_any() cards=true>{lines}</List> }.into_any()
            }}
            <Group title="Clients without a session, seen within the last hour" help=SESSIONLESS>
                <Sessionless clients/>
            </Group>
        </Page>
    }
}

#[component]
fn Who(holder: Holder) -> impl IntoView {
    let user = format!("/settings/users/{}", holder.user_id);
    let key = format!("{user}?tab=mcp");
    view! {
        <td data-label="User"><a href=user>{holder.login}</a></td>
        <td data-label="Key"><a href=key>{holder.key}</a></td>
    }
}

#[component]
fn Line(line: SessionLine) -> impl IntoView {
    let calls = address("/technical/mcp/logs", &[("session", &line.short)]);
    let question = format!(
        "{} of {} is told at its next request, within a second, that the session has ended. Most clients then begin a new one by \
         themselves; revoke the key {} to keep it out.",
        line.client, line.holder.login, line.holder.key
    );
    let confirm = format!("End session of {}", line.client);
    view! {
        <tr>
            <td data-label="Client">
                <a href=calls>{line.client.clone()}</a>
                {line.oauth_client.map(|name| view! { " "<span class="muted">{format!("through {name}")}</span> })}
            </td>
            <Who holder=line.holder/>
            <td class="mono" data-label="Protocol">{line.protocol}</td>
            <td data-label="Begun"><Ago at=line.begun/></td>
            <td data-label="Last seen"><Ago at=line.seen/></td>
            <td class="number" data-label="Calls"><Number value=line.calls/></td>
            <td class="acts">
                <Confirm open="End" question confirm action=format!("{PATH}/{}/end", line.id) quiet=true/>
            </td>
        </tr>
    }
}

#[component]
fn Sessionless(clients: Vec<ClientLine>) -> impl IntoView {
    if clients.is_empty() {
        return view! { <p class="muted">"None."</p> }.into_any();
    }
    let head = view! {
        <tr>
            <th scope="col">"Client"</th><th scope="col">"User"</th><th scope="col">"Key"</th>
            <th scope="col">"Last seen"</th><th scope="col" class="number">"Requests"</th>
        </tr>
    };
    let lines = clients
        .into_iter()
        .map(|line| {
            let calls = address("/technical/mcp/logs", &[("key", &line.holder.key_id)]);
            view! {
                <tr>
                    <td data-label="Client"><a href=calls>{line.client}</a></td>
                    <Who holder=line.holder/>
                    <td data-label="Last seen"><Ago at=line.seen/></td>
                    <td class="number" data-label="Requests"><Number value=line.calls/></td>
                </tr>
            }
        })
        .collect_view();
    view! { <List label="Clients without a session" head=head.into_any() cards=true>{lines}</List> }
        .into_any()
}
