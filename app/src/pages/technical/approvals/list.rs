//! Those that wait, and those that were decided or have expired.

use leptos::prelude::*;

use super::super::way;
use super::subject::Glance;
use super::{ApprovalLine, ApprovalList, PATH, Standing, Wish};
use crate::backend::Backend;
use crate::components::{Ago, Empty, Glyph, List, Notebook, Number, Page, Pager, Tab};
use crate::frame::Frame;
use crate::screen::screen;

/// The screen.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let wish = Wish::of(&Frame::here().path);
    screen(
        async move { Backend::here().approvals.list(wish).await },
        move |list| view! { <Shown wish list/> },
    )
}

#[component]
fn Shown(wish: Wish, list: ApprovalList) -> impl IntoView {
    let ApprovalList { rows, paging } = list;
    let base = Wish::tab(wish.ended);
    let base = format!("{base}{}", if base.contains('?') { '&' } else { '?' });
    let tabs = vec![
        Tab { label: "Waiting", href: Wish::tab(false), open: !wish.ended },
        Tab { label: "Decided and expired", href: Wish::tab(true), open: wish.ended },
    ];
    let body = match (rows.is_empty(), wish.ended) {
        (true, false) => view! { <NothingWaits/> }.into_any(),
        (true, true) => view! {
            <Empty title="Nothing was decided yet" icon=Glyph::CheckCircle>
                <p>"Changes that somebody approved or refused stand here, and those that expired before anybody did."</p>
            </Empty>
        }
        .into_any(),
        (false, ended) => view! { <Rows rows ended/> }.into_any(),
    };
    view! {
        <Page title="Approvals" crumbs=way(None) pager=view! { <Pager at=paging base/> }.into_any()>
            <Notebook tabs>{body}</Notebook>
        </Page>
    }
}

#[component]
fn NothingWaits() -> impl IntoView {
    view! {
        <Empty title="No change waits for approval" icon=Glyph::CheckCircle>
            <p>
                "Where a model's policy demands it, what an AI client wants to change waits here until somebody approves it, and \
                nothing is changed before. Say which changes wait in "
                <a href="/technical/mcp/policies">"Technical > MCP > Model Policies"</a>"."
            </p>
        </Empty>
    }
}

#[component]
fn Rows(rows: Vec<ApprovalLine>, ended: bool) -> impl IntoView {
    let lines = rows.into_iter().map(|line| view! { <Line line ended/> }).collect_view();
    let ends = if ended {
        view! { <th scope="col">"Decision"</th><th scope="col">"By"</th> }.into_any()
    } else {
        view! { <th scope="col">"Expires"</th> }.into_any()
    };
    let head = view! {
        <tr>
            <th scope="col">"What"</th><th scope="col">"Model"</th>
            <th scope="col" class="number">"Records"</th><th scope="col">"Asked by"</th>
            <th scope="col">"Client"</th><th scope="col">"Asked"</th>{ends}
        </tr>
    };
    let label =
        if ended { "Changes that were decided or have expired" } else { "Changes that wait for approval" };
    view! { <List label head=head.into_any() cards=true>{lines}</List> }
}

#[component]
fn Line(line: ApprovalLine, ended: bool) -> impl IntoView {
    let ends = if ended {
        let (at, by) = line.decided.clone().unzip();
        view! {
            <td data-label="Decision"><Standing state=line.state/></td>
            <td data-label="By">{by}{at.map(|at| view! { " "<span class="muted"><Ago at/></span> })}</td>
        }
        .into_any()
    } else {
        view! { <td data-label="Expires"><Ago at=line.expires_at/></td> }.into_any()
    };
    view! {
        <tr>
            <td class="wide" data-label="What"><a href=format!("{PATH}/{}", line.id)>{line.title.clone()}</a><Glance line=line.clone()/></td>
            <td data-label="Model">{line.label}" "<code>{line.model}</code></td>
            <td class="number" data-label="Records"><Number value=line.records/></td>
            <td data-label="Asked by"><a href=format!("/settings/users/{}", line.user_id)>{line.login}</a></td>
            <td data-label="Client">{line.client}</td>
            <td data-label="Asked"><Ago at=line.asked_at/></td>
            {ends}
        </tr>
    }
}
