//! The golden permission matrix: who may use which tool and which operation on which model, and which gate
//! refuses. A change of policy shows as a diff of the snapshots.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::changes::Changes;
use crate::cli::{setup, welcome::Voice};
use crate::clock::Clock;
use crate::config::{Common, Demo, LogFormat};
use crate::erp::Erp;
use crate::erp::embedded::Embedded;
use crate::identity::{KeyFacts, Principal, user};
use crate::model::Operation;
use crate::policy::{OperationSet, Quota, Rule, Ruleset, Scope};
use crate::reports::Press;
use crate::settings::{Controls, Modules, Settings};
use crate::store::Db;
use crate::store::log::{LogFilter, LogRow, list};
use crate::tools::{ALL, Context, Services, admit, call};

const MODELS: [&str; 8] = [
    "report.sales.analysis",
    "report.account.entries.analysis",
    "stock.movement",
    "sale.order",
    "res.partner",
    "purchase.order",
    "res.users",
    "no.such.model",
];

/// The demo company, and what of it is exposed.
struct Stage {
    services: Arc<Services>,
    db: Db,
    controls: Controls,
    _folder: TempDir,
}

/// Someone with a key, as they stand before the gates.
struct Person {
    title: &'static str,
    login: &'static str,
    scope: Scope,
    change: fn(&mut Principal, &mut Controls),
}

const PEOPLE: [Person; 9] = [
    Person { title: "admin, Enable Write Tools", login: "admin", scope: Scope::Write, change: |_, _| {} },
    Person { title: "admin, Read Only", login: "admin", scope: Scope::Read, change: |_, _| {} },
    Person { title: "demo, Read Only", login: "demo", scope: Scope::Read, change: |_, _| {} },
    Person { title: "sales, Enable Write Tools", login: "sales", scope: Scope::Write, change: |_, _| {} },
    Person { title: "nomcp", login: "nomcp", scope: Scope::Read, change: |_, _| {} },
    Person {
        title: "demo, archived",
        login: "demo",
        scope: Scope::Read,
        change: |p, _| p.user.active = false,
    },
    Person {
        title: "demo, key expired",
        login: "demo",
        scope: Scope::Read,
        change: |p, _| p.key.expires_at = Some(1),
    },
    Person {
        title: "demo, key revoked",
        login: "demo",
        scope: Scope::Read,
        change: |p, _| p.key.revoked = true,
    },
    Person {
        title: "demo, MCP Server disabled",
        login: "demo",
        scope: Scope::Read,
        change: |_, c| c.settings.mcp_enabled = false,
    },
];

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let common = Common {
            database_url: format!("sqlite://{}", folder.path().join("demo.db").display()),
            demo: Demo::Small,
            log_format: LogFormat::Human,
        };
        let db =
            setup::open(&common, &"http://127.0.0.1:8070".parse().unwrap(), Voice::Stderr).await.unwrap();
        let erp: Arc<dyn Erp> = Arc::new(Embedded::new(db.clone()));
        let services = Arc::new(Services {
            changes: Changes::new(db.clone(), Clock::system(), Arc::clone(&erp)),
            erp,
            files: crate::files::Files::new(db.clone(), Clock::system(), "http://127.0.0.1:8070"),
            audit: crate::audit::Audit::start(db.clone(), Clock::system()),
            clock: Clock::system(),
            contexts: Arc::default(),
            press: Press::here(),
        });
        let controls = Controls {
            generation: 1,
            settings: Settings { mcp_enabled: true, ..Settings::default() },
            modules: Modules::default(),
            rules: Arc::new(rules()),
        };
        Self { services, db, controls, _folder: folder }
    }

    async fn context(&self, person: &Person) -> Context {
        let mut conn = self.db.read().await.unwrap();
        let mut principal = Principal {
            user: user::by_login(conn.on(), person.login).await.unwrap(),
            key: KeyFacts {
                id: "key".into(),
                name: "matrix".into(),
                scope: person.scope,
                rate_limit: None,
                expires_at: None,
                revoked: false,
            },
            connection: None,
        };
        let mut controls = self.controls.clone();
        (person.change)(&mut principal, &mut controls);
        Context {
            services: Arc::clone(&self.services),
            controls: Arc::new(controls),
            principal: Arc::new(principal),
            request_id: "test".into(),
            client: None,
            session: None,
        }
    }

    async fn log(&self) -> Vec<LogRow> {
        self.services.audit.close().await;
        let mut conn = self.db.read().await.unwrap();
        list(conn.on(), &LogFilter { limit: 100_000, ..LogFilter::default() }).await.unwrap()
    }
}

/// Every operation on sales orders, reading of the analyses and of partners, an inactive policy, and none.
fn rules() -> Ruleset {
    let rule = |model: &str, allowed: OperationSet, active| Rule {
        model: model.into(),
        allowed,
        methods: BTreeSet::from(["action_confirm".to_owned()]),
        active,
        refinements: None,
    };
    let read = OperationSet::NONE.with(Operation::Read);
    [
        rule("report.sales.analysis", read.with(Operation::Write), true),
        rule("report.account.entries.analysis", read, true),
        rule("stock.movement", read.with(Operation::Export), true),
        rule("sale.order", Operation::ALL.into_iter().collect(), true),
        rule("res.partner", read, true),
        rule("purchase.order", read, false),
    ]
    .into_iter()
    .collect()
}

/// Id of a record that this person finds. The demo company is of the day it is made, so which one it is changes;
/// 1 where nothing is found.
async fn found(context: &Context, model: &str) -> i64 {
    // Of orders a draft, whatever became of the others by the day the demo company was made.
    let domain = if model == "sale.order" { json!([["state", "=", "draft"]]) } else { json!([]) };
    let one = json!({"model": model, "domain": domain, "limit": 1});
    let one = serde_json::value::to_raw_value(&one).unwrap();
    let answer = call(context, "search_records", Some(&one)).await.unwrap().unwrap();
    let reply: Value =
        answer.structured.map(|raw| serde_json::from_str(raw.get()).unwrap()).unwrap_or_default();
    reply["records"][0]["id"].as_i64().unwrap_or(1)
}

fn arguments(tool: &str, model: &str, id: i64) -> Box<RawValue> {
    let arguments = match tool {
        "get_context" | "list_models" => json!({}),
        "read_records" => json!({"model": model, "ids": [id]}),
        "aggregate_records" => json!({"model": model, "aggregates": ["__count"]}),
        "render_report" => {
            json!({"model": model, "report": "sale.report_saleorder", "ids": [id], "format": "html"})
        }
        "explain_access" => json!({"model": model, "operation": "read"}),
        "create_records" if model == "sale.order" => {
            json!({"model": model, "records": [{"partner_id": 30}], "dry_run": true})
        }
        "create_records" => json!({"model": model, "records": [{"name": "Acme"}], "dry_run": true}),
        "update_records" if model == "sale.order" => {
            json!({"model": model, "ids": [id], "values": {"note": "By hand."}, "dry_run": true})
        }
        "update_records" => json!({"model": model, "ids": [id], "values": {"name": "Acme"}, "dry_run": true}),
        "delete_records" => json!({"model": model, "ids": [id], "dry_run": true}),
        "call_method" => json!({"model": model, "method": "action_confirm", "ids": [id], "dry_run": true}),
        "export_records" => json!({"model": model, "ids": [id], "fields": ["id"], "format": "csv"}),
        _ => json!({"model": model}),
    };
    serde_json::value::to_raw_value(&arguments).unwrap()
}

#[tokio::test]
async fn every_tool_on_every_model_for_everyone() {
    let stage = Stage::set().await;
    let mut matrix = String::new();
    let mut calls = 0;
    for person in &PEOPLE {
        let context = stage.context(person).await;
        writeln!(matrix, "{}", person.title).unwrap();
        if let Err(step) = admit(&context, Quota::Within) {
            writeln!(matrix, "  every request: {}\n", step.message()).unwrap();
            continue;
        }
        for tool in ALL {
            let mut row = String::new();
            for model in MODELS {
                let id = found(&context, model).await;
                let answer =
                    call(&context, tool.name, Some(&arguments(tool.name, model, id))).await.unwrap().unwrap();
                calls += 2;
                let outcome = if answer.is_error { gate(&answer.text) } else { "ok".to_owned() };
                write!(row, " {outcome:<14}").unwrap();
            }
            writeln!(matrix, "  {:<18}{}", tool.name, row.trim_end()).unwrap();
        }
        matrix.push('\n');
    }
    insta::assert_snapshot!(format!("{:<20}{}\n\n{matrix}", "", heads().trim_end()));
    // What was refused was refused in the log too, and nothing is missing there.
    assert_eq!(stage.log().await.iter().filter(|r| r.kind == "call").count(), calls);
}

#[tokio::test]
async fn every_operation_on_every_model_for_everyone() {
    let stage = Stage::set().await;
    let mut matrix = String::new();
    for person in &PEOPLE[..5] {
        let context = stage.context(person).await;
        writeln!(matrix, "{}", person.title).unwrap();
        for operation in Operation::ALL {
            let mut row = String::new();
            for model in &MODELS[..7] {
                let arguments = json!({"model": model, "operation": operation, "method": "action_confirm"});
                let raw = serde_json::value::to_raw_value(&arguments).unwrap();
                let answer = call(&context, "explain_access", Some(&raw)).await.unwrap().unwrap();
                // Someone outside the MCP groups never comes so far: the request as a whole is refused.
                let outcome = answer.structured.map_or_else(
                    || gate(&answer.text),
                    |raw| {
                        let reply: Value = serde_json::from_str(raw.get()).unwrap();
                        reply["gate"].as_str().unwrap_or("ok").to_owned()
                    },
                );
                write!(row, " {outcome:<14}").unwrap();
            }
            writeln!(matrix, "  {:<18}{}", operation.name(), row.trim_end()).unwrap();
        }
        matrix.push('\n');
    }
    insta::assert_snapshot!(format!("{:<20}{}\n\n{matrix}", "", heads().trim_end()));
}

fn heads() -> String {
    MODELS
        .map(|m| format!(" {:<14}", m.trim_start_matches("report.").chars().take(14).collect::<String>()))
        .concat()
}

/// The gate an error names, or `failed`.
fn gate(text: &str) -> String {
    let known = crate::policy::Gate::ALL.into_iter().find(|g| text.starts_with(&format!("{}: ", g.label())));
    known.map_or("failed", crate::policy::Gate::name).to_owned()
}
