//! Who may change what, on real databases.

use super::*;
use crate::store::testing::{TestDb, databases};
use crate::store::{Tx, on_db};

struct People {
    test: TestDb,
    /// Settings / Administrator, MCP Administrator, both, neither.
    ids: [i64; 4],
}

type Change = fn(&mut Account);

const GROUPS_OF: [(&str, &[&str]); 4] = [
    ("settings", &[group::SETTINGS_ADMINISTRATOR]),
    ("mcp", &[group::MCP_ADMINISTRATOR]),
    ("both", &[group::SETTINGS_ADMINISTRATOR, group::MCP_ADMINISTRATOR]),
    ("sally", &[group::SALES_OWN_DOCUMENTS]),
];

async fn people() -> Vec<People> {
    let mut all = Vec::new();
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        group::seed(tx.on()).await.unwrap();
        on_db!(tx.on(), c => {
            sqlx::query("INSERT INTO res_currency (id, name, symbol, active) VALUES (1, 'EUR', '€', true)")
                .execute(&mut *c).await.unwrap();
            sqlx::query("INSERT INTO res_company (id, name, currency_id, active) VALUES (1, 'C', 1, true), (2, 'D', 1, true)")
                .execute(&mut *c).await.unwrap();
        });
        let mut ids = [0; 4];
        for (id, (login, groups)) in ids.iter_mut().zip(GROUPS_OF) {
            let new = user::NewUser { id: None, login, name: login, groups, password_hash: None };
            *id = user::add(tx.on(), &Clock::fixed(1), &new).await.unwrap();
        }
        tx.commit().await.unwrap();
        all.push(People { test, ids });
    }
    all
}

impl People {
    /// Changes an account as another person; the problems, and nothing is kept.
    async fn attempt(&self, by: usize, whom: usize, change: impl Fn(&mut Account)) -> Vec<String> {
        let mut tx = self.test.db.begin().await.unwrap();
        self.change(&mut tx, by, whom, change).await
    }

    async fn change(
        &self,
        tx: &mut Tx,
        by: usize,
        whom: usize,
        change: impl Fn(&mut Account),
    ) -> Vec<String> {
        let actor = user::by_id(tx.on(), self.ids[by]).await.unwrap().unwrap();
        let before = Account::load(tx.on(), self.ids[whom]).await.unwrap().unwrap();
        let mut after = before.clone();
        change(&mut after);
        let right = Right::of(&actor).unwrap_or(Right::Preferences);
        let wrong = save(tx.on(), &Clock::fixed(1), &actor, right, &before, &after).await.unwrap();
        let stored = Account::load(tx.on(), self.ids[whom]).await.unwrap().unwrap();
        assert_eq!(stored, if wrong.is_empty() { after } else { before }, "{}", self.test);
        wrong.into_iter().map(|wrong| format!("{}: {}", wrong.field, wrong.problem)).collect()
    }
}

const SETTINGS: usize = 0;
const MCP_ADMIN: usize = 1;
const BOTH: usize = 2;
const SALLY: usize = 3;

fn give(id: i64) -> impl Fn(&mut Account) {
    move |account| {
        account.groups.insert(id);
    }
}

fn take(id: i64) -> impl Fn(&mut Account) {
    move |account| {
        account.groups.remove(&id);
    }
}

#[tokio::test]
async fn groups_are_given_by_those_who_may() {
    let none: Vec<String> = Vec::new();
    for people in people().await {
        let name = &people.test;
        for mcp in [1, 2] {
            assert_eq!(people.attempt(SETTINGS, SALLY, give(mcp)).await, none, "{name}: to others");
            assert_eq!(people.attempt(MCP_ADMIN, SALLY, give(mcp)).await, none, "{name}");
            let own = people.attempt(SETTINGS, SETTINGS, give(mcp)).await;
            assert!(own[0].starts_with("groups: You can't give yourself MCP"), "{name}: {own:?}");
        }
        assert_eq!(people.attempt(SETTINGS, SALLY, give(3)).await, none, "{name}");
        let round = people.attempt(MCP_ADMIN, SALLY, give(3)).await;
        assert_eq!(
            round,
            ["groups: Only a Settings / Administrator may give or take Settings / Administrator."],
            "{name}"
        );
        assert_eq!(people.attempt(MCP_ADMIN, MCP_ADMIN, give(3)).await.len(), 2, "{name}");
        assert_eq!(people.attempt(MCP_ADMIN, SALLY, take(4)).await.len(), 1, "{name}");
        assert_eq!(people.attempt(SETTINGS, SETTINGS, give(7)).await.len(), 1, "{name}: nor Purchase");
        assert_eq!(people.attempt(SALLY, SALLY, give(1)).await.len(), 3, "{name}");
        assert_eq!(people.attempt(MCP_ADMIN, MCP_ADMIN, take(2)).await, none, "{name}: to give up is free");
    }
}

#[tokio::test]
async fn an_mcp_administrator_changes_nothing_but_mcp_groups() {
    for people in people().await {
        let changes: [Change; 5] = [
            |a| a.row.name = "Other".to_owned(),
            |a| a.row.login = "other".to_owned(),
            |a| a.row.active = false,
            |a| a.row.tz = "Europe/Berlin".to_owned(),
            |a| {
                a.companies.insert(2);
            },
        ];
        for change in changes {
            let wrong = people.attempt(MCP_ADMIN, SALLY, change).await;
            assert!(wrong[0].contains("Only a Settings / Administrator may change this"), "{wrong:?}");
            assert!(people.attempt(SETTINGS, SALLY, change).await.is_empty(), "{}", people.test);
        }
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    for people in people().await {
        let mut tx = people.test.db.begin().await.unwrap();
        let name = &people.test;
        let archive = |account: &mut Account| account.row.active = false;
        assert!(people.change(&mut tx, SETTINGS, BOTH, archive).await.is_empty(), "{name}: one of two");
        let own = people.change(&mut tx, SETTINGS, SETTINGS, archive).await;
        assert!(
            own[0].contains("can't archive yourself") && own[1].contains("is the last active"),
            "{own:?}"
        );
        let wrong = people.change(&mut tx, SETTINGS, SETTINGS, take(3)).await;
        assert_eq!(
            wrong,
            ["groups: settings is the last active Settings / Administrator; make somebody else one first."],
            "{name}"
        );
        assert!(people.change(&mut tx, SETTINGS, SALLY, give(3)).await.is_empty(), "{name}");
        assert!(people.change(&mut tx, SETTINGS, SETTINGS, take(3)).await.is_empty(), "{name}: not the last");
    }
}

#[tokio::test]
async fn two_administrators_can_t_take_each_others_right_at_once() {
    for people in people().await {
        let race = [(SETTINGS, BOTH), (BOTH, SETTINGS)].map(async |(by, whom)| {
            let mut tx = people.test.db.begin().await.unwrap();
            let wrong = people.change(&mut tx, by, whom, take(3)).await;
            tx.commit().await.unwrap();
            wrong.is_empty()
        });
        let done = futures_util::future::join_all(race).await;
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{}: {done:?}", people.test);
    }
}

#[tokio::test]
async fn what_can_t_be_stored_is_said_beside_its_field() {
    for people in people().await {
        let cases: [(&str, Change); 9] = [
            ("name", |a| a.row.name = " ".to_owned()),
            ("login", |a| a.row.login = "a b".to_owned()),
            ("login: mcp has this login", |a| a.row.login = "mcp".to_owned()),
            ("lang", |a| a.row.lang = "xx_XX".to_owned()),
            ("tz", |a| a.row.tz = "Mars/Base".to_owned()),
            ("companies", |a| {
                a.companies.insert(99);
            }),
            ("company_id", |a| a.row.company_id = Some(2)),
            ("companies: Choose at least one", |a| a.row.company_id = None),
            ("groups", |a| {
                a.groups.insert(99);
            }),
        ];
        for (said, change) in cases {
            let wrong = people.attempt(SETTINGS, SALLY, change).await;
            assert!(wrong.len() == 1 && wrong[0].starts_with(said), "{}: {said}: {wrong:?}", people.test);
        }
    }
}

#[tokio::test]
async fn a_user_is_made_by_a_settings_administrator() {
    for people in people().await {
        let mut tx = people.test.db.begin().await.unwrap();
        let mut new = Account::blank();
        new.row.login = "anna".to_owned();
        new.row.name = "Anna Berg".to_owned();
        new.row.tz = "Europe/Berlin".to_owned();
        new.row.company_id = Some(2);
        (new.companies, new.groups) = (BTreeSet::from([2]), BTreeSet::from([2, 5]));
        let clock = Clock::fixed(1);
        let mcp = user::by_id(tx.on(), people.ids[MCP_ADMIN]).await.unwrap().unwrap();
        assert!(create(tx.on(), &clock, &mcp, &new, None).await.unwrap().is_err(), "{}", people.test);
        let admin = user::by_id(tx.on(), people.ids[SETTINGS]).await.unwrap().unwrap();
        let id = create(tx.on(), &clock, &admin, &new, Some("$hash")).await.unwrap().unwrap();
        new.row.id = id;
        assert_eq!(Account::load(tx.on(), id).await.unwrap().unwrap(), new, "{}", people.test);
        new.row.id = 0;
        let taken = create(tx.on(), &clock, &admin, &new, None).await.unwrap().unwrap_err();
        assert_eq!(taken[0].field, "login", "{}", people.test);
    }
}

#[test]
fn what_changed_is_said_with_names() {
    let before = Account::blank();
    let mut after = before.clone();
    after.groups.insert(2);
    let changes = before.changes(&after);
    assert_eq!(Value::Object(changes), json!({"groups": {"from": [], "to": ["MCP Administrator"]}}));
    assert_eq!(with_implied(&after.groups), BTreeSet::from([1, 2]));
}
