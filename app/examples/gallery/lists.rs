//! Lists: users with bulk acts, the log, the matrix of policies, an empty one.

use app::components::{
    Ago, Badge, Bulk, BulkAction, Choice, Empty, FilterSelect, FilterText, Filters, Glyph, Icon, Instant,
    List, MatrixCell, Number, Page, Pager, Paging, Pick, SelectAll, SortHead, Warning,
};
use app::frame::Tone;
use leptos::prelude::*;

use crate::NOW;

pub fn users() -> impl IntoView {
    let people = [
        ("Mitchell Admin", "admin", "MCP Administrator", Tone::Good, "Ready", Some(NOW - 20_000)),
        ("Sally Sales", "sally@axanta.example", "MCP User", Tone::Good, "Ready", Some(NOW - 180_000)),
        (
            "Walter Warehouse",
            "walter@axanta.example",
            "MCP User",
            Tone::Warning,
            "No key",
            Some(NOW - 7_300_000),
        ),
        ("Fiona Finance", "fiona@axanta.example", "—", Tone::Neutral, "No group", None),
        (
            "Ana Maria de Souza",
            "ana.maria@axanta.example",
            "MCP User",
            Tone::Warning,
            "Key expires in 3 days",
            Some(NOW - 900_000_000),
        ),
    ];
    let rows = (0..24)
        .filter_map(|n| people.get(n % people.len()))
        .map(|(name, login, group, tone, state, seen)| {
            view! {
                <tr>
                    <Pick value="7" label=*name/>
                    <td><a href="/settings/users/7">{*name}</a></td>
                    <td data-label="Login" class="muted">{*login}</td>
                    <td data-label="Groups" class="wide">{*group}</td>
                    <td data-label="MCP"><Badge tone=*tone text=*state/></td>
                    <td data-label="Last seen"><Ago at=*seen/></td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr>
            <SelectAll/>
            <SortHead label="Name" href="?order=name" up=Some(true)/>
            <SortHead label="Login" href="?order=login" up=None/>
            <th scope="col">"Groups"</th>
            <th scope="col">"MCP"</th>
            <SortHead label="Last seen" href="?order=seen" up=None/>
        </tr>
    };
    let acts = view! {
        <BulkAction value="activate" label="Activate"/>
        <BulkAction value="deactivate" label="Deactivate" question="They can no longer log in, and their keys stop at once."/>
    };
    view! {
        <Page
            title="Users"
            actions=view! { <a class="button primary" href="#"><Icon name=Glyph::Plus/>"New"</a> }.into_any()
            search=view! { <Filters action="/settings/users" search="" placeholder="Search name or login" chips=vec![("Active".into(), "?".into())]/> }.into_any()
            pager=view! { <Pager at=Paging { offset: 0, shown: 80, total: Some(240), size: 80 } base="?"/> }.into_any()
        >
            <Bulk name="bulk" action="/x" what="users" acts=acts.into_any()>
                <List label="Users" head=head.into_any() cards=true>{rows}</List>
            </Bulk>
        </Page>
    }
}

pub fn logs() -> impl IntoView {
    let calls = [
        ("search_records", "sale.order", Tone::Good, "Allowed", 80, 12),
        ("aggregate_records", "report.sales.analysis", Tone::Good, "Allowed", 12, 34),
        ("create_record", "res.partner", Tone::Bad, "Denied by key scope", 0, 1),
        ("search_records", "stock.movement", Tone::Warning, "Limited", 0, 0),
        ("execute_method", "account.move", Tone::Bad, "Failed", 0, 1_204),
    ];
    let rows = (0..40)
        .filter_map(|n: i64| Some((n, calls.get(usize::try_from(n).ok()? % calls.len())?)))
        .map(|(n, (tool, model, tone, outcome, found, ms))| {
            view! {
                <tr>
                    <td><a href="/technical/mcp/logs/1"><Instant at=NOW - n * 61_000/></a></td>
                    <td data-label="User">"Sally Sales"</td>
                    <td data-label="Client">"Codex 0.58"</td>
                    <td data-label="What" class="wide"><code>{*tool}</code>" "<span class="mono muted">{*model}</span></td>
                    <td data-label="Outcome"><Badge tone=*tone text=*outcome/></td>
                    <td data-label="Rows" class="number"><Number value=*found/></td>
                    <td data-label="Duration" class="number"><Number value=*ms/>" ms"</td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr>
            <SortHead label="Time" href="?" up=Some(false)/>
            <th scope="col">"User"</th><th scope="col">"Client"</th><th scope="col">"What"</th><th scope="col">"Outcome"</th>
            <th scope="col" class="number">"Rows"</th><SortHead label="Duration" href="?" up=None number=true/>
        </tr>
    };
    let any = |what: &str| vec![Choice::new("", format!("Any {what}")), Choice::new("1", "Sally Sales")];
    view! {
        <Page
            title="Logs"
            search=view! {
                <Filters action="/technical/mcp/logs" search="sale" placeholder="Search tool, model or text"
                    chips=vec![("User: Sally Sales".into(), "?".into()), ("From 01/11/2025".into(), "?".into())]>
                    <FilterSelect name="user" label="User" value="1" choices=any("user")/>
                    <FilterSelect name="tool" label="Tool" value="" choices=any("tool")/>
                    <FilterSelect name="outcome" label="Outcome" value="" choices=any("outcome")/>
                    <FilterText name="model" label="Model" value=""/>
                    <FilterText name="from" label="From" value="2025-11-01" kind="date"/>
                    <FilterText name="to" label="To" value="" kind="date"/>
                </Filters>
            }.into_any()
            pager=view! { <Pager at=Paging { offset: 80, shown: 80, total: Some(101_240), size: 80 } base="?"/> }.into_any()
        >
            <List label="Logs" head=head.into_any() cards=true>{rows}</List>
        </Page>
    }
}

const OPERATIONS: [&str; 7] = ["Read", "Create", "Write", "Delete", "Method Call", "Export", "Report"];

pub fn policies() -> impl IntoView {
    let models = [
        ("Sales Order", "sale.order", 0b000_0111, false),
        ("Contact", "res.partner", 0b010_0001, false),
        ("Sales Analysis", "report.sales.analysis", 0b110_0001, false),
        ("Stock Movement", "stock.movement", 0b000_0001, false),
        ("User", "res.users", 0, true),
        ("System Parameter", "ir.config_parameter", 0, true),
        ("Journal Entry", "account.move", 0b101_0001, false),
    ];
    let rows = models
        .map(|(label, model, bits, restricted)| {
            let cells = OPERATIONS
                .iter()
                .enumerate()
                .map(|(bit, operation)| {
                    view! {
                        <MatrixCell form="matrix" name=format!("{model}.{bit}") label=format!("{operation} {label}") column=*operation
                            on={bits >> bit & 1 == 1} locked=restricted/>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <Pick value=model label/>
                    <th scope="row"><a href="#">{label}</a>" "<span class="mono muted">{model}</span></th>
                    {cells}
                    <td>{restricted.then(|| view! { <Badge tone=Tone::Warning text="Restricted"/> })}</td>
                </tr>
            }
        })
        .collect_view();
    let heads = OPERATIONS.map(|operation| view! { <th scope="col">{operation}</th> }).collect_view();
    let head = view! { <tr><SelectAll/><SortHead label="Model" href="?" up=Some(true)/>{heads}<th scope="col">"State"</th></tr> };
    let acts = view! { <BulkAction value="save" label="Save the matrix"/><BulkAction value="remove" label="Remove" question="The AI can no longer reach 2 models. Nothing in them is changed."/> };
    view! {
        <Page
            title="Model Policies"
            actions=view! { <a class="button primary" href="#"><Icon name=Glyph::Plus/>"New"</a> }.into_any()
            search=view! { <Filters action="/x" search="" placeholder="Search label or model"/> }.into_any()
            pager=view! { <Pager at=Paging { offset: 0, shown: 7, total: Some(7), size: 80 } base="?"/> }.into_any()
        >
            <Warning title="Best practice">"Keep technical and system models restricted. Allow only the business models that are really needed."</Warning>
            <Bulk name="matrix" action="/x" what="models" acts=acts.into_any()>
                <List label="Model policies" head=head.into_any() matrix=true>{rows}</List>
            </Bulk>
        </Page>
    }
}

pub fn empty() -> impl IntoView {
    view! {
        <Page title="Sessions">
            <Empty title="No client is connected" icon=Glyph::Activity>
                <p>"A session stands here from a client's first call until it ends or falls silent. Give Codex a key, or let Claude connect, to see the first one."</p>
                <a class="button primary" href="#">"Generate MCP Key"</a>
            </Empty>
        </Page>
    }
}
