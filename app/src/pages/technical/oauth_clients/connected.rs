//! A client's connections.

use leptos::prelude::*;

use super::{ClientForm, Connected, PATH};
use crate::components::{Ago, Confirm, Group, List, Pager};
use crate::pages::connections::{ConnectionLine, RevokeOne, Stands, counted};

/// Who is connected through a client, with Revoke for each and for all.
#[component]
pub(super) fn ConnectedList(form: ClientForm) -> impl IntoView {
    let path = format!("{PATH}/{}", form.id);
    let Connected { lines, paging, alive } = form.connected;
    if lines.is_empty() && paging.offset == 0 {
        return view! {
            <Group title="Connections">
                <p class="muted">"Nobody is connected through this client yet."</p>
            </Group>
        }
        .into_any();
    }
    let all = (alive > 0).then(|| {
        view! {
            <Confirm open="Revoke all" action=format!("{path}/revoke") confirm=format!("Revoke all connections of {}", form.name)
                question=format!("{} will stop at once. Each user can connect again from {}.", counted(alive), form.name)/>
        }
    });
    let help = format!(
        "After authorization, {} uses the permissions, MCP key, and model policies of the logged-in approving user.",
        form.name
    );
    let head = view! {
        <tr>
            <th scope="col">"User"</th><th scope="col">"MCP key"</th><th scope="col">"Scopes"</th>
            <th scope="col">"Redirect host"</th><th scope="col">"Connected"</th><th scope="col">"Last used"</th>
            <th scope="col">"State"</th><th scope="col"><span class="unseen">"Acts"</span></th>
        </tr>
    };
    let rows = lines.into_iter().map(|line| view! { <Row line path=path.clone()/> }).collect_view();
    view! {
        <Group title="Connections" help=help>
            <div class="list-tools">{all}<Pager at=paging base=format!("{path}?")/></div>
            <List label="Connections" head=head.into_any() cards=true>{rows}</List>
        </Group>
    }
    .into_any()
}

#[component]
fn Row(line: ConnectionLine, path: String) -> impl IntoView {
    let user = format!("/settings/users/{}", line.user_id);
    let key = format!("{user}?tab=mcp");
    let action = format!("{path}/connections/{}/revoke", line.id);
    view! {
        <tr>
            <td data-label="User"><a href=user>{line.user.clone()}</a></td>
            <td data-label="MCP key"><a href=key>{line.key.clone()}</a></td>
            <td data-label="Scopes">{line.scopes()}</td>
            <td data-label="Redirect host">{line.host.clone()}</td>
            <td data-label="Connected"><Ago at=line.connected_at/></td>
            <td data-label="Last used"><Ago at=line.last_used_at/></td>
            <td data-label="State"><Stands line=line.clone()/></td>
            <td class="acts"><RevokeOne line=line.clone() action/></td>
        </tr>
    }
}
