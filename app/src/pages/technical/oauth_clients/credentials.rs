//! Credentials of a client: shown once, then only what can't be taken for the secret.

use leptos::prelude::*;

use super::{CREDENTIALS, ClientForm, PATH, SecretLine, Source};
use crate::components::{Ago, Confirm, Glyph, Group, Icon, Problem, ReadOnly, SecretOnce, Warning};
use crate::pages::connections::{LocalUrl, McpUrl, RemoteUrl};

const HINT_IS_NO_SECRET: &str =
    "Do not use the Client Secret Hint as the actual secret. Use the generated full secret only.";

/// Credentials that were just generated; in the context of the one answer that shows them.
#[derive(Clone)]
pub struct MadeCredentials {
    /// What the client is called.
    pub name: String,
    /// Its Client ID.
    pub client_id: String,
    /// Its secret.
    pub secret: String,
}

/// Both in full, and what to paste where.
#[component]
pub(super) fn Made(made: MadeCredentials, url: McpUrl) -> impl IntoView {
    let MadeCredentials { name, client_id, secret } = made;
    let ready = vec![
        ("Claude > Add Custom Connector: Remote MCP server URL", url.url),
        ("OAuth Client ID", client_id.clone()),
        ("OAuth Client Secret", secret.clone()),
    ];
    view! {
        <SecretOnce label=format!("Credentials of {name}") called="Client Secret" secret with=vec![("Client ID", client_id)] ready>
            <Warning title="Important">{HINT_IS_NO_SECRET}</Warning>
            {url.is_local.then(|| view! { <LocalUrl/> })}
        </SecretOnce>
    }
}

/// What is known of the credentials, and how to replace them.
#[component]
pub(super) fn CredentialsGroup(form: ClientForm) -> impl IntoView {
    let path = format!("{PATH}/{}", form.id);
    let ours = form.source == Source::Administrator;
    let mut secrets = form.secrets.into_iter();
    let current = secrets.next();
    let former: Vec<SecretLine> = secrets.collect();
    let has_secret = current.is_some();
    // Where the secret stands above, so does what to paste.
    let shown = use_context::<MadeCredentials>().is_some();
    let seen = form.secrets_seen;
    let (name, several) = (form.name, !former.is_empty());
    let hint = match current {
        Some(secret) => view! { <Hint secret/> }.into_any(),
        None if form.confidential => view! {
            <ReadOnly label="Client Secret Hint (not the secret)"
                help="Generate Credentials shows the full Client ID and Client Secret, once."><span class="muted">"No secret yet"</span></ReadOnly>
        }
        .into_any(),
        None => view! {
            <ReadOnly label="Client Secret" help="It proves with each authorization that it is the one that asked (PKCE).">
                <span class="muted">"It has none"</span>
            </ReadOnly>
        }
        .into_any(),
    };
    let former = former
        .into_iter()
        .map(|secret| {
            view! {
                <ReadOnly label="Former secret">
                    <span>{format!("ends in {}; it still works, and stops ", secret.ends_in)}<Ago at=secret.expires_at/></span>
                </ReadOnly>
            }
        })
        .collect_view();
    let end = several.then(|| {
        view! {
            <Confirm open="End the former secret now" action=format!("{path}/end-former") fields=vec![("secrets", seen.clone())]
                question=format!("Where {name} still has the former secret, it is refused from now on until it has the new one.")
                confirm=format!("End the former secret of {name}")/>
        }
    });
    let generate = ours.then(|| view! { <GenerateAct path name seen has_secret/> });
    view! {
        <Group title="Credentials">
            <Problem form=CREDENTIALS/>
            <ReadOnly label="Client ID" copy=form.client_id/>
            {hint}
            {former}
            <div class="field-acts">{generate}{end}</div>
        </Group>
        {(ours && has_secret && !shown).then(|| view! { <InClaude url=form.url/> })}
    }
}

#[component]
fn Hint(secret: SecretLine) -> impl IntoView {
    view! {
        <ReadOnly label="Client Secret Hint (not the secret)" help=HINT_IS_NO_SECRET>
            <span>{format!("ends in {}, generated ", secret.ends_in)}<Ago at=secret.created_at/></span>
        </ReadOnly>
    }
}

#[component]
fn GenerateAct(path: String, name: String, seen: String, has_secret: bool) -> impl IntoView {
    let action = format!("{path}/credentials");
    if !has_secret {
        return view! {
            <form method="post" action=action>
                <input type="hidden" name="form" value=CREDENTIALS/>
                <input type="hidden" name="secrets" value=seen/>
                <button type="submit"><Icon name=Glyph::Key/>"Generate Credentials"</button>
            </form>
        }
        .into_any();
    }
    let question = format!(
        "{name} gets a new Client Secret; its Client ID stays. The former secret works for another 24 hours, so that nobody is cut off \
         while you enter the new one in {name}."
    );
    let fields = vec![("form", CREDENTIALS.to_owned()), ("secrets", seen)];
    view! {
        <Confirm open="Generate Credentials" question confirm=format!("Generate a new secret for {name}") action fields>
            <div class="choice">
                <input type="checkbox" id="credentials-at_once" name="at_once" value="on"/>
                <label for="credentials-at_once">"End the former secret at once"</label>
                <p class="help">"For a secret that others may know: connections are refused until the new one is entered."</p>
            </div>
        </Confirm>
    }
    .into_any()
}

/// The guide's section 7, step 2.
#[component]
fn InClaude(url: McpUrl) -> impl IntoView {
    view! {
        <Group title="Add the custom connector in Claude" help="Claude > Add Custom Connector. Enter a connector name, for example Axanta MCP, and:">
            <RemoteUrl url/>
            <ReadOnly label="OAuth Client ID">"The Client ID above"</ReadOnly>
            <ReadOnly label="OAuth Client Secret">"The full Client Secret, as it was shown when it was generated"</ReadOnly>
            <p class="help">"Save the connector, start authorization, and log in with the Axanta user who should use the connection."</p>
        </Group>
    }
}
