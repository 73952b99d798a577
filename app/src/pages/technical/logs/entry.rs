//! One entry of the log.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::{address, query, way};
use super::journal::{Journal, UndoAct};
use super::{Change, GateLine, LogEntry, PATH, UNDO, Verdict, duration, ended, told};
use crate::backend::Backend;
use crate::components::{Badge, Fact, Facts, Instant, Json, List, Number, Page, Problem};
use crate::frame::{Frame, Tone};
use crate::screen::screen;

/// The screen.
#[component]
pub fn LogEntryPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let offset = query(&Frame::here().path).into_iter().find(|(name, _)| name == "offset");
    let offset = offset.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    screen(async move { Backend::here().logs.entry(id, offset).await }, |entry| view! { <Shown entry/> })
}

#[component]
fn Shown(entry: LogEntry) -> impl IntoView {
    let (outcome, label) = ended(&entry.line);
    let title = if entry.line.title.is_empty() {
        format!("{} {}", entry.line.what, entry.line.upon).trim().to_owned()
    } else {
        entry.line.title.clone()
    };
    let reason = entry.reason.clone();
    let gates = (!entry.gates.is_empty()).then(|| {
        view! { <Gates gates=entry.gates.clone() reason=reason.clone()/> }
    });
    let changes = (!entry.changes.is_empty()).then(|| view! { <Changes changes=entry.changes.clone()/> });
    let arguments_label = if entry.line.kind == "admin" { "What was noted" } else { "Arguments" };
    let arguments = entry.arguments.clone().map(|text| view! { <Json label=arguments_label text/> });
    let admin = entry.line.kind == "admin";
    let id = entry.line.id.clone();
    let path = format!("{PATH}/{id}");
    let act = entry.journalled.clone().map(|change| view! { <UndoAct change path=path.clone()/> }.into_any());
    let journal = entry.journalled.clone().map(|change| view! { <Journal change path=path.clone()/> });
    view! {
        <Page
            title crumbs=way(Some(("Logs", PATH)))
            state=view! { <Badge tone=outcome text=label/> }.into_any() actions=act.into_any()
        >
            <div class="sheet">
                <Problem form=UNDO/>
                {reason.filter(|_| !admin).map(|reason| view! { <p><strong>{told(&reason)}</strong></p> })}
                <What entry/>
                {journal}
                {changes}
                {gates}
                {arguments}
            </div>
        </Page>
    }
}

#[component]
fn What(entry: LogEntry) -> impl IntoView {
    let LogEntry {
        line,
        method,
        tool,
        model,
        user_id,
        key,
        session,
        connection,
        request_id,
        bytes,
        target,
        approval,
        ..
    } = entry;
    let login = line.login.unwrap_or_else(|| "Unknown".to_owned());
    let user = match user_id {
        Some(id) => view! { <a href=format!("/settings/users/{id}")>{login}</a> }.into_any(),
        None => view! { {login} }.into_any(),
    };
    let key = key.map(|(id, name)| {
        let theirs = address(PATH, &[("key", &id)]);
        let tab = user_id.map_or_else(|| theirs.clone(), |user| format!("/settings/users/{user}?tab=mcp"));
        view! { <Fact label="Key"><a href=tab>{name}</a>" · "<a href=theirs>"its entries"</a></Fact> }
    });
    let session = session.map(|session| {
        let entries = address(PATH, &[("session", &session)]);
        view! {
            <Fact label="MCP session">
                <code>{session}</code>" · "<a href=entries>"its entries"</a>" · "<a href="/technical/mcp/sessions">"Sessions"</a>
            </Fact>
        }
    });
    let model = model.map(|model| {
        let policy = format!("/technical/mcp/policies/{model}");
        view! { <Fact label="Model"><code>{model}</code>" · "<a href=policy>"its policy"</a></Fact> }
    });
    let approval = approval.map(|id| {
        let path = format!("{}/{id}", super::super::approvals::PATH);
        view! { <Fact label="Approval"><a href=path>"what was asked for, and the word on it"</a></Fact> }
    });
    let record = line.record.map(|record| {
        let all = address(PATH, &[("record", &record)]);
        view! { <Fact label="Record"><a href=all>"every entry that changed it"</a></Fact> }
    });
    let mono = |label: &'static str, text: Option<String>| {
        text.map(|text| view! { <Fact label><code>{text}</code></Fact> })
    };
    let number = |label: &'static str, value: Option<i64>, unit: &'static str| {
        value.map(|value| view! { <Fact label><Number value/>{unit}</Fact> })
    };
    view! {
        <Facts>
            <Fact label="Time"><Instant at=line.at/></Fact>
            <Fact label="User">{user}</Fact>
            {key}
            {line.client.map(|client| view! { <Fact label="Client">{client}</Fact> })}
            {line.oauth_client.map(|name| view! { <Fact label="OAuth client">{name}</Fact> })}
            {mono("Connection", connection)}
            {session}
            {mono("Method", Some(method))}
            {mono("Tool", tool)}
            {model}
            {mono("Upon", target)}
            {record}
            {approval}
            {number("Rows", line.rows, "")}
            {line.duration.map(|micros| view! { <Fact label="Duration">{duration(micros)}</Fact> })}
            {number("Size of the answer", bytes, " bytes")}
            {mono("Request id", request_id)}
        </Facts>
    }
}

#[component]
fn Gates(gates: Vec<GateLine>, reason: Option<String>) -> impl IntoView {
    let lines = gates
        .into_iter()
        .map(|gate| {
            let (tone, word) = match gate.verdict {
                Verdict::Passed => (Tone::Good, "Passed"),
                Verdict::Decided => (Tone::Bad, "Decided"),
                Verdict::NotReached => (Tone::Neutral, "Not reached"),
                Verdict::DoesNotApply => (Tone::Neutral, "Does not apply"),
            };
            let why = reason.as_deref().filter(|_| gate.verdict == Verdict::Decided).map(told);
            view! { <tr><th scope="row">{gate.label}</th><td><Badge tone text=word/></td><td class="wide">{why}</td></tr> }
        })
        .collect_view();
    let head = view! { <tr><th scope="col">"Gate"</th><th scope="col">"Verdict"</th><th scope="col">"Reason"</th></tr> };
    view! {
        <h2>"Gates"</h2>
        <List label="Gates, in their order" head=head.into_any()>{lines}</List>
    }
}

#[component]
fn Changes(changes: Vec<Change>) -> impl IntoView {
    let lines = changes
        .into_iter()
        .map(|change| {
            view! {
                <tr>
                    <th scope="row">{change.what}</th>
                    <td class="wide"><code>{told(&change.from)}</code></td>
                    <td class="wide"><code>{told(&change.to)}</code></td>
                </tr>
            }
        })
        .collect_view();
    let head =
        view! { <tr><th scope="col">"What"</th><th scope="col">"From"</th><th scope="col">"To"</th></tr> };
    view! {
        <h2>"What changed"</h2>
        <List label="What changed" head=head.into_any()>{lines}</List>
    }
}
