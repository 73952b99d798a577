//! The engine on models of its own: small tables with everything awkward in them, on both databases.

mod aggregates;
mod company;
mod domains;
mod exports;
mod gates;
mod searches;

use std::sync::Arc;

use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::Embedded;
use super::catalog::Catalog;
use super::registry::build::{
    ModelBuild, boolean, business, char, date, datetime, integer, many2many, many2one, money, one2many,
    quantity, selection, text,
};
use crate::erp::{AggregateQuery, Caller, Erp, ErpError, ReadQuery, Records, SearchQuery};
use crate::model::{Aggregate, Domain, GroupBy, Leaf, Literal, Model, Operation, Operator, OrderTerm};
use crate::policy::{
    CredentialState, Gate, OperationSet, Permit, Quota, Request, Rule, Ruleset, Scope, Step, Wish, decide,
};
use crate::store::testing::{TestDb, databases};
use crate::store::{Db, on_db};

const TABLES: &str = "
CREATE TABLE t_owner (id BIGINT PRIMARY KEY, name TEXT, town TEXT, boss_id BIGINT);
CREATE TABLE t_thing (id BIGINT PRIMARY KEY, name TEXT, note TEXT, n BIGINT, qty BIGINT, amount BIGINT,
    currency_id BIGINT, ok BOOLEAN, day BIGINT, at BIGINT, state TEXT, owner_id BIGINT, parent_id BIGINT);
CREATE TABLE t_line (id BIGINT PRIMARY KEY, name TEXT, thing_id BIGINT, n BIGINT);
CREATE TABLE t_tag (id BIGINT PRIMARY KEY, name TEXT);
CREATE TABLE t_thing_tag_ids_rel (record_id BIGINT, target_id BIGINT);
INSERT INTO res_currency (id, name, symbol, active) VALUES (901, 'EUR', '€', TRUE), (902, 'USD', '$', TRUE);
INSERT INTO t_owner VALUES (1, 'Acme', 'Köln', NULL), (2, 'acme GmbH', 'KÖLN', 1), (3, 'Żubr 50%_a', NULL, 2);
INSERT INTO t_thing VALUES
    (1, 'Alpha', 'red [x]*?', 5, 1500, 1050, 901, TRUE, 20728, 1790936999000, 'draft', 1, NULL),
    (2, 'alpha', '', -5, -1, -1050, 901, FALSE, 20729, 1790937000000, 'done', 2, 1),
    (3, 'ÄRGER', NULL, 0, 0, 0, 902, NULL, NULL, NULL, NULL, NULL, 2),
    (4, 'ärger', 'a%b', NULL, NULL, NULL, NULL, TRUE, 20730, 1790974800000, 'done', 3, 2),
    (5, NULL, 'a_b\\c', 9007199254740993, 9007199254740993, 9007199254740993, 902, FALSE, 20728, 1793000000500, 'draft', 1, NULL),
    (6, '', 'AXB', 7, 2500, 5, 901, TRUE, 20000, 1700000000000, 'done', 2, 5);
INSERT INTO t_line VALUES (10, 'one', 1, 1), (11, 'two', 1, 2), (12, 'hidden', 2, 13), (13, 'three', 4, 3),
    (14, 'loose', NULL, 4);
INSERT INTO t_tag VALUES (21, 'hot'), (22, 'Cold');
INSERT INTO t_thing_tag_ids_rel VALUES (1, 21), (1, 22), (2, 22), (6, 21)";

fn models() -> Arc<[Arc<Model>]> {
    let mut all = vec![
        business("t.owner", "Owner", "").fields([
            char("name", "Name"),
            char("town", "Town"),
            many2one("boss_id", "Boss", "t.owner"),
        ]),
        business("t.thing", "Thing", "").significant(["name", "n", "line_ids"]).fields([
            char("name", "Name"),
            text("note", "Note"),
            integer("n", "N"),
            quantity("qty", "Quantity"),
            money("amount", "Amount"),
            many2one("currency_id", "Currency", "res.currency"),
            boolean("ok", "OK"),
            date("day", "Day"),
            datetime("at", "At"),
            selection("state", "State", &[("draft", "Quotation"), ("done", "Done")]),
            many2one("owner_id", "Owner", "t.owner"),
            many2one("parent_id", "Parent", "t.thing"),
            one2many("line_ids", "Lines", "t.line", "thing_id"),
            many2many("tag_ids", "Tags", "t.tag"),
        ]),
        business("t.line", "Line", "").fields([
            char("name", "Name"),
            many2one("thing_id", "Thing", "t.thing"),
            integer("n", "N"),
        ]),
        business("t.tag", "Tag", "").fields([char("name", "Name")]),
        business("t.secret", "Secret", "").fields([char("name", "Name")]),
        business("res.currency", "Currency", "").fields([char("name", "Name")]),
    ];
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.into_iter().map(Arc::new).collect()
}

fn access(groups: &[String], model: &str, _: Operation) -> Result<(), Step> {
    if model == "t.secret" || groups.iter().any(|g| g == "none") {
        return Err(Step::failed(Gate::AccessRights, format!("{model} is not for you.")));
    }
    Ok(())
}

/// Lines with 13 are hidden from everybody; things without owner Acme from the user 2.
fn rules(who: &Caller, model: &str, _: Operation) -> Domain {
    let leaf = |path: &[&str], operator, value: &str| {
        Domain::Leaf(Leaf {
            path: path.iter().map(|p| (*p).to_owned()).collect(),
            operator,
            value: Literal::Number(value.into()),
        })
    };
    match (model, who.user_id) {
        ("t.line", _) => leaf(&["n"], Operator::Ne, "13"),
        ("t.thing", 2) => leaf(&["owner_id", "id"], Operator::Eq, "1"),
        _ => Domain::All,
    }
}

struct Bench {
    test: TestDb,
    erp: Embedded,
}

async fn benches() -> Vec<Bench> {
    let mut all = Vec::new();
    for test in databases().await {
        execute(&test.db, TABLES).await;
        let erp = Embedded::of(test.db.clone(), catalog());
        all.push(Bench { test, erp });
    }
    all
}

fn catalog() -> Catalog {
    Catalog { models: models(), access, rules, sentences: |_, _, _| vec!["Some are hidden.".into()] }
}

async fn execute(db: &Db, script: &'static str) {
    let mut tx = db.begin().await.unwrap();
    for statement in script.split(";\n") {
        // PostgreSQL reads a backslash as it is, and so does SQLite.
        on_db!(tx.on(), c => sqlx::query(AssertSqlSafe(statement)).execute(&mut *c).await.map(drop)).unwrap();
    }
    tx.commit().await.unwrap();
}

fn caller(user_id: i64) -> Caller {
    Caller {
        user_id,
        groups: Arc::new(["user".to_owned()]),
        company_ids: vec![1],
        tz: chrono_tz::Europe::Berlin,
        lang: "en_US".into(),
    }
}

/// A permit to read a model, under a policy that lets these models be read.
fn permit(model: &str, exposed: &[&str]) -> Permit {
    let read = OperationSet::NONE.with(Operation::Read);
    let rules = Arc::new(
        exposed
            .iter()
            .map(|name| Rule {
                model: (*name).to_owned(),
                allowed: read,
                methods: std::collections::BTreeSet::new(),
                active: true,
                refinements: None,
            })
            .collect::<Ruleset>(),
    );
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
    decide(&request, &rules).permit().unwrap().clone()
}

const ALL: &[&str] = &["t.thing", "t.owner", "t.line", "t.tag", "t.secret"];

fn domain(value: &Value) -> Domain {
    Domain::parse(value).unwrap()
}

fn search_query(value: &Value, fields: &[&str], order: &str) -> SearchQuery {
    SearchQuery {
        domain: domain(value),
        fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        order: OrderTerm::parse_list(order).unwrap(),
        limit: 80,
        offset: 0,
    }
}

fn aggregate_query(value: &Value, groups: &[&str], aggregates: &[&str], order: &str) -> AggregateQuery {
    AggregateQuery {
        domain: domain(value),
        group_by: groups.iter().map(|g| GroupBy::parse(g).unwrap()).collect(),
        aggregates: aggregates.iter().map(|a| Aggregate::parse(a).unwrap()).collect(),
        having: Domain::All,
        order: OrderTerm::parse_list(order).unwrap(),
        limit: 80,
        offset: 0,
    }
}

fn rows(json: &serde_json::value::RawValue) -> Vec<Value> {
    serde_json::from_str(json.get()).unwrap()
}

fn ids(records: &Records) -> Vec<i64> {
    rows(&records.json).iter().map(|r| r["id"].as_i64().unwrap()).collect()
}

impl Bench {
    async fn search(&self, value: &Value) -> Result<Vec<i64>, ErpError> {
        let query = search_query(value, &["name"], "id");
        let found = self.erp.search(&permit("t.thing", ALL), &caller(1), &query).await?;
        let ids = ids(&found);
        let count = self.erp.count(&permit("t.thing", ALL), &caller(1), &query.domain).await?;
        assert_eq!(count, i64::try_from(ids.len()).unwrap(), "count and search differ for {value}");
        assert_eq!(found.total, Some(count));
        Ok(ids)
    }

    async fn refusal(&self, value: &Value) -> String {
        match self.search(value).await {
            Err(error) => error.to_string(),
            Ok(found) => panic!("{}: {value} found {found:?}", self.test.name),
        }
    }

    async fn groups(&self, query: &AggregateQuery) -> Result<(Vec<Value>, i64), ErpError> {
        let found = self.erp.aggregate(&permit("t.thing", ALL), &caller(1), query).await?;
        let rows = rows(&found.json);
        assert_eq!(rows.len(), found.rows as usize);
        Ok((rows, found.total))
    }

    async fn read(&self, who: &Caller, ids: &[i64], fields: &[&str]) -> Result<Vec<Value>, ErpError> {
        let query = ReadQuery { ids: ids.to_vec(), fields: fields.iter().map(|f| (*f).to_owned()).collect() };
        Ok(rows(&self.erp.read(&permit("t.thing", ALL), who, &query).await?.json))
    }
}
