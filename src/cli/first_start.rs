//! What an empty database is filled with, in one transaction: a start that dies midway leaves it empty.

use serde_json::json;

use super::error::CliError;
use crate::audit::{self, Act, Actor};
use crate::clock::Clock;
use crate::config::Demo;
use crate::erp::embedded::demo::{self, DemoSize};
use crate::identity::{Secret, group, key, password, random_password, user};
use crate::model::Operation;
use crate::policy::{OperationSet, Rule, Scope};
use crate::settings::{self, Module, Modules, SUBJECTS, Settings, set_rule};
use crate::store::users::{allow_company, company_ids};
use crate::store::{Tx, control};

/// The demo company is the same wherever it is made.
const SEED: u64 = 20_260_728;

/// What the first start made that is shown only once.
pub struct Welcome {
    /// What the database was filled with.
    pub demo: Demo,
    /// Logins and their passwords.
    pub passwords: Vec<(&'static str, String)>,
    /// A Read Only key of `demo`.
    pub key: Option<Secret>,
}

/// A user of the demo company.
struct Person {
    id: i64,
    login: &'static str,
    name: &'static str,
    groups: &'static [&'static str],
    /// Works in every company, not in the first alone.
    everywhere: bool,
}

const ADMIN: Person = Person {
    id: 1,
    login: "admin",
    name: "Administrator",
    groups: &[
        group::MCP_ADMINISTRATOR,
        group::SETTINGS_ADMINISTRATOR,
        group::SALES_ADMINISTRATOR,
        group::POINT_OF_SALE,
        group::PURCHASE,
        group::INVENTORY,
        group::ACCOUNTING,
        group::CONTACTS,
    ],
    everywhere: true,
};

const OTHERS: [Person; 3] = [
    Person {
        id: 2,
        login: "demo",
        name: "Demo User",
        groups: &[
            group::MCP_USER,
            group::SALES_ADMINISTRATOR,
            group::POINT_OF_SALE,
            group::PURCHASE,
            group::INVENTORY,
            group::ACCOUNTING,
        ],
        everywhere: true,
    },
    Person {
        id: 3,
        login: "sales",
        name: "Sales User",
        groups: &[group::MCP_USER, group::SALES_OWN_DOCUMENTS],
        everywhere: false,
    },
    Person {
        id: 4,
        login: "nomcp",
        name: "User without MCP",
        groups: &[group::SALES_ADMINISTRATOR],
        everywhere: false,
    },
];

/// Fills an empty database; `None` if that was done before. The caller commits.
pub async fn fill(tx: &mut Tx, clock: &Clock, demo: Demo) -> Result<Option<Welcome>, CliError> {
    if control::demo(tx.on()).await?.is_some() {
        return Ok(None);
    }
    group::seed(tx.on()).await?;
    let mut welcome = Welcome { demo, passwords: Vec::new(), key: None };
    match demo {
        Demo::Small => ready_company(tx, clock, DemoSize::Small, &mut welcome).await?,
        Demo::Large => ready_company(tx, clock, DemoSize::Large, &mut welcome).await?,
        Demo::Fresh => company(tx, clock, DemoSize::Small, &[ADMIN], &mut welcome).await?,
        Demo::None => {
            demo::bare_company(tx).await?;
            install(tx, clock).await?;
        }
    }
    let actor = Actor { user_id: None, login: "first start".to_owned() };
    let detail = json!({"demo": demo.name()});
    let act = Act { actor: &actor, method: "database.fill", target: demo.name().to_owned(), detail };
    audit::act(tx.on(), clock, &act).await?;
    control::finish_first_start(tx.on(), demo.name(), clock.millis()).await?;
    Ok(Some(welcome))
}

/// Users and three years of trade.
async fn company(
    tx: &mut Tx,
    clock: &Clock,
    size: DemoSize,
    people: &[Person],
    welcome: &mut Welcome,
) -> Result<(), CliError> {
    demo::companies(tx.on()).await?;
    for person in people {
        let password = random_password().map_err(crate::identity::IdentityError::from)?;
        let password_hash = password::hash(person.login, password.clone()).await?;
        let new = user::NewUser {
            id: Some(person.id),
            login: person.login,
            name: person.name,
            groups: person.groups,
            password_hash: Some(&password_hash),
        };
        user::add(tx.on(), clock, &new).await?;
        if person.everywhere {
            for company in company_ids(tx.on()).await? {
                allow_company(tx.on(), person.id, company).await?;
            }
        }
        welcome.passwords.push((person.login, password));
    }
    Ok(demo::fill(tx, clock.utc(), size, SEED).await?)
}

/// The company with MCP installed, enabled and exposed, and a key to begin with.
async fn ready_company(
    tx: &mut Tx,
    clock: &Clock,
    size: DemoSize,
    welcome: &mut Welcome,
) -> Result<(), CliError> {
    let [demo, ..] = OTHERS;
    let people: Vec<Person> = [ADMIN].into_iter().chain(OTHERS).collect();
    company(tx, clock, size, &people, welcome).await?;
    install(tx, clock).await?;
    settings::set(tx.on(), &Settings::default().change("mcp_enabled", "true")?).await?;
    for (_, model) in SUBJECTS {
        let rule = Rule { allowed: OperationSet::NONE.with(Operation::Read), ..Rule::new(model) };
        set_rule(tx.on(), &rule, clock.millis()).await?;
    }
    let new = key::NewKey {
        user_id: demo.id,
        name: "First key",
        scope: Scope::Read,
        rate_limit: None,
        expires_in_days: None,
        created_by: None,
    };
    welcome.key = Some(key::generate(tx.on(), clock, &new).await?.secret);
    Ok(())
}

async fn install(tx: &mut Tx, clock: &Clock) -> Result<(), CliError> {
    for module in Module::ALL {
        Modules::install(tx.on(), module, clock.millis()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::User;
    use crate::policy::Ruleset;
    use crate::settings::load_rules;
    use crate::store::On;
    use crate::store::testing::databases;
    use crate::store::users::password_hash;

    const NOW: i64 = 1_795_383_600_000;

    async fn logins(on: On<'_>) -> Vec<User> {
        user::list(on).await.unwrap().into_iter().filter(|u| u.id < 10).collect()
    }

    fn exposed(rules: &Ruleset) -> Vec<&str> {
        rules.models_allowing(Operation::Read).collect()
    }

    #[tokio::test]
    async fn small_is_ready_to_be_asked() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let welcome = fill(&mut tx, &Clock::fixed(NOW), Demo::Small).await.unwrap().unwrap();
            let users = logins(tx.on()).await;
            let known: Vec<(i64, &str)> = users.iter().map(|u| (u.id, u.login.as_str())).collect();
            assert_eq!(known, [(1, "admin"), (2, "demo"), (3, "sales"), (4, "nomcp")], "{test}");
            assert_eq!(*users[0].groups, {
                let mut all = group::GROUPS.map(|g| g.name);
                all.sort_unstable();
                all
            });
            assert!(!users[3].has_group(group::MCP_USER) && users[2].has_group(group::MCP_USER));
            assert_eq!(users.iter().map(|u| u.companies.len()).collect::<Vec<_>>(), [2, 2, 1, 1], "{test}");
            let mut models = SUBJECTS.map(|(_, model)| model);
            models.sort_unstable();
            let rules = load_rules(tx.on()).await.unwrap();
            assert_eq!(exposed(&rules), models, "{test}");
            assert!(
                rules.iter().all(|r| r.allowed == OperationSet::NONE.with(Operation::Read)),
                "read alone"
            );
            assert!(Settings::load(tx.on()).await.unwrap().mcp_enabled, "{test}");
            let modules = Modules::load(tx.on()).await.unwrap();
            assert!(Module::ALL.into_iter().all(|m| modules.has(m)), "{test}");
            let keys = key::list(tx.on(), 2).await.unwrap();
            assert_eq!((keys.len(), keys[0].scope.as_str()), (1, "read"), "{test}");
            assert_eq!(keys[0].hash, welcome.key.unwrap().digest().hex(), "{test}");
            for (login, password) in welcome.passwords {
                let hash = password_hash(tx.on(), login).await.unwrap();
                assert!(password::verify(hash, password).await, "{test}: {login}");
            }
        }
    }

    #[tokio::test]
    async fn fresh_is_where_the_guide_begins() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let welcome = fill(&mut tx, &Clock::fixed(NOW), Demo::Fresh).await.unwrap().unwrap();
            let logins: Vec<String> = logins(tx.on()).await.into_iter().map(|u| u.login).collect();
            assert_eq!(logins, ["admin"], "{test}");
            assert!(welcome.key.is_none() && welcome.passwords.len() == 1);
            assert_eq!(Modules::load(tx.on()).await.unwrap(), Modules::default(), "{test}");
            assert!(exposed(&load_rules(tx.on()).await.unwrap()).is_empty(), "{test}");
            assert!(!Settings::load(tx.on()).await.unwrap().mcp_enabled, "{test}");
        }
    }

    #[tokio::test]
    async fn none_has_modules_groups_and_a_company_for_the_first_user() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            let welcome = fill(&mut tx, &Clock::fixed(NOW), Demo::None).await.unwrap().unwrap();
            assert!(!welcome.has_secrets());
            assert!(user::list(tx.on()).await.unwrap().is_empty(), "{test}");
            assert!(Modules::load(tx.on()).await.unwrap().has(Module::McpServerOauth), "{test}");
            assert!(!Settings::load(tx.on()).await.unwrap().mcp_enabled, "{test}");
            let new = user::NewUser {
                id: None,
                login: "anna",
                name: "Anna Berg",
                groups: &[group::MCP_ADMINISTRATOR],
                password_hash: None,
            };
            let id = user::add(tx.on(), &Clock::fixed(NOW), &new).await.unwrap();
            let anna = user::by_id(tx.on(), id).await.unwrap().unwrap();
            let companies: Vec<(&str, &str)> =
                anna.companies.iter().map(|c| (c.name.as_str(), c.currency.as_str())).collect();
            assert_eq!(companies, [("My Company", "EUR")], "{test}");
        }
    }

    #[tokio::test]
    async fn a_later_start_keeps_everything_and_a_broken_one_begins_again() {
        for test in databases().await {
            let clock = Clock::fixed(NOW);
            let mut tx = test.db.begin().await.unwrap();
            fill(&mut tx, &clock, Demo::None).await.unwrap().unwrap();
            tx.rollback().await.unwrap();
            for again in [false, true] {
                let mut tx = test.db.begin().await.unwrap();
                let welcome =
                    fill(&mut tx, &clock, if again { Demo::Small } else { Demo::None }).await.unwrap();
                assert_eq!(welcome.is_none(), again, "{test}");
                tx.commit().await.unwrap();
            }
            let mut conn = test.db.read().await.unwrap();
            assert_eq!(control::demo(conn.on()).await.unwrap().as_deref(), Some("none"), "{test}");
            assert!(user::list(conn.on()).await.unwrap().is_empty(), "{test}");
        }
    }
}
