//! Settings > Users & Companies > Companies.

use async_trait::async_trait;
use leptos::prelude::*;

use crate::backend::Backend;
use crate::components::{Badge, Crumb, Empty, Glyph, List, Number, Page};
use crate::frame::Tone;
use crate::refusal::Refusal;
use crate::screen::screen;

/// What the screen asks of the server.
#[async_trait]
pub trait Companies: Send + Sync {
    /// Every company.
    async fn list(&self) -> Result<Vec<CompanyLine>, Refusal>;
}

/// One company.
#[derive(Clone, Debug)]
pub struct CompanyLine {
    /// Name.
    pub name: String,
    /// Name of its currency, for example `EUR`.
    pub currency: String,
    /// Active users who may work in it.
    pub users: i64,
    /// False once archived.
    pub active: bool,
}

/// The list.
#[component]
pub fn CompaniesPage() -> impl IntoView {
    screen(async move { Backend::here().companies.list().await }, |lines| view! { <Shown lines/> })
}

#[component]
fn Shown(lines: Vec<CompanyLine>) -> impl IntoView {
    let none = lines.is_empty();
    let rows = lines
        .into_iter()
        .map(|line| {
            let (tone, word) = if line.active { (Tone::Good, "Active") } else { (Tone::Neutral, "Archived") };
            view! {
                <tr>
                    <td class="wide" data-label="Company">{line.name}</td>
                    <td data-label="Currency">{line.currency}</td>
                    <td class="number" data-label="Users"><Number value=line.users/></td>
                    <td data-label="State"><Badge tone text=word/></td>
                </tr>
            }
        })
        .collect_view();
    let head = view! {
        <tr>
            <th scope="col">"Company"</th>
            <th scope="col">"Currency"</th>
            <th scope="col" class="number">"Users"</th>
            <th scope="col">"State"</th>
        </tr>
    }
    .into_any();
    let body = if none {
        view! {
            <Empty title="No company yet" icon=Glyph::Building>
                <p>"The companies of the business database stand here. This one has none yet."</p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <List label="Companies" head cards=true>{rows}</List> }.into_any()
    };
    view! { <Page title="Companies" crumbs=vec![Crumb::new("Settings", "/"), Crumb::new("Users & Companies", "/settings/users")]>{body}</Page> }
}
