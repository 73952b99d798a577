//! Access rights: which group may read, create, write and delete records of which model, as in Axanta.
//! A user holds the rights of all their groups together; without a grant nothing is allowed.

use crate::identity::group::{
    ACCOUNTING, CONTACTS, INVENTORY, POINT_OF_SALE, PURCHASE, SALES_ADMINISTRATOR, SALES_OWN_DOCUMENTS,
    SETTINGS_ADMINISTRATOR,
};
use crate::model::{ModelKind, Operation};
use crate::policy::{Gate, Step};

use super::registry;

/// A set of rights.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rights(u8);

const READ: Rights = Rights(1);
const EDIT: Rights = Rights(1 | 2 | 4);
const FULL: Rights = Rights(1 | 2 | 4 | 8);

impl Rights {
    const fn cover(self, operation: Operation) -> bool {
        let needed = match operation {
            Operation::Read | Operation::Export | Operation::Report => 1,
            Operation::Create => 2,
            Operation::Write | Operation::MethodCall => 4,
            Operation::Delete => 8,
        };
        self.0 & needed != 0
    }
}

/// Rights that a group gives; `None` for every user.
struct Grant(Option<&'static str>, Rights, &'static [&'static str]);

const GRANTS: &[Grant] = &[
    Grant(
        None,
        READ,
        &[
            "product.category",
            "product.product",
            "res.company",
            "res.country",
            "res.currency",
            "res.currency.rate",
            "res.partner",
            "res.users",
            "stock.location",
            "stock.warehouse",
        ],
    ),
    Grant(
        Some(SETTINGS_ADMINISTRATOR),
        FULL,
        &["res.company", "res.country", "res.currency", "res.currency.rate"],
    ),
    // Changed in Settings > Users & Companies alone, where nobody grants themselves a right they lack.
    Grant(Some(SETTINGS_ADMINISTRATOR), READ, &["res.groups", "res.users"]),
    Grant(Some(CONTACTS), FULL, &["res.partner"]),
    Grant(Some(SALES_OWN_DOCUMENTS), EDIT, &["crm.lead", "sale.order"]),
    Grant(Some(SALES_OWN_DOCUMENTS), FULL, &["sale.order.line"]),
    Grant(Some(SALES_OWN_DOCUMENTS), READ, &["report.sales.analysis"]),
    Grant(
        Some(SALES_ADMINISTRATOR),
        FULL,
        &["crm.lead", "product.category", "product.product", "sale.order", "sale.order.line"],
    ),
    Grant(Some(SALES_ADMINISTRATOR), READ, &["report.sales.analysis"]),
    Grant(Some(POINT_OF_SALE), EDIT, &["pos.order", "pos.order.line"]),
    Grant(Some(POINT_OF_SALE), READ, &["report.retail.sales.analysis"]),
    Grant(Some(PURCHASE), FULL, &["purchase.order", "purchase.order.line"]),
    Grant(Some(INVENTORY), FULL, &["stock.picking", "stock.movement"]),
    Grant(Some(INVENTORY), READ, &["report.stock.onhand", "stock.quant"]),
    Grant(Some(ACCOUNTING), FULL, &["account.move", "account.move.line"]),
    Grant(Some(ACCOUNTING), READ, &["account.account", "account.journal", "report.account.entries.analysis"]),
];

/// Whether the user's groups give the right to do `operation` on records of `model`; if not, the step that says
/// which groups would, and who can assign them.
pub fn access(groups: &[String], model: &str, operation: Operation) -> Result<(), Step> {
    let giving = || GRANTS.iter().filter(|g| g.1.cover(operation) && g.2.contains(&model));
    if giving().any(|g| g.0.is_none_or(|name| groups.iter().any(|held| held == name))) {
        return Ok(());
    }
    let mut names: Vec<&str> = giving().filter_map(|g| g.0).collect();
    names.dedup();
    Err(Step::failed(Gate::AccessRights, refusal(&names, model, operation)))
}

fn refusal(names: &[&str], model: &str, operation: Operation) -> String {
    if names.is_empty() {
        let analysis = registry::model(model).is_some_and(|m| m.kind == ModelKind::Reporting);
        let why = if analysis { "it is an analysis, for reading only" } else { "no group has that right" };
        return format!("{model} does not allow {operation} to anybody: {why}.");
    }
    format!(
        "{model} allows {operation} only to {}. \
         A {SETTINGS_ADMINISTRATOR} can assign groups in Settings > Users & Companies > Users.",
        names.join(" or ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn every_granted_model_exists_and_every_model_is_granted() {
        for grant in GRANTS {
            for name in grant.2 {
                assert!(registry::model(name).is_some(), "{name}");
            }
        }
        for model in registry::models().iter() {
            assert!(GRANTS.iter().any(|g| g.2.contains(&model.name.as_ref())), "{}", model.name);
        }
    }

    #[test]
    fn analyses_are_for_reading() {
        let all = groups(&[
            SETTINGS_ADMINISTRATOR,
            SALES_ADMINISTRATOR,
            SALES_OWN_DOCUMENTS,
            POINT_OF_SALE,
            PURCHASE,
            INVENTORY,
            ACCOUNTING,
        ]);
        for model in registry::models().iter().filter(|m| m.name.starts_with("report.")) {
            for operation in Operation::ALL {
                assert_eq!(
                    access(&all, &model.name, operation).is_ok(),
                    !operation.changes_data(),
                    "{} {operation}",
                    model.name
                );
            }
        }
    }

    #[test]
    fn without_a_group_books_and_documents_are_closed() {
        for model in ["account.move", "sale.order", "pos.order.line", "stock.quant", "res.groups"] {
            assert!(access(&[], model, Operation::Read).is_err(), "{model}");
        }
        assert!(access(&[], "res.partner", Operation::Read).is_ok());
        assert!(access(&[], "res.partner", Operation::Write).is_err());
        assert!(access(&groups(&[CONTACTS]), "res.partner", Operation::Delete).is_ok());
    }

    #[test]
    fn methods_need_the_right_to_write() {
        let sales = groups(&[SALES_OWN_DOCUMENTS]);
        assert!(access(&sales, "sale.order", Operation::MethodCall).is_ok());
        assert!(access(&sales, "sale.order", Operation::Delete).is_err());
        assert!(access(&sales, "stock.picking", Operation::MethodCall).is_err());
    }

    #[test]
    fn a_refusal_names_the_groups_and_who_assigns_them() {
        let step = access(&[], "sale.order", Operation::Read).unwrap_err();
        assert_eq!(
            step.message(),
            "Axanta access rights: sale.order allows Read only to Sales / User: Own Documents or Sales / Administrator. \
             A Settings / Administrator can assign groups in Settings > Users & Companies > Users."
        );
        let step = access(&[], "report.stock.onhand", Operation::Delete).unwrap_err();
        assert!(step.message().contains("for reading only"), "{}", step.message());
    }
}
