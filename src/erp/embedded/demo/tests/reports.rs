//! The five reporting models against the same numbers added up here, from raw rows read by plain SQL.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Datelike;
use chrono_tz::Tz;
use serde_json::Value;

use super::*;
use crate::erp::embedded::Embedded;
use crate::erp::{AggregateQuery, Caller, Erp};
use crate::identity::group::{
    ACCOUNTING, INVENTORY, POINT_OF_SALE, SALES_ADMINISTRATOR, SALES_OWN_DOCUMENTS,
};
use crate::model::{Aggregate, Domain, GroupBy, Operation};
use crate::policy::{
    CredentialState, OperationSet, Permit, Quota, Request, Rule, Ruleset, Scope, Wish, decide,
};

const BERLIN: Tz = Tz::Europe__Berlin;

/// Sums by key: the groups, joined by `|`.
type Sums = BTreeMap<String, Vec<i64>>;

fn permit(model: &str) -> Permit {
    let rule = Rule {
        model: model.to_owned(),
        allowed: OperationSet::NONE.with(Operation::Read),
        methods: std::collections::BTreeSet::new(),
        active: true,
        refinements: None,
    };
    let rules: Ruleset = [rule].into_iter().collect();
    let request = Request {
        enabled: true,
        credential: CredentialState::Active,
        quota: Quota::Within,
        login: "demo",
        user_active: true,
        in_mcp_group: true,
        scope: Scope::Read,
        wish: Wish { model: Some(model), operation: Operation::Read, method: None },
    };
    decide(&request, &Arc::new(rules)).permit().unwrap().clone()
}

fn caller(user_id: i64, group: &str) -> Caller {
    Caller {
        user_id,
        groups: vec![group.to_owned()].into(),
        company_ids: vec![1],
        tz: BERLIN,
        lang: "en_US".into(),
    }
}

/// What the ERP answers, by the ids of links and the texts of everything else; sums in units of the last digit.
#[expect(clippy::cast_possible_truncation, reason = "sums of a small company")]
async fn answered(test: &TestDb, who: &Caller, model: &str, groups: &[&str], sums: &[(&str, i32)]) -> Sums {
    let query = AggregateQuery {
        domain: Domain::All,
        group_by: groups.iter().map(|g| GroupBy::parse(g).unwrap()).collect(),
        aggregates: sums.iter().map(|(s, _)| Aggregate::parse(&format!("{s}:sum")).unwrap()).collect(),
        having: Domain::All,
        order: Vec::new(),
        limit: 100_000,
        offset: 0,
    };
    let found = Embedded::new(test.db.clone()).aggregate(&permit(model), who, &query).await.unwrap();
    let rows: Vec<Value> = serde_json::from_str(found.json.get()).unwrap();
    assert!(rows.len() > 5, "{model}");
    let text = |value: &Value| match value {
        Value::Object(link) => link["id"].to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    rows.iter()
        .map(|row| {
            let mut key: Vec<String> = groups.iter().map(|g| text(&row[*g])).collect();
            key.extend(row.get("currency").map(text));
            let mut numbers: Vec<i64> = sums
                .iter()
                .map(|(sum, digits)| {
                    (row[format!("{sum}:sum")].as_f64().unwrap() * 10_f64.powi(*digits)).round()
                })
                .map(|n| n as i64)
                .collect();
            numbers.push(row["__count"].as_i64().unwrap());
            (key.join("|"), numbers)
        })
        .collect()
}

fn add(sums: &mut Sums, key: String, numbers: &[i64]) {
    let own = sums.entry(key).or_insert_with(|| vec![0; numbers.len() + 1]);
    for (sum, number) in own.iter_mut().zip(numbers.iter().chain([&1])) {
        *sum += number;
    }
}

fn month(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap().with_timezone(&BERLIN).format("%Y-%m").to_string()
}

macro_rules! raw {
    ($test:expr, $sql:expr) => {{
        let mut conn = $test.db.read().await.unwrap();
        on_db!(conn.on(), c => sqlx::query_as($sql).fetch_all(&mut *c).await).unwrap()
    }};
}

fn currency(id: i64) -> &'static str {
    ["EUR", "USD", "GBP"][usize::try_from(id - 1).unwrap()]
}

fn same(test: &TestDb, model: &str, answered: &Sums, added: &Sums) {
    for (key, numbers) in added {
        assert_eq!(answered.get(key), Some(numbers), "{}: {model} {key}", test.name);
    }
    assert_eq!(answered.len(), added.len(), "{}: {model} has groups that no row belongs to", test.name);
}

async fn sales(test: &TestDb, who: &Caller, sees: impl Fn(Option<i64>) -> bool) {
    type Order = (i64, i64, i64, String, Option<i64>, i64);
    type Line = (i64, i64, i64, i64, i64, i64, i64);
    let orders: Vec<Order> =
        raw!(test, "SELECT id, date_order, company_id, state, user_id, currency_id FROM sale_order");
    let lines: Vec<Line> = raw!(
        test,
        "SELECT order_id, product_uom_qty, qty_delivered, price_subtotal, price_total, discount_amount, margin \
         FROM sale_order_line"
    );
    let orders: BTreeMap<i64, Order> = orders.into_iter().map(|o| (o.0, o)).collect();
    let mut added = Sums::new();
    for (order, ordered, delivered, subtotal, total, discount, margin) in lines {
        let (_, at, company, state, user, money) = &orders[&order];
        if *company != 1 || !sees(*user) {
            continue;
        }
        let key = format!("{}|{state}|{}", month(*at), currency(*money));
        let open = if state == "sale" { ordered - delivered } else { 0 };
        add(&mut added, key, &[ordered, open, subtotal, total, discount, margin, 1]);
    }
    let sums = [
        ("product_uom_qty", 3),
        ("qty_to_deliver", 3),
        ("price_subtotal", 2),
        ("price_total", 2),
        ("discount_amount", 2),
        ("margin", 2),
        ("nbr", 0),
    ];
    let model = "report.sales.analysis";
    same(test, model, &answered(test, who, model, &["date:month", "state"], &sums).await, &added);
}

async fn retail(test: &TestDb) {
    type Order = (i64, i64, Option<String>, i64, i64);
    let orders: Vec<Order> =
        raw!(test, "SELECT id, date_order, payment_method, warehouse_id, company_id FROM pos_order");
    let lines: Vec<(i64, i64, i64, i64, i64)> =
        raw!(test, "SELECT order_id, qty, price_subtotal, price_subtotal_incl, margin FROM pos_order_line");
    let orders: BTreeMap<i64, Order> = orders.into_iter().map(|o| (o.0, o)).collect();
    let mut added = Sums::new();
    for (order, quantity, subtotal, total, margin) in lines {
        let (_, at, method, shop, company) = &orders[&order];
        if *company == 1 {
            let method = method.as_deref().unwrap_or("null");
            let key = format!("{}|{method}|{shop}|EUR", month(*at));
            add(&mut added, key, &[quantity, subtotal, total, margin]);
        }
    }
    let sums = [("product_qty", 3), ("price_subtotal", 2), ("price_total", 2), ("margin", 2)];
    let (model, groups) = ("report.retail.sales.analysis", ["date:month", "payment_method", "warehouse_id"]);
    same(test, model, &answered(test, &caller(2, POINT_OF_SALE), model, &groups, &sums).await, &added);
}

async fn entries(test: &TestDb) {
    type Line = (i64, i64, i64, i64, i64, i64, i64);
    let accounts: Vec<(i64, String)> = raw!(test, "SELECT id, account_type FROM account_account");
    let states: Vec<(i64, String)> = raw!(test, "SELECT id, state FROM account_move");
    let lines: Vec<Line> = raw!(
        test,
        "SELECT move_id, account_id, date, company_id, debit, credit, balance FROM account_move_line"
    );
    let accounts: BTreeMap<i64, String> = accounts.into_iter().collect();
    let states: BTreeMap<i64, String> = states.into_iter().collect();
    let mut added = Sums::new();
    for (entry, account, day, company, debit, credit, balance) in lines {
        if company == 1 {
            let date = chrono::NaiveDate::default() + chrono::Days::new(day.try_into().unwrap());
            let quarter = format!("{}-Q{}", date.year(), date.month0() / 3 + 1);
            let key = format!("{quarter}|{}|{}|EUR", accounts[&account], states[&entry]);
            add(&mut added, key, &[debit, credit, balance]);
        }
    }
    let sums = [("debit", 2), ("credit", 2), ("balance", 2)];
    let (model, groups) = ("report.account.entries.analysis", ["date:quarter", "account_type", "state"]);
    same(test, model, &answered(test, &caller(2, ACCOUNTING), model, &groups, &sums).await, &added);
}

async fn on_hand(test: &TestDb) {
    type Movement = (i64, i64, i64, i64, String);
    let inside: Vec<(i64, i64, i64)> =
        raw!(test, "SELECT id, warehouse_id, company_id FROM stock_location WHERE usage = 'internal'");
    let movements: Vec<Movement> =
        raw!(test, "SELECT product_id, location_id, location_dest_id, quantity, state FROM stock_movement");
    let costs: Vec<(i64, i64)> = raw!(test, "SELECT id, standard_price FROM product_product");
    let (inside, costs): (BTreeMap<i64, (i64, i64)>, BTreeMap<i64, i64>) =
        (inside.into_iter().map(|(l, w, c)| (l, (w, c))).collect(), costs.into_iter().collect());
    let mut places: BTreeMap<(i64, i64), (i64, i64)> = BTreeMap::new();
    for (product, from, to, quantity, state) in movements {
        for (place, quantity) in [(from, -quantity), (to, quantity)] {
            let place = places.entry((place, product)).or_default();
            match state.as_str() {
                "done" => place.0 += quantity,
                "assigned" if quantity < 0 => place.1 -= quantity,
                _ => {}
            }
        }
    }
    let mut added = Sums::new();
    for ((place, product), (quantity, reserved)) in places {
        match inside.get(&place) {
            Some((warehouse, 1)) if quantity != 0 => {
                // Cents, rounded as money is.
                let value = (quantity * costs[&product] + 500) / 1000;
                let key = format!("{warehouse}|{product}|EUR");
                add(&mut added, key, &[quantity, reserved, quantity - reserved, value]);
            }
            _ => {}
        }
    }
    let sums = [("quantity", 3), ("reserved_quantity", 3), ("available_quantity", 3), ("value", 2)];
    let (model, groups) = ("report.stock.onhand", ["warehouse_id", "product_id"]);
    same(test, model, &answered(test, &caller(2, INVENTORY), model, &groups, &sums).await, &added);
}

async fn movements(test: &TestDb) {
    type Movement = (i64, i64, String, i64, i64, i64);
    let rows: Vec<Movement> =
        raw!(test, "SELECT date, product_id, state, company_id, quantity, value FROM stock_movement");
    let mut added = Sums::new();
    for (at, product, state, company, quantity, value) in rows {
        if company == 1 {
            add(&mut added, format!("{}|{product}|{state}|EUR", month(at)), &[quantity, value]);
        }
    }
    let groups = ["date:month", "product_id", "state"];
    let sums = [("quantity", 3), ("value", 2)];
    let who = caller(2, INVENTORY);
    same(test, "stock.movement", &answered(test, &who, "stock.movement", &groups, &sums).await, &added);
}

#[tokio::test]
async fn reporting_models_sum_up_raw_rows() {
    for test in databases().await {
        made(&test, 3).await;
        let seller: i64 = one(&test, "SELECT MIN(user_id) FROM sale_order WHERE company_id = 1").await;
        sales(&test, &caller(2, SALES_ADMINISTRATOR), |_| true).await;
        sales(&test, &caller(seller, SALES_OWN_DOCUMENTS), |user| user.is_none_or(|user| user == seller))
            .await;
        retail(&test).await;
        entries(&test).await;
        on_hand(&test).await;
        movements(&test).await;
    }
}
