//! Somebody in the house who writes through MCP, for the screens of approvals and of the journal.

use serde_json::{Value, json};

use crate::identity::key::{NewKey, generate};
use crate::identity::{group, user};
use crate::model::Operation;
use crate::policy::{Refinements, Rule, Scope};
use crate::settings;
use crate::store::users::allow_company;
use crate::store::{control, groups, on_db};
use crate::tests::house::House;

/// Who writes.
pub struct Writer {
    /// Id of `demo`.
    pub user_id: i64,
    /// Id of the key.
    pub key_id: String,
}

/// Lets `demo` write contacts and leads, with a key of their own that the house then asks by, under a policy of
/// contacts with these refinements.
pub async fn writer(house: &mut House, refinements: &Value) -> Writer {
    let mut tx = house.state.db.begin().await.unwrap();
    let user_id = user::by_login(tx.on(), "demo").await.unwrap().id;
    groups::join(tx.on(), user_id, group::named(group::CONTACTS).unwrap().id).await.unwrap();
    on_db!(tx.on(), c => {
        sqlx::query("INSERT INTO res_currency (id, name, symbol, active) VALUES (1, 'EUR', '€', true)")
            .execute(&mut *c).await.unwrap();
        sqlx::query("INSERT INTO res_company (id, name, currency_id, active) VALUES (7, 'Home', 1, true)")
            .execute(&mut *c).await.unwrap();
    });
    allow_company(tx.on(), user_id, 7).await.unwrap();
    let new = NewKey {
        user_id,
        name: "writing key",
        scope: Scope::Write,
        rate_limit: None,
        expires_in_days: None,
        created_by: None,
    };
    let key = generate(tx.on(), &house.clock, &new).await.unwrap();
    tx.commit().await.unwrap();
    set_policy(house, &policy("res.partner", refinements)).await;
    house.key = key.secret.reveal().to_owned();
    Writer { user_id, key_id: key.id }
}

/// A policy that allows everything, with these refinements.
pub fn policy(model: &str, refinements: &Value) -> Rule {
    let refinements = Refinements::read(&refinements.to_string());
    assert_eq!(refinements.fault, None);
    Rule { allowed: Operation::ALL.into_iter().collect(), refinements: Some(refinements), ..Rule::new(model) }
}

/// Sets a policy, and sees to it that it holds.
pub async fn set_policy(house: &House, rule: &Rule) {
    let mut tx = house.state.db.begin().await.unwrap();
    settings::set_rule(tx.on(), rule, house.clock.millis()).await.unwrap();
    control::bump(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
    house.state.current.refresh().await.unwrap();
}

/// The same of leads.
pub async fn leads(house: &House, refinements: &Value) {
    set_policy(house, &policy("crm.lead", refinements)).await;
}

/// What a tool answers.
pub async fn call(house: &House, tool: &str, arguments: Value) -> Value {
    house.modern("tools/call", json!({"name": tool, "arguments": arguments})).await.json["result"].clone()
}

/// Asks for a change that waits, and answers its id.
pub async fn ask(house: &House, tool: &str, arguments: Value) -> String {
    let answer = call(house, tool, arguments).await;
    assert_eq!(answer["structuredContent"]["status"], "pending_approval", "{}: {answer}", house.name);
    answer["structuredContent"]["approval"]["id"].as_str().unwrap().to_owned()
}

/// Does a change, and answers the entry of the log that was written with it.
pub async fn done(house: &House, tool: &str, arguments: Value) -> String {
    let answer = call(house, tool, arguments).await;
    let id =
        answer["structuredContent"]["change_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let mut conn = house.state.db.read().await.unwrap();
    crate::store::changes::by_id(conn.on(), &id).await.unwrap().unwrap().log_id
}

/// How many contacts there are.
pub async fn partners(house: &House) -> i64 {
    let mut conn = house.state.db.read().await.unwrap();
    on_db!(conn.on(), c => {
        sqlx::query_scalar("SELECT COUNT(*) FROM res_partner").fetch_one(&mut *c).await.unwrap()
    })
}
