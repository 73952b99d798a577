//! `get_context`: who the assistant acts for, where and when, under which limits and instructions.

use async_trait::async_trait;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Context, Output, Tool, ToolError, call, reading, tool};
use crate::model::Operation;
use crate::policy::{Permit, Wish};

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
                    "calls_per_minute": {"type": "integer"}, "expires": {"type": "string"}
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
    instructions: &'a str,
    user: UserReply<'a>,
    companies: Vec<CompanyReply<'a>>,
    now: String,
    today: NaiveDate,
    periods: Periods,
    key: KeyReply<'a>,
    max_records: u32,
    reporting_models: Vec<ReportingModel<'a>>,
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
    expires: Option<String>,
}

#[derive(Serialize)]
struct ReportingModel<'a> {
    subject: &'a str,
    model: &'a str,
    readable: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

#[derive(Debug, Serialize)]
struct Periods {
    this_month: Period,
    last_month: Period,
    this_quarter: Period,
    last_quarter: Period,
    this_year: Period,
    last_year: Period,
}

impl Period {
    fn of(from: NaiveDate, months: u32) -> Self {
        let next = from + Months::new(months);
        Self { from, to: next - Days::new(1) }
    }
}

impl Periods {
    fn around(today: NaiveDate) -> Self {
        let first = |month: u32| NaiveDate::from_ymd_opt(today.year(), month, 1).unwrap_or(today);
        let month = first(today.month());
        let quarter = first((today.month() - 1) / 3 * 3 + 1);
        let year = first(1);
        Self {
            this_month: Period::of(month, 1),
            last_month: Period::of(month - Months::new(1), 1),
            this_quarter: Period::of(quarter, 3),
            last_quarter: Period::of(quarter - Months::new(3), 3),
            this_year: Period::of(year, 12),
            last_year: Period::of(year - Months::new(12), 12),
        }
    }
}

#[async_trait]
impl Action for Arguments {
    fn wish<'a>(&'a self, _: &'a Context) -> Wish<'a> {
        Wish { model: None, operation: Operation::Read, method: None }
    }

    fn model(&self) -> Option<&str> {
        None
    }

    async fn run(&self, context: &Context, _: &Permit) -> Result<Output, ToolError> {
        let who = context.caller(None, self.lang.as_deref())?;
        let settings = &context.controls.settings;
        let (user, key) = (&context.principal.user, &context.principal.key);
        let now: DateTime<Tz> = context.services.clock.utc().with_timezone(&user.tz);
        let mut reporting_models = Vec::with_capacity(settings.reporting_models.len());
        for (subject, model) in &settings.reporting_models {
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
            reporting_models.push(ReportingModel { subject, model, readable });
        }
        let expires = key.expires_at.and_then(DateTime::from_timestamp_millis);
        let reply = Reply {
            system: "Axanta",
            instructions: &settings.instructions,
            user: UserReply {
                id: user.id,
                name: &user.name,
                login: &user.login,
                lang: &user.lang,
                tz: user.tz.name(),
            },
            companies: user
                .companies
                .iter()
                .map(|c| CompanyReply { id: c.id, name: &c.name, currency: &c.currency })
                .collect(),
            now: now.to_rfc3339_opts(SecondsFormat::Secs, false),
            today: now.date_naive(),
            periods: Periods::around(now.date_naive()),
            key: KeyReply {
                name: &key.name,
                scope: key.scope.label(),
                calls_per_minute: context.calls_per_minute(),
                expires: expires.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            },
            max_records: settings.max_records,
            reporting_models,
        };
        let text = format!(
            "You act for {} ({}) in Axanta; today is {} in {}.",
            user.name, user.login, reply.today, user.tz
        );
        Ok(Output::new(&reply, text, None)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_meet_at_their_ends() {
        let periods = Periods::around(day("2026-01-31"));
        assert_eq!(periods.last_month, Period { from: day("2025-12-01"), to: day("2025-12-31") });
        assert_eq!(periods.last_quarter, Period { from: day("2025-10-01"), to: day("2025-12-31") });
        assert_eq!(periods.this_quarter, Period { from: day("2026-01-01"), to: day("2026-03-31") });
        assert_eq!(periods.last_year, Period { from: day("2025-01-01"), to: day("2025-12-31") });
        let leap = Periods::around(day("2028-02-29"));
        assert_eq!(leap.this_month.to, day("2028-02-29"));
    }
}
