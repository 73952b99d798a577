//! Sales of the shops. They are made at the till, which alone knows what was paid and taken.

use super::super::row::Values as _;
use super::Wish;
use super::say::bad;
use crate::erp::{ErpError, Row};
use crate::model::Model;

/// What somebody else than the till may say of a sale.
const MEMO: [&str; 2] = ["partner_id", "user_id"];

/// Nothing makes a sale but the till.
pub(super) fn defaults(model: &Model) -> Result<(), ErpError> {
    Err(bad(format!(
        "{} is made at the till of a shop, and can't be created here; a sale.order sells without a till",
        model.name
    )))
}

pub(super) fn guard(model: &Model, before: &Row, wish: &Wish<'_>) -> Result<(), ErpError> {
    let id = before.number("id");
    match wish {
        Wish::Create => defaults(model),
        Wish::Delete => Err(bad(format!(
            "{} {id} was made at the till and can't be deleted; goods are taken back at the till",
            model.name
        ))),
        Wish::Change { changes, touches_lines } => {
            let free = |name: &str| model.name == "pos.order" && MEMO.contains(&name);
            if let Some(fixed) = changes.keys().find(|name| !free(name)) {
                return Err(bad(format!(
                    "{fixed} of {} {id} was set at the till and can't be changed; {} of a pos.order can",
                    model.name,
                    MEMO.join(" and ")
                )));
            }
            if *touches_lines {
                return Err(bad(format!("lines of {} {id} were made at the till", model.name)));
            }
            if before.word("state") == "invoiced" && changes.contains_key("partner_id") {
                return Err(bad(format!(
                    "partner_id: {} {id} is invoiced already; the invoice names its customer",
                    model.name
                )));
            }
            Ok(())
        }
    }
}
