//! `render_report` on the demo company and both databases: what comes back, what the file holds, what is refused.

use std::sync::Arc;

use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::audit::Audit;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::erp::Erp;
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::{NOW, small_companies};
use crate::files::Files;
use crate::identity::key::{NewKey, generate};
use crate::identity::{Company, KeyFacts, Principal, User, group};
use crate::model::Operation;
use crate::policy::{OperationSet, Refinements, Rule, Ruleset, Scope};
use crate::reports::Press;
use crate::settings::{Controls, Modules, Settings};
use crate::store::log::{LogFilter, list};
use crate::store::testing::TestDb;
use crate::tools::{Context, Services, call};

/// A salesperson of the demo company.
const USER: i64 = 10;
const EXPOSED: [&str; 11] = [
    "sale.order",
    "sale.order.line",
    "purchase.order",
    "purchase.order.line",
    "account.move",
    "account.move.line",
    "stock.picking",
    "stock.movement",
    "report.stock.onhand",
    "res.company",
    "res.partner",
];

struct Scene {
    test: TestDb,
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
            files: Files::new(test.db.clone(), clock.clone(), "https://erp.example.com"),
            clock: clock.clone(),
            contexts: Arc::default(),
            press: Press::here(),
            erp,
        });
        let new = NewKey {
            user_id: USER,
            name: "laptop",
            scope: Scope::Read,
            rate_limit: None,
            expires_in_days: None,
            created_by: None,
        };
        let mut tx = test.db.begin().await.unwrap();
        let key = generate(tx.on(), &clock, &new).await.unwrap();
        tx.commit().await.unwrap();
        let context = Context {
            services,
            controls: Arc::new(controls(EXPOSED.map(exposed))),
            principal: Arc::new(principal(key.id)),
            request_id: "test".into(),
            client: None,
            session: None,
        };
        all.push(Scene { test, context });
    }
    all
}

fn exposed(model: &str) -> Rule {
    let allowed = OperationSet::NONE.with(Operation::Read).with(Operation::Report);
    Rule { allowed, ..Rule::new(model) }
}

fn controls(rules: impl IntoIterator<Item = Rule>) -> Controls {
    Controls {
        generation: 1,
        settings: Settings { mcp_enabled: true, ..Settings::default() },
        modules: Modules::default(),
        rules: Arc::new(Ruleset::from_iter(rules)),
    }
}

fn principal(key: String) -> Principal {
    let groups =
        [group::SALES_ADMINISTRATOR, group::PURCHASE, group::INVENTORY, group::ACCOUNTING, group::MCP_USER];
    let company = |id: i64, currency: &str| Company { id, name: format!("C{id}"), currency: currency.into() };
    Principal {
        user: User {
            id: USER,
            login: "clerk".into(),
            name: "Clerk".into(),
            lang: "de_DE".into(),
            tz: chrono_tz::Europe::Berlin,
            companies: vec![company(1, "EUR"), company(2, "USD")],
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
            active: true,
        },
        key: KeyFacts {
            id: key,
            name: "laptop".into(),
            scope: Scope::Read,
            rate_limit: None,
            expires_at: None,
            revoked: false,
        },
        connection: None,
    }
}

impl Scene {
    async fn call(&self, tool: &str, arguments: &Value) -> Result<Value, String> {
        let raw = to_raw_value(arguments).unwrap();
        let answer = call(&self.context, tool, Some(&raw)).await.unwrap().unwrap();
        match answer.structured {
            Some(structured) if !answer.is_error => Ok(serde_json::from_str(structured.get()).unwrap()),
            _ => Err(answer.text),
        }
    }

    async fn print(&self, model: &str, report: &str, ids: &Value, format: &str) -> Result<Value, String> {
        let arguments = json!({"model": model, "report": report, "ids": ids, "format": format});
        self.call("render_report", &arguments).await
    }

    async fn first(&self, model: &str, domain: Value) -> i64 {
        let asked = json!({"model": model, "domain": domain, "fields": [], "limit": 1, "order": "id"});
        self.call("search_records", &asked).await.unwrap()["records"][0]["id"].as_i64().unwrap()
    }

    /// The bytes behind an answer's address, which must be as many as it says.
    async fn bytes(&self, reply: &Value) -> Vec<u8> {
        let id = reply["uri"].as_str().unwrap().strip_prefix("axanta://file/").unwrap();
        let files = &self.context.services.files;
        let file = files.find(USER, id).await.unwrap().unwrap();
        assert_eq!((&reply["mime_type"], &reply["size"]), (&json!(file.mime_type), &json!(file.size)));
        assert!(reply["download_url"].as_str().unwrap().starts_with("https://erp.example.com/files/axl_"));
        let bytes = files.read(&file).whole().await.unwrap();
        assert_eq!(json!(bytes.len()), reply["size"]);
        bytes
    }
}

#[tokio::test]
async fn every_report_that_a_model_has_is_printed() {
    for scene in scenes().await {
        let mut printed = 0;
        for model in EXPOSED {
            let described = scene.call("describe_model", &json!({"model": model})).await.unwrap();
            for report in described["reports"].as_array().unwrap() {
                let domain = if model == "account.move" {
                    json!([["move_type", "=", "out_invoice"], ["state", "=", "posted"]])
                } else {
                    json!([])
                };
                let id = scene.first(model, domain).await;
                let name = report["name"].as_str().unwrap();
                for format in ["html", if cfg!(feature = "reports") { "pdf" } else { "html" }] {
                    let reply = scene.print(model, name, &json!([id]), format).await.unwrap();
                    assert_eq!((&reply["rows"], &reply["notes"]), (&json!(1), &Value::Null), "{reply}");
                    let bytes = scene.bytes(&reply).await;
                    let begins: &[u8] = if format == "pdf" { b"%PDF-1.7" } else { b"<!doctype html>" };
                    assert!(bytes.starts_with(begins), "{} {name} {format}", scene.test.name);
                    printed += 1;
                }
            }
        }
        assert_eq!(printed, 10, "{}", scene.test.name);
    }
}

#[tokio::test]
async fn several_ids_are_one_file_named_after_the_first() {
    for scene in scenes().await {
        let report = "sale.report_saleorder";
        let reply = scene.print("sale.order", report, &json!([3, 1, 3, 2]), "html").await.unwrap();
        assert_eq!(reply["rows"], 3, "the same id twice is one document");
        let name = reply["name"].as_str().unwrap();
        assert!(name.ends_with("S00003-and-2-more.html"), "{name}");
        let page = String::from_utf8(scene.bytes(&reply).await).unwrap();
        assert_eq!(page.matches("<article>").count(), 3);
        assert!(page.contains("<html lang=\"de\">") && page.contains("Kunde"), "the user's own language");
        scene.context.services.audit.close().await;
        let mut conn = scene.test.db.read().await.unwrap();
        let log = list(conn.on(), &LogFilter { limit: 10, ..LogFilter::default() }).await.unwrap();
        let entry = log.iter().find(|row| row.tool.as_deref() == Some("render_report")).unwrap();
        assert_eq!(entry.row_count, Some(3));
        assert_eq!(json!(entry.bytes), reply["size"]);
        assert_eq!(entry.target.as_deref(), Some("[3, 1, 3, 2]"));
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_said_with_the_way_to_mend_it() {
    for scene in scenes().await {
        let report = "sale.report_saleorder";
        let too_many: Vec<i64> = (1..=21).collect();
        for (arguments, said) in [
            (json!({"model": "sale.order", "report": report, "ids": []}), "ids is empty"),
            (
                json!({"model": "sale.order", "report": report, "ids": too_many}),
                "21 ids were given, and sale.report_saleorder prints at most 20 records in one file",
            ),
            (
                json!({"model": "sale.order", "report": report, "ids": [99_999_999]}),
                "sale.order has no record with id 99999999 that you may see.",
            ),
            (
                json!({"model": "sale.order", "report": "sale.saleorder", "ids": [1]}),
                "sale.order has no report `sale.saleorder`. Did you mean sale.report_saleorder?",
            ),
            (
                json!({"model": "sale.order", "report": report, "ids": [1], "format": "docx"}),
                "the argument `format` of render_report is \"docx\", a text; it takes one of pdf, html",
            ),
            (json!({"model": "sale.order", "ids": [1]}), "render_report needs the argument `report`"),
            (
                json!({"model": "sale.order", "report": report, "ids": [1], "company_ids": [7]}),
                "company_ids names 7, which is not a company of clerk",
            ),
            (
                json!({"model": "sale.order", "report": report, "ids": [1], "lang": "fr_FR"}),
                "lang `fr_FR` is not a language of clerk",
            ),
            (
                json!({"model": "product.product", "report": report, "ids": [1]}),
                "Model policy: product.product has no policy",
            ),
        ] {
            let refusal = scene.call("render_report", &arguments).await.unwrap_err();
            assert!(refusal.contains(said), "{}: {refusal}", scene.test.name);
        }
        // An order of another company than the one that was asked for is as if it were not there.
        let id = scene.first("sale.order", json!([["company_id", "=", 2]])).await;
        let elsewhere = json!({"model": "sale.order", "report": report, "ids": [id], "company_ids": [1]});
        let refusal = scene.call("render_report", &elsewhere).await.unwrap_err();
        assert!(
            refusal.starts_with(&format!("sale.order has no record with id {id} that you may see.")),
            "{refusal}"
        );
        assert_eq!(scene.context.services.files.of_user(USER, 5).await.unwrap().len(), 0, "no file is left");
    }
}

#[tokio::test]
async fn each_gate_on_the_way_is_named() {
    for mut scene in scenes().await {
        let report = "sale.report_saleorder";
        let under = |rules: Vec<Rule>| Arc::new(controls(rules));
        let read_only = Rule { allowed: OperationSet::NONE.with(Operation::Read), ..Rule::new("sale.order") };
        scene.context.controls = under(vec![read_only]);
        let refusal = scene.print("sale.order", report, &json!([1]), "html").await.unwrap_err();
        assert_eq!(
            refusal,
            "Model policy: sale.order does not allow Report through MCP. \
             An MCP Administrator can change it in Technical > MCP > Model Policies."
        );
        scene.context.controls = under(vec![exposed("sale.order")]);
        let refusal = scene.print("sale.order", report, &json!([1]), "html").await.unwrap_err();
        assert!(
            refusal.starts_with("Model policy: the lines of the document are records of sale.order.line: "),
            "{refusal}"
        );
        scene.context.controls = under(vec![exposed("sale.order"), exposed("sale.order.line")]);
        let reply = scene.print("sale.order", report, &json!([1]), "html").await.unwrap();
        let notes = reply["notes"].as_array().unwrap();
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].as_str().unwrap().starts_with("The company's letterhead is left out."), "{notes:?}");

        let mut fewer = controls(EXPOSED.map(exposed));
        fewer.settings.max_records = 2;
        scene.context.controls = Arc::new(fewer);
        let refusal = scene.print("sale.order", report, &json!([1, 2, 3]), "html").await.unwrap_err();
        assert!(refusal.contains("at most 2, Max Records Per Request"), "{refusal}");

        let limited = |model: &str| {
            let refinements = Refinements::read(r#"{"max_records":1}"#);
            EXPOSED.map(|name| match exposed(name) {
                rule if name == model => Rule { refinements: Some(refinements.clone()), ..rule },
                rule => rule,
            })
        };
        scene.context.controls = Arc::new(controls(limited("sale.order")));
        let refusal = scene.print("sale.order", report, &json!([1, 2]), "html").await.unwrap_err();
        assert!(refusal.contains("at most 1, the record limit of the policy of sale.order"), "{refusal}");
        scene.context.controls = Arc::new(controls(limited("sale.order.line")));
        let refusal = scene.print("sale.order", report, &json!([4]), "html").await.unwrap_err();
        assert!(
            refusal.starts_with("Record limits: these documents have more than 1 lines together"),
            "{refusal}"
        );
    }
}

#[cfg(not(feature = "reports"))]
#[tokio::test]
async fn without_the_typesetter_html_is_offered() {
    let scene = scenes().await.remove(0);
    let refusal = scene.print("sale.order", "sale.report_saleorder", &json!([1]), "pdf").await.unwrap_err();
    assert!(refusal.contains("prints no PDF") && refusal.contains("html"), "{refusal}");
}

#[tokio::test]
async fn a_report_takes_its_turn_as_an_export_does() {
    for scene in scenes().await {
        let files = &scene.context.services.files;
        let turn = files.turn(scene.context.principal.user.id).await.unwrap();
        let said = scene.print("sale.order", "sale.report_saleorder", &json!([1]), "html").await.unwrap_err();
        assert!(said.contains("this user is making a file already, an export or a report"), "{said}");
        drop(turn);
        scene.print("sale.order", "sale.report_saleorder", &json!([1]), "html").await.unwrap();
        // It gives it back, done or refused.
        scene.print("sale.order", "sale.report_saleorder", &json!([99_999_999]), "html").await.unwrap_err();
        drop(files.turn(scene.context.principal.user.id).await.unwrap());
    }
}
