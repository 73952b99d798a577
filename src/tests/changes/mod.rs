//! Changes through the tools, on the demo company and both databases: tried, done, done once, put before a person.

mod broken;
mod invoicing;
mod leaving;
mod lines;
mod offered;
mod once;
mod told;
mod unseen;
mod waiting;
mod writing;

use std::sync::Arc;

use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::audit::Audit;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::erp::Erp;
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::{NOW, small_companies};
use crate::identity::{Company, KeyFacts, Principal, User, group};
use crate::model::Operation;
use crate::policy::{Refinements, Rule, Ruleset, Scope};
use crate::reports::Press;
use crate::settings::{Controls, Modules, Settings};
use crate::store::log::{LogFilter, LogRow, list};
use crate::store::on_db;
use crate::store::testing::TestDb;
use crate::tools::{Context, Services, call};

/// Models that everything is allowed on.
const OPEN: [&str; 3] = ["crm.lead", "res.partner", "product.category"];
/// The user for whom it is done: a salesperson of the demo company.
const USER: i64 = 10;

/// The demo company, and somebody with a key who may do everything on [`OPEN`].
struct Scene {
    test: TestDb,
    clock: Clock,
    services: Arc<Services>,
    context: Context,
}

async fn scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for test in small_companies().await {
        let clock = Clock::fixed(NOW * 1000);
        let erp: Arc<dyn Erp> = Arc::new(Embedded::new(test.db.clone()));
        let services = Arc::new(Services {
            changes: Changes::new(test.db.clone(), clock.clone(), Arc::clone(&erp)),
            audit: Audit::start(test.db.clone(), clock.clone()),
            files: crate::files::Files::new(test.db.clone(), clock.clone(), "http://127.0.0.1:8070"),
            clock: clock.clone(),
            contexts: Arc::default(),
            press: Press::here(),
            erp,
        });
        let context = Context {
            services: Arc::clone(&services),
            controls: Arc::new(controls(OPEN.map(open))),
            principal: Arc::new(principal(USER, Scope::Write)),
            request_id: "test".into(),
            client: Some("Codex 1".into()),
            session: None,
        };
        all.push(Scene { test, clock, services, context });
    }
    all
}

/// A policy that allows everything.
fn open(model: &str) -> Rule {
    Rule { allowed: Operation::ALL.into_iter().collect(), ..Rule::new(model) }
}

fn refined(model: &str, refinements: &Value) -> Rule {
    let refinements = Refinements::read(&refinements.to_string());
    assert_eq!(refinements.fault, None);
    Rule { refinements: Some(refinements), ..open(model) }
}

fn controls(rules: impl IntoIterator<Item = Rule>) -> Controls {
    Controls {
        generation: 1,
        settings: Settings { mcp_enabled: true, ..Settings::default() },
        modules: Modules::default(),
        rules: Arc::new(Ruleset::from_iter(rules)),
    }
}

fn principal(user: i64, scope: Scope) -> Principal {
    let groups = [group::SALES_ADMINISTRATOR, group::CONTACTS, group::MCP_USER];
    let company = |id: i64, currency: &str| Company { id, name: format!("C{id}"), currency: currency.into() };
    Principal {
        user: User {
            id: user,
            login: format!("user{user}"),
            name: "Somebody".into(),
            lang: "en_US".into(),
            tz: chrono_tz::UTC,
            companies: vec![company(1, "EUR"), company(2, "USD")],
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
            active: true,
        },
        key: KeyFacts {
            id: format!("key{user}"),
            name: "laptop".into(),
            scope,
            rate_limit: None,
            expires_at: None,
            revoked: false,
        },
        connection: None,
    }
}

impl Scene {
    /// The structured answer, or what was refused.
    async fn call(&self, tool: &str, arguments: &Value) -> Result<Value, String> {
        self.call_as(&self.context, tool, arguments).await
    }

    async fn call_as(&self, context: &Context, tool: &str, arguments: &Value) -> Result<Value, String> {
        let raw = to_raw_value(arguments).unwrap();
        let answer = call(context, tool, Some(&raw)).await.unwrap().unwrap();
        match answer.structured {
            Some(structured) if !answer.is_error => Ok(serde_json::from_str(structured.get()).unwrap()),
            _ => Err(answer.text),
        }
    }

    fn under(&self, rules: impl IntoIterator<Item = Rule>) -> Context {
        Context { controls: Arc::new(controls(rules)), ..self.context.clone() }
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut conn = self.test.db.read().await.unwrap();
        on_db!(conn.on(), c => {
            sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut *c).await.unwrap()
        })
    }

    async fn partners(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM res_partner").await
    }

    /// Every entry of the log, oldest first.
    async fn log(&self) -> Vec<LogRow> {
        self.services.audit.close().await;
        let mut conn = self.test.db.read().await.unwrap();
        let mut rows = list(conn.on(), &LogFilter { limit: 1_000, ..LogFilter::default() }).await.unwrap();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }
}

fn acme() -> Value {
    json!({"model": "res.partner", "records": [{"name": "Acme", "is_company": true}]})
}
