//! The groups there are, with ids that never change, and which implies which.

use super::IdentityError;
use crate::model::Complaint;
use crate::store::groups::GroupRow;
use crate::store::{self, On};

/// May use MCP with a key or connection of their own.
pub const MCP_USER: &str = "MCP User";
/// Manages Settings > MCP Server, policies, connections and logs.
pub const MCP_ADMINISTRATOR: &str = "MCP Administrator";
/// Manages users, groups and modules.
pub const SETTINGS_ADMINISTRATOR: &str = "Settings / Administrator";

/// Id of [`MCP_USER`].
pub const MCP_ID: i64 = 1;
/// Id of [`SETTINGS_ADMINISTRATOR`].
pub const SETTINGS_ID: i64 = 3;

/// Sells; sees own documents only.
pub const SALES_OWN_DOCUMENTS: &str = "Sales / User: Own Documents";
/// Sells; sees everybody's documents.
pub const SALES_ADMINISTRATOR: &str = "Sales / Administrator";
/// Works in a shop.
pub const POINT_OF_SALE: &str = "Point of Sale / User";
/// Buys.
pub const PURCHASE: &str = "Purchase / User";
/// Moves goods.
pub const INVENTORY: &str = "Inventory / User";
/// Keeps the books.
pub const ACCOUNTING: &str = "Accounting / Billing";
/// Makes and changes contacts.
pub const CONTACTS: &str = "Contacts / Creation";

/// One group of the product.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Id in `res.groups`.
    pub id: i64,
    /// Full name.
    pub name: &'static str,
    /// Application it belongs to.
    pub category: &'static str,
    /// Id of the group that comes along.
    pub implies: Option<i64>,
    /// What it gives, in one sentence.
    pub about: &'static str,
}

const fn group(
    id: i64,
    name: &'static str,
    category: &'static str,
    implies: Option<i64>,
    about: &'static str,
) -> Group {
    Group { id, name, category, implies, about }
}

/// Every group, by id.
pub const GROUPS: [Group; 10] = [
    group(MCP_ID, MCP_USER, "MCP", None, "Uses MCP with a key or connection of their own."),
    group(
        2,
        MCP_ADMINISTRATOR,
        "MCP",
        Some(MCP_ID),
        "Manages the MCP Server, policies, keys, clients and logs.",
    ),
    group(SETTINGS_ID, SETTINGS_ADMINISTRATOR, "Settings", None, "Manages users, groups and modules."),
    group(4, SALES_OWN_DOCUMENTS, "Sales", None, "Sells, and sees own documents only."),
    group(5, SALES_ADMINISTRATOR, "Sales", Some(4), "Sells, and sees everybody's documents."),
    group(6, POINT_OF_SALE, "Point of Sale", None, "Works in a shop."),
    group(7, PURCHASE, "Purchase", None, "Buys."),
    group(8, INVENTORY, "Inventory", None, "Moves goods."),
    group(9, ACCOUNTING, "Accounting", None, "Keeps the books."),
    group(10, CONTACTS, "Contacts", None, "Makes and changes contacts."),
];

/// The group of that name, or a complaint with the nearest names.
pub fn named(name: &str) -> Result<Group, Complaint> {
    GROUPS.into_iter().find(|g| g.name == name).ok_or_else(|| {
        let all = GROUPS.map(|g| g.name);
        Complaint::new(format!("there is no group `{name}`; groups are {}", all.join(", ")))
            .near(name, all)
            .example(r#"--group "MCP User""#)
    })
}

/// Writes every group; done at the first start.
pub async fn seed(mut on: On<'_>) -> Result<(), IdentityError> {
    for Group { id, name, category, .. } in GROUPS {
        let row = GroupRow { id, name: name.to_owned(), category: category.to_owned() };
        store::groups::put(on.on(), &row).await?;
    }
    for group in GROUPS {
        if let Some(implied) = group.implies {
            store::groups::imply(on.on(), group.id, implied).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::databases;

    #[tokio::test]
    async fn seeding_twice_changes_nothing() {
        for test in databases().await {
            let mut tx = test.db.begin().await.unwrap();
            seed(tx.on()).await.unwrap();
            seed(tx.on()).await.unwrap();
            let rows = store::groups::all(tx.on()).await.unwrap();
            assert_eq!(rows.len(), GROUPS.len(), "{}", test.name);
            for (row, group) in rows.iter().zip(GROUPS) {
                assert_eq!((row.id, row.name.as_str()), (group.id, group.name), "{}", test.name);
            }
        }
    }

    #[test]
    fn an_unknown_group_is_told_the_nearest() {
        let text = named("mcp user").unwrap_err().to_string();
        assert!(text.contains("Did you mean MCP User"), "{text}");
    }
}
