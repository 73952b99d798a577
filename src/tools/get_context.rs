//! `get_context`: who the assistant acts for, where and when, under which limits and instructions.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SecondsFormat};
use chrono_tz::Tz;
use quick_cache::sync::Cache;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::periods::Periods;
use super::{Action, Context, Output, Tool, ToolError, call, reading, tool};
use crate::audit::Pending;
use crate::identity::Principal;
use crate::model::Operation;
use crate::policy::{Permit, Wish};
use crate::settings::Controls;

/// Keys whose answers are remembered.
const REMEMBERED: usize = 1_000;

pub(super) static TOOL: Tool = tool::<Arguments>("get_context", None, || {
    reading::<Arguments>(
        "get_context",
        "Get context",
        "Says who you act for, their companies, time zone and today's date, the usual periods, your limits, the \
         reporting model for each subject, and the Global Assistant Instructions. Call it first.",
        json!({
            "type": "object",
            "properties": {
                "system": {"type": "string"},
                "instructions": {"type": "string", "description": "Global Assistant Instructions: follow them"},
                "user": {"type": "object", "properties": {
                    "id": {"type": "integer"}, "name": {"type": "string"}, "login": {"type": "string"},
                    "lang": {"type": "string"}, "tz": {"type": "string"}
                }},
                "companies": {"type": "array", "items": {"type": "object", "properties": {
                    "id": {"type": "integer"}, "name": {"type": "string"}, "currency": {"type": "string"}
                }}},
                "now": {"type": "string", "description": "In the user's time zone"},
                "today": {"type": "string"},
                "periods": {"type": "object", "description": "First and last day of the usual periods, both included",
                    "additionalProperties": {"type": "object", "properties": {
                        "from": {"type": "string"}, "to": {"type": "string"}
                    }}},
                "key": {"type": "object", "properties": {
                    "name": {"type": "string"}, "scope": {"type": "string"},
                    "calls_per_minute": {"type": "integer"}, "connection": {"type": "string"}, "expires": {"type": "string"}
                }},
                "max_records": {"type": "integer"},
                "reporting_models": {"type": "array", "items": {"type": "object", "properties": {
                    "subject": {"type": "string"}, "model": {"type": "string"}, "readable": {"type": "boolean"}
                }}}
            },
            "required": ["system", "instructions", "user", "companies", "now", "today", "periods", "key", "max_records", "reporting_models"]
        }),
    )
});

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Language of labels, of the user's own
    #[serde(default)]
    lang: Option<String>,
}

#[derive(Serialize)]
struct Reply<'a> {
    system: &'static str,
    instructions: &'a RawValue,
    user: &'a RawValue,
    companies: &'a RawValue,
    now: String,
    today: NaiveDate,
    periods: &'a RawValue,
    key: &'a RawValue,
    max_records: u32,
    reporting_models: &'a RawValue,
}

/// What is answered to one principal on one day under the same settings and policies, written once.
#[derive(Debug)]
struct Standing {
    controls: Weak<Controls>,
    principal: Weak<Principal>,
    today: NaiveDate,
    instructions: Box<RawValue>,
    user: Box<RawValue>,
    companies: Box<RawValue>,
    periods: Box<RawValue>,
    key: Box<RawValue>,
    reporting_models: Box<RawValue>,
    text: String,
}

/// What was answered lately, by id of the key.
#[derive(Debug)]
pub struct Memory(Cache<String, Arc<Standing>>);

impl Default for Memory {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Memory {
    /// What holds for the principal today: as it was written before, if nothing that it was made of has changed.
    async fn standing(&self, context: &Context, today: NaiveDate) -> Result<Arc<Standing>, ToolError> {
        let key = context.principal.key.id.as_str();
        if let Some(known) = self.0.get(key).filter(|known| known.holds(context, today)) {
            return Ok(known);
        }
        let written = Arc::new(Standing::write(context, today).await?);
        self.0.insert(key.to_owned(), Arc::clone(&written));
        Ok(written)
    }
}

#[derive(Serialize)]
struct UserReply<'a> {
    id: i64,
    name: &'a str,
    login: &'a str,
    lang: &'a str,
    tz: &'static str,
}

#[derive(Serialize)]
struct CompanyReply<'a> {
    id: i64,
    name: &'a str,
    currency: &'a str,
}

#[derive(Serialize)]
struct KeyReply<'a> {
    name: &'a str,
    scope: &'static str,
    calls_per_minute: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

#[derive(Serialize)]
struct ReportingModel<'a> {
    subject: &'a str,
    model: &'a str,
    readable: bool,
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: None, operation: Operation::Read, method: None }
    }

    fn model(&self) -> Option<&str> {
        None
    }

    async fn run(&self, context: &Context, _: &Permit, _: &mut Pending) -> Result<Output, ToolError> {
        context.caller(None, self.lang.as_deref())?;
        let now: DateTime<Tz> = context.services.clock.utc().with_timezone(&context.principal.user.tz);
        let standing = context.services.contexts.standing(context, now.date_naive()).await?;
        let reply = Reply {
            system: "Axanta",
            instructions: &standing.instructions,
            user: &standing.user,
            companies: &standing.companies,
            now: now.to_rfc3339_opts(SecondsFormat::Secs, false),
            today: standing.today,
            periods: &standing.periods,
            key: &standing.key,
            max_records: context.controls.settings.max_records,
            reporting_models: &standing.reporting_models,
        };
        Ok(Output::new(&reply, standing.text.clone(), None)?)
    }
}

impl Standing {
    /// Both are made anew by every administrative change, and nothing of them is changed in place.
    fn holds(&self, context: &Context, today: NaiveDate) -> bool {
        self.today == today
            && std::ptr::eq(self.controls.as_ptr(), Arc::as_ptr(&context.controls))
            && std::ptr::eq(self.principal.as_ptr(), Arc::as_ptr(&context.principal))
    }

    async fn write(context: &Context, today: NaiveDate) -> Result<Self, ToolError> {
        let settings = &context.controls.settings;
        let (user, key) = (&context.principal.user, &context.principal.key);
        let companies: Vec<_> = user
            .companies
            .iter()
            .map(|c| CompanyReply { id: c.id, name: &c.name, currency: &c.currency })
            .collect();
        let expires = key.expires_at.and_then(DateTime::from_timestamp_millis);
        Ok(Self {
            controls: Arc::downgrade(&context.controls),
            principal: Arc::downgrade(&context.principal),
            today,
            instructions: to_raw_value(&settings.instructions)?,
            user: to_raw_value(&UserReply {
                id: user.id,
                name: &user.name,
                login: &user.login,
                lang: &user.lang,
                tz: user.tz.name(),
            })?,
            companies: to_raw_value(&companies)?,
            periods: to_raw_value(&Periods::around(today))?,
            key: to_raw_value(&KeyReply {
                name: &key.name,
                scope: context.principal.scope().label(),
                connection: context.principal.connection.as_ref().map(|c| c.client.as_str()),
                calls_per_minute: context.calls_per_minute(),
                expires: expires.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            })?,
            reporting_models: to_raw_value(&reporting_models(context).await?)?,
            text: format!(
                "You act for {} ({}) in Axanta; today is {today} in {}.",
                user.name, user.login, user.tz
            ),
        })
    }
}

async fn reporting_models(context: &Context) -> Result<Vec<ReportingModel<'_>>, ToolError> {
    let who = context.caller(None, None)?;
    let subjects = &context.controls.settings.reporting_models;
    let mut models = Vec::with_capacity(subjects.len());
    for (subject, model) in subjects {
        let mut readable = context.controls.rules.allows(model, Operation::Read);
        if readable {
            readable = match context.services.erp.model(model).await {
                Ok(known) => {
                    let judged = context.services.erp.judge(&who, &known, Operation::Read).await?;
                    call::first_failed(&judged).is_none()
                }
                Err(_) => false,
            };
        }
        models.push(ReportingModel { subject, model, readable });
    }
    Ok(models)
}
