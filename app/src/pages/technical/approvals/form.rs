//! One change that waits, or waited: who asks, why it waits, what runs, what it does, and the decision.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::super::{query, way};
use super::payload::{Values, What};
use super::subject::{Glance, Subjects};
use super::{APPROVE, ApprovalForm, ApprovalLine, Outlook, PATH, REFUSE, SEEN, Standing, State, WORD};
use crate::backend::Backend;
use crate::components::{
    Ago, Confirm, DifferenceList, Fact, Facts, Glyph, Icon, Instant, Page, Problem, TextArea, Warning,
};
use crate::form::Attempt;
use crate::frame::Frame;
use crate::screen::screen;

/// The screen.
#[component]
pub fn ApprovalPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let offset = query(&Frame::here().path).into_iter().find(|(name, _)| name == "offset");
    let offset = offset.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    screen(async move { Backend::here().approvals.form(id, offset).await }, |form| view! { <Shown form/> })
}

#[component]
fn Shown(form: ApprovalForm) -> impl IntoView {
    let line = form.line.clone();
    let waits = line.state == State::Waiting;
    let base = format!("{PATH}/{}?", line.id);
    let actions = waits.then(|| view! { <Decide form=form.clone()/> }.into_any());
    let barred = form.barred.clone().filter(|_| waits);
    let barred =
        barred.map(|why| view! { <Warning title="Somebody else has to approve this">{why}</Warning> });
    let (does, runs) = match line.state {
        State::Waiting => ("What it does", "Exactly what runs"),
        State::Approved => ("What it was shown to do", "Exactly what ran"),
        State::Refused | State::Expired => ("What it would have done", "What was asked for"),
    };
    let state = line.state;
    view! {
        <Page
            title=line.title crumbs=way(Some(("Approvals", PATH)))
            state=view! { <Standing state/> }.into_any() actions=actions.into_any()
        >
            <div class="sheet">
                <Problem form=APPROVE/>
                <Problem form=REFUSE/>
                <p class="glance-whole"><Glance line=form.line.clone()/></p>
                <Subjects line=form.line.clone()/>
                <Decided form=form.clone()/>
                {barred}
                <Ahead form=form.clone()/>
                <Asked form=form.clone()/>
                {(!form.answer.is_empty()).then(|| view! { <Values title="What it answered".to_owned() values=form.answer.clone()/> })}
                <h2>{does}</h2>
                <Lasting lasting=form.lasting state/>
                {waits.then(|| view! {
                    <p class="muted">"As it was tried. Numbers that a document only gets when it is done may turn out to be others."</p>
                })}
                <DifferenceList differences=form.differences base/>
                <h2>{runs}</h2>
                <What payload=form.payload about=form.method/>
            </div>
        </Page>
    }
}

/// What was decided, by whom, and what came of it.
#[component]
fn Decided(form: ApprovalForm) -> impl IntoView {
    let ApprovalForm { line, word, log_id, .. } = form;
    let word = word.map(|word| view! { <blockquote class="word">{word}</blockquote> });
    let log = log_id.map(|id| {
        view! { " "<a href=format!("/technical/mcp/logs/{id}")>"What was done, in the log"</a> }
    });
    match (line.state, line.decided) {
        (State::Approved, Some((at, by))) => {
            view! { <div><p>{format!("Approved by {by} ")}<Ago at/>", and done."{log}</p>{word}</div> }.into_any()
        }
        (State::Refused, Some((at, by))) => {
            view! { <div><p>{format!("Refused by {by} ")}<Ago at/>". Nothing was changed."</p>{word}</div> }.into_any()
        }
        (State::Expired, _) => view! {
            <p>"Nobody decided it in time: it expired "<Ago at=line.expires_at/>". Nothing was changed; whoever asked can ask again."</p>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// What approving it would come to now; after an attempt that failed, the failure itself says so.
#[component]
fn Ahead(form: ApprovalForm) -> impl IntoView {
    let ApprovalForm { line, outlook, .. } = form;
    let outlook = outlook.filter(|_| Attempt::of(APPROVE).problem().is_none());
    match outlook {
        Some(Outlook::Shut(why)) => view! {
            <Warning title="As things stand, it can't be done">
                {why}" Approving it would change nothing. Once that is mended it can still be approved, until it expires; or refuse it, \
                 and say why."
            </Warning>
        }
        .into_any(),
        Some(Outlook::Anew) => view! {
            <Warning title="It would do something else now than is shown here">
                "Records that it depends on changed since. Approving it would change nothing yet: what it would do now is shown first, to be approved anew."
            </Warning>
        }
        .into_any(),
        Some(Outlook::AsShown) => view! {
            <p class="undoable"><Icon name=Glyph::CheckCircle/>{format!("Tried just now by the rights of {}, and thrown away: it would run exactly as shown.", line.login)}</p>
        }
        .into_any(),
        Some(Outlook::Untried) | None => ().into_any(),
    }
}

#[component]
fn Asked(form: ApprovalForm) -> impl IntoView {
    let ApprovalForm { line, user, key, oauth_client, companies, why, .. } = form;
    let ApprovalLine { user_id, login, client, asked_at, expires_at, state, label, model, .. } = line;
    let page = format!("/settings/users/{user_id}");
    let tab = format!("{page}?tab=mcp");
    let who = match user {
        Some(name) if name != login => format!("{name} ({login})"),
        Some(_) => login,
        None => format!("{login}, who is gone"),
    };
    view! {
        <Facts>
            <Fact label="Why it waits">{why}</Fact>
            <Fact label="Model">{label}" "<code>{model.clone()}</code>" · "<a href=format!("/technical/mcp/policies/{model}")>"its policy"</a></Fact>
            <Fact label="Asked by"><a href=page>{who}</a></Fact>
            <Fact label="Key"><a href=tab>{key}</a></Fact>
            {client.map(|client| view! { <Fact label="Client">{client}</Fact> })}
            {oauth_client.map(|name| view! { <Fact label="OAuth client">{name}</Fact> })}
            {(!companies.is_empty()).then(|| view! { <Fact label="In company">{companies}</Fact> })}
            <Fact label="Asked"><Instant at=asked_at/></Fact>
            {(state == State::Waiting).then(|| view! { <Fact label="Expires"><Ago at=expires_at/></Fact> })}
        </Facts>
    }
}

/// Whether it can be undone once it is done.
#[component]
fn Lasting(lasting: Option<String>, state: State) -> impl IntoView {
    match (lasting, state) {
        (Some(why), State::Waiting | State::Approved) => {
            view! { <Warning title="This can't be undone">{why}</Warning> }.into_any()
        }
        (None, State::Waiting) => view! {
            <p class="undoable"><Icon name=Glyph::Restore/>"Once done, it can be undone in the log, unless somebody changes the same records before."</p>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// Approve and Refuse, each asked for once more.
#[component]
fn Decide(form: ApprovalForm) -> impl IntoView {
    let ApprovalForm { line, lasting, barred, seen, .. } = form;
    let path = format!("{PATH}/{}", line.id);
    let what = in_sentence(&line.title);
    let approve = barred.is_none().then(|| {
        let lasting = lasting.map_or_else(String::new, |why| format!(" It can't be undone: {why}"));
        let question = format!(
            "It runs at once, exactly as shown, by the rights that {} has now. If it would do something else by now, nothing is \
             done and it is shown anew.{lasting}",
            line.login
        );
        view! {
            <Confirm
                open="Approve" question confirm=format!("Approve: {what}") action=format!("{path}/approve")
                fields=vec![("form", APPROVE.to_owned()), (SEEN, seen)] wanted=true
            >
                <Word form=APPROVE help="It is kept, and said to the client that asked."/>
            </Confirm>
        }
    });
    let question =
        format!("Nothing is changed. {} is told that it was refused when the client asks again.", line.login);
    view! {
        {approve}
        <Confirm
            open="Refuse" question confirm=format!("Refuse: {what}") action=format!("{path}/refuse")
            fields=vec![("form", REFUSE.to_owned())]
        >
            <Word form=REFUSE help="Say why, so that whoever asked can do better. It is said to the client that asked."/>
        </Confirm>
    }
}

#[component]
fn Word(form: &'static str, help: &'static str) -> impl IntoView {
    view! { <TextArea form name="word" label="A word (optional)" value="" most=WORD rows=2 help/> }
}

/// A title within a sentence: `Confirm S00123` as `confirm S00123`.
fn in_sentence(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
