//! The list of clients, and whether they may register themselves.

use leptos::prelude::*;

use super::super::way;
use super::{ClientLine, ClientList, Mark, PATH, REGISTRATION, SOURCES, State, Wish, scopes};
use crate::backend::Backend;
use crate::components::{
    Ago, Choice, Empty, FilterSelect, Filters, Form, Glyph, Group, Icon, List, Number, Page, Pager, Toggle,
};
use crate::frame::Frame;
use crate::screen::screen;

const STATES: [(&str, &str); 2] = [("enabled", "Enabled"), ("disabled", "Disabled")];

/// The screen.
#[component]
pub fn ClientsPage() -> impl IntoView {
    let wish = Wish::of(&Frame::here().path);
    let asked = wish.clone();
    screen(
        async move { Backend::here().oauth_clients.list(asked).await },
        |list| view! { <Shown wish list/> },
    )
}

#[component]
fn Shown(wish: Wish, list: ClientList) -> impl IntoView {
    let base = Wish { offset: 0, ..wish.clone() }.address();
    let base = format!("{base}{}", if base.contains('?') { '&' } else { '?' });
    let ClientList { rows, paging, none, registration, seen } = list;
    let body = if rows.is_empty() {
        view! { <Nothing none/> }.into_any()
    } else {
        let lines = rows.into_iter().map(|line| view! { <Row line/> }).collect_view();
        let head = view! {
            <tr>
                <th scope="col">"Client name"</th><th scope="col">"State"</th><th scope="col">"Scopes"</th>
                <th scope="col" class="number">"Connections"</th><th scope="col">"Last used"</th>
            </tr>
        };
        view! { <List label="OAuth clients" head=head.into_any() cards=true>{lines}</List> }.into_any()
    };
    view! {
        <Page
            title="OAuth Clients" crumbs=way(None) search=search(&wish)
            actions=view! { <a class="button primary" href=format!("{PATH}/new")><Icon name=Glyph::Plus/>"New"</a> }.into_any()
            pager=view! { <Pager at=paging base/> }.into_any()
        >
            {body}
            <div class="sheet">
                <Form name=REGISTRATION action=PATH seen discard=PATH>
                    <Group title="Clients that register themselves">
                        <Toggle form=REGISTRATION name="oauth_registration" label="Clients may register themselves" value=registration
                            help="Dynamic Client Registration and client ID metadata documents; they get read only until you allow more."/>
                    </Group>
                </Form>
            </div>
        </Page>
    }
}

fn search(wish: &Wish) -> AnyView {
    let sources = SOURCES.map(|source| (source.name(), source.label()));
    let choices = |any: &str, all: &[(&str, &str)]| {
        let all = all.iter().map(|(value, label)| Choice::new(*value, *label));
        std::iter::once(Choice::new("", any)).chain(all).collect::<Vec<_>>()
    };
    let label = |all: &[(&str, &str)], value: &str| {
        all.iter().find(|(name, _)| *name == value).map(|(_, label)| (*label).to_owned())
    };
    let first = Wish { offset: 0, ..wish.clone() };
    let mut chips = Vec::new();
    if let Some(state) = label(&STATES, &wish.state) {
        chips.push((state, Wish { state: String::new(), ..first.clone() }.address()));
    }
    if let Some(source) = label(&sources, &wish.source) {
        chips.push((source, Wish { source: String::new(), ..first.clone() }.address()));
    }
    if !wish.search.is_empty() {
        let said = format!("Name or Client ID: {}", wish.search);
        chips.push((said, Wish { search: String::new(), ..first }.address()));
    }
    let (states, sources) = (choices("Any state", &STATES), choices("Any source", &sources));
    let Wish { search, state, source, .. } = wish.clone();
    view! {
        <Filters action=PATH search placeholder="Name or Client ID" chips>
            <FilterSelect name="state" label="State" value=state choices=states/>
            <FilterSelect name="source" label="Source" value=source choices=sources/>
        </Filters>
    }
    .into_any()
}

#[component]
fn Nothing(none: bool) -> impl IntoView {
    if !none {
        return view! {
            <Empty title="No client matches" icon=Glyph::Search><p><a href=PATH>"All OAuth clients"</a></p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="No OAuth client yet" icon=Glyph::Plug>
            <p>"Claude connects as an OAuth client: you make one here, generate its credentials, and paste them in Claude > Add Custom Connector. Codex needs none; it uses an MCP key."</p>
            <p><a class="button" href=format!("{PATH}/new")>"Create the OAuth client for Claude"</a></p>
        </Empty>
    }
    .into_any()
}

#[component]
fn Row(line: ClientLine) -> impl IntoView {
    view! {
        <tr>
            <td data-label="Client name">
                <a href=format!("{PATH}/{}", line.id)>{line.name}</a>" "<Mark source=line.source/>
            </td>
            <td data-label="State"><State standing=line.standing/></td>
            <td data-label="Scopes">{scopes(line.allows)}</td>
            <td class="number" data-label="Connections"><Number value=line.connections/></td>
            <td data-label="Last used"><Ago at=line.last_used_at/></td>
        </tr>
    }
}
