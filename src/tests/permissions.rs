//! The golden permission matrix: who may use which tool and which operation on which model, and which gate
//! refuses. A change of policy shows as a diff of the snapshots.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

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
use crate::store::log::{LogFilter, LogRow, list};
use crate::store::{Db, on_db};
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
/// Column of orders that are somebody else's, behind those of [`MODELS`].
const THEIRS: &str = "theirs";
/// Orders of each sort that are there from the start.
const ORDERS: usize = 8;

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
    quota: Quota,
    change: fn(&mut Principal, &mut Controls),
}

const PEOPLE: [Person; 11] = [
    person("admin, Enable Write Tools", "admin", Scope::Write),
    person("admin, Read Only", "admin", Scope::Read),
    person("demo, Read Only", "demo", Scope::Read),
    person("sales, Enable Write Tools", "sales", Scope::Write),
    Person {
        change: |_, c| c.settings.max_records = 1,
        ..person("admin, Max Records Per Request 1", "admin", Scope::Write)
    },
    person("nomcp", "nomcp", Scope::Read),
    Person {
        quota: Quota::Exceeded { limit: 60, retry_after: 7 },
        ..person("demo, too many calls", "demo", Scope::Read)
    },
    Person { change: |p, _| p.user.active = false, ..person("demo, archived", "demo", Scope::Read) },
    Person { change: |p, _| p.key.expires_at = Some(1), ..person("demo, key expired", "demo", Scope::Read) },
    Person { change: |p, _| p.key.revoked = true, ..person("demo, key revoked", "demo", Scope::Read) },
    Person {
        change: |_, c| c.settings.mcp_enabled = false,
        ..person("demo, MCP Server disabled", "demo", Scope::Read)
    },
];

const fn person(title: &'static str, login: &'static str, scope: Scope) -> Person {
    Person { title, login, scope, quota: Quota::Within, change: |_, _| {} }
}

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
        rule("sale.order.line", Operation::ALL.into_iter().collect(), true),
        rule("res.partner", read, true),
        rule("purchase.order", read, false),
    ]
    .into_iter()
    .collect()
}

/// Two records that this person finds, of orders those that this test made. The demo company is of the day it is
/// made, so which ones it is changes; 1 where nothing is found.
async fn found(context: &Context, model: &str) -> Vec<i64> {
    let domain = if model == "sale.order" {
        json!([["state", "=", "draft"], ["client_order_ref", "=", "own"]])
    } else {
        json!([])
    };
    let wish = json!({"model": model, "domain": domain, "order": "id desc", "limit": 2});
    let reply = told(context, "search_records", &wish).await.unwrap_or_default();
    let ids: Vec<i64> =
        reply["records"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_i64()).collect();
    if ids.is_empty() { vec![1] } else { ids }
}

/// The structured answer; `None` where it was refused.
async fn told(context: &Context, tool: &str, wish: &Value) -> Option<Value> {
    let raw = serde_json::value::to_raw_value(wish).unwrap();
    let answer = call(context, tool, Some(&raw)).await.unwrap().unwrap();
    answer.structured.filter(|_| !answer.is_error).map(|raw| serde_json::from_str(raw.get()).unwrap())
}

fn order(whose: &str, user: Option<i64>) -> Value {
    let mut order = json!({"partner_id": 30, "client_order_ref": whose, "order_line": [{"product_id": 1}]});
    if let Some(user) = user {
        order["user_id"] = json!(user);
    }
    order
}

impl Stage {
    /// Quotations of the salesperson, and of somebody else.
    async fn quote(&self) {
        let admin = self.context(&PEOPLE[0]).await;
        for (whose, login) in [("own", "sales"), (THEIRS, "admin")] {
            let mut conn = self.db.read().await.unwrap();
            let user = user::by_login(conn.on(), login).await.unwrap().id;
            drop(conn);
            let records = vec![order(whose, Some(user)); ORDERS];
            let made =
                told(&admin, "create_records", &json!({"model": "sale.order", "records": records})).await;
            assert_eq!(made.unwrap()["ids"].as_array().unwrap().len(), ORDERS);
        }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.db.read().await.unwrap();
        on_db!(conn.on(), c => sqlx::query_scalar(sql).fetch_one(&mut *c).await.unwrap())
    }

    /// The model of a column, and two records of it to act upon.
    async fn aim(&self, context: &Context, column: &str) -> (String, Vec<i64>) {
        if column != THEIRS {
            return (column.to_owned(), found(context, column).await);
        }
        let last = self
            .number("SELECT MAX(id) FROM sale_order WHERE state = 'draft' AND client_order_ref = 'theirs'");
        let last = last.await;
        // They were made together, so that the one before is theirs as well.
        ("sale.order".to_owned(), vec![last, last - 1])
    }
}

fn arguments(tool: &str, column: &str, (model, ids): &(String, Vec<i64>), admin: i64) -> Value {
    let is_order = model == "sale.order";
    match tool {
        "get_context" | "list_models" => json!({}),
        "read_records" | "delete_records" => json!({"model": model, "ids": ids}),
        "aggregate_records" => json!({"model": model, "aggregates": ["__count"]}),
        "render_report" => {
            json!({"model": model, "report": "sale.report_saleorder", "ids": ids, "format": "html"})
        }
        "explain_access" => json!({"model": model, "operation": "read"}),
        "create_records" if is_order => {
            let theirs = column == THEIRS;
            let order = order(if theirs { THEIRS } else { "own" }, theirs.then_some(admin));
            json!({"model": model, "records": [order, order]})
        }
        "create_records" => json!({"model": model, "records": [{"name": "Acme"}, {"name": "Best"}]}),
        "update_records" if is_order => {
            json!({"model": model, "ids": ids, "values": {"note": "By hand."}})
        }
        "update_records" => json!({"model": model, "ids": ids, "values": {"name": "Acme"}}),
        "call_method" => {
            let method = if model == "purchase.order" { "button_confirm" } else { "action_confirm" };
            json!({"model": model, "method": method, "ids": ids})
        }
        "export_records" => json!({"model": model, "ids": ids, "fields": ["id"], "format": "csv"}),
        _ => json!({"model": model}),
    }
}

#[tokio::test]
async fn every_tool_on_every_model_for_everyone() {
    let stage = Stage::set().await;
    stage.quote().await;
    let changes = async || stage.number("SELECT COUNT(*) FROM mcp_changes").await;
    let admin = stage.context(&PEOPLE[0]).await.principal.user.id;
    let before = changes().await;
    let columns: Vec<&str> = MODELS.into_iter().chain([THEIRS]).collect();
    let mut asked: Vec<(&str, Result<&str, String>, Vec<String>)> = Vec::new();
    let mut done = 0;
    for person in &PEOPLE {
        let context = stage.context(person).await;
        if let Err(step) = admit(&context, person.quota) {
            asked.push((person.title, Err(format!("{} ({})", step.message(), step.gate.name())), vec![]));
            continue;
        }
        for tool in ALL {
            let mut ids = Vec::new();
            for column in &columns {
                let aim = stage.aim(&context, column).await;
                let request_id = format!("{}/{}/{column}", person.title, tool.name);
                let context = Context { request_id: request_id.clone(), ..context.clone() };
                let wish = arguments(tool.name, column, &aim, admin);
                let did = told(&context, tool.name, &wish).await.is_some();
                done += i64::from(did && tool.operation.is_some_and(Operation::changes_data));
                ids.push(request_id);
            }
            asked.push((person.title, Ok(tool.name), ids));
        }
    }
    assert_eq!(changes().await, before + done, "what was refused was not done, and the rest was");
    // What was told is in the log too: there it stands why.
    let log: HashMap<String, LogRow> =
        stage.log().await.into_iter().map(|row| (row.request_id.clone().unwrap_or_default(), row)).collect();
    let (mut matrix, mut last) = (String::new(), "");
    for (title, row, ids) in asked {
        if title != last {
            writeln!(matrix, "\n{title}").unwrap();
            last = title;
        }
        match row {
            Err(every) => writeln!(matrix, "  every request: {every}").unwrap(),
            Ok(tool) => {
                let cells =
                    ids.iter().map(|id| format!(" {:<14}", cell(&log[id]))).collect::<Vec<_>>().concat();
                writeln!(matrix, "  {tool:<18}{}", cells.trim_end()).unwrap();
            }
        }
    }
    let unsaid: Vec<&str> = matrix.lines().filter(|line| line.contains("? ")).collect();
    assert!(unsaid.is_empty(), "cells that do not say why: {unsaid:#?}");
    insta::assert_snapshot!(format!("{:<20}{}\n{matrix}", "", heads(&columns)));
}

/// Why a call came to what it came to: the gate that is shut, or what was wrong with it.
fn cell(row: &LogRow) -> String {
    let reason = row.reason.as_deref().unwrap_or_default();
    match (row.outcome.as_str(), row.gate.as_deref()) {
        ("allowed", _) => "ok".to_owned(),
        (_, Some(gate)) => gate.to_owned(),
        _ if reason.contains("no business method") => "no_method".to_owned(),
        // What may not be seen is answered for as what is not there.
        _ if reason.contains("there is no sale.order with id") => "no_record".to_owned(),
        _ if reason.starts_with("there is no model") => "no_model".to_owned(),
        _ => format!("? {reason}"),
    }
}

#[tokio::test]
async fn every_operation_on_every_model_for_everyone() {
    let stage = Stage::set().await;
    let mut matrix = String::new();
    for person in &PEOPLE[..6] {
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
    insta::assert_snapshot!(format!("{:<20}{}\n\n{matrix}", "", heads(&MODELS[..7])));
}

fn heads(columns: &[&str]) -> String {
    let short = |column: &&str| column.trim_start_matches("report.").chars().take(14).collect::<String>();
    let heads = columns.iter().map(|column| format!(" {:<14}", short(column))).collect::<Vec<_>>().concat();
    heads.trim_end().to_owned()
}

/// The gate that an error names.
fn gate(text: &str) -> String {
    let known = crate::policy::Gate::ALL.into_iter().find(|g| text.starts_with(&format!("{}: ", g.label())));
    known.unwrap_or_else(|| panic!("no gate in: {text}")).name().to_owned()
}
