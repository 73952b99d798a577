//! Settings > Users & Companies > Groups: what each is for, and how many have it.

use async_trait::async_trait;
use leptos::prelude::*;

use crate::backend::Backend;
use crate::components::{Crumb, List, Number, Page};
use crate::refusal::Refusal;
use crate::screen::screen;

/// What the screen asks of the server.
#[async_trait]
pub trait Groups: Send + Sync {
    /// Every group, by application.
    async fn list(&self) -> Result<Vec<GroupLine>, Refusal>;
}

/// One group.
#[derive(Clone, Debug)]
pub struct GroupLine {
    /// Id in `res.groups`.
    pub id: i64,
    /// Application that it belongs to.
    pub application: String,
    /// Full name.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// Names of the groups that come along.
    pub implies: Vec<String>,
    /// Active users who have it, implied or not.
    pub users: i64,
}

/// The list.
#[component]
pub fn GroupsPage() -> impl IntoView {
    screen(async move { Backend::here().groups.list().await }, |lines| view! { <Shown lines/> })
}

#[component]
fn Shown(lines: Vec<GroupLine>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let to = format!("/settings/users?group={}", line.id);
            view! {
                <tr>
                    <td data-label="Application">{line.application}</td>
                    <td data-label="Group"><a href=to>{line.name}</a></td>
                    <td class="wide" data-label="What it gives">{line.about}</td>
                    <td data-label="Brings along">{(!line.implies.is_empty()).then(|| line.implies.join(", "))}</td>
                    <td class="number" data-label="Users"><Number value=line.users/></td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr>
            <th scope="col">"Application"</th>
            <th scope="col">"Group"</th>
            <th scope="col">"What it gives"</th>
            <th scope="col">"Brings along"</th>
            <th scope="col" class="number">"Users"</th>
        </tr>
    }
    .into_any();
    view! {
        <Page title="Groups" crumbs=vec![Crumb::new("Settings", "/"), Crumb::new("Users & Companies", "/settings/users")]>
            <List label="Groups" head cards=true>{rows}</List>
        </Page>
    }
}
