//! Settings > Users & Companies > Groups and Companies: lists to be read.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::pages::settings::companies::{Companies, CompanyLine};
use app::pages::settings::groups::{GroupLine, Groups};
use app::refusal::Refusal;
use async_trait::async_trait;

use super::Shared;
use super::error::Problem;
use super::visitor::Visitor;
use crate::identity::account::{known, with_implied};
use crate::identity::group::GROUPS;
use crate::store::{accounts, groups, users};

/// What the screens show.
pub struct Desk(Shared);

impl Desk {
    /// For this visitor.
    pub fn of(visitor: &Visitor) -> Self {
        Self(Arc::clone(&visitor.console))
    }

    async fn groups(&self) -> Result<Vec<GroupLine>, Problem> {
        let mut conn = self.0.state.db.read().await?;
        let active: Vec<i64> =
            users::all(conn.on()).await?.into_iter().filter(|user| user.active).map(|user| user.id).collect();
        let mut given: BTreeMap<i64, std::collections::BTreeSet<i64>> = BTreeMap::new();
        for (user, group) in groups::given(conn.on()).await? {
            given.entry(user).or_default().insert(group);
        }
        let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
        for id in active.iter().filter_map(|user| given.get(user)).flat_map(with_implied) {
            *counts.entry(id).or_default() += 1;
        }
        let lines = GROUPS.iter().map(|group| GroupLine {
            id: group.id,
            application: group.category.to_owned(),
            name: group.name.to_owned(),
            about: group.about.to_owned(),
            implies: group
                .implies
                .and_then(known)
                .map(|implied| implied.name.to_owned())
                .into_iter()
                .collect(),
            users: counts.get(&group.id).copied().unwrap_or_default(),
        });
        Ok(lines.collect())
    }

    async fn companies(&self) -> Result<Vec<CompanyLine>, Problem> {
        let rows = accounts::companies(self.0.state.db.read().await?.on()).await?;
        let lines = rows.into_iter().map(|row| CompanyLine {
            name: row.name,
            currency: row.currency,
            users: row.users,
            active: row.active,
        });
        Ok(lines.collect())
    }
}

#[async_trait]
impl Groups for Desk {
    async fn list(&self) -> Result<Vec<GroupLine>, Refusal> {
        Ok(self.groups().await?)
    }
}

#[async_trait]
impl Companies for Desk {
    async fn list(&self) -> Result<Vec<CompanyLine>, Refusal> {
        Ok(self.companies().await?)
    }
}
