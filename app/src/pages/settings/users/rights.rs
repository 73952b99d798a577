//! Access Rights: the groups of each application.

use leptos::prelude::*;

use super::{Application, head::FORM};
use crate::components::{Choice, Choices, Group, ReadOnly};

/// The groups of each application: one of several, or a box where there is one alone.
#[component]
pub fn Rights(applications: Vec<Application>) -> impl IntoView {
    let fields = applications.into_iter().map(field).collect_view();
    view! { <Group title="Access Rights" columns=true>{fields}</Group> }
}

fn field(application: Application) -> AnyView {
    let Application { label, field, groups, chosen, editable } = application;
    if !editable {
        let name = groups
            .into_iter()
            .find(|(id, ..)| *id == chosen)
            .map_or_else(|| "None".to_owned(), |(_, label, _)| label);
        return view! { <ReadOnly label help="A Settings / Administrator may change this.">{name}</ReadOnly> }
            .into_any();
    }
    let several = groups.len() == 1;
    let mut choices: Vec<Choice> =
        groups.into_iter().map(|(id, label, help)| Choice::new(id, label).help(help)).collect();
    if !several {
        choices.insert(0, Choice::new("", "None"));
    }
    view! { <Choices form=FORM name=field label value=vec![chosen] choices several/> }.into_any()
}
