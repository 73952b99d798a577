//! What a policy says beyond operations, asked through every tool on both databases.

mod budget;
mod domain;
mod hidden;
mod limits;
mod narrow;
mod sight;
mod untrusted;

use std::sync::Arc;

use serde_json::Value;

use crate::clock::Clock;
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::{NOW, small_companies};
use crate::identity::group::{
    ACCOUNTING, CONTACTS, INVENTORY, MCP_USER, POINT_OF_SALE, PURCHASE, SALES_ADMINISTRATOR,
};
use crate::identity::{KeyFacts, Principal, User};
use crate::model::Operation;
use crate::policy::{Refinements, Rule, Ruleset, Scope};
use crate::reports::Press;
use crate::settings::{Controls, Modules, Settings};
use crate::store::testing::TestDb;
use crate::store::users::company_ids;
use crate::tools::{Context, Services, call};

/// Models that the demo's people look at, each readable.
const MODELS: [&str; 9] = [
    "sale.order",
    "sale.order.line",
    "res.partner",
    "product.product",
    "product.category",
    "crm.lead",
    "stock.movement",
    "stock.warehouse",
    "report.sales.analysis",
];

/// The small demo company behind the tools.
pub struct Stage {
    pub name: &'static str,
    services: Arc<Services>,
    companies: Vec<i64>,
    test: TestDb,
}

/// One on each database.
pub async fn stages() -> Vec<Stage> {
    let mut all = Vec::new();
    for test in small_companies().await {
        let companies = company_ids(test.db.read().await.unwrap().on()).await.unwrap();
        let clock = Clock::fixed(NOW * 1_000);
        let erp: Arc<dyn crate::erp::Erp> = Arc::new(Embedded::new(test.db.clone()));
        let services = Arc::new(Services {
            changes: crate::changes::Changes::new(test.db.clone(), clock.clone(), Arc::clone(&erp)),
            erp,
            audit: crate::audit::Audit::start(test.db.clone(), clock.clone()),
            clock: clock.clone(),
            contexts: Arc::default(),
            press: Press::here(),
            files: crate::files::Files::new(test.db.clone(), clock, "http://127.0.0.1:8070"),
        });
        all.push(Stage { name: test.name, services, companies, test });
    }
    all
}

impl Stage {
    /// Somebody with every right, under policies with these refinements (JSON) on these models.
    pub fn under(&self, refined: &[(&str, &str)]) -> Person {
        let rule = |model: &&str| {
            let json = refined.iter().find(|(name, _)| name == model).map(|(_, json)| *json);
            let refinements = json.map(Refinements::read);
            Rule { allowed: Operation::ALL.into_iter().collect(), refinements, ..Rule::new(*model) }
        };
        let groups =
            [MCP_USER, SALES_ADMINISTRATOR, POINT_OF_SALE, PURCHASE, INVENTORY, ACCOUNTING, CONTACTS];
        let companies = self.companies.iter().map(|id| crate::identity::Company {
            id: *id,
            name: id.to_string(),
            currency: "EUR".into(),
        });
        let user = User {
            id: 1,
            login: "demo".into(),
            name: "Demo".into(),
            lang: "en_US".into(),
            tz: chrono_tz::UTC,
            companies: companies.collect(),
            groups: groups.map(str::to_owned).into(),
            active: true,
        };
        let key = KeyFacts {
            id: "key".into(),
            name: "test".into(),
            scope: Scope::Write,
            rate_limit: None,
            expires_at: None,
            revoked: false,
        };
        Person(Context {
            services: Arc::clone(&self.services),
            controls: Arc::new(Controls {
                generation: 1,
                settings: Settings { mcp_enabled: true, ..Settings::default() },
                modules: Modules::default(),
                rules: Arc::new(MODELS.iter().map(rule).collect::<Ruleset>()),
            }),
            principal: Arc::new(Principal { user, key, connection: None }),
            request_id: "test".into(),
            client: None,
            session: None,
        })
    }
}

/// Who asks.
pub struct Person(Context);

/// What they are told.
#[derive(Debug)]
pub struct Told {
    pub is_error: bool,
    pub text: String,
    pub json: Value,
}

impl Person {
    /// The same under other settings.
    pub fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut controls = Controls::clone(&self.0.controls);
        change(&mut controls.settings);
        self.0.controls = Arc::new(controls);
    }

    pub async fn ask(&self, tool: &str, arguments: &Value) -> Told {
        let raw = serde_json::value::to_raw_value(arguments).unwrap();
        let answer = call(&self.0, tool, Some(&raw)).await.unwrap().unwrap();
        let json = answer.structured.map(|raw| serde_json::from_str(raw.get()).unwrap()).unwrap_or_default();
        Told { is_error: answer.is_error, text: answer.text, json }
    }

    /// The answer to what must be answered.
    pub async fn told(&self, tool: &str, arguments: Value) -> Value {
        let told = self.ask(tool, &arguments).await;
        assert!(!told.is_error, "{tool} {arguments}: {}", told.text);
        told.json
    }

    /// The refusal of what must be refused.
    pub async fn refused(&self, tool: &str, arguments: Value) -> String {
        let told = self.ask(tool, &arguments).await;
        assert!(told.is_error, "{tool} {arguments}: {}", told.json);
        told.text
    }
}

/// The ids of an answer.
pub fn ids(answer: &Value) -> Vec<i64> {
    answer["records"].as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect()
}
