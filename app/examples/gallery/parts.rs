//! Everything else: badges, buttons, facts, raw data, cards, refusals.

use app::components::{
    Ago, Badge, Card, Cards, Confirm, Crumb, Fact, Facts, Glyph, Instant, Json, Number, Page, RefusalPage,
    Warning,
};
use app::frame::Tone;
use app::refusal::Refusal;
use leptos::prelude::*;

use crate::NOW;

pub fn apps() -> impl IntoView {
    let state = |tone, text| view! { <Badge tone text=text/> }.into_any();
    view! {
        <Page title="Apps">
            <Cards>
                <Card title="MCP Server" icon=Glyph::Server technical="mcp_server" state=state(Tone::Good, "Installed")
                    acts=view! {
                        <a class="button" href="#">"Settings"</a>
                        <Confirm open="Uninstall" action="/x" confirm="Uninstall MCP Server" question="Uninstall MCP Server? 4 keys of 2 users stop working at once; policies and the log are kept."/>
                    }.into_any()>
                    "The endpoint itself: keys, model policies, limits and the log. Codex connects with it."
                </Card>
                <Card title="MCP Server OAuth" icon=Glyph::Plug technical="mcp_server_oauth" state=state(Tone::Neutral, "Not installed")
                    acts=view! { <button class="primary">"Install"</button> }.into_any()>
                    "Lets Claude connect: OAuth clients, and the page on which a user approves a connection."
                </Card>
                <Card title="Sales" icon=Glyph::Chart technical="sale" state=state(Tone::Warning, "To upgrade")
                    acts=view! { <button>"Upgrade"</button> }.into_any()>
                    "Orders, quotations and their lines."
                </Card>
            </Cards>
        </Page>
    }
}

pub fn parts() -> impl IntoView {
    view! {
        <Page title="Call 01J9" crumbs=vec![Crumb::new("Logs", "/technical/mcp/logs")] state=view! { <Badge tone=Tone::Bad text="Denied"/> }.into_any()>
            <div class="sheet">
                <Facts>
                    <Fact label="Time"><Instant at=NOW/></Fact>
                    <Fact label="Seen"><Ago at=NOW - 180_000/></Fact>
                    <Fact label="User">"Sally Sales"</Fact>
                    <Fact label="Key">"Codex laptop "<code>"axk_…9f2c"</code></Fact>
                    <Fact label="Model"><code>"report.account.entries.analysis"</code></Fact>
                    <Fact label="Rows"><Number value=12_345/>" of "<Number value=9_876_543/></Fact>
                    <Fact label="Amount"><Number value=123_456_789 places=2/>" EUR"</Fact>
                    <Fact label="Outcome"><Badge tone=Tone::Bad text="Denied by key scope"/></Fact>
                </Facts>
                <Json label="Arguments" text="{\n  \"model\": \"sale.order\",\n  \"domain\": [[\"state\", \"=\", \"sale\"], [\"date_order\", \">=\", \"2025-01-01\"]],\n  \"fields\": [\"name\", \"partner_id\", \"amount_total\"],\n  \"limit\": 80\n}"/>
                <h2>"Badges"</h2>
                <p>
                    <Badge tone=Tone::Good text="Active"/>" "<Badge tone=Tone::Info text="To upgrade"/>" "<Badge tone=Tone::Warning text="Expires in 3 days"/>" "
                    <Badge tone=Tone::Bad text="Revoked"/>" "<Badge tone=Tone::Neutral text="Expired"/>
                </p>
                <h2>"Buttons"</h2>
                <p class="actions">
                    <button class="primary">"Save"</button><button>"Discard"</button><button class="danger">"Revoke key Codex laptop"</button>
                    <button class="quiet">"Revoke"</button><button disabled=true>"Disabled"</button>
                </p>
                <Warning title="Important">"The full MCP key is shown only once. Store it safely when it is generated."</Warning>
                <Confirm open="Revoke" action="/x" confirm="Revoke key Codex laptop" question="Revoke Codex laptop? 2 connections will stop at once."/>
                <p>"A sentence with "<a href="#">"a link"</a>", "<code>"some.code"</code>" and "<strong>"weight"</strong>"."</p>
            </div>
        </Page>
    }
}

pub fn refusals() -> impl IntoView {
    view! {
        <RefusalPage refusal=Refusal::Forbidden { group: "Settings / Administrator", who: vec!["Mitchell Admin".into()] }/>
        <RefusalPage refusal=Refusal::NotFound("user".into())/>
        <RefusalPage refusal=Refusal::Failed/>
    }
}
