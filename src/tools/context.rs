//! For whom and with what a tool runs.

use std::sync::Arc;

use super::get_context::Memory;
use crate::audit::{Audit, Entry};
use crate::changes::Changes;
use crate::clock::Clock;
use crate::erp::{Caller, Erp};
use crate::files::Files;
use crate::identity::Principal;
use crate::model::{Complaint, Model, Operation};
use crate::policy::{Quota, Request, Wish};
use crate::reports::Press;
use crate::settings::Controls;

/// What every call of the process shares.
#[derive(Clone)]
pub struct Services {
    /// The ERP.
    pub erp: Arc<dyn Erp>,
    /// Files waiting to be fetched.
    pub files: Files,
    /// Where changes are done.
    pub changes: Changes,
    /// Where documents are printed.
    pub press: Press,
    /// The log.
    pub audit: Audit,
    /// The time.
    pub clock: Clock,
    /// What `get_context` answered lately.
    pub contexts: Arc<Memory>,
}

/// One request: who asks, through what, and the settings and policies that hold for it.
#[derive(Clone)]
pub struct Context {
    /// What every call shares.
    pub services: Arc<Services>,
    /// Settings and policies, as they stood when the request came in.
    pub controls: Arc<Controls>,
    /// Who asks.
    pub principal: Arc<Principal>,
    /// The request's id.
    pub request_id: String,
    /// The client's name and version, as it says itself.
    pub client: Option<String>,
    /// First characters of the MCP session's hash.
    pub session: Option<String>,
}

impl Context {
    /// The facts of this request, for a decision about `wish`.
    pub fn request<'a>(&'a self, wish: Wish<'a>, quota: Quota) -> Request<'a> {
        Request {
            enabled: self.controls.settings.mcp_enabled,
            credential: self.principal.credential_state(self.services.clock.millis()),
            quota,
            login: &self.principal.user.login,
            user_active: self.principal.user.active,
            in_mcp_group: self.principal.user.in_mcp_group(),
            scope: self.principal.scope(),
            wish,
        }
    }

    /// Calls per minute that the key may make.
    pub fn calls_per_minute(&self) -> u32 {
        self.principal.key.rate_limit.unwrap_or(self.controls.settings.rate_limit)
    }

    /// The user as the ERP knows them, in the companies asked for.
    pub fn caller(&self, company_ids: Option<&[i64]>, lang: Option<&str>) -> Result<Caller, Complaint> {
        let user = &self.principal.user;
        let own = user.company_ids();
        let company_ids = match company_ids {
            None | Some([]) => own,
            Some(asked) => match asked.iter().find(|id| !own.contains(id)) {
                // Each once: they are bound to every statement.
                None => asked.iter().fold(Vec::with_capacity(own.len()), |mut once, id| {
                    if !once.contains(id) {
                        once.push(*id);
                    }
                    once
                }),
                Some(foreign) => {
                    let names: Vec<_> =
                        user.companies.iter().map(|c| format!("{} ({})", c.id, c.name)).collect();
                    return Err(Complaint::new(format!(
                        "company_ids names {foreign}, which is not a company of {}; theirs are {}",
                        user.login,
                        names.join(", ")
                    ))
                    .example(format!(r#"{{"company_ids":{own:?}}}"#)));
                }
            },
        };
        let lang = match lang {
            Some(asked) if asked != user.lang => {
                return Err(Complaint::new(format!("lang `{asked}` is not a language of {}", user.login))
                    .example(format!(r#"{{"lang":"{}"}}"#, user.lang)));
            }
            _ => user.lang.clone(),
        };
        Ok(Caller { company_ids, lang, ..Caller::from(user) })
    }

    /// The operations that policy and scope give this principal on `model`, in the guide's order.
    pub fn operations(&self, model: &str) -> impl Iterator<Item = Operation> {
        let scope = self.principal.scope();
        let rule = self.controls.rules.rule(model).filter(|rule| rule.holds());
        rule.into_iter()
            .flat_map(|rule| rule.allowed.iter())
            .filter(move |operation| scope.covers(*operation))
    }

    /// The same, without those that can do nothing on that model: no method that may be called, no document to print.
    pub fn useful<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = Operation> + 'a {
        let rule = self.controls.rules.rule(&model.name);
        self.operations(&model.name)
            .filter(move |operation| rule.is_some_and(|rule| rule.has_effect(model, *operation)))
    }

    /// Whether policy and scope give this principal `operation` on some model.
    pub fn may_somewhere(&self, operation: Operation) -> bool {
        self.principal.scope().covers(operation)
            && self.controls.rules.models_allowing(operation).next().is_some()
    }

    /// A log entry with what is known from the start.
    pub fn entry(&self, method: &str) -> Entry {
        Entry {
            request_id: Some(self.request_id.clone()),
            principal: Some(Arc::clone(&self.principal)),
            client: self.client.clone(),
            session: self.session.clone(),
            method: method.to_owned(),
            ..Entry::default()
        }
    }
}
