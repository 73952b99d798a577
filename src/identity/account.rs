//! A user's account as the Users screen and My Preferences change it, and who may change what of it.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::connection;
use super::group::{self, GROUPS, Group};
use super::principal::User;
use super::{IdentityError, user};
use crate::clock::Clock;
use crate::store::users::{self as rows, UserRow};
use crate::store::{self, On, accounts, control, oauth_grants};

/// Languages that can be chosen: code and name.
pub const LANGUAGES: [(&str, &str); 4] =
    [("en_US", "English (US)"), ("en_GB", "English (UK)"), ("de_DE", "German"), ("fr_FR", "French")];
/// Application of the MCP groups.
pub const MCP: &str = "MCP";

/// All that the screens change of a user but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Login, name, language, time zone, default company, active.
    pub row: UserRow,
    /// Companies the user may work in.
    pub companies: BTreeSet<i64>,
    /// Groups that were given, without implied ones.
    pub groups: BTreeSet<i64>,
}

/// What somebody may change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Everything: Settings / Administrator.
    Everything,
    /// The MCP groups: MCP Administrator.
    McpGroups,
    /// Name, language and time zone: everybody, of their own.
    Preferences,
}

/// What is wrong with a field, in the screen's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// `name`, `login`, `lang`, `tz`, `companies`, `company_id`, `groups` or `active`.
    pub field: &'static str,
    /// One sentence.
    pub problem: String,
}

impl Right {
    /// What a person may change of anybody's account; `None` if nothing.
    pub fn of(actor: &User) -> Option<Self> {
        if actor.has_group(group::SETTINGS_ADMINISTRATOR) {
            Some(Self::Everything)
        } else if actor.has_group(group::MCP_ADMINISTRATOR) {
            Some(Self::McpGroups)
        } else {
            None
        }
    }

    /// Whether groups of this application may be given and taken.
    pub fn covers(self, application: &str) -> bool {
        self == Self::Everything || self == Self::McpGroups && application == MCP
    }
}

impl Account {
    /// The account of that id.
    pub async fn load(mut on: On<'_>, id: i64) -> Result<Option<Self>, IdentityError> {
        let Some(row) = rows::by_id(on.on(), id).await? else { return Ok(None) };
        let companies = accounts::company_ids_of(on.on(), id).await?.into_iter().collect();
        let groups = store::groups::given_to(on, id).await?.into_iter().collect();
        Ok(Some(Self { row, companies, groups }))
    }

    /// An account that is not there yet.
    pub fn blank() -> Self {
        let row = UserRow {
            id: 0,
            login: String::new(),
            name: String::new(),
            company_id: None,
            lang: "en_US".to_owned(),
            tz: "UTC".to_owned(),
            active: true,
        };
        Self { row, companies: BTreeSet::new(), groups: BTreeSet::new() }
    }

    /// Everything in it, as JSON: for the log, and for the fingerprint of what was shown.
    pub fn facts(&self) -> Map<String, Value> {
        let row = &self.row;
        let facts = json!({
            "name": row.name, "login": row.login, "lang": row.lang, "tz": row.tz, "active": row.active,
            "company_id": row.company_id, "companies": self.companies, "groups": names(&self.groups),
        });
        if let Value::Object(facts) = facts { facts } else { Map::new() }
    }

    /// Whether the user is active and in an MCP group.
    fn may_use_mcp(&self) -> bool {
        self.row.active && with_implied(&self.groups).contains(&group::MCP_ID)
    }

    /// What is different in `after`, each with what it was and what it becomes.
    pub fn changes(&self, after: &Self) -> Map<String, Value> {
        let to = after.facts();
        self.facts()
            .into_iter()
            .filter_map(|(name, from)| {
                let to = to.get(&name)?;
                (from != *to).then(|| (name, json!({"from": from, "to": to})))
            })
            .collect()
    }
}

/// Saves an account in place of what it was, if `actor` may do that; otherwise says what is wrong and changes nothing.
/// The caller commits.
pub async fn save(
    mut on: On<'_>,
    clock: &Clock,
    actor: &User,
    right: Right,
    before: &Account,
    after: &Account,
) -> Result<Vec<Wrong>, IdentityError> {
    // First, so that two who take each other's rights wait for each other.
    control::bump(on.on()).await?;
    let mut wrong = check(on.on(), before, after).await?;
    wrong.extend(overreach(actor, right, before, after));
    wrong.extend(last_administrator(on.on(), before, after).await?);
    if wrong.is_empty() {
        accounts::update(on.on(), &after.row).await?;
        write_links(on.on(), before, after).await?;
        if before.may_use_mcp() && !after.may_use_mcp() {
            // What was approved then is not alive again when the right is given back.
            let why = "its user may no longer use MCP";
            let alive = oauth_grants::alive_of_user(on.on(), before.row.id).await?;
            connection::revoke_all(on, clock, &alive, why).await?;
        }
    }
    Ok(wrong)
}

/// Adds a user, if `actor` may do that, and answers the id; or what is wrong. The caller commits.
pub async fn create(
    mut on: On<'_>,
    clock: &Clock,
    actor: &User,
    new: &Account,
    password_hash: Option<&str>,
) -> Result<Result<i64, Vec<Wrong>>, IdentityError> {
    control::bump(on.on()).await?;
    let (blank, row) = (Account::blank(), &new.row);
    let mut wrong = check(on.on(), &blank, new).await?;
    if Right::of(actor) != Some(Right::Everything) {
        wrong.push(Wrong::new("login", "Only a Settings / Administrator adds users."));
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let user = user::NewUser { id: None, login: &row.login, name: &row.name, groups: &[], password_hash };
    let id = user::add(on.on(), clock, &user).await?;
    let made = Account::load(on.on(), id).await?.unwrap_or(blank);
    let new = Account { row: UserRow { id, ..row.clone() }, ..new.clone() };
    accounts::update(on.on(), &new.row).await?;
    write_links(on, &made, &new).await?;
    Ok(Ok(id))
}

async fn write_links(mut on: On<'_>, before: &Account, after: &Account) -> Result<(), IdentityError> {
    let id = after.row.id;
    for group in before.groups.difference(&after.groups) {
        store::groups::leave(on.on(), id, *group).await?;
    }
    for group in after.groups.difference(&before.groups) {
        store::groups::join(on.on(), id, *group).await?;
    }
    for company in before.companies.difference(&after.companies) {
        accounts::forbid_company(on.on(), id, *company).await?;
    }
    for company in after.companies.difference(&before.companies) {
        rows::allow_company(on.on(), id, *company).await?;
    }
    Ok(())
}

impl Wrong {
    fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// What nobody may store.
async fn check(mut on: On<'_>, before: &Account, after: &Account) -> Result<Vec<Wrong>, IdentityError> {
    let row = &after.row;
    let mut wrong = Vec::new();
    let sample = user::NewUser { id: None, login: "x", name: "x", groups: &[], password_hash: None };
    for (field, typed) in [
        ("name", user::NewUser { name: &row.name, ..sample.clone() }),
        ("login", user::NewUser { login: &row.login, ..sample.clone() }),
    ] {
        if let Err(complaint) = user::check(&typed) {
            wrong.push(Wrong::new(field, format!("{}.", capital(&complaint.problem))));
        }
    }
    if let Some(taken) = rows::by_login(on.on(), &row.login).await?
        && taken.id != row.id
    {
        wrong.push(Wrong::new("login", format!("{} has this login already.", taken.name)));
    }
    if row.lang != before.row.lang && !LANGUAGES.iter().any(|(code, _)| *code == row.lang) {
        wrong.push(Wrong::new("lang", "Choose one of the languages."));
    }
    if row.tz.parse::<Tz>().is_err() {
        wrong.push(Wrong::new("tz", "Choose one of the time zones, for example Europe/Berlin."));
    }
    let there: BTreeSet<i64> = accounts::companies(on).await?.into_iter().map(|c| c.id).collect();
    if !after.companies.is_subset(&there) {
        wrong.push(Wrong::new("companies", "Choose among the companies that there are."));
    } else if row.company_id.is_some_and(|company| !after.companies.contains(&company)) {
        wrong.push(Wrong::new("company_id", "The default company is one of the user's companies."));
    } else if row.company_id.is_none() && !there.is_empty() {
        wrong.push(Wrong::new("companies", "Choose at least one company, and the one to begin with."));
    }
    if after.groups.difference(&before.groups).any(|id| known(*id).is_none()) {
        wrong.push(Wrong::new("groups", "Choose among the groups that there are."));
    }
    Ok(wrong)
}

/// What `actor` may not change.
fn overreach(actor: &User, right: Right, before: &Account, after: &Account) -> Vec<Wrong> {
    let own = actor.id == before.row.id;
    let mut wrong = Vec::new();
    for name in before.changes(after).keys() {
        let allowed = match right {
            Right::Everything => true,
            Right::McpGroups => name == "groups",
            Right::Preferences => own && matches!(name.as_str(), "name" | "lang" | "tz"),
        };
        if !allowed {
            let field = FIELDS.into_iter().find(|field| field == name).unwrap_or("name");
            wrong.push(Wrong::new(field, "Only a Settings / Administrator may change this."));
        }
    }
    let (had, has) = (with_implied(&before.groups), with_implied(&after.groups));
    let foreign =
        had.symmetric_difference(&has).filter_map(|id| known(*id)).find(|g| !right.covers(g.category));
    if let Some(group) = foreign {
        let problem = format!("Only a Settings / Administrator may give or take {}.", group.name);
        wrong.push(Wrong::new("groups", problem));
    }
    if let Some(gained) = has.difference(&had).filter_map(|id| known(*id)).find(|_| own) {
        let problem = format!("You can't give yourself {}; ask somebody who may give it.", gained.name);
        wrong.push(Wrong::new("groups", problem));
    }
    if own && before.row.id != 0 && !after.companies.is_subset(&before.companies) {
        let problem = "You can't give yourself a company; ask another Settings / Administrator.";
        wrong.push(Wrong::new("companies", problem));
    }
    if own && before.row.active && !after.row.active {
        wrong.push(Wrong::new("active", "You can't archive yourself; ask another administrator."));
    }
    wrong
}

const FIELDS: [&str; 8] = ["name", "login", "lang", "tz", "active", "company_id", "companies", "groups"];

/// Whether nobody would be left who manages users.
async fn last_administrator(
    on: On<'_>,
    before: &Account,
    after: &Account,
) -> Result<Option<Wrong>, IdentityError> {
    let manages =
        |account: &Account| account.row.active && with_implied(&account.groups).contains(&group::SETTINGS_ID);
    if !manages(before) || manages(after) {
        return Ok(None);
    }
    let others = store::groups::active_members(on, group::SETTINGS_ADMINISTRATOR).await?;
    if others.iter().any(|(id, _)| *id != before.row.id) {
        return Ok(None);
    }
    let field = if after.row.active { "groups" } else { "active" };
    let problem = format!(
        "{} is the last active Settings / Administrator; make somebody else one first.",
        before.row.name
    );
    Ok(Some(Wrong::new(field, problem)))
}

/// The group of that id, of the groups that the product knows.
pub fn known(id: i64) -> Option<Group> {
    GROUPS.into_iter().find(|group| group.id == id)
}

/// The groups with all that they imply.
pub fn with_implied(groups: &BTreeSet<i64>) -> BTreeSet<i64> {
    let mut all = groups.clone();
    let mut next: Vec<i64> = groups.iter().copied().collect();
    while let Some(id) = next.pop() {
        next.extend(known(id).and_then(|group| group.implies).filter(|implied| all.insert(*implied)));
    }
    all
}

fn names(groups: &BTreeSet<i64>) -> Vec<String> {
    groups.iter().map(|id| known(*id).map_or_else(|| id.to_string(), |group| group.name.to_owned())).collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
