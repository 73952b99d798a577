//! Changes to the small demo company, on both databases.

mod back;
mod books;
mod cast;
mod endings;
mod faults;
mod hidden;
mod images;
mod invoicing;
mod lines;
mod needs;
mod purchases;
mod refusals;
mod sales;
mod sense;
mod stock;
mod taken_back;
mod trees;
mod values;
mod whole;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::erp::embedded::{Embedded, demo, registry};
use crate::erp::{Caller, Cell, Change, Effect, Erp, ErpError, Row, Values, What};
use crate::identity::group::{
    ACCOUNTING, CONTACTS, INVENTORY, POINT_OF_SALE, PURCHASE, SALES_ADMINISTRATOR, SALES_OWN_DOCUMENTS,
};
use crate::model::Operation;
use crate::policy::{
    CredentialState, OperationSet, Permit, Quota, Request, Rule, Ruleset, Scope, Wish, decide,
};
use crate::store::on_db;
use crate::store::testing::TestDb;

/// A moment after the last of the demo company's.
const NOW: i64 = demo::testing::NOW * 1_000 + 60_000;

struct Bench {
    test: TestDb,
    erp: Embedded,
}

/// The small demo company, on each database.
async fn benches() -> Vec<Bench> {
    let all = demo::testing::small_companies().await.into_iter();
    all.map(|test| Bench { erp: Embedded::new(test.db.clone()), test }).collect()
}

/// Somebody with every right in both companies.
fn everybody() -> Caller {
    caller(10, &[SALES_ADMINISTRATOR, POINT_OF_SALE, PURCHASE, INVENTORY, ACCOUNTING, CONTACTS], &[1, 2])
}

/// Somebody who sells, and sees their own documents.
fn seller(user_id: i64) -> Caller {
    caller(user_id, &[SALES_OWN_DOCUMENTS], &[1])
}

fn caller(user_id: i64, groups: &[&str], companies: &[i64]) -> Caller {
    Caller {
        user_id,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        company_ids: companies.to_vec(),
        tz: chrono_tz::Europe::Berlin,
        lang: "en_US".into(),
    }
}

/// Policies that allow everything on every model.
fn open_policies() -> Vec<Rule> {
    let all: OperationSet = Operation::ALL.into_iter().collect();
    registry::models()
        .iter()
        .map(|model| Rule {
            allowed: all,
            methods: model.methods.iter().map(|m| m.name.to_string()).collect::<BTreeSet<_>>(),
            ..Rule::new(model.name.as_ref())
        })
        .collect()
}

fn permit_under(rules: Vec<Rule>, model: &str, operation: Operation, method: Option<&str>) -> Permit {
    let request = Request {
        enabled: true,
        credential: CredentialState::Active,
        quota: Quota::Within,
        login: "demo",
        user_active: true,
        in_mcp_group: true,
        scope: Scope::Write,
        wish: Wish { model: Some(model), operation, method },
    };
    let rules: Arc<Ruleset> = Arc::new(rules.into_iter().collect());
    decide(&request, &rules).permit().expect("policy allows it").clone()
}

fn values(value: &Value) -> Values {
    value.as_object().expect("values").clone()
}

fn create(records: &[Value]) -> What {
    What::Create(records.iter().map(values).collect())
}

fn write(ids: &[i64], new: &Value) -> What {
    What::Write { ids: ids.to_vec(), values: values(new) }
}

fn call(method: &str, ids: &[i64]) -> What {
    What::Call { method: method.to_owned(), ids: ids.to_vec(), arguments: Values::new() }
}

fn permit(model: &str, what: &What) -> Permit {
    let (operation, method) = match what {
        What::Create(_) => (Operation::Create, None),
        What::Write { .. } => (Operation::Write, None),
        What::Delete(_) => (Operation::Delete, None),
        What::Call { method, .. } => (Operation::MethodCall, Some(method.as_str())),
    };
    let mut rules = open_policies();
    for rule in rules.iter_mut().filter(|rule| rule.model == model) {
        rule.methods.extend(method.map(str::to_owned));
    }
    permit_under(rules, model, operation, method)
}

impl Bench {
    /// Does a change and keeps it; what fails is rolled back.
    async fn change(&self, who: &Caller, model: &str, what: What) -> Result<Effect, ErpError> {
        let permit = permit(model, &what);
        self.change_under(&permit, who, what).await
    }

    async fn change_under(&self, permit: &Permit, who: &Caller, what: What) -> Result<Effect, ErpError> {
        let mut tx = self.test.db.begin().await.unwrap();
        let effect =
            self.erp.change(tx.on(), permit, who, &Change { at: NOW, approved: false, what }).await?;
        tx.commit().await.unwrap();
        Ok(effect)
    }

    /// What is said of a change that is refused.
    async fn refusal(&self, who: &Caller, model: &str, what: What) -> String {
        let shown = format!("{what:?}");
        match self.change(who, model, what).await {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{}: {model} {shown} was not refused", self.test.name),
        }
    }

    /// One new record of somebody with every right.
    async fn made(&self, model: &str, record: Value) -> i64 {
        self.change(&everybody(), model, create(&[record])).await.unwrap().ids[0]
    }

    /// One number.
    async fn number(&self, sql: &str) -> i64 {
        let sql = sql.to_owned();
        let mut tx = self.test.db.begin().await.unwrap();
        on_db!(tx.on(), c => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *c).await).unwrap()
    }

    /// A stored record.
    async fn row(&self, model: &str, id: i64) -> Row {
        self.rows(model, &format!("id = {id}")).await.pop().unwrap_or_default()
    }

    /// Stored records under a condition.
    async fn rows(&self, model: &str, condition: &str) -> Vec<Row> {
        let mut tx = self.test.db.begin().await.unwrap();
        let who = everybody();
        let mut work = super::work::Work::begin(&self.erp, tx.on(), None, &who, NOW);
        let model = work.model(model).unwrap();
        work.select(&model, &format!("{condition} ORDER BY id"), &[]).await.unwrap()
    }
}

/// The values of some fields, as they are stored.
fn some(row: &Row, fields: &[&str]) -> Vec<Cell> {
    fields.iter().map(|field| row.get(*field).cloned().unwrap_or_default()).collect()
}
