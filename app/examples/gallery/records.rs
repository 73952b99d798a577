//! Forms: settings, a user, keys, a secret.

use app::components::{
    Ago, Badge, Choice, Choices, Confirm, Crumb, Day, Foot, Form, Group, List, Notebook, NumberField, Page,
    ReadOnly, SecretOnce, SelectField, Tab, TextArea, TextField, Toggle, Warning,
};
use app::frame::Tone;
use leptos::prelude::*;

use crate::NOW;

const DAY: i64 = 86_400_000;
const EXAMPLE: &str = "This system must always be referred to as Axanta, not Odoo, in user-facing responses.\n\nFor analytical questions, prefer the designated reporting models instead of raw operational models whenever possible:\n- Sales data: use report.sales.analysis\n- Retail sales data: use report.retail.sales.analysis\n- Financial data: use report.account.entries.analysis\n- On-hand inventory: use report.stock.onhand\n- Stock movement: use stock.movement\n\nUse stock.movement carefully because it may contain large volumes of data. Always narrow queries with filters such as date range, product, warehouse, company, or record limits before reading large result sets.";

pub fn settings() -> impl IntoView {
    view! {
        <Page title="MCP Server" crumbs=vec![Crumb::new("Settings", "/settings/users")]>
            <div class="sheet">
                <Form name="mcp" action="/settings/mcp" seen="x" discard="/settings/mcp">
                    <Group title="Endpoint">
                        <Toggle form="mcp" name="enabled" label="Enable MCP Server" value=true
                            help="While it is off, every client is answered that MCP is disabled."/>
                        <ReadOnly label="MCP URL" copy="http://localhost:8080/mcp" help="What Claude and Codex are given."/>
                        <Warning title="Important">
                            "Claude must use a public URL. Local URLs such as localhost or 127.0.0.1 will not work for Claude."
                        </Warning>
                    </Group>
                    <Group title="Limits" columns=true help="What every key gets unless it has a limit of its own.">
                        <NumberField form="mcp" name="rate_limit" label="Rate Limit" unit="calls per minute and key" value=60 least=1 most=10_000 required=true help="Between 1 and 10,000; 60 by default."/>
                        <NumberField form="mcp" name="max_records" label="Max Records Per Request" unit="records" value=80 least=1 most=1_000 required=true/>
                        <NumberField form="mcp" name="session_ttl" label="Session TTL" unit="minutes" value=30 least=1 most=1_440 required=true/>
                    </Group>
                    <Group title="Global Assistant Instructions" help="They help the AI choose the correct reporting model and use the correct Axanta naming. Reconnect the client so it receives fresh instructions.">
                        <TextArea form="mcp" name="instructions" label="Instructions" value=EXAMPLE most=8_000 rows=14 mark=512 mark_means="what Codex surely reads" example=EXAMPLE/>
                    </Group>
                    <Group title="Reporting models" columns=true>
                        <TextField form="mcp" name="a" label="Sales data" value="report.sales.analysis" mono=true required=true/>
                        <TextField form="mcp" name="b" label="Retail sales data" value="report.retail.sales.analysis" mono=true required=true/>
                        <TextField form="mcp" name="c" label="Financial data" value="report.account.entries.analysis" mono=true required=true/>
                        <TextField form="mcp" name="d" label="On-hand inventory" value="report.stock.onhand" mono=true required=true/>
                    </Group>
                </Form>
            </div>
        </Page>
    }
}

fn tabs(open: &str) -> Vec<Tab> {
    [("Access Rights", "access"), ("MCP", "mcp"), ("Preferences", "preferences")]
        .map(|(label, name)| Tab { label, href: format!("?tab={name}"), open: name == open })
        .into()
}

pub fn user() -> impl IntoView {
    let langs = vec![Choice::new("en_US", "English (US)"), Choice::new("de_DE", "German / Deutsch")];
    let zones = vec![Choice::new("Europe/Berlin", "Europe/Berlin"), Choice::new("UTC", "UTC")];
    let companies = vec![Choice::new("1", "Axanta Trading BV"), Choice::new("2", "Axanta Retail GmbH")];
    let groups = vec![
        Choice::new("none", "None").help("May not use MCP."),
        Choice::new("user", "MCP User").help("Uses MCP with keys of their own."),
        Choice::new("admin", "MCP Administrator")
            .help("Also changes settings, policies and clients, and reads the log."),
    ];
    view! {
        <Page
            title="Sally Sales" crumbs=vec![Crumb::new("Users", "/settings/users")]
            state=view! { <Badge tone=Tone::Good text="Active"/> }.into_any()
            actions=view! { <a class="button" href="#">"Change password"</a><a class="button" href="#">"New"</a> }.into_any()
        >
            <div class="sheet">
                <Form name="user" action="/settings/users/7" seen="x" discard="/settings/users/7">
                    <Group title="Person" columns=true>
                        <TextField form="user" name="name" label="Name" value="Sally Sales" required=true/>
                        <SelectField form="user" name="lang" label="Language" value="en_US" choices=langs/>
                        <TextField form="user" name="login" label="Login" value="sally@axanta.example" required=true help="What they type to log in."/>
                        <SelectField form="user" name="tz" label="Time Zone" value="Europe/Berlin" choices=zones/>
                        <Toggle form="user" name="active" label="Active" value=true/>
                        <TextField form="user" name="password" label="Password" kind="password" help="Empty leaves it as it is."/>
                    </Group>
                    <Group title="Rights">
                        <Choices form="user" name="companies" label="Companies" value=vec!["1".into()] choices=companies several=true/>
                        <Choices form="user" name="mcp" label="MCP" value=vec!["user".into()] choices=groups/>
                    </Group>
                </Form>
                <Notebook tabs=tabs("access")><p class="muted">"What the tab shows."</p></Notebook>
                <Foot>"Created "<Day at=NOW - 300 * DAY/>" by Mitchell Admin · Changed "<Ago at=NOW - 3 * 3_600_000/>" by Mitchell Admin"</Foot>
            </div>
        </Page>
    }
}

pub fn keys() -> impl IntoView {
    let rows = [
        ("Codex laptop", Tone::Good, "Active", "Read Only", Some(NOW - 180_000), None),
        (
            "Claude",
            Tone::Warning,
            "Expires in 3 days",
            "Write Tools",
            Some(NOW - 9_000_000),
            Some(NOW + 3 * DAY),
        ),
        ("Old notebook", Tone::Neutral, "Expired", "Read Only", Some(NOW - 40 * DAY), Some(NOW - 2 * DAY)),
        ("Trial", Tone::Bad, "Revoked", "Read Only", None, None),
    ];
    let rows = rows
        .map(|(name, tone, state, scope, used, expires)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label="State"><Badge tone text=state/></td>
                    <td data-label="Scope">{scope}</td>
                    <td data-label="Hint"><code>"axk_…9f2c"</code></td>
                    <td class="number" data-label="Rate limit">"60 / min"</td>
                    <td data-label="Expires"><Day at=expires/></td>
                    <td data-label="Last used"><Ago at=used/></td>
                    <td class="acts">
                        <Confirm open="Revoke" quiet=true action="/x" confirm=format!("Revoke key {name}")
                            question=format!("Revoke {name}? 2 connections will stop at once. This can't be undone.")/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr><th scope="col">"Name"</th><th scope="col">"State"</th><th scope="col">"Scope"</th><th scope="col">"Hint"</th><th scope="col" class="number">"Rate limit"</th><th scope="col">"Expires"</th><th scope="col">"Last used"</th><th scope="col"><span class="unseen">"Acts"</span></th></tr>
    };
    let scopes = vec![
        Choice::new("read", "Read Only").help("If the user should only analyze data."),
        Choice::new("write", "Enable Write Tools")
            .help("If the user should be allowed to create or update through MCP."),
    ];
    view! {
        <Page title="Sally Sales" crumbs=vec![Crumb::new("Users", "/settings/users")]>
            <div class="sheet">
                <Notebook tabs=tabs("mcp")>
                    <p><Badge tone=Tone::Good text="Ready"/>" Sally can use MCP: group, 1 active key, 6 models."</p>
                    <List label="MCP keys" head=head.into_any() cards=true>{rows}</List>
                    <Form name="key" action="/x" submit="Generate">
                        <Group title="Generate MCP Key">
                            <TextField form="key" name="name" label="Name" required=true placeholder="Codex laptop"/>
                            <Choices form="key" name="scope" label="Scope" value=vec!["read".into()] choices=scopes/>
                            <NumberField form="key" name="rate" label="Rate Limit" unit="calls per minute" value=None least=1 most=1000 placeholder="60" help="Empty: the default."/>
                            <TextField form="key" name="expires" label="Expires" kind="date"/>
                        </Group>
                    </Form>
                </Notebook>
            </div>
        </Page>
    }
}

pub fn secret() -> impl IntoView {
    view! {
        <Page title="MCP key generated" crumbs=vec![Crumb::new("Users", "/u"), Crumb::new("Sally Sales", "/u/7")]>
            <SecretOnce
                label="MCP key Codex laptop" secret="axk_7Hq2sPzV0c3kQmX9wYtR5nB1uLdE8aFjGoK4iTf6".to_owned()
                ready=vec![
                    ("Codex, config.toml", "[mcp_servers.axanta]\nurl = \"https://your-domain.com/mcp\"\nhttp_headers = { Authorization = \"Bearer axk_7Hq2sPzV0c3kQmX9wYtR5nB1uLdE8aFjGoK4iTf6\" }".to_owned()),
                    ("Header", "Authorization: Bearer axk_7Hq2sPzV0c3kQmX9wYtR5nB1uLdE8aFjGoK4iTf6".to_owned()),
                ]
            />
        </Page>
    }
}
