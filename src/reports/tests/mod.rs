//! Documents of the demo company, on both databases.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::*;
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::{NOW, small_companies};
use crate::erp::{Caller, Erp, SearchQuery};
use crate::identity::group;
use crate::model::{Domain, Operation, OrderTerm};
use crate::policy::{
    CredentialState, FieldRule, OperationSet, Permit, Quota, Refinements, Request, Rule, Ruleset, Scope,
    Step, Wish, decide,
};
use crate::store::testing::TestDb;

/// A desk's furniture: who asks, under which policies.
struct Bench {
    name: &'static str,
    erp: Embedded,
    rules: Arc<Ruleset>,
    who: Caller,
    _test: TestDb,
}

const EVERYTHING: &[&str] = &[
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

fn rules(models: &[&str]) -> Arc<Ruleset> {
    Arc::new(models.iter().map(|name| rule(name, None)).collect())
}

/// Everything is exposed, some of it without all its fields.
fn refined(hidden: &[(&str, FieldRule)]) -> Arc<Ruleset> {
    let fields = |name: &str| hidden.iter().find(|(model, _)| *model == name).map(|(_, rule)| rule.clone());
    Arc::new(EVERYTHING.iter().map(|name| rule(name, fields(name))).collect())
}

fn rule(name: &str, fields: Option<FieldRule>) -> Rule {
    let rule = Rule::new(name);
    let mut refinements = rule.refinements.clone().unwrap_or_default();
    refinements.fields = fields;
    let allowed = OperationSet::NONE.with(Operation::Read).with(Operation::Report);
    Rule { allowed, refinements: refinements.some(), ..rule }
}

async fn benches() -> Vec<Bench> {
    let groups = [group::SALES_ADMINISTRATOR, group::PURCHASE, group::INVENTORY, group::ACCOUNTING];
    let who = Caller {
        user_id: 1,
        groups: groups.map(str::to_owned).to_vec().into(),
        company_ids: vec![1, 2],
        tz: chrono_tz::Europe::Berlin,
        lang: "en_GB".into(),
    };
    let bench = |test: TestDb| Bench {
        name: test.name,
        erp: Embedded::new(test.db.clone()),
        rules: rules(EVERYTHING),
        who: who.clone(),
        _test: test,
    };
    small_companies().await.into_iter().map(bench).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn permit(rules: &Arc<Ruleset>, model: &str, operation: Operation) -> Result<Permit, Step> {
    let request = Request {
        enabled: true,
        credential: CredentialState::Active,
        quota: Quota::Within,
        login: "demo",
        user_active: true,
        in_mcp_group: true,
        scope: Scope::Read,
        wish: Wish { model: Some(model), operation, method: None },
    };
    decide(&request, rules).permit().cloned().map_err(Step::clone)
}

impl Bench {
    async fn gather(&self, model: &str, report: &str, ids: &[i64]) -> Result<Print, ReportError> {
        let permit = permit(&self.rules, model, Operation::Report).unwrap();
        let reading = |name: &str| super::tests::permit(&self.rules, name, Operation::Read);
        let model = self.erp.model(model).await?;
        let paper = Paper::of(&model, report)?;
        let desk = Desk::new(&self.erp, &self.who, &permit, &reading, now());
        gather(&desk, &model, paper, ids).await
    }

    async fn ids(&self, model: &str, domain: Value, limit: u32) -> Vec<i64> {
        let permit = permit(&self.rules, model, Operation::Read).unwrap();
        let query = SearchQuery {
            domain: Domain::parse(&domain).unwrap(),
            fields: vec!["id".to_owned()],
            order: OrderTerm::parse_list("id").unwrap(),
            limit,
            offset: 0,
        };
        let found = self.erp.search(&permit, &self.who, &query).await.unwrap();
        let rows: Vec<Value> = serde_json::from_str(found.json.get()).unwrap();
        rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
    }
}

/// A document of each kind, by the filter that finds its first record.
fn kinds() -> [(&'static str, &'static str, Value, u32); 6] {
    let newest = |field: &str, value: &str| json!([[field, "=", value], ["partner_id", "!=", false]]);
    [
        ("sale.order", "sale.report_saleorder", newest("state", "sale"), 1),
        ("sale.order", "sale.report_saleorder", newest("state", "cancel"), 1),
        ("purchase.order", "purchase.report_purchaseorder", newest("state", "purchase"), 1),
        (
            "account.move",
            "account.report_invoice",
            json!([["move_type", "=", "out_invoice"], ["payment_state", "=", "partial"]]),
            1,
        ),
        ("stock.picking", "stock.report_deliveryslip", newest("picking_type", "outgoing"), 1),
        ("report.stock.onhand", "stock.report_stock_sheet", json!([["quantity", "<", 6]]), 8),
    ]
}

#[tokio::test]
async fn what_each_document_says() {
    let mut said: Option<Value> = None;
    for bench in benches().await {
        let mut all = Vec::new();
        for (model, report, domain, limit) in kinds() {
            let ids = bench.ids(model, domain, limit).await;
            let print = bench.gather(model, report, &ids).await.unwrap();
            assert!(print.notes.is_empty(), "{:?}", print.notes);
            assert_eq!(print.rows, u32::try_from(ids.len()).unwrap());
            all.push(serde_json::to_value(&print).unwrap());
        }
        let all = Value::from(all);
        match &said {
            None => {
                insta::assert_json_snapshot!("documents", all);
                said = Some(all);
            }
            Some(said) => assert_eq!(*said, all, "{}", bench.name),
        }
    }
}

#[tokio::test]
async fn in_the_callers_language() {
    let mut bench = benches().await.remove(0);
    let (model, report, domain, _) = kinds()[3].clone();
    let ids = bench.ids(model, domain, 1).await;
    for (lang, title, tag) in
        [("de_DE", "Rechnung", "de"), ("fr_FR", "Facture", "fr"), ("xx", "Invoice", "en")]
    {
        bench.who.lang = lang.to_owned();
        let print = bench.gather(model, report, &ids).await.unwrap();
        assert!(print.title.starts_with(title), "{}", print.title);
        assert_eq!(print.lang, tag);
        assert!(html(&print).contains(&format!("<html lang=\"{tag}\">")));
    }
}

#[tokio::test]
async fn an_invoice_says_its_tax_by_rate() {
    for mut bench in benches().await {
        let taxed = json!([["move_type", "=", "out_invoice"], ["amount_tax", ">", 0]]);
        let ids = bench.ids("account.move", taxed, 1).await;
        for (lang, begins, on) in [("en_GB", "Tax ", "% on "), ("de_DE", "Steuer ", "\u{a0}% auf ")] {
            bench.who.lang = lang.to_owned();
            let print = bench.gather("account.move", "account.report_invoice", &ids).await.unwrap();
            let totals = &print.documents[0].totals;
            let untaxed = &totals[0].value;
            assert!(
                totals[1].label.starts_with(begins)
                    && totals[1].label.contains(on)
                    && totals[1].label.ends_with(untaxed),
                "{}: {totals:?}",
                bench.name
            );
        }
        // Where what is taxed is hidden, the rate is still said.
        bench.rules = refined(&[("account.move", FieldRule::Hidden(["amount_untaxed".to_owned()].into()))]);
        let print = bench.gather("account.move", "account.report_invoice", &ids).await.unwrap();
        let first = &print.documents[0].totals[0].label;
        assert!(first.starts_with("Steuer ") && first.ends_with('%'), "{first}");
    }
}

#[tokio::test]
async fn a_page_of_html() {
    let bench = benches().await.remove(0);
    let (model, report, domain, _) = kinds()[0].clone();
    let ids = bench.ids(model, domain, 1).await;
    insta::assert_snapshot!("order.html", html(&bench.gather(model, report, &ids).await.unwrap()));
}

#[tokio::test]
async fn several_records_are_several_documents_in_the_order_of_their_ids() {
    for bench in benches().await {
        let (model, report, ..) = kinds()[0];
        let mut ids = bench.ids(model, json!([]), 3).await;
        ids.reverse();
        let print = bench.gather(model, report, &ids).await.unwrap();
        let numbers: Vec<&str> = print.documents.iter().map(|d| d.number.as_str()).collect();
        assert_eq!(numbers, ["S00003", "S00002", "S00001"], "{}", bench.name);
        assert!(print.title.ends_with("S00003 +2"), "{}", print.title);
    }
}

#[tokio::test]
async fn what_policy_does_not_let_be_read() {
    for mut bench in benches().await {
        let (model, report, domain, _) = kinds()[0].clone();
        let ids = bench.ids(model, domain, 1).await;
        bench.rules = rules(&["sale.order", "sale.order.line"]);
        let print = bench.gather(model, report, &ids).await.unwrap();
        let document = &print.documents[0];
        assert!(!document.company.name.is_empty() && document.company.address.is_empty(), "{document:?}");
        assert!(document.party.as_ref().unwrap().lines.is_empty());
        assert!(!document.party.as_ref().unwrap().name.is_empty(), "names of linked records are shown");
        assert_eq!(
            print.notes,
            [
                "The company's letterhead is left out. Model policy: res.company has no policy, so nothing of it is \
                 exposed through MCP. An MCP Administrator can change it in Technical > MCP > Model Policies.",
                "Every address is left out. Model policy: res.partner has no policy, so nothing of it is exposed \
                 through MCP. An MCP Administrator can change it in Technical > MCP > Model Policies.",
            ]
        );
        bench.rules = rules(&["sale.order"]);
        let denied = bench.gather(model, report, &ids).await.unwrap_err().to_string();
        assert!(
            denied.starts_with(
                "Model policy: the lines of the document are records of sale.order.line: \
                 sale.order.line has no policy"
            ),
            "{denied}"
        );
        bench.rules = rules(EVERYTHING);
        bench.who.groups = vec![group::CONTACTS.to_owned()].into();
        let denied = bench.gather(model, report, &ids).await.unwrap_err().to_string();
        assert!(denied.starts_with("Axanta access rights: sale.order"), "{denied}");
    }
}

#[tokio::test]
async fn hidden_fields_are_not_on_paper() {
    for mut bench in benches().await {
        let (model, report, domain, _) = kinds()[0].clone();
        let ids = bench.ids(model, domain, 1).await;
        let whole = bench.gather(model, report, &ids).await.unwrap().documents.remove(0);
        let hide = |names: &[&str]| FieldRule::Hidden(names.iter().map(|n| (*n).to_owned()).collect());
        bench.rules = refined(&[
            ("sale.order", hide(&["amount_total", "user_id", "note"])),
            ("sale.order.line", hide(&["price_unit", "tax_rate", "uom", "sequence"])),
            ("res.partner", hide(&["street", "vat"])),
        ]);
        let less = bench.gather(model, report, &ids).await.unwrap().documents.remove(0);
        let labels = |d: &Document| d.columns.iter().map(|c| c.label).collect::<Vec<_>>();
        assert_eq!(labels(&whole), ["Description", "Quantity", "Unit", "Unit Price", "Tax", "Amount"]);
        assert_eq!(labels(&less), ["Description", "Quantity", "Amount"]);
        let facts = |d: &Document| d.facts.iter().any(|f| f.label == "Salesperson");
        assert!(facts(&whole) && !facts(&less));
        let totals: Vec<&str> = less.totals.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(totals, ["Untaxed Amount", "Taxes"], "no rate without its lines' rates, no hidden total");
        assert_eq!(less.party.as_ref().unwrap().lines.len() + 1, whole.party.as_ref().unwrap().lines.len());
        assert_eq!(less.party.unwrap().vat, None);

        bench.rules = refined(&[("sale.order.line", hide(&["order_id"]))]);
        let denied = bench.gather(model, report, &ids).await.unwrap_err().to_string();
        assert!(
            denied.starts_with("Model policy: the lines of the document, records of sale.order.line"),
            "{denied}"
        );
        assert!(!denied.contains("order_id"), "{denied}");

        // All but the number hidden: still a document.
        bench.rules = refined(&[
            ("sale.order", FieldRule::Allowed(["name".to_owned()].into())),
            ("sale.order.line", FieldRule::Allowed(["order_id".to_owned()].into())),
        ]);
        let bare = bench.gather(model, report, &ids).await.unwrap().documents.remove(0);
        assert!(!bare.number.is_empty() && bare.columns.is_empty() && bare.totals.is_empty(), "{bare:?}");
    }
}

#[tokio::test]
async fn amounts_of_hidden_currencies_are_not_added_up_on_paper() {
    for mut bench in benches().await {
        let hide = || FieldRule::Hidden(["currency_id".to_owned()].into());
        let (model, report) = ("report.stock.onhand", "stock.report_stock_sheet");
        let ids = bench.ids(model, json!([]), 4).await;
        let whole = bench.gather(model, report, &ids).await.unwrap();
        assert!(!whole.documents[0].totals.is_empty() && whole.notes.is_empty(), "{:?}", whole.notes);
        bench.rules = refined(&[(model, hide()), ("sale.order", hide())]);
        let bare = bench.gather(model, report, &ids).await.unwrap();
        assert!(bare.documents[0].totals.is_empty(), "{:?}", bare.documents[0].totals);
        assert!(bare.documents[0].sections.iter().all(|section| section.sums.is_empty()));
        assert!(bare.notes[0].starts_with("Amounts are printed without their currency"), "{:?}", bare.notes);
        assert!(!bare.notes[0].contains("currency_id"), "{:?}", bare.notes);
        let (model, report, domain, _) = kinds()[0].clone();
        let ids = bench.ids(model, domain, 1).await;
        let order = bench.gather(model, report, &ids).await.unwrap();
        assert_eq!(order.notes.len(), 1, "{:?}", order.notes);
    }
}

#[tokio::test]
async fn lines_that_a_policy_keeps_back_are_spoken_of() {
    for mut bench in benches().await {
        for (at, line, link) in [(0, "sale.order.line", "order_id"), (3, "account.move.line", "move_id")] {
            let (model, report, domain, _) = kinds()[at].clone();
            bench.rules = rules(EVERYTHING);
            let ids = bench.ids(model, domain, 1).await;
            let whole = bench.gather(model, report, &ids).await.unwrap();
            assert!(whole.notes.is_empty(), "{:?}", whole.notes);
            let first = bench.ids(line, json!([[link, "in", ids]]), 1).await;
            let few = Refinements::read(&json!({"domain": [["id", "in", first]]}).to_string());
            let narrowed =
                |name: &&str| Rule { refinements: (*name == line).then(|| few.clone()), ..rule(name, None) };
            bench.rules = Arc::new(EVERYTHING.iter().map(narrowed).collect());
            let part = bench.gather(model, report, &ids).await.unwrap();
            assert_eq!(part.notes.len(), 1, "{:?}", part.notes);
            assert!(part.notes[0].contains(&format!("The policy of {line} lets some of its records alone")));
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_no_invoice_is_said() {
    for bench in benches().await {
        let refused = async |model: &str, report: &str, ids: &[i64]| {
            bench.gather(model, report, ids).await.unwrap_err().to_string()
        };
        let missing = refused("sale.order", "sale.report_saleorder", &[1, 99_999_999]).await;
        assert!(
            missing.starts_with("sale.order has no record with id 99999999 that you may see."),
            "{missing}"
        );
        let unknown = refused("sale.order", "sale.report_saleordr", &[1]).await;
        assert!(
            unknown.contains("no report `sale.report_saleordr`. Did you mean sale.report_saleorder?"),
            "{unknown}"
        );
        let other = refused("sale.order", "account.report_invoice", &[1]).await;
        assert!(other.contains("Did you mean sale.report_saleorder?"), "{other}");
        let none = refused("res.partner", "sale.report_saleorder", &[1]).await;
        assert!(none.starts_with("res.partner has no report"), "{none}");
        let entry = bench.ids("account.move", json!([["move_type", "=", "entry"]]), 1).await;
        let entry = refused("account.move", "account.report_invoice", &entry).await;
        assert!(entry.contains("is a journal entry, which is not printed"), "{entry}");
    }
}

#[test]
fn html_escapes_every_text() {
    let hostile = "\"><script>alert('x')</script>&amp; <b>";
    let document = Document {
        title: hostile.into(),
        number: hostile.into(),
        stamp: Some(hostile.into()),
        company: super::document::Letterhead {
            name: hostile.into(),
            address: vec![hostile.into()],
            contact: vec![hostile.into()],
            vat: Some(hostile.into()),
        },
        notes: vec![hostile.into()],
        ..Document::default()
    };
    let print = Print {
        title: hostile.into(),
        author: hostile.into(),
        lang: "en",
        words: super::document::Layout { page: "Page", of: "of", printed: "Printed", tax_id: "Tax ID" },
        printed: hostile.into(),
        documents: vec![document],
        notes: Vec::new(),
        rows: 1,
    };
    let page = html(&print);
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("alert('"), "{page}");
    assert_eq!(page.matches("&lt;script&gt;").count(), 13, "{page}");
    for outside in ["http:", "https:", "url(", "@import", "src=", "href="] {
        assert!(!page.contains(outside), "{outside}");
    }
}
