use std::sync::Arc;

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::*;
use crate::erp::embedded::Embedded;
use crate::erp::embedded::demo::testing::small_companies;
use crate::erp::{AggregateQuery, Caller, Erp};
use crate::model::{Aggregate, Domain, GroupBy, Operation, OrderTerm};

const MODEL: &str = "stock.movement";

/// Berlin is before UTC, New York behind it; Kolkata and Chatham are not whole hours away.
const ZONES: [Tz; 7] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::Asia__Kolkata,
    Tz::Pacific__Auckland,
    Tz::Pacific__Honolulu,
    Tz::Pacific__Chatham,
];

fn caller(tz: Tz, company_ids: Vec<i64>) -> Caller {
    let groups: Vec<String> = vec!["Inventory / User".into()];
    Caller { user_id: 2, groups: groups.into(), company_ids, tz, lang: "en_US".into() }
}

fn query(domain: &Value, groups: &[&str], aggregates: &[&str]) -> AggregateQuery {
    AggregateQuery {
        domain: Domain::parse(domain).unwrap(),
        group_by: groups.iter().map(|g| GroupBy::parse(g).unwrap()).collect(),
        aggregates: aggregates.iter().map(|a| Aggregate::parse(a).unwrap()).collect(),
        having: Domain::All,
        order: OrderTerm::parse_list("").unwrap(),
        limit: 100_000,
        offset: 0,
    }
}

/// Numbers that follow from a seed, so that a failure can be had again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn date(&mut self) -> Value {
        let year = 2023 + self.below(4);
        let (month, day) = (1 + self.below(12), *self.pick(&[1, 1, 1, 2, 15, 28]));
        match self.below(4) {
            0 => json!(format!("{year}-{month:02}-{day:02} 22:30:00")),
            _ => json!(format!("{year}-{month:02}-{day:02}")),
        }
    }

    fn domain(&mut self) -> Value {
        let mut terms = Vec::new();
        for operator in [">=", "<"] {
            if self.below(3) > 0 {
                let operator =
                    if self.below(4) == 0 { if operator == "<" { "<=" } else { ">" } } else { operator };
                terms.push(json!(["date", operator, self.date()]));
            }
        }
        let term = match self.below(8) {
            0 => Some(json!(["state", "=", "done"])),
            1 => Some(json!(["picking_type", "in", ["outgoing", "internal"]])),
            2 => Some(json!(["product_id", "in", [1, 2, 3, 50, 51, 52]])),
            3 => Some(json!(["warehouse_id", "!=", 1])),
            4 => Some(json!(["company_id", "=", 2])),
            5 => Some(json!(["product_id.categ_id", "child_of", 2])),
            _ => None,
        };
        terms.extend(term);
        if self.below(6) == 0 {
            terms.extend([json!("|"), json!(["state", "=", "cancel"]), json!(["warehouse_id", "=", 3])]);
        }
        Value::Array(terms)
    }
}

const GROUPS: &[&[&str]] = &[
    &[],
    &["date:month"],
    &["date:month", "product_id"],
    &["date:quarter", "warehouse_id"],
    &["date:year", "picking_type"],
    &["product_id"],
    &["company_id", "state"],
    &["date:year", "date:quarter"],
    &["product_id.categ_id", "date"],
    &["picking_type"],
];
const AGGREGATES: &[&[&str]] =
    &[&["__count"], &["quantity:sum"], &["value:sum", "quantity:sum"], &["value:sum", "__count"]];

/// A permit to read movements and what they link to.
fn permit() -> crate::policy::Permit {
    use crate::policy::{CredentialState, OperationSet, Quota, Request, Rule, Ruleset, Scope, Wish, decide};
    let rule = |name: &str| Rule {
        model: name.to_owned(),
        allowed: OperationSet::NONE.with(Operation::Read),
        methods: std::collections::BTreeSet::new(),
        active: true,
        refinements: None,
    };
    let rules: Ruleset =
        ["stock.movement", "product.product", "product.category"].into_iter().map(rule).collect();
    let request = Request {
        enabled: true,
        credential: CredentialState::Active,
        quota: Quota::Within,
        login: "demo",
        user_active: true,
        in_mcp_group: true,
        scope: Scope::Read,
        wish: Wish { model: Some(MODEL), operation: Operation::Read, method: None },
    };
    decide(&request, &Arc::new(rules)).permit().unwrap().clone()
}

#[tokio::test]
async fn sums_answer_what_records_answer() {
    for test in small_companies().await {
        let erp = Embedded::new(test.db.clone());
        let plain = Embedded::new(test.db.clone()).without_sums();
        let mut chance = Chance(7);
        for _ in 0..150 {
            let who = caller(*chance.pick(&ZONES), chance.pick(&[vec![1, 2], vec![1], vec![2]]).clone());
            let (groups, aggregates) = (*chance.pick::<&[&str]>(GROUPS), *chance.pick::<&[&str]>(AGGREGATES));
            let query = query(&chance.domain(), groups, aggregates);
            let quick = erp.aggregate(&permit(), &who, &query).await.unwrap();
            let slow = plain.aggregate(&permit(), &who, &query).await.unwrap();
            assert_eq!(quick.json.get(), slow.json.get(), "{} {} {query:?}", test.name, who.tz);
            assert_eq!((quick.rows, quick.total), (slow.rows, slow.total));
        }
    }
}

#[tokio::test]
async fn a_changed_movement_changes_the_sums() {
    for test in small_companies().await {
        let erp = Embedded::new(test.db.clone());
        let plain = Embedded::new(test.db.clone()).without_sums();
        let mut tx = test.db.begin().await.unwrap();
        let old: (i64, i64, i64, i64, String, String, i64, i64, i64) = on_db!(tx.on(), c => sqlx::query_as(
            "SELECT company_id, date, product_id, warehouse_id, picking_type, state, currency_id, quantity, value \
             FROM stock_movement WHERE id = 40").fetch_one(&mut *c).await)
        .unwrap();
        let was = Fact {
            company_id: old.0,
            date: old.1,
            product_id: old.2,
            warehouse_id: old.3,
            picking_type: old.4.into(),
            state: old.5.into(),
            currency_id: old.6,
            quantity: old.7,
            value: old.8,
        };
        // Three months later, one more, and cancelled.
        let is = Fact {
            date: was.date + 90 * 86_400_000,
            quantity: was.quantity + 1000,
            state: "cancel".into(),
            ..was.clone()
        };
        on_db!(tx.on(), c => sqlx::query("UPDATE stock_movement SET date = $1, quantity = $2, state = 'cancel' WHERE id = 40")
            .bind(is.date).bind(is.quantity).execute(&mut *c).await.map(drop))
        .unwrap();
        let mut changes = Changes::default();
        changes.remove(&was);
        changes.add(&is);
        apply(tx.on(), &changes).await.unwrap();
        tx.commit().await.unwrap();
        let who = caller(Tz::America__New_York, vec![1, 2]);
        let query = query(&json!([]), &["date:month", "product_id", "state"], &["quantity:sum"]);
        let (quick, slow) = (
            erp.aggregate(&permit(), &who, &query).await.unwrap(),
            plain.aggregate(&permit(), &who, &query).await.unwrap(),
        );
        assert_eq!(quick.json.get(), slow.json.get(), "{}", test.name);
    }
}
