//! The MCP tab, of a user and in My Preferences: whether MCP can be used, the keys, Generate MCP Key.

use leptos::prelude::*;

use crate::components::{
    Ago, Badge, Choice, Choices, Confirm, Empty, Form, Glyph, Icon, List, NumberField, SecretOnce, TextField,
    Warning,
};
use crate::form::Attempt;
use crate::frame::Tone;
use crate::pages::connections::{self, ConnectionLine, RevokeOne, Stands};

/// How a user stands with MCP.
#[derive(Clone, Debug)]
pub struct McpAccess {
    /// Full name of the user.
    pub name: String,
    /// Path that keys are sent to: `/settings/users/2` or `/preferences`.
    pub base: String,
    /// What the user can do, where nothing is missing: group, keys that work, models.
    pub ready: Option<(String, usize, usize)>,
    /// What is missing.
    pub lacks: Vec<Lack>,
    /// The keys, newest first.
    pub keys: Vec<KeyLine>,
    /// Whether the reader may generate and revoke keys here.
    pub may_generate: bool,
    /// Whether the reader may revoke connections here.
    pub may_revoke: bool,
    /// Why not, and who may.
    pub instead: String,
    /// Calls per minute of a key without a limit of its own.
    pub rate_default: u32,
    /// Most calls per minute of a key.
    pub rate_most: u32,
    /// Most days until a key expires.
    pub days_most: u32,
    /// Token of the form: what is sent twice with it makes one key.
    pub once: String,
}

/// Something that is missing.
#[derive(Clone, Debug)]
pub struct Lack {
    /// One sentence.
    pub text: String,
    /// What to open: what the link says, and its address.
    pub link: Option<(&'static str, String)>,
    /// Who can mend it, where the reader can't.
    pub who: String,
}

/// One key.
#[derive(Clone, Debug)]
pub struct KeyLine {
    /// A UUID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether it has write tools.
    pub write: bool,
    /// Its first characters.
    pub hint: String,
    /// Calls per minute; `None` for the default.
    pub rate_limit: Option<i64>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds; `None` if it does not expire.
    pub expires_at: Option<i64>,
    /// Epoch milliseconds; `None` if it never was.
    pub last_used_at: Option<i64>,
    /// Whether it works.
    pub state: KeyState,
    /// MCP sessions that are open with it.
    pub sessions: i64,
    /// Claude and others that work under it.
    pub connections: Vec<ConnectionLine>,
}

/// Whether a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It does.
    Active,
    /// It does, for so many days, begun ones too.
    Expiring(i64),
    /// It expired.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A key that was just generated; in the context of the one answer that shows it.
#[derive(Clone)]
pub struct MadeKey {
    /// What it is called.
    pub name: String,
    /// The key.
    pub secret: String,
    /// The MCP URL.
    pub url: String,
}

const FORM: &str = "mcp-key";

/// The tab.
#[component]
pub fn McpTab(
    /// What it shows.
    access: McpAccess,
) -> impl IntoView {
    let made = use_context::<MadeKey>().map(|made| view! { <Made made/> });
    let generate = if access.may_generate {
        view! { <Generate access=access.clone()/> }.into_any()
    } else {
        view! { <p class="muted">{access.instead.clone()}</p> }.into_any()
    };
    view! {
        {made}
        <Readiness access=access.clone()/>
        {generate}
        <Keys access/>
    }
}

#[component]
fn Readiness(access: McpAccess) -> impl IntoView {
    let name = access.name;
    if let Some((group, keys, models)) = access.ready {
        let (keys, models) = (counted(keys, "active key"), counted(models, "model"));
        let text = format!("{name} can use MCP: {group}, {keys}, {models}.");
        return view! { <p class="readiness"><Badge tone=Tone::Good text="Ready"/>" "{text}</p> }.into_any();
    }
    let lacks = access
        .lacks
        .into_iter()
        .map(|lack| {
            let link = lack.link.map(|(text, href)| view! { " "<a href=href>{text}</a> });
            let who = (!lack.who.is_empty()).then(|| format!(" {}", lack.who));
            view! { <li>{lack.text}{link}{who}</li> }
        })
        .collect_view();
    view! {
        <div class="readiness">
            <p><Badge tone=Tone::Warning text="Not ready"/>" "{format!("{name} can't use MCP yet:")}</p>
            <ul>{lacks}</ul>
        </div>
    }
    .into_any()
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[component]
fn Generate(access: McpAccess) -> impl IntoView {
    let again = Attempt::of(FORM).is_sent();
    let scopes = vec![
        Choice::new("read", "Read Only").help("if the user should only analyze data"),
        Choice::new("write", "Enable Write Tools")
            .help("if the user should be allowed to create or update through MCP"),
    ];
    let default = access.rate_default;
    view! {
        <details class="unfold" open=again id="generate">
            <summary class="button primary"><Icon name=Glyph::Key/>"Generate MCP Key"</summary>
            <Form name=FORM action=format!("{}/keys", access.base) submit="Generate">
                <input type="hidden" name="once" value=access.once/>
                <TextField form=FORM name="name" label="Key name" most=100 required=true placeholder="Codex laptop"
                    help="To know it by, for example where it is used."/>
                <Choices form=FORM name="scope" label="Scope" value=vec!["read".to_owned()] choices=scopes/>
                <NumberField form=FORM name="rate_limit" label="Rate limit" value=None unit="calls per minute" least=1 most=i64::from(access.rate_most)
                    placeholder=default.to_string() help=format!("Empty for the default of Settings > MCP Server, which is {default}.")/>
                <NumberField form=FORM name="expires_in_days" label="Expires in" value=None unit="days" least=1 most=i64::from(access.days_most)
                    placeholder="never" help="Empty for a key that does not expire."/>
                <Warning title="Important">
                    "The full MCP key is shown only once. Store it safely when it is generated."
                </Warning>
            </Form>
        </details>
    }
}

/// The key, and what to paste where. TOML and shell both take what a URL and a key are made of as they are.
#[component]
fn Made(made: MadeKey) -> impl IntoView {
    let MadeKey { name, secret, url } = made;
    let toml = format!(
        "[mcp_servers.axanta]\nurl = \"{url}\"\nhttp_headers = {{ Authorization = \"Bearer {secret}\" }}\n"
    );
    let command = format!(
        "export AXANTA_MCP_KEY={secret}\ncodex mcp add axanta --url {url} --bearer-token-env-var AXANTA_MCP_KEY\n"
    );
    let ready = vec![
        ("Codex > Settings > Integrations > MCP Servers: URL", url),
        ("Headers: Key", "Authorization".to_owned()),
        ("Headers: Value", format!("Bearer {secret}")),
        ("Or in ~/.codex/config.toml", toml),
        ("Or by command", command),
    ];
    view! { <SecretOnce label=format!("MCP key {name}") secret ready/> }
}

#[component]
fn Keys(access: McpAccess) -> impl IntoView {
    if access.keys.is_empty() {
        return view! {
            <Empty title="No MCP key yet" icon=Glyph::Key>
                <p>"A key is what Codex and other clients show in place of a password. It speaks for this user, within the user's rights and the model policies."</p>
            </Empty>
        }
        .into_any();
    }
    let (acts, base, default) = (access.may_generate, access.base, access.rate_default);
    let may_revoke = access.may_revoke;
    let rows = access
        .keys
        .into_iter()
        .map(|line| {
            let (connections, base) = (line.connections.clone(), base.clone());
            view! {
                <KeyRow line base=base.clone() acts default/>
                <Under connections base may_revoke columns=if acts { 9 } else { 8 }/>
            }
        })
        .collect_view();
    let head = view! {
        <tr>
            <th scope="col">"Name"</th>
            <th scope="col">"Scope"</th>
            <th scope="col">"Key"</th>
            <th scope="col" class="number">"Rate limit"</th>
            <th scope="col">"Created"</th>
            <th scope="col">"Expires"</th>
            <th scope="col">"Last used"</th>
            <th scope="col">"State"</th>
            {acts.then(|| view! { <th scope="col"><span class="unseen">"Acts"</span></th> })}
        </tr>
    }
    .into_any();
    view! { <List label="MCP keys" head cards=true>{rows}</List> }.into_any()
}

#[component]
fn KeyRow(line: KeyLine, base: String, acts: bool, default: u32) -> impl IntoView {
    let (tone, word) = match line.state {
        KeyState::Active => (Tone::Good, "Active".to_owned()),
        KeyState::Expiring(1) => (Tone::Warning, "Expires in 1 day".to_owned()),
        KeyState::Expiring(days) => (Tone::Warning, format!("Expires in {days} days")),
        KeyState::Expired => (Tone::Bad, "Expired".to_owned()),
        KeyState::Revoked => (Tone::Bad, "Revoked".to_owned()),
    };
    let works = matches!(line.state, KeyState::Active | KeyState::Expiring(_));
    let stops = stops(line.sessions, line.connections.len());
    let question = format!("Whoever uses {} is refused from now on. {stops} It can't be undone.", line.name);
    let revoke = (acts && works).then(|| {
        let action = format!("{base}/keys/{}/revoke", line.id);
        view! { <Confirm open="Revoke" question confirm=format!("Revoke key {}", line.name) action quiet=true/> }
    });
    let rate = line.rate_limit.map_or_else(|| format!("{default} (default)"), |rate| rate.to_string());
    view! {
        <tr>
            <td data-label="Name">{line.name.clone()}</td>
            <td data-label="Scope">{if line.write { "Write Tools" } else { "Read Only" }}</td>
            <td class="mono" data-label="Key">{line.hint}</td>
            <td class="number" data-label="Rate limit">{rate}</td>
            <td data-label="Created"><Ago at=Some(line.created_at)/></td>
            <td data-label="Expires"><Ago at=line.expires_at never="Never"/></td>
            <td data-label="Last used"><Ago at=line.last_used_at/></td>
            <td data-label="State"><Badge tone text=word/></td>
            {acts.then(|| view! { <td class="acts">{revoke}</td> })}
        </tr>
    }
}

/// What stops with a key.
fn stops(sessions: i64, connections: usize) -> String {
    let sessions = match sessions {
        0 => None,
        1 => Some("1 session".to_owned()),
        n => Some(format!("{n} sessions")),
    };
    let connections = (connections > 0).then(|| connections::counted(connections));
    match (connections, sessions) {
        (None, None) => "Nothing is open with it now.".to_owned(),
        (Some(one), None) | (None, Some(one)) => format!("{one} will stop at once."),
        (Some(connections), Some(sessions)) => format!("{connections} and {sessions} will stop at once."),
    }
}

/// What works under a key: a row of its own below it.
#[component]
fn Under(connections: Vec<ConnectionLine>, base: String, may_revoke: bool, columns: u8) -> impl IntoView {
    if connections.is_empty() {
        return None;
    }
    let lines = connections
        .into_iter()
        .map(|line| {
            let action = format!("{base}/connections/{}/revoke", line.id);
            let own = base == "/preferences";
            let revoke = may_revoke.then(|| view! { <RevokeOne line=line.clone() action own/> });
            view! {
                <li>
                    <Icon name=Glyph::Link/>
                    <strong>{line.client.clone()}</strong>
                    <span>{line.host.clone()}</span>
                    <span>{line.scopes()}</span>
                    <span>"connected "<Ago at=line.connected_at/></span>
                    <span>"used "<Ago at=line.last_used_at never="never"/></span>
                    <Stands line=line.clone()/>
                    {revoke}
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <tr class="below">
            <td colspan=columns.to_string()><ul class="under-key" aria-label="Connections">{lines}</ul></td>
        </tr>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_with_a_key_is_counted() {
        assert_eq!(stops(0, 0), "Nothing is open with it now.");
        assert_eq!(stops(1, 0), "1 session will stop at once.");
        assert_eq!(stops(0, 2), "2 connections will stop at once.");
        assert_eq!(stops(2, 1), "1 connection and 2 sessions will stop at once.");
    }
}
