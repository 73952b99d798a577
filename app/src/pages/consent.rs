//! Consent: what an OAuth client may do for the person who is signed in, before they say yes; and where that can't be
//! asked, why.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Badge, Choice, Choices, Form, Glyph, Icon, Mark, Notices, TextField, Warning};
use crate::escape::escaped;
use crate::form::Attempt;
use crate::frame::{Frame, Tone};
use crate::pages::settings::users::mcp_tab::Lack;

/// Form of the answer.
pub const FORM: &str = "consent";
/// Form that generates a key on the way.
pub const KEY_FORM: &str = "consent_key";

/// What a person is asked.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Name of the client.
    pub client: String,
    /// Where the browser is taken back to: `claude.ai`.
    pub host: String,
    /// How the client is known, where no administrator made it.
    pub stranger: Option<String>,
    /// What the form sends so that the answer fits the question.
    pub request: String,
    /// The keys that can be chosen, newest first.
    pub keys: Vec<KeyChoice>,
    /// Whether the client asks to create and change, and may.
    pub may_write: bool,
    /// Whether it goes on until it is revoked.
    pub offline: bool,
    /// What it could do, operation by operation.
    pub does: Vec<Does>,
    /// What is missing before anybody can say yes.
    pub lacks: Vec<Lack>,
    /// The key that can be generated here, where that is what is missing.
    pub makes_key: Option<NewKey>,
}

/// A key that a connection can be made under.
#[derive(Clone, Debug)]
pub struct KeyChoice {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether it has write tools.
    pub write: bool,
    /// Calls per minute.
    pub calls_per_minute: u32,
    /// When it ends, in words; empty if never.
    pub expires: String,
}

/// One thing that a client could do.
#[derive(Clone, Debug)]
pub struct Does {
    /// In plain words: `Read`.
    pub what: &'static str,
    /// Whether it changes data, and so needs a key with write tools.
    pub write: bool,
    /// With what: labels of models.
    pub models: Vec<String>,
}

/// A key that can be generated here.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Name to begin with.
    pub name: String,
    /// What is sent twice with it makes one key.
    pub once: String,
}

/// Why nobody is asked.
#[derive(Clone, Debug)]
pub struct Stop {
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What is wrong, and how to mend it: sentences.
    pub texts: Vec<String>,
    /// Where the client waits for the answer: whose address, and the address.
    pub back: Option<(String, String)>,
}

/// The page of the authorization endpoint.
#[component]
pub fn ConsentPage() -> impl IntoView {
    if let Some(stop) = use_context::<Stop>() {
        return view! { <StopSheet stop/> }.into_any();
    }
    if let Some(consent) = use_context::<Consent>() {
        return view! { <Question consent/> }.into_any();
    }
    Frame::here().status.set(404);
    view! { <StopSheet stop=Stop { title: "Nothing is asked", texts: Vec::new(), back: None }/> }.into_any()
}

#[component]
fn StopSheet(stop: Stop) -> impl IntoView {
    let texts = stop.texts.into_iter().map(|text| view! { <p>{text}</p> }).collect_view();
    let back = stop.back.map(|(host, address)| {
        view! { <p><a class="button" href=address rel="noreferrer">{format!("Back to {host}")}</a></p> }
    });
    view! {
        <Title text=escaped(&format!("{} · Axanta MCP", stop.title))/>
        <div class="consent">
            <p class="brand"><Mark/><span>"Axanta"</span><span class="brand-part">"MCP"</span></p>
            <div class="sheet">
                <h1>{stop.title}</h1>
                {texts}
                {back}
            </div>
        </div>
    }
}

#[component]
fn Question(consent: Consent) -> impl IntoView {
    let frame = Frame::here();
    let (person, here) = (frame.person, frame.path.to_string());
    let (name, login) = person.map(|p| (p.name.clone(), p.login.clone())).unwrap_or_default();
    let blocked = !consent.lacks.is_empty();
    let problem = Attempt::of(FORM).problem().map(|problem| {
        view! { <div class="problem" role="alert"><Icon name=Glyph::CrossCircle/><p>{problem}</p></div> }
    });
    let heading = format!("Connect {} to Axanta?", consent.client);
    let stranger = consent.stranger.clone().map(|text| {
        view! {
            <Warning title="Not made by an administrator"><p>{text}</p></Warning>
        }
    });
    view! {
        <Title text=escaped(&format!("Connect {} · Axanta MCP", consent.client))/>
        <div class="consent">
            <Notices/>
            <div class="sheet">
                <h1>{heading}</h1>
                <p class="consent-host"><Icon name=Glyph::Link/><strong>{consent.host.clone()}</strong></p>
                <p>
                    <strong>{consent.client.clone()}</strong>" will act as you, "<strong>{name}</strong>" ("<code>{login}</code>
                    "), with your access rights, and you are taken back to "<strong>{consent.host.clone()}</strong>"."
                </p>
                {stranger}
                {problem}
                {if blocked { missing(&consent) } else { view! { <DoesList does=consent.does.clone()/> }.into_any() }}
                <Answer consent blocked/>
            </div>
            <form method="post" action="/logout" class="consent-other">
                <input type="hidden" name="next" value=here/>
                <p>"Not you? "<button class="link">"Log out"</button></p>
            </form>
        </div>
    }
}

#[component]
fn DoesList(does: Vec<Does>) -> impl IntoView {
    const MOST: usize = 12;
    if does.is_empty() {
        return view! {
            <Warning title="Nothing yet">
                <p>"No model policy allows anything that your access rights allow too. The connection can be made; an MCP Administrator decides in Technical > MCP > Model Policies what it can reach."</p>
            </Warning>
        }
        .into_any();
    }
    let rows = does
        .into_iter()
        .map(|does| {
            let more = does.models.len().saturating_sub(MOST);
            let models = does.models.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
            let more = (more > 0).then(|| format!(" and {more} more"));
            let write = does.write.then(|| view! { <Badge tone=Tone::Warning text="Changes data"/> });
            view! { <div><dt>{does.what}{write}</dt><dd>{models}{more}</dd></div> }
        })
        .collect_view();
    view! {
        <section class="consent-does">
            <h2>"What it may do"</h2>
            <dl class="facts">{rows}</dl>
        </section>
    }
    .into_any()
}

fn missing(consent: &Consent) -> AnyView {
    let lacks = consent
        .lacks
        .iter()
        .map(|lack| {
            let link = lack.link.clone().map(|(label, href)| view! { " "<a href=href>{label}</a> });
            let who = (!lack.who.is_empty()).then(|| format!(" {}", lack.who));
            view! { <li>{lack.text.clone()}{link}{who}</li> }
        })
        .collect_view();
    let request = consent.request.clone();
    let key = consent.makes_key.clone().map(move |key| {
        let choices = vec![
            Choice::new("read", "Read Only").help("if it should only analyze data"),
            Choice::new("write", "Enable Write Tools").help("if it should be allowed to create or update through MCP"),
        ];
        view! {
            <section class="consent-key">
                <h2>"Generate MCP Key"</h2>
                <p class="help">"The connection is made under this key: its scope, rate limit and expiry bound it, and revoking it ends it. The key itself is not shown, since the connection does not need it."</p>
                <Form name=KEY_FORM action="/oauth/authorize/key" submit="Generate">
                    <input type="hidden" name="request" value=request/>
                    <input type="hidden" name="once" value=key.once/>
                    <TextField form=KEY_FORM name="name" label="Name" value=key.name required=true/>
                    <Choices form=KEY_FORM name="scope" label="Scope" value=vec!["read".to_owned()] choices/>
                </Form>
            </section>
        }
    });
    view! {
        <Warning title="Not yet possible"><ul>{lacks}</ul></Warning>
        {key}
    }
    .into_any()
}

#[component]
fn Answer(consent: Consent, blocked: bool) -> impl IntoView {
    let newest = consent.keys.first().map(|key| key.id.clone()).unwrap_or_default();
    let one = consent.keys.len() == 1;
    let said = |key: &KeyChoice| {
        let scope = if key.write { "Enable Write Tools" } else { "Read Only" };
        let expires = if key.expires.is_empty() { String::new() } else { format!(", {}", key.expires) };
        format!("{scope}, {} calls per minute{expires}", key.calls_per_minute)
    };
    let keys = consent
        .keys
        .iter()
        .map(|key| Choice::new(key.id.clone(), key.name.clone()).help(said(key)))
        .collect();
    let any_write = consent.may_write && consent.keys.iter().any(|key| key.write);
    let access = vec![
        Choice::new("write", "Read, create and change")
            .help("as far as key, policies and your access rights allow"),
        Choice::new("read", "Read only").help("whatever the key allows"),
    ];
    let label = if one { "Under this MCP key" } else { "Under which MCP key" };
    let allowed = (!blocked).then(|| view! {
        <Choices form=FORM name="key" label=label value=vec![newest] choices=keys/>
        {any_write.then(|| view! { <Choices form=FORM name="access" label="Let it" value=vec!["write".to_owned()] choices=access/> })}
    });
    let lasts = (!blocked && consent.offline).then(|| view! {
        <p class="help">"It stays connected until it is revoked in My Connections or by an administrator, until its key ends, or until it was not used for 90 days."</p>
    });
    view! {
        <form class="form consent-answer" method="post" action="/oauth/authorize" data-form=FORM>
            <input type="hidden" name="form" value=FORM/>
            <input type="hidden" name="request" value=consent.request/>
            {allowed}
            {lasts}
            <div class="form-buttons">
                {(!blocked).then(|| view! { <button type="submit" name="decision" value="approve" class="primary">"Approve"</button> })}
                <button type="submit" name="decision" value="deny">"Deny"</button>
            </div>
        </form>
    }
}
