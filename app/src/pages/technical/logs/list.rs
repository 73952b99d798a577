//! The log, newest first.

use leptos::prelude::*;

use super::super::way;
use super::{KINDS, LogLine, LogList, LogWish, OUTCOMES, PATH, PERIODS, duration, ended};
use crate::backend::Backend;
use crate::components::{
    Badge, Choice, Empty, FilterSelect, FilterText, Filters, Glyph, Icon, Instant, List, Number, Page, Turn,
};
use crate::frame::{Frame, Tone};
use crate::screen::screen;

/// The screen.
#[component]
pub fn LogsPage() -> impl IntoView {
    let wish = LogWish::of(&Frame::here().path);
    let asked = wish.clone();
    screen(async move { Backend::here().logs.list(asked).await }, |list| view! { <Shown wish list/> })
}

#[component]
fn Shown(wish: LogWish, list: LogList) -> impl IntoView {
    let pager = pager(&wish, &list);
    let file = wish.file();
    let filtered = wish.on().next().is_some();
    let looked = list.looked_to.as_ref().map(|(at, place)| {
        let on = wish.page("before", place, wish.first() + list.rows.len() as u64);
        let at = *at;
        view! {
            <p class="help">"Looked through the entries back to "<Instant at/>". "<a href=on>"Look further back"</a></p>
        }
    });
    let found = list.found.clone().into_iter().map(|(said, record)| {
        let all = LogWish { record, ..LogWish::default() }.without("");
        view! { <li>{said}": "<a href=all>"every entry that changed it"</a></li> }
    });
    let found = (!list.found.is_empty()).then(|| view! { <ul class="found">{found.collect_view()}</ul> });
    let complaint = list.complaint.clone().map(
        |text| view! { <div class="problem" role="alert"><Icon name=Glyph::CrossCircle/><p>{text}</p></div> },
    );
    let search = view! { <Search wish names=list.names/> }.into_any();
    let none = list.rows.is_empty();
    let lines = list.rows.into_iter().map(|line| view! { <Line line/> }).collect_view();
    let head = view! {
        <tr>
            <th scope="col">"Time"</th><th scope="col">"User"</th><th scope="col">"Client"</th>
            <th scope="col">"What"</th><th scope="col">"Outcome"</th>
            <th scope="col" class="number">"Rows"</th><th scope="col" class="number">"Duration"</th>
        </tr>
    };
    view! {
        <Page
            title="Logs" crumbs=way(None) search pager=pager
            actions=view! { <a class="button" href=file title="The newest 100,000 entries that match, as a file"><Icon name=Glyph::Download/>"CSV"</a> }.into_any()
        >
            {complaint}
            {found}
            {if none {
                view! { <Nothing filtered/> }.into_any()
            } else {
                view! { <List label="Log" head=head.into_any() cards=true>{lines}</List> }.into_any()
            }}
            {looked}
        </Page>
    }
}

fn pager(wish: &LogWish, list: &LogList) -> AnyView {
    let (first, shown) = (wish.first(), list.rows.len() as u64);
    let newer = list.newer.as_ref().map(|place| {
        // The first page is where new entries come in.
        if first <= list.size + 1 { wish.without("") } else { wish.page("after", place, first - list.size) }
    });
    let older = list.older.as_ref().map(|place| wish.page("before", place, first + shown));
    let first = if shown == 0 { 0 } else { first };
    let last = if shown == 0 { 0 } else { first + shown - 1 };
    let (total, more) = list.total;
    view! { <Turn first last total more before=newer after=older/> }.into_any()
}

#[component]
fn Nothing(filtered: bool) -> impl IntoView {
    if filtered {
        return view! {
            <Empty title="No entry matches" icon=Glyph::Search><p><a href=PATH>"All entries"</a></p></Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="Nothing is logged yet" icon=Glyph::Scroll>
            <p>"Every request of an AI client, every tool call and every change by an administrator is listed here, with what decided it."</p>
            <p>"Connect a client with an MCP key: "<a href="/settings/users">"Settings > Users & Companies > Users"</a></p>
        </Empty>
    }
    .into_any()
}

#[component]
fn Search(wish: LogWish, names: super::Names) -> impl IntoView {
    let outcomes = OUTCOMES.map(|(name, label, _)| (name, label));
    let keys = choices("Any key", names.keys.iter().map(|(id, name)| (id.as_str(), name.as_str())));
    let tools = choices("Any tool", names.tools.iter().map(|tool| (tool.as_str(), tool.as_str())));
    let [results, kinds, periods] =
        [("Any outcome", &outcomes[..]), ("Everything", &KINDS[..]), ("Any time", &PERIODS[..])]
            .map(|(any, all)| choices(any, all.iter().copied()));
    let chips = wish
        .on()
        .map(|(name, value)| {
            let said = |choices: &[(&str, &str)]| {
                let found = choices.iter().find(|(choice, _)| *choice == value);
                found.map_or_else(|| value.to_owned(), |(_, label)| (*label).to_owned())
            };
            let text = match name {
                "search" => format!("Search: {value}"),
                "record" => format!("Record: {}", names.record.as_deref().unwrap_or(value)),
                "user" => format!("User: {value}"),
                "key" => {
                    let key = names.keys.iter().find(|(id, _)| id == value).map_or(value, |(_, name)| name);
                    format!("Key: {key}")
                }
                "session" => format!("Session: {value}"),
                "tool" => format!("Tool: {value}"),
                "model" => format!("Model: {value}"),
                "outcome" => said(&outcomes),
                "kind" => said(&KINDS),
                "period" => said(&PERIODS),
                "since" => format!("Since {}", value.replace('T', " ")),
                _ => format!("Until {}", value.replace('T', " ")),
            };
            (text, wish.without(name))
        })
        .collect();
    let unseen = [("session", wish.session.clone()), ("record", wish.record.clone())];
    let hidden = unseen.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    view! {
        <Filters action=PATH search=wish.search placeholder="Name of a record, or words of the reason" chips hidden>
            <FilterText name="user" label="User" value=wish.user/>
            <FilterSelect name="key" label="Key" value=wish.key choices=keys/>
            <FilterSelect name="tool" label="Tool" value=wish.tool choices=tools/>
            <FilterText name="model" label="Model" value=wish.model/>
            <FilterSelect name="outcome" label="Outcome" value=wish.outcome choices=results/>
            <FilterSelect name="kind" label="Kind" value=wish.kind choices=kinds/>
            <FilterSelect name="period" label="Time" value=wish.period choices=periods/>
            <FilterText name="since" label="Since" value=wish.since kind="datetime-local"/>
            <FilterText name="until" label="Until" value=wish.until kind="datetime-local"/>
        </Filters>
    }
}

fn choices<'a>(any: &'a str, all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Choice> {
    [("", any)].into_iter().chain(all).map(|(value, label)| Choice::new(value, label)).collect()
}

#[component]
fn Line(line: LogLine) -> impl IntoView {
    let (tone, label) = ended(&line);
    let changed = line.changed.then(|| view! { " "<Badge tone=Tone::Info text="Changed data"/> });
    let titled = (!line.title.is_empty()).then(|| view! { <span class="what">{line.title}</span>" " });
    let login = line.login.map_or_else(
        || view! { <span class="muted">"Unknown"</span> }.into_any(),
        |login| view! { {login} }.into_any(),
    );
    view! {
        <tr>
            <td data-label="Time"><a href=format!("{PATH}/{}", line.id)><Instant at=line.at/></a></td>
            <td data-label="User">{login}</td>
            <td data-label="Client">
                {line.client}
                {line.oauth_client.map(|name| view! { " "<span class="muted">{format!("through {name}")}</span> })}
            </td>
            <td data-label="What">
                {titled}<code>{line.what}</code>" "<span class="muted">{line.upon}</span>{changed}
            </td>
            <td data-label="Outcome">
                <Badge tone text=label/>
                {line.gate.map(|gate| view! { " "<span class="muted">{gate}</span> })}
            </td>
            <td class="number" data-label="Rows">{line.rows.map(|value| view! { <Number value/> })}</td>
            <td class="number" data-label="Duration">{line.duration.map(duration)}</td>
        </tr>
    }
}
