//! Settings > Users & Companies > Users: what the screens show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::pages::settings::users::mcp_tab::McpAccess;
use app::pages::settings::users::{Application, Mcp, UserForm, UserLine, UserList, Users, UsersAsk};
use app::refusal::Refusal;
use async_trait::async_trait;

use super::Shared;
use super::error::Problem;
use super::keys;
use super::seen::fingerprint;
use super::visitor::Visitor;
use crate::identity::account::{Account, LANGUAGES, Right, known, with_implied};
use crate::identity::group::{self, GROUPS, MCP_ID};
use crate::identity::{IdentityError, User};
use crate::store::users::UserRow;
use crate::store::{self, accounts, web_sessions};

const PAGE: usize = 80;

/// What the screens show to one visitor.
pub struct Desk {
    console: Shared,
    reader: Arc<User>,
}

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self { console: Arc::clone(&visitor.console), reader: Arc::clone(&visitor.user) }
    }

    async fn search(&self, ask: &UsersAsk) -> Result<UserList, Problem> {
        let state = &self.console.state;
        let mut conn = state.db.read().await?;
        let rows = store::users::all(conn.on()).await?;
        let mut given: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for (user, group) in store::groups::given(conn.on()).await? {
            given.entry(user).or_default().insert(group);
        }
        let logins: BTreeMap<i64, i64> = accounts::logins(conn.on()).await?.into_iter().collect();
        let now = state.clock.millis();
        let keys: BTreeMap<i64, _> =
            store::keys::standings(conn.on(), now).await?.into_iter().map(|k| (k.user_id, k)).collect();
        drop(conn);
        let sought = ask.search.to_lowercase();
        let group: Option<i64> = ask.group.parse().ok();
        let line = |row: UserRow| {
            let groups = given.get(&row.id).cloned().unwrap_or_default();
            let (held, key) = (with_implied(&groups), keys.get(&row.id));
            let mcp = match key {
                _ if !held.contains(&MCP_ID) => Mcp::NoGroup,
                Some(key) if key.active > 0 => Mcp::Ready,
                _ => Mcp::NoKey,
            };
            let seen_at = logins.get(&row.id).copied().max(key.and_then(|key| key.last_used_at));
            let fits = group.is_none_or(|group| held.contains(&group));
            let groups = groups.into_iter().filter_map(known).map(|g| g.name.to_owned()).collect();
            let UserRow { id, name, login, active, .. } = row;
            (fits, UserLine { id, name, login, groups, mcp, seen_at, active })
        };
        let mut lines: Vec<(String, UserLine)> = rows
            .into_iter()
            .filter(|row| is_shown(row.active, &ask.show))
            .filter(|row| [&row.name, &row.login].iter().any(|text| text.to_lowercase().contains(&sought)))
            .map(line)
            .filter(|(fits, line)| *fits && is_asked(line.mcp, &ask.mcp))
            .map(|(_, line)| (line.name.to_lowercase(), line))
            .collect();
        lines.sort_by(|(a, x), (b, y)| (a, x.id).cmp(&(b, y.id)));
        let total = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let offset = usize::try_from(ask.offset).unwrap_or(usize::MAX);
        Ok(UserList {
            lines: lines.into_iter().skip(offset).take(PAGE).map(|(_, line)| line).collect(),
            total,
            size: u64::try_from(PAGE).unwrap_or(u64::MAX),
            groups: GROUPS.iter().map(|g| (g.id.to_string(), g.name.to_owned())).collect(),
            may_add: Right::of(&self.reader) == Some(Right::Everything),
            mcp: self.console.modules().mcp_server,
        })
    }

    async fn fill(&self, id: &str) -> Result<UserForm, Problem> {
        let state = &self.console.state;
        let right = Right::of(&self.reader).unwrap_or(Right::Preferences);
        let mut conn = state.db.read().await?;
        let account = if id == "new" {
            if right != Right::Everything {
                let who = store::groups::members(conn.on(), group::SETTINGS_ADMINISTRATOR).await?;
                return Err(Refusal::Forbidden { group: group::SETTINGS_ADMINISTRATOR, who }.into());
            }
            let companies = store::users::company_ids(conn.on()).await?;
            let mut blank = Account::blank();
            blank.row.company_id = companies.first().copied();
            blank.companies = companies.into_iter().take(1).collect();
            blank
        } else {
            account(Account::load(conn.on(), number(id)?).await)?
        };
        let row = &account.row;
        let now = state.clock.millis();
        let standing = store::keys::standings(conn.on(), now).await?;
        let logins = accounts::logins(conn.on()).await?;
        let companies = accounts::companies(conn.on()).await?;
        Ok(UserForm {
            id: row.id,
            seen: if row.id == 0 { String::new() } else { fingerprint(&account.facts()) },
            langs: languages(&row.lang),
            zones: zones(&row.tz),
            companies: companies
                .into_iter()
                .filter(|c| c.active || account.companies.contains(&c.id))
                .map(|c| (c.id.to_string(), c.name))
                .collect(),
            own_companies: account.companies.iter().map(ToString::to_string).collect(),
            company: row.company_id.map(|id| id.to_string()).unwrap_or_default(),
            applications: applications(&account.groups, right, self.console.modules().mcp_server),
            may_edit: right == Right::Everything,
            own: row.id == self.reader.id,
            has_password: accounts::password_of(conn.on(), row.id).await?.is_some(),
            sessions: web_sessions::count_of_user(conn.on(), row.id, now).await?,
            keys: standing.iter().find(|key| key.user_id == row.id).map_or(0, |key| key.active),
            login_at: logins.iter().find(|(id, _)| *id == row.id).map(|(_, at)| *at),
            mcp: self.console.modules().mcp_server,
            name: account.row.name,
            login: account.row.login,
            lang: account.row.lang,
            tz: account.row.tz,
            active: account.row.active,
        })
    }

    async fn stands(&self, id: &str) -> Result<McpAccess, Problem> {
        let may = self.reader.has_group(group::MCP_ADMINISTRATOR);
        keys::access(&self.console, number(id)?, may, &format!("/settings/users/{id}")).await
    }
}

#[async_trait]
impl Users for Desk {
    async fn list(&self, ask: UsersAsk) -> Result<UserList, Refusal> {
        Ok(self.search(&ask).await?)
    }

    async fn form(&self, id: String) -> Result<UserForm, Refusal> {
        Ok(self.fill(&id).await?)
    }

    async fn access(&self, id: String) -> Result<McpAccess, Refusal> {
        Ok(self.stands(&id).await?)
    }
}

fn is_shown(active: bool, show: &str) -> bool {
    match show {
        "all" => true,
        "archived" => !active,
        _ => active,
    }
}

fn is_asked(mcp: Mcp, asked: &str) -> bool {
    match asked {
        "no_group" => mcp == Mcp::NoGroup,
        "no_key" => mcp == Mcp::NoKey,
        "ready" => mcp == Mcp::Ready,
        _ => true,
    }
}

/// The id in an address.
pub fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| nobody())
}

/// The account that was looked for, or that there is none.
pub fn account(found: Result<Option<Account>, IdentityError>) -> Result<Account, Problem> {
    found?.ok_or_else(nobody)
}

/// That there is no such user.
pub fn nobody() -> Problem {
    Refusal::NotFound("user".to_owned()).into()
}

/// A complaint as a sentence beside its field.
pub fn sentence(problem: &str) -> String {
    let mut chars = problem.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// Languages to choose from, the present one too.
pub fn languages(present: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        LANGUAGES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect();
    if !all.iter().any(|(code, _)| code == present) {
        all.push((present.to_owned(), present.to_owned()));
    }
    all
}

/// Time zones to choose from, the present one too.
pub fn zones(present: &str) -> Vec<String> {
    let mut zones: Vec<String> = std::iter::once("UTC")
        .chain(chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| is_a_place(name)))
        .map(str::to_owned)
        .collect();
    if !zones.iter().any(|zone| zone == present) {
        zones.push(present.to_owned());
    }
    zones
}

/// Neither an offset nor an old name of a country.
fn is_a_place(zone: &str) -> bool {
    const OLD: [&str; 8] = ["Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "posix/"];
    zone.contains('/') && !OLD.iter().any(|old| zone.starts_with(old))
}

/// Name of the field of an application's group.
pub fn field(application: &str) -> String {
    format!("group.{}", application.to_lowercase().replace(' ', "_"))
}

/// The applications, in the order of their groups.
pub fn application_names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for group in GROUPS {
        if !names.contains(&group.category) {
            names.push(group.category);
        }
    }
    names
}

fn applications(given: &BTreeSet<i64>, right: Right, mcp: bool) -> Vec<Application> {
    application_names()
        .into_iter()
        .filter(|name| mcp || *name != crate::identity::account::MCP)
        .map(|name| {
            let groups: Vec<_> = GROUPS.iter().filter(|group| group.category == name).collect();
            let short = |full: &str| full.strip_prefix(&format!("{name} / ")).unwrap_or(full).to_owned();
            Application {
                label: name.to_owned(),
                field: field(name),
                // The later of two implies the earlier.
                chosen: groups
                    .iter()
                    .rev()
                    .find(|group| given.contains(&group.id))
                    .map(|group| group.id.to_string())
                    .unwrap_or_default(),
                groups: groups
                    .iter()
                    .map(|group| (group.id.to_string(), short(group.name), group.about.to_owned()))
                    .collect(),
                editable: right.covers(name),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_application_has_a_field_and_its_highest_group() {
        let given = BTreeSet::from([1, 2, 4, 7]);
        let all = applications(&given, Right::McpGroups, true);
        let seen: Vec<(&str, &str, bool)> =
            all.iter().map(|a| (a.field.as_str(), a.chosen.as_str(), a.editable)).collect();
        assert_eq!(
            seen[..3],
            [("group.mcp", "2", true), ("group.settings", "", false), ("group.sales", "4", false)]
        );
        assert_eq!(all[2].groups[0].1, "User: Own Documents");
        assert_eq!(all.iter().find(|a| a.field == "group.purchase").unwrap().chosen, "7");
        assert_eq!(all.iter().map(|a| a.groups.len()).sum::<usize>(), GROUPS.len());
        assert!(applications(&given, Right::Everything, false).iter().all(|a| a.label != "MCP"));
    }

    #[test]
    fn zones_are_places() {
        let zones = zones("EST5EDT");
        assert_eq!(zones.first().map(String::as_str), Some("UTC"));
        assert_eq!(zones.last().map(String::as_str), Some("EST5EDT"), "the present one is kept");
        assert!(zones.iter().any(|zone| zone == "Europe/Berlin") && !zones.iter().any(|z| z == "Etc/GMT+5"));
    }
}
