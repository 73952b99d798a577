//! What is done to modules: installed, upgraded, uninstalled, their data deleted.

use app::pages::apps::{FORM, PATH, TYPED};
use app::refusal::Refusal;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use serde_json::{Value, json};

use super::facts;
use crate::audit::Acting;
use crate::console::error::Problem;
use crate::console::seen::is_as_seen;
use crate::console::visitor::Visitor;
use crate::settings::{self, Module, Modules, NoUpgrade, Upgraded, standings};
use crate::web::Submission;

const CHANGED: &str = "The modules were changed since this page was opened, so nothing was done. What will happen now stands below.";

/// `GET /apps/{module}/…`: whoever asks anew for the answer to a form comes to the list.
pub async fn back(_: Visitor) -> Redirect {
    Redirect::to(PATH)
}

/// `POST /apps/{module}/install`
pub async fn install(
    visitor: Visitor,
    Path(name): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let module = known(&name)?;
    let mut acting = visitor.begin().await?;
    if Modules::load(acting.on()).await?.has(module) {
        drop(acting);
        return visitor.done(PATH, format!("{} is installed already.", module.label())).await;
    }
    if !is_said(&mut acting, &mut sent).await? {
        drop(acting);
        return visitor.again(PATH, sent).await;
    }
    let now = visitor.console.state.clock.millis();
    let done = Modules::install(acting.on(), module, now).await?;
    let enabled = settings::Settings::load(acting.on()).await?.mcp_enabled;
    acting.commit("module.install", module.name(), json!({"installed": names(&done)})).await?;
    let next = match module {
        Module::McpServer if !enabled => " Next, an MCP Administrator enables it in Settings > MCP Server.",
        Module::McpServer => "",
        Module::McpServerOauth => {
            " Next, an MCP Administrator makes an OAuth client in Technical > MCP > OAuth Clients."
        }
    };
    visitor.done(PATH, format!("{} installed.{next}", are(&done))).await
}

/// `POST /apps/{module}/upgrade`
pub async fn upgrade(
    visitor: Visitor,
    Path(name): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let module = known(&name)?;
    let mut acting = visitor.begin().await?;
    let now = visitor.console.state.clock.millis();
    let done = match settings::upgrade(acting.on(), module, now).await {
        Ok(done) if done.is_empty() => {
            drop(acting);
            return visitor.done(PATH, format!("{} is up to date already.", module.label())).await;
        }
        Ok(done) => done,
        Err(NoUpgrade::Settings(error)) => return Err(error.into()),
        Err(NoUpgrade::Database(error)) => return Err(error.into()),
        Err(refused) => {
            drop(acting);
            sent.wrong_in_all(format!("{refused}."));
            return visitor.again(PATH, sent).await;
        }
    };
    let detail: Value = done
        .iter()
        .map(|u| (u.module.name().to_owned(), json!({"from": u.from.to_string(), "to": u.to.to_string()})))
        .collect();
    acting.commit("module.upgrade", module.name(), detail).await?;
    let reconnect = done.iter().any(|u| u.reconnect);
    let said: Vec<String> = done.iter().map(upgraded).collect();
    let reconnect =
        if reconnect { " Reconnect the Claude connector after upgrading the module." } else { "" };
    visitor.done(PATH, format!("{}{reconnect}", said.join(" "))).await
}

fn upgraded(u: &Upgraded) -> String {
    format!("{} is upgraded from {} to {}.", u.module.label(), u.from, u.to)
}

/// `POST /apps/{module}/uninstall`
pub async fn uninstall(
    visitor: Visitor,
    Path(name): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let module = known(&name)?;
    let mut acting = visitor.begin().await?;
    if !Modules::load(acting.on()).await?.has(module) {
        drop(acting);
        return visitor.done(PATH, format!("{} is uninstalled already.", module.label())).await;
    }
    if !is_said(&mut acting, &mut sent).await? {
        drop(acting);
        return visitor.again(PATH, sent).await;
    }
    let now = visitor.console.state.clock.millis();
    let done = Modules::uninstall(acting.on(), module, false, now).await?;
    let detail = json!({"uninstalled": names(&done), "purge": false});
    acting.commit("module.uninstall", module.name(), detail).await?;
    let its = if done.len() == 1 { "Its data is kept." } else { "Their data is kept." };
    visitor.done(PATH, format!("{} uninstalled. {its}", are(&done))).await
}

/// `POST /apps/{module}/purge`
pub async fn purge(
    visitor: Visitor,
    Path(name): Path<String>,
    mut sent: Submission,
) -> Result<Response, Problem> {
    let module = known(&name)?;
    let mut acting = visitor.begin().await?;
    let all = standings(acting.on()).await?;
    let found = all.iter().find(|standing| standing.module == module);
    if found.is_some_and(|standing| !standing.state.is_installed() && standing.version.is_none()) {
        drop(acting);
        return visitor.done(PATH, format!("The data of {} is deleted already.", module.label())).await;
    }
    if found.is_none_or(|standing| standing.state.is_installed()) || !is_as_seen(&sent, &facts(&all)) {
        drop(acting);
        let mut sent = sent.of_form(FORM);
        sent.wrong_in_all(CHANGED);
        return visitor.again(PATH, sent).await;
    }
    if sent.text(TYPED) != module.name() {
        drop(acting);
        sent.wrong(TYPED, format!("This is not {}; nothing was deleted.", module.name()));
        return visitor.again(PATH, sent).await;
    }
    let now = visitor.console.state.clock.millis();
    let deleted = Modules::purge(acting.on(), module, now).await?;
    let rows: Value = deleted.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
    acting.commit("module.purge", module.name(), json!({"deleted": rows})).await?;
    visitor.done(PATH, format!("The data of {} is deleted. The log stays.", module.label())).await
}

fn known(name: &str) -> Result<Module, Problem> {
    name.parse().map_err(|_| Refusal::NotFound("module".to_owned()).into())
}

/// Whether the modules stand as they did when the reader was told what would happen.
async fn is_said(acting: &mut Acting, sent: &mut Submission) -> Result<bool, Problem> {
    let as_seen = is_as_seen(sent, &facts(&standings(acting.on()).await?));
    if !as_seen {
        sent.wrong_in_all(CHANGED);
    }
    Ok(as_seen)
}

fn names(modules: &[Module]) -> Vec<&'static str> {
    modules.iter().map(|module| module.name()).collect()
}

/// `MCP Server is`, `MCP Server and MCP Server OAuth are`
fn are(modules: &[Module]) -> String {
    let labels: Vec<&str> = modules.iter().map(|module| module.label()).collect();
    format!("{} {}", labels.join(" and "), if labels.len() == 1 { "is" } else { "are" })
}
