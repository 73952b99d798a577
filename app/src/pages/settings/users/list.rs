//! The list of users.

use leptos::prelude::*;

use super::{Mcp, UserLine, UserList, UsersAsk};
use crate::backend::Backend;
use crate::components::{
    Ago, Badge, Choice, Crumb, Empty, FilterSelect, Filters, Glyph, Icon, List, Page, Pager, Paging,
};
use crate::frame::{Frame, Tone};
use crate::screen::screen;

const PATH: &str = "/settings/users";

/// The list of users.
#[component]
pub fn UsersPage() -> impl IntoView {
    let frame = Frame::here();
    let text = |name: &str| frame.parameter(name).unwrap_or_default().trim().to_owned();
    let ask = UsersAsk {
        search: text("search"),
        show: text("show"),
        mcp: text("mcp"),
        group: text("group"),
        offset: text("offset").parse().unwrap_or(0),
    };
    let asked = ask.clone();
    screen(async move { Backend::here().users.list(asked).await }, move |list| view! { <Shown ask list/> })
}

#[component]
fn Shown(ask: UsersAsk, list: UserList) -> impl IntoView {
    let at = Paging {
        offset: ask.offset,
        shown: u64::try_from(list.lines.len()).unwrap_or(0),
        total: Some(list.total),
        size: list.size,
    };
    let pager = view! { <Pager at base=address(&ask, "")/> }.into_any();
    let search = search(&ask, &list);
    let actions = list.may_add.then(|| {
        view! { <a class="button primary" href="/settings/users/new"><Icon name=Glyph::Plus/>"New"</a> }
    });
    let actions = actions.into_any();
    let mcp = list.mcp;
    let body = if list.lines.is_empty() {
        view! {
            <Empty title="No user is found" icon=Glyph::Users>
                <p>"Nobody fits what is searched for. "<a href=PATH>"Show all active users"</a>"."</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = list.lines.into_iter().map(|line| view! { <Row line mcp/> }).collect_view();
        let head = view! {
            <tr>
                <th scope="col">"Name"</th>
                <th scope="col">"Login"</th>
                <th scope="col">"Groups"</th>
                {mcp.then(|| view! { <th scope="col">"MCP"</th> })}
                <th scope="col">"Last seen"</th>
            </tr>
        }
        .into_any();
        view! { <List label="Users" head cards=true>{rows}</List> }.into_any()
    };
    view! {
        <Page title="Users" crumbs=vec![Crumb::new("Settings", "/"), Crumb::new("Users & Companies", "/settings/users")] actions=actions search=search pager=pager>
            {body}
        </Page>
    }
}

#[component]
fn Row(line: UserLine, mcp: bool) -> impl IntoView {
    let (tone, word) = match line.mcp {
        Mcp::NoGroup => (Tone::Neutral, "No group"),
        Mcp::NoKey => (Tone::Warning, "No key"),
        Mcp::Ready => (Tone::Good, "Ready"),
    };
    let to = format!("{PATH}/{}", line.id);
    let tab = format!("{to}?tab=mcp");
    let archived = (!line.active).then(|| view! { " "<Badge tone=Tone::Neutral text="Archived"/> });
    view! {
        <tr>
            <td data-label="Name"><a href=to>{line.name}</a>{archived}</td>
            <td class="mono" data-label="Login">{line.login}</td>
            <td class="wide" data-label="Groups">{(!line.groups.is_empty()).then(|| line.groups.join(", "))}</td>
            {mcp.then(|| view! { <td data-label="MCP"><a href=tab><Badge tone text=word/></a></td> })}
            <td data-label="Last seen"><Ago at=line.seen_at/></td>
        </tr>
    }
}

fn search(ask: &UsersAsk, list: &UserList) -> AnyView {
    let (text, shown, of_mcp, of_group) =
        (ask.search.clone(), ask.show.clone(), ask.mcp.clone(), ask.group.clone());
    let show: [(&str, &str); 3] = [("", "Active"), ("archived", "Archived"), ("all", "Active and archived")];
    let mcp: [(&str, &str); 4] =
        [("", "Any MCP state"), ("no_group", "No group"), ("no_key", "No key"), ("ready", "Ready")];
    let choices = |all: &[(&str, &str)]| all.iter().map(|(v, l)| Choice::new(*v, *l)).collect::<Vec<_>>();
    let mut groups = vec![Choice::new("", "Any group")];
    groups.extend(list.groups.iter().map(|(id, name)| Choice::new(id, name)));
    let mut chips = Vec::new();
    let mut chip = |said: String, name: &str| {
        chips.push((said, address(ask, name).trim_end_matches(['?', '&']).to_owned()));
    };
    if !ask.search.is_empty() {
        chip(format!("Name or login: {}", ask.search), "search");
    }
    for (name, value, all) in [("show", &ask.show, &show[..]), ("mcp", &ask.mcp, &mcp[..])] {
        if let Some((_, label)) = all.iter().find(|(v, _)| !v.is_empty() && v == value) {
            chip((*label).to_owned(), name);
        }
    }
    if let Some((_, group)) = list.groups.iter().find(|(id, _)| *id == ask.group) {
        chip(group.clone(), "group");
    }
    let (show_choices, mcp_choices) = (choices(&show), choices(&mcp));
    let with_mcp = list.mcp.then(|| {
        view! { <FilterSelect name="mcp" label="MCP" value=of_mcp choices=mcp_choices/> }
    });
    view! {
        <Filters action=PATH search=text placeholder="Name or login" chips=chips>
            <FilterSelect name="show" label="Show" value=shown choices=show_choices/>
            {with_mcp}
            <FilterSelect name="group" label="Group" value=of_group choices=groups/>
        </Filters>
    }
    .into_any()
}

/// Address of the list without `offset` and the filter of that name, ending in `?` or `&`.
fn address(ask: &UsersAsk, without: &str) -> String {
    let mut text = format!("{PATH}?");
    for (name, value) in
        [("search", &ask.search), ("show", &ask.show), ("mcp", &ask.mcp), ("group", &ask.group)]
    {
        if name != without && !value.is_empty() {
            text.push_str(name);
            text.push('=');
            text.push_str(&leptos_router::location::Url::escape(value));
            text.push('&');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_left_out_of_its_chips_address() {
        let ask = UsersAsk {
            search: "a&b=ä".to_owned(),
            show: "all".to_owned(),
            offset: 80,
            ..UsersAsk::default()
        };
        assert_eq!(address(&ask, "show"), "/settings/users?search=a%26b%3D%C3%A4&");
        assert_eq!(address(&UsersAsk::default(), ""), "/settings/users?");
    }
}
