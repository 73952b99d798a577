//! The matrix of models and operations.

use leptos::prelude::*;

use super::super::way;
use super::{BEST_PRACTICE, Kind, OPERATIONS, PATH, PolicyLine, PolicyList, Wish};
use crate::backend::Backend;
use crate::components::{
    Badge, Bulk, BulkAction, Choice, Empty, FilterSelect, Filters, Glyph, Icon, List, MatrixCell, Page,
    Pager, Pick, SelectAll, Warning,
};
use crate::form::Attempt;
use crate::frame::{Frame, Tone};
use crate::screen::screen;

const FORM: &str = "matrix";

/// The screen.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let wish = Wish::of(&Frame::here().path);
    let asked = wish.clone();
    screen(async move { Backend::here().policies.list(asked).await }, |list| view! { <Shown wish list/> })
}

#[component]
fn Shown(wish: Wish, list: PolicyList) -> impl IntoView {
    let shows = [
        ("", "With a policy"),
        ("without", "Without a policy"),
        ("restricted", "Restricted models"),
        ("all", "All models"),
    ];
    let chips = shows
        .iter()
        .filter(|(value, _)| !value.is_empty() && *value == wish.show)
        .map(|(_, label)| {
            ((*label).to_owned(), Wish { show: String::new(), offset: 0, ..wish.clone() }.address())
        })
        .collect();
    let choices = shows.map(|(value, label)| Choice::new(value, label)).to_vec();
    let Wish { search, show, .. } = wish.clone();
    let filters = view! {
        <Filters action=PATH search placeholder="Label or technical name" chips>
            <FilterSelect name="show" label="Show" value=show choices/>
        </Filters>
    };
    let base = Wish { offset: 0, ..wish.clone() }.address();
    let base = format!("{base}{}", if base.contains('?') { '&' } else { '?' });
    view! {
        <Page
            title="Model Policies" crumbs=way(None) search=filters.into_any()
            actions=view! { <a class="button primary" href="/technical/mcp/policies/new">"New"</a> }.into_any()
            pager=view! { <Pager at=list.paging base/> }.into_any()
        >
            <Warning title="Best practice">{BEST_PRACTICE}</Warning>
            {if list.rows.is_empty() {
                view! { <Nothing none=list.none/> }.into_any()
            } else {
                view! { <Matrix wish list/> }.into_any()
            }}
        </Page>
    }
}

#[component]
fn Nothing(none: bool) -> impl IntoView {
    if none {
        return view! {
            <Empty title="Nothing is exposed yet" icon=Glyph::ShieldCheck>
                <p>"Model policies control what the AI can do with each model. Without a policy it can do nothing with it."</p>
                <p><a class="button" href="/technical/mcp/policies/new">"Create the first policy"</a></p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="No model matches" icon=Glyph::Search>
            <p><a href="/technical/mcp/policies?show=all">"All models"</a></p>
        </Empty>
    }
    .into_any()
}

#[component]
fn Matrix(wish: Wish, list: PolicyList) -> impl IntoView {
    let here = wish.address();
    let heads = OPERATIONS
        .iter()
        .map(|o| view! { <th scope="col" class="cell" title=o.allows>{o.label}</th> })
        .collect_view();
    let head = view! { <tr><SelectAll/><th scope="col">"Model"</th>{heads}<th scope="col">"State"</th></tr> };
    let rows = list.rows.into_iter().map(|line| view! { <Row line/> }).collect_view();
    let operations = OPERATIONS.iter().map(|o| Choice::new(o.name, o.label)).collect();
    let operation = Attempt::of(FORM).value("operation", "");
    let acts = view! {
        <FilterSelect name="operation" label="Operation" value=operation choices=operations/>
        <BulkAction value="allow" label="Allow"/>
        <BulkAction value="deny" label="Deny"/>
        <BulkAction value="activate" label="Activate"/>
        <BulkAction value="deactivate" label="Deactivate"/>
        <BulkAction value="delete" label="Delete"
            question="The policies of the selected models are deleted. From the next call on nothing of these models is exposed through MCP."/>
    };
    let problem = Attempt::of(FORM).problem().map(|problem| {
        view! { <div class="problem" role="alert"><Icon name=Glyph::CrossCircle/><p>{problem}</p></div> }
    });
    view! {
        <Bulk name=FORM action=here.clone() what="models" acts=acts.into_any()>
            <input type="hidden" name="seen" value=list.seen/>
            {problem}
            <List label="Model policies" head=head.into_any() matrix=true cards=true>{rows}</List>
            <div class="form-buttons">
                <button type="submit" class="primary" name="act" value="save">"Save"</button>
                <a class="button" href=here>"Discard"</a>
            </div>
        </Bulk>
    }
}

#[component]
fn Row(line: PolicyLine) -> impl IntoView {
    let PolicyLine { model, policy } = line;
    // What is restricted takes a second step, which its form has.
    let locked = matches!(model.kind, Kind::Technical | Kind::Unknown);
    // Its boxes are not sent, so that they are always shown as they are stored.
    let form = if locked { "" } else { FORM };
    let allowed = policy.as_ref().map(|policy| policy.allowed).unwrap_or_default();
    let cells = OPERATIONS
        .iter()
        .zip(allowed)
        .map(|(operation, on)| {
            let label = format!("{} {}", operation.label, model.label);
            view! { <MatrixCell form name="may" value=format!("{}/{}", model.name, operation.name) label column=operation.label on locked/> }
        })
        .collect_view();
    let refined = policy.as_ref().filter(|policy| policy.refined).map(|policy| {
        let (tone, text) =
            if policy.fault { (Tone::Warning, "Can't be read") } else { (Tone::Neutral, "Refined") };
        view! { <Badge tone text/> }
    });
    let idle = policy.as_ref().is_some_and(|policy| !policy.idle.is_empty());
    let idle = idle.then(|| view! { <Badge tone=Tone::Warning text="No effect in part"/> });
    let state = match policy {
        None => view! { <span class="muted">"No policy"</span> }.into_any(),
        Some(policy) if policy.active => view! { <Badge tone=Tone::Good text="Active"/> }.into_any(),
        Some(_) => view! { <Badge tone=Tone::Neutral text="Inactive"/> }.into_any(),
    };
    view! {
        <tr>
            <Pick form=FORM value=model.name.clone() label=model.label.clone()/>
            <th scope="row">
                {(!locked).then(|| view! { <input type="hidden" name="row" value=model.name.clone()/> })}
                <a href=format!("{PATH}/{}", model.name)>{model.label.clone()}</a>
                " "<code>{model.name.clone()}</code>" "
                <Mark kind=model.kind/>
                {refined}
                {idle}
            </th>
            {cells}
            <td class="state">{state}</td>
        </tr>
    }
}

/// What has to be minded about a model.
#[component]
pub fn Mark(kind: Kind) -> impl IntoView {
    match kind {
        Kind::Business | Kind::Reporting => None,
        Kind::Technical => Some(view! { <Badge tone=Tone::Warning text="Restricted"/> }),
        Kind::Unknown => Some(view! { <Badge tone=Tone::Neutral text="Not in Axanta"/> }),
    }
}
