//! The engine on the demo company: every model, field, order and group, with the same answer on both databases; and
//! sums that are kept against the records they were made of.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::{Bench, aggregate_query, rows, search_query};
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::small_companies;
use crate::erp::embedded::registry;
use crate::erp::embedded::search::prepare;
use crate::erp::{AggregateQuery, Caller, Erp};
use crate::identity::group;
use crate::model::{FieldKind, Model};
use crate::policy::Permit;
use crate::store::on_db;
use crate::store::testing::TestDb;

async fn benches() -> Vec<Bench> {
    let bench = |test: TestDb| Bench { erp: Embedded::new(test.db.clone()), test };
    small_companies().await.into_iter().map(bench).collect()
}

fn permit(model: &str) -> Permit {
    let all: Vec<&str> = registry::models().iter().map(|m| m.name.as_ref()).collect();
    super::permit(model, &all)
}

fn everybody() -> Caller {
    let groups = [
        group::SETTINGS_ADMINISTRATOR,
        group::SALES_ADMINISTRATOR,
        group::POINT_OF_SALE,
        group::PURCHASE,
        group::INVENTORY,
        group::ACCOUNTING,
        group::CONTACTS,
    ];
    Caller {
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        company_ids: vec![1, 2],
        ..super::caller(1)
    }
}

fn names(model: &Model, wanted: impl Fn(&crate::model::Field) -> bool) -> Vec<&str> {
    model.fields.iter().filter(|f| wanted(f)).map(|f| f.name.as_ref()).collect()
}

/// Asks the same of every database and compares the answers, word for word.
async fn alike(benches: &[Bench], what: &str, ask: impl AsyncFn(&Bench) -> String) -> String {
    let mut answers = Vec::new();
    for bench in benches {
        answers.push(ask(bench).await);
    }
    let distinct: BTreeSet<&String> = answers.iter().collect();
    assert_eq!(distinct.len(), 1, "{what}: {distinct:#?}");
    answers.remove(0)
}

#[tokio::test]
async fn every_model_answers_alike() {
    let benches = benches().await;
    let who = everybody();
    let mut filled = 0;
    for model in registry::models().iter() {
        // What an analysis looks at has its ids: their highest tells how large it is.
        let (base, own) = (registry::base_table(&model.name), registry::table(&model.name));
        let sql = format!("SELECT COUNT(*) FROM {own} WHERE id NOT IN (SELECT id FROM {base})");
        let mut conn = benches[0].test.db.read().await.unwrap();
        let strange: i64 =
            on_db!(conn.on(), c => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *c).await).unwrap();
        assert_eq!(strange, 0, "{}", model.name);
    }
    for model in registry::models().iter() {
        let permit = permit(&model.name);
        let all = names(model, |_| true);
        let query = search_query(&json!([]), &all, "");
        let page = alike(&benches, &model.name, async |bench| {
            let found = bench.erp.search(&permit, &who, &query).await.unwrap();
            let count = bench.erp.count(&permit, &who, &query.domain).await.unwrap();
            assert!(found.total.is_none_or(|total| total == count), "{}", model.name);
            format!("{} {count} {:?}", found.json.get(), found.total)
        })
        .await;
        filled += i32::from(page.len() > 100);
        for field in names(model, |f| !f.kind.is_x2many()) {
            let query = search_query(&json!([]), &["id"], &format!("{field} desc"));
            alike(&benches, &format!("{} by {field}", model.name), async |bench| {
                bench.erp.search(&permit, &who, &query).await.unwrap().json.get().to_owned()
            })
            .await;
        }
    }
    assert!(filled >= 25, "{filled} models have records");
}

#[tokio::test]
async fn a_page_follows_an_index_and_sorts_nothing() {
    // Two companies, an order by date, and no statistics: SQLite would rather sort the table.
    let test = crate::store::testing::sqlite().await;
    let erp = Embedded::new(test.db.clone());
    let (permit, who) = (permit("stock.movement"), everybody());
    for (domain, order, index) in [
        (json!([]), "", "stock_movement_date"),
        (json!([["date", ">=", "2026-01-01"]]), "", "stock_movement_date"),
        (json!([["product_id", "=", 5]]), "", "stock_movement_product"),
        (json!([["warehouse_id", "=", 1]]), "date", "stock_movement_warehouse"),
    ] {
        let ask = erp.ask(&permit, &who);
        let page = prepare(&ask, &search_query(&domain, &[], order)).unwrap().page;
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", page.sql));
        let crate::store::Db::Sqlite { read, .. } = &test.db else { panic!("not SQLite") };
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as_with(sql, page.values).fetch_all(read).await.unwrap();
        let plan: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
        assert!(
            plan.iter().any(|step| step.contains(&format!("t0 USING INDEX {index}"))),
            "{domain}: {plan:#?}"
        );
        assert!(!plan.contains(&"USE TEMP B-TREE FOR ORDER BY"), "{domain}: {plan:#?}");
    }
}

#[tokio::test]
async fn every_group_and_number_answers_alike() {
    let benches = benches().await;
    let who = everybody();
    for model in registry::models().iter() {
        let permit = permit(&model.name);
        for field in names(model, |f| f.groupable) {
            let query = aggregate_query(&json!([]), &[field], &[], "");
            let groups = alike(&benches, &format!("{} by {field}", model.name), async |bench| {
                let found = bench.erp.aggregate(&permit, &who, &query).await.unwrap();
                format!("{} {}", found.json.get(), found.total)
            })
            .await;
            assert!(groups.len() > 3 || model.name.starts_with("res.currency"), "{} {field}", model.name);
        }
        for field in names(model, |f| f.kind.is_number() && f.aggregator.is_some()) {
            let functions =
                ["sum", "avg", "min", "max", "count", "count_distinct"].map(|f| format!("{field}:{f}"));
            let functions: Vec<&str> = functions.iter().map(String::as_str).collect();
            let group = names(model, |f| matches!(f.kind, FieldKind::Many2one { .. }));
            let query = aggregate_query(
                &json!([]),
                &group[..1.min(group.len())],
                &functions,
                &format!("{field}:avg desc"),
            );
            alike(&benches, &format!("{} {field}", model.name), async |bench| {
                bench.erp.aggregate(&permit, &who, &query).await.unwrap().json.get().to_owned()
            })
            .await;
        }
    }
}

#[tokio::test]
async fn kept_sums_answer_what_the_movements_answer() {
    let cases: Vec<(Value, &[&str], &str)> = vec![
        (json!([]), &[], ""),
        (json!([]), &["date:month", "product_id"], ""),
        (
            json!([["date", ">=", "2026-01-01"], ["date", "<", "2027-01-01"]]),
            &["date:month", "product_id"],
            "value:sum desc",
        ),
        (json!([["date", ">=", "2026-01-13"], ["date", "<=", "2026-08-19"]]), &["date:month"], ""),
        (
            json!([["date", ">=", "2026-01-13 07:12:00"], ["state", "=", "done"]]),
            &["date:quarter", "picking_type"],
            "",
        ),
        (json!([["date", "=", "2026-03-31"]]), &["warehouse_id"], ""),
        (
            json!([["date", "<", "2025-06-01"], "!", ["product_id.categ_id.name", "ilike", "a"]]),
            &["date:year", "company_id"],
            "",
        ),
        (
            json!(["|", ["product_id", "=", 3], ["state", "!=", "done"]]),
            &["date", "product_id.categ_id"],
            "__count desc",
        ),
        (json!([["date", ">", "2031-01-01"]]), &[], ""),
        (json!([["date", ">", "2031-01-01"]]), &["state"], ""),
    ];
    let aggregates = ["quantity:sum", "quantity:avg", "value:sum", "value:avg", "product_id:count"];
    let zones =
        [chrono_tz::UTC, chrono_tz::Europe::Berlin, chrono_tz::America::New_York, chrono_tz::Asia::Kolkata];
    let benches = benches().await;
    let permit = permit("stock.movement");
    let mut grouped = 0;
    for (domain, groups, order) in &cases {
        for tz in zones {
            let who = Caller { tz, ..everybody() };
            let query =
                AggregateQuery { limit: 5_000, ..aggregate_query(domain, groups, &aggregates, order) };
            let what = format!("{domain} {groups:?} {tz}");
            let answer = alike(&benches, &what, async |bench| {
                let kept = bench.erp.aggregate(&permit, &who, &query).await.unwrap();
                let single = bench.erp.clone().without_sums().aggregate(&permit, &who, &query).await.unwrap();
                assert_eq!(rows(&kept.json), rows(&single.json), "{}: {what}", bench.test.name);
                assert_eq!(kept.total, single.total);
                kept.json.get().to_owned()
            })
            .await;
            grouped += answer.matches("__count").count();
        }
    }
    assert!(grouped > 1_000, "{grouped}");
}

#[tokio::test]
async fn kept_sums_are_used_where_they_tell_and_only_there() {
    // Without the movements themselves, whatever still answers was answered from the sums.
    let bench = benches().await.remove(0);
    let permit = permit("stock.movement");
    let utc = Caller { tz: chrono_tz::UTC, ..everybody() };
    let before = aggregate_query(&json!([]), &["date:month", "product_id"], &["value:sum"], "");
    let whole = bench.erp.aggregate(&permit, &utc, &before).await.unwrap().json.get().to_owned();
    super::execute(&bench.test.db, "DELETE FROM stock_movement WHERE id NOT IN ((SELECT MIN(id) FROM stock_movement), (SELECT MAX(id) FROM stock_movement), (SELECT id FROM stock_movement ORDER BY date LIMIT 1), (SELECT id FROM stock_movement ORDER BY date DESC LIMIT 1))").await;
    assert_eq!(bench.erp.aggregate(&permit, &utc, &before).await.unwrap().json.get(), whole);
    for (domain, groups, aggregates) in [
        (json!([["partner_id", "!=", 99_999_999]]), &["date:month"][..], &[][..]),
        (json!([]), &["date:week"][..], &[][..]),
        (json!([]), &["location_id"][..], &[][..]),
        (json!([]), &["product_id"][..], &["quantity:max"][..]),
        (json!([["date", "!=", "2026-01-01"]]), &[][..], &[][..]),
    ] {
        let query = aggregate_query(&domain, groups, aggregates, "");
        let found = bench.erp.aggregate(&permit, &utc, &query).await.unwrap();
        let counted: i64 = rows(&found.json).iter().map(|r| r["__count"].as_i64().unwrap()).sum();
        assert!(counted <= 4, "{domain} {groups:?} was answered from the sums: {counted}");
    }
}
