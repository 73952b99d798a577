//! Generate Credentials: the first time, and anew with an overlap.

use app::pages::technical::oauth_clients::{CREDENTIALS, MadeCredentials, PATH};
use axum::extract::Path;
use axum::response::{Redirect, Response};
use serde_json::json;

use super::{nobody, secrets_seen};
use crate::audit::Acting;
use crate::console::error::Problem;
use crate::console::visitor::Visitor;
use crate::identity::client::{self, Client, Source};
use crate::store::oauth_clients::secrets;
use crate::web::Submission;

/// Name of the field with the fingerprint of the secrets that the sender knew of.
const SEEN: &str = "secrets";

/// `GET /technical/mcp/oauth-clients/{id}/credentials`: whoever asks anew for the page with the secret comes to the form.
pub async fn back(_: Visitor, Path(id): Path<String>) -> Redirect {
    Redirect::to(&form(&id))
}

fn form(id: &str) -> String {
    format!("{PATH}/{id}")
}

/// `POST /technical/mcp/oauth-clients/{id}/credentials`; with `at_once` the former secret ends now.
pub async fn generate(
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Submission,
) -> Result<Response, Problem> {
    let at_once = sent.ticked("at_once");
    let mut acting = visitor.begin().await?;
    let client = client::by_id(acting.on(), &id).await?.ok_or_else(nobody)?;
    let stored = secrets(acting.on(), &id).await?;
    let problem = if client.source != Source::Administrator {
        "A client that came by itself keeps the credentials it came with."
    } else if sent.text(SEEN) != secrets_seen(&stored) {
        "Credentials were generated since this page was opened, and they are shown only once: nothing was generated this time. \
         If they were not copied, generate them again."
    } else {
        return make(&visitor, acting, &client, at_once).await;
    };
    drop(acting);
    refused(&visitor, &id, sent, problem).await
}

/// Generates a secret, and shows it this once.
pub(super) async fn make(
    visitor: &Visitor,
    mut acting: Acting,
    client: &Client,
    at_once: bool,
) -> Result<Response, Problem> {
    let state = &visitor.console.state;
    let secret = client::generate_secret(acting.on(), &state.clock, &client.id, at_once).await?;
    let detail = json!({"id": client.id, "former_ends_at_once": at_once});
    acting.commit("oauth_client.generate_credentials", &client.name, detail).await?;
    state.current.refresh().await?;
    let made = MadeCredentials {
        name: client.name.clone(),
        client_id: client.client_id.clone(),
        secret: secret.reveal().to_owned(),
    };
    Ok(visitor.reveal(&form(&client.id), made).await)
}

/// `POST /technical/mcp/oauth-clients/{id}/end-former`
pub async fn end_former(
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Submission,
) -> Result<Response, Problem> {
    let mut acting = visitor.begin().await?;
    let client = client::by_id(acting.on(), &id).await?.ok_or_else(nobody)?;
    if sent.text(SEEN) != secrets_seen(&secrets(acting.on(), &id).await?) {
        drop(acting);
        let problem = "The credentials were changed since this page was opened; nothing was done. How they stand now is below.";
        return refused(&visitor, &id, sent, problem).await;
    }
    if !client::end_overlap(acting.on(), &visitor.console.state.clock, &id).await? {
        drop(acting);
        return visitor.done(&form(&id), "The former secret has ended already.").await;
    }
    acting.commit("oauth_client.end_former_secret", &client.name, json!({"id": id})).await?;
    visitor.done(&form(&id), format!("The former secret of {} has ended.", client.name)).await
}

async fn refused(visitor: &Visitor, id: &str, sent: Submission, problem: &str) -> Result<Response, Problem> {
    let mut sent = sent.of_form(CREDENTIALS);
    sent.wrong_in_all(problem);
    visitor.again(&form(id), sent).await
}
