//! Who may come in, before anything is read, and which requests count.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::ask::Ask;
use super::error::Refusal;
use crate::audit::Entry;
use crate::identity::{BearerError, Principal};
use crate::policy::{Gate, Quota, Step};
use crate::settings::{Controls, Module};
use crate::state::AppState;
use crate::tools;

/// What holds now, and for whom: the module must be installed, MCP Server enabled, the bearer good.
pub async fn enter(
    state: &AppState,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<(Arc<Controls>, Arc<Principal>), Refusal> {
    let controls = state.current.fresh().await.map_err(|stale| {
        tracing::error!(error = &stale as &dyn std::error::Error, "permissions can't be known");
        Refusal::Unavailable(stale.to_string())
    })?;
    if !controls.modules.has(Module::McpServer) {
        return Err(Refusal::NotInstalled);
    }
    if !controls.settings.mcp_enabled {
        let step = Step::failed(
            Gate::Enabled,
            "it is disabled. An MCP Administrator can enable it in Settings > MCP Server.",
        );
        return Err(Refusal::Gate { step, retry_after: None });
    }
    let mut bearers = headers.get_all(header::AUTHORIZATION).iter();
    let authenticated = match (bearers.next(), bearers.next()) {
        (_, Some(_)) => Err(BearerError::Several),
        (bearer, None) => state.authenticator.authenticate(&controls, bearer).await,
    };
    match authenticated {
        Ok(principal) => Ok((controls, principal)),
        Err(error) => {
            let oauth = controls.modules.has(Module::McpServerOauth);
            Err(turned_away(state, &error, oauth, request_id).await)
        }
    }
}

async fn turned_away(state: &AppState, error: &BearerError, oauth: bool, request_id: &str) -> Refusal {
    if let BearerError::Unavailable(cause) = error {
        tracing::error!(%cause, "a key could not be looked up");
        return Refusal::Unavailable(error.to_string());
    }
    let refusal = Refusal::Unauthorized {
        reason: error.to_string(),
        sent: !matches!(error, BearerError::Missing),
        metadata: oauth.then(|| state.addresses.resource_metadata()),
    };
    let entry = Entry {
        request_id: Some(request_id.to_owned()),
        principal: error.principal().cloned(),
        ..Entry::default()
    };
    // It is turned away whether that can be logged or not.
    if let Some(pending) = state.services.audit.turned_away("authenticate", error.code(), entry).await {
        pending.finish(|entry| refusal.note(entry));
    }
    refusal
}

/// Judges the gates of a request as a whole, counting it first where it counts.
pub async fn admit(ask: &Ask<'_>, counted: bool) -> Result<(), Refusal> {
    let quota = if counted {
        ask.limiter.take(&ask.context.principal.key.id, ask.context.calls_per_minute()).await?
    } else {
        Quota::Within
    };
    tools::admit(ask.context, quota).map_err(|step| Refusal::Gate {
        step,
        retry_after: match quota {
            Quota::Exceeded { retry_after, .. } => Some(retry_after),
            Quota::Within => None,
        },
    })
}
