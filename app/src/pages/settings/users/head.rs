//! Who a user is: as fields for those who may change them, and as facts for the others.

use leptos::prelude::*;

use super::UserForm;
use crate::components::{Badge, Choice, Choices, Fact, Facts, Group, SelectField, TextField};
use crate::frame::Tone;

pub const FORM: &str = "user";

/// The fields.
#[component]
pub fn Fields(user: UserForm) -> impl IntoView {
    let pairs =
        |all: Vec<(String, String)>| all.into_iter().map(|(v, l)| Choice::new(v, l)).collect::<Vec<_>>();
    let zones = user.zones.into_iter().map(|zone| Choice::new(zone.clone(), zone)).collect::<Vec<_>>();
    let companies = pairs(user.companies);
    let several = !companies.is_empty();
    let new = user.id == 0;
    view! {
        <Group title="User" columns=true>
            <TextField form=FORM name="name" label="Name" value=user.name required=true focus=new/>
            <TextField form=FORM name="login" label="Login" value=user.login required=true mono=true
                help="What the user signs in with, in whatever case: letters, digits and . _ - + @"/>
            <SelectField form=FORM name="lang" label="Language" value=user.lang choices=pairs(user.langs)
                help="Decides how dates and numbers are written."/>
            <SelectField form=FORM name="tz" label="Time Zone" value=user.tz choices=zones
                help="Decides when the user's days begin and end, also in what the AI reports."/>
            {several.then(|| view! {
                <Choices form=FORM name="companies" label="Companies" value=user.own_companies choices=companies.clone() several=true/>
                <SelectField form=FORM name="company_id" label="Default Company" value=user.company choices=companies/>
            })}
        </Group>
        {new.then(|| view! {
            <Group title="Password" help="Left empty, the user can't sign in until a password is set." columns=true>
                <TextField form=FORM name="password" label="Password" kind="password" most=1000 autocomplete="new-password"/>
                <TextField form=FORM name="password_again" label="The same again" kind="password" most=1000 autocomplete="new-password"/>
            </Group>
        })}
    }
}

/// The same, to be read.
#[component]
pub fn About(user: UserForm) -> impl IntoView {
    let lang = user.langs.iter().find(|(code, _)| *code == user.lang).map_or(user.lang, |(_, l)| l.clone());
    let companies: Vec<String> = user
        .companies
        .into_iter()
        .filter(|(id, _)| user.own_companies.contains(id))
        .map(|(_, name)| name)
        .collect();
    view! {
        <Facts>
            <Fact label="Name">{user.name}</Fact>
            <Fact label="Login"><code>{user.login}</code></Fact>
            <Fact label="Language">{lang}</Fact>
            <Fact label="Time Zone">{user.tz}</Fact>
            <Fact label="Companies">{companies.join(", ")}</Fact>
        </Facts>
    }
}

/// Archived or not.
pub fn state(active: bool) -> AnyView {
    if active {
        view! { <Badge tone=Tone::Good text="Active"/> }.into_any()
    } else {
        view! { <Badge tone=Tone::Neutral text="Archived"/> }.into_any()
    }
}
