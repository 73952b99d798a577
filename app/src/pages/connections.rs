//! My Connections, and what connections are shown by wherever they stand.

use async_trait::async_trait;
use leptos::prelude::*;

use crate::backend::Backend;
use crate::components::{Ago, Badge, Confirm, Empty, Glyph, List, Page, Pager, Paging, ReadOnly, Warning};
use crate::frame::{Frame, Tone};
use crate::refusal::Refusal;
use crate::screen::screen;

/// Where the screen is.
pub const PATH: &str = "/connections";

/// What the screen asks of the server.
#[async_trait]
pub trait Connections: Send + Sync {
    /// The reader's connections, those behind the first `offset`.
    async fn own(&self, offset: u64) -> Result<MyConnections, Refusal>;
}

/// What the screen shows.
#[derive(Clone, Debug)]
pub struct MyConnections {
    /// Those that work first, then the newest.
    pub lines: Vec<ConnectionLine>,
    /// Where the page is.
    pub paging: Paging,
    /// The MCP URL.
    pub url: McpUrl,
}

/// Where Claude finds the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpUrl {
    /// The MCP URL.
    pub url: String,
    /// Whether only this machine or its network reaches it.
    pub is_local: bool,
}

/// A client that acts for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionLine {
    /// A UUID.
    pub id: String,
    /// Id of the client.
    pub client_id: String,
    /// What the client is called.
    pub client: String,
    /// Where it was answered, in words: `claude.ai`.
    pub host: String,
    /// Id of the user.
    pub user_id: i64,
    /// Full name of the user.
    pub user: String,
    /// Login of the user.
    pub login: String,
    /// Id of the key that bounds it.
    pub key_id: String,
    /// Name of that key.
    pub key: String,
    /// Whether it may write.
    pub write: bool,
    /// Epoch milliseconds.
    pub connected_at: i64,
    /// Epoch milliseconds; `None` if it never was.
    pub last_used_at: Option<i64>,
    /// How it stands.
    pub state: ConnectionState,
    /// Why it was revoked; empty if it was not.
    pub why: String,
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// It works.
    Active,
    /// It was revoked.
    Revoked,
    /// Nobody used it for too long.
    Expired,
    /// Its key was revoked or has expired.
    KeyEnded,
    /// Its client is disabled, or allowed nothing.
    ClientDisabled,
}

impl ConnectionState {
    /// Whether it works, or would again.
    pub const fn can_be_revoked(self) -> bool {
        matches!(self, Self::Active | Self::ClientDisabled)
    }
}

impl ConnectionLine {
    /// What it may do, in words.
    pub const fn scopes(&self) -> &'static str {
        if self.write { "Read and write" } else { "Read" }
    }
}

/// How many connections, in words: `1 connection`.
pub fn counted(count: usize) -> String {
    format!("{count} connection{}", if count == 1 { "" } else { "s" })
}

/// The screen.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let query = url::form_urlencoded::parse(
        Frame::here().path.split_once('?').map_or("", |(_, query)| query).as_bytes(),
    )
    .find(|(name, _)| name == "offset")
    .and_then(|(_, value)| value.parse().ok());
    let offset = query.unwrap_or_default();
    screen(async move { Backend::here().connections.own(offset).await }, |mine| view! { <Mine mine/> })
}

#[component]
fn Mine(mine: MyConnections) -> impl IntoView {
    let MyConnections { lines, paging, url } = mine;
    let pager = view! { <Pager at=paging base=format!("{PATH}?")/> }.into_any();
    if lines.is_empty() {
        return view! { <Page title="My Connections" pager><Nothing url/></Page> }.into_any();
    }
    let head = view! {
        <tr>
            <th scope="col">"Client"</th><th scope="col">"Redirect host"</th><th scope="col">"MCP key"</th>
            <th scope="col">"Scopes"</th><th scope="col">"Connected"</th><th scope="col">"Last used"</th>
            <th scope="col">"State"</th><th scope="col"><span class="unseen">"Acts"</span></th>
        </tr>
    };
    let rows = lines
        .into_iter()
        .map(|line| {
            let action = format!("{PATH}/{}/revoke", line.id);
            view! {
                <tr>
                    <td data-label="Client"><strong>{line.client.clone()}</strong></td>
                    <td data-label="Redirect host">{line.host.clone()}</td>
                    <td data-label="MCP key"><a href="/preferences?tab=mcp">{line.key.clone()}</a></td>
                    <td data-label="Scopes">{line.scopes()}</td>
                    <td data-label="Connected"><Ago at=line.connected_at/></td>
                    <td data-label="Last used"><Ago at=line.last_used_at/></td>
                    <td data-label="State"><Stands line=line.clone()/></td>
                    <td class="acts"><RevokeOne line=line.clone() action own=true/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Page title="My Connections" pager>
            <p class="help">
                "Claude and other clients that you approved. Each works within your permissions, the model policies, and the MCP key that it stands under."
            </p>
            <List label="My connections" head=head.into_any() cards=true>{rows}</List>
        </Page>
    }
    .into_any()
}

#[component]
fn Nothing(url: McpUrl) -> impl IntoView {
    view! {
        <Empty title="No connection yet" icon=Glyph::Link>
            <p>"Here stand Claude and other clients that you allow to work for you. To connect Claude, add a custom connector there with the Remote MCP server URL "<code>{url.url.clone()}</code>", then log in here and approve."</p>
            <p>"It works under one of your MCP keys: "<a href="/preferences?tab=mcp">"My Preferences > MCP"</a></p>
        </Empty>
        {url.is_local.then(|| view! { <LocalUrl/> })}
    }
}

/// That Claude can't reach a local address.
#[component]
pub fn LocalUrl() -> impl IntoView {
    view! {
        <Warning title="Important">
            "Claude must use a public URL. Local URLs such as localhost or 127.0.0.1 will not work for Claude."
        </Warning>
    }
}

/// The MCP URL as a field, with the warning where Claude can't reach it.
#[component]
pub fn RemoteUrl(
    /// Where it is.
    url: McpUrl,
) -> impl IntoView {
    view! {
        <ReadOnly label="Remote MCP server URL" copy=url.url/>
        {url.is_local.then(|| view! { <LocalUrl/> })}
    }
}

/// How a connection stands, and why.
#[component]
pub fn Stands(
    /// The connection.
    line: ConnectionLine,
) -> impl IntoView {
    let (tone, word, why) = match line.state {
        ConnectionState::Active => (Tone::Good, "Active", String::new()),
        ConnectionState::Revoked => (Tone::Bad, "Revoked", line.why),
        ConnectionState::Expired => (Tone::Neutral, "Expired", "not used for too long".to_owned()),
        ConnectionState::KeyEnded => {
            (Tone::Bad, "Key ended", format!("the MCP key {} was revoked or has expired", line.key))
        }
        ConnectionState::ClientDisabled => (Tone::Warning, "Client disabled", String::new()),
    };
    view! {
        <Badge tone text=word/>
        {(!why.is_empty()).then(|| view! { " "<span class="muted">{why}</span> })}
    }
}

/// Revoke, for a connection that works or would again.
#[component]
pub fn RevokeOne(
    /// The connection.
    line: ConnectionLine,
    /// Path that it is sent to.
    action: String,
    /// Whether it is the reader's own.
    #[prop(optional)]
    own: bool,
) -> impl IntoView {
    line.state.can_be_revoked().then(|| {
        let ConnectionLine { client, user, .. } = line;
        let (question, confirm) = if own {
            (
                format!("{client} will stop at once; you can connect again from {client}."),
                format!("Revoke {client}"),
            )
        } else {
            (
                format!("{client} will stop at once for {user}, who can connect again from {client}."),
                format!("Revoke {client} of {user}"),
            )
        };
        view! { <Confirm open="Revoke" question confirm action quiet=true/> }
    })
}
