//! Accounts, journals, invoices and journal entries.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, active, boolean, business, char, company, currency, date, datetime, integer,
    many2one, money, money_in, one2many, percent, quantity, selection, text,
};
use super::values::{ACCOUNT_TYPE, JOURNAL_TYPE, MOVE_STATE, MOVE_TYPE, PAYMENT_STATE};

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![account(), journal(), entry(), line()]
}

fn account() -> Model {
    business("account.account", "Account", "The chart of accounts of each company.")
        .order("code, company_id, id")
        .significant(["code", "name", "account_type", "company_id"])
        .fields([
            char("code", "Code").required(),
            char("name", "Account Name").required(),
            selection("account_type", "Type", ACCOUNT_TYPE).required(),
            boolean("reconcile", "Allow Reconciliation").required(),
            company().required(),
            active(),
        ])
}

fn journal() -> Model {
    business("account.journal", "Journal", "Books that entries are written in: sales, purchases, bank.")
        .order("company_id, type, code, id")
        .significant(["name", "code", "type", "company_id"])
        .fields([
            char("name", "Journal Name").required(),
            char("code", "Short Code").required(),
            selection("type", "Type", JOURNAL_TYPE).required(),
            many2one("default_account_id", "Default Account", "account.account"),
            company().required(),
            currency(),
            active(),
        ])
}

fn company_currency() -> crate::model::Field {
    many2one("company_currency_id", "Company Currency", "res.currency").required().readonly()
}

fn entry() -> Model {
    business("account.move", "Journal Entry", "Invoices, bills, credit notes and other journal entries.")
        .order("date desc, name desc, id desc")
        .significant([
            "name",
            "move_type",
            "partner_id",
            "invoice_date",
            "invoice_date_due",
            "state",
            "payment_state",
            "amount_total",
            "amount_residual",
            "currency_id",
        ])
        .fields([
            char("name", "Number").required().readonly().help("`/` until the entry is posted."),
            char("ref", "Reference").untrusted(),
            selection("move_type", "Type", MOVE_TYPE)
                .required()
                .help("Decided when it is made: a journal entry where nothing is said."),
            selection("state", "Status", MOVE_STATE).required().readonly(),
            date("date", "Accounting Date").required(),
            date("invoice_date", "Invoice Date"),
            date("invoice_date_due", "Due Date"),
            many2one("partner_id", "Partner", "res.partner"),
            many2one("journal_id", "Journal", "account.journal").required(),
            company().required(),
            currency(),
            company_currency(),
            money("amount_untaxed", "Untaxed Amount").required().readonly(),
            money("amount_tax", "Tax").required().readonly(),
            money("amount_total", "Total").required().readonly(),
            money("amount_residual", "Amount Due").required().readonly(),
            money_in("amount_total_signed", "Total Signed", "company_currency_id")
                .required()
                .readonly()
                .help("In the company's currency; negative for bills and customer credit notes."),
            selection("payment_state", "Payment Status", PAYMENT_STATE).readonly(),
            many2one("invoice_user_id", "Salesperson", "res.users"),
            char("invoice_origin", "Origin"),
            many2one("sale_id", "Sales Order", "sale.order").readonly(),
            many2one("purchase_id", "Purchase Order", "purchase.order").readonly(),
            many2one("reversed_entry_id", "Reversal of", "account.move").readonly(),
            text("narration", "Notes").untrusted(),
            datetime("create_date", "Created on").required().readonly(),
            one2many("line_ids", "Journal Items", "account.move.line", "move_id").editable(),
        ])
        .method(
            "action_post",
            "Post the entry: it must balance, gets its number and can't be edited any more.",
        )
        .method("button_draft", "Reset the entry to draft, so that it can be edited.")
        .method("button_cancel", "Cancel a draft entry: it is kept, and counts for nothing.")
        .report("account.report_invoice", "Invoice")
}

fn line() -> Model {
    business("account.move.line", "Journal Item", "Debits and credits of journal entries.")
        .order("date desc, move_id desc, id")
        .significant(["move_id", "date", "account_id", "partner_id", "name", "debit", "credit", "balance"])
        .fields([
            many2one("move_id", "Journal Entry", "account.move").required(),
            integer("sequence", "Sequence").required().unsummed(),
            char("name", "Label").untrusted(),
            selection(
                "display_type",
                "Display Type",
                &[
                    ("product", "Product"),
                    ("tax", "Tax"),
                    ("payment_term", "Payment Term"),
                    ("entry", "Entry"),
                ],
            )
            .required(),
            date("date", "Date").required().readonly(),
            date("date_maturity", "Due Date"),
            many2one("account_id", "Account", "account.account").required(),
            many2one("journal_id", "Journal", "account.journal").required().readonly(),
            many2one("partner_id", "Partner", "res.partner"),
            many2one("product_id", "Product", "product.product"),
            quantity("quantity", "Quantity").required(),
            money("price_unit", "Unit Price").required().averaged(),
            percent("discount", "Discount (%)").required(),
            money("price_subtotal", "Subtotal").required().readonly(),
            money_in("debit", "Debit", "company_currency_id").required(),
            money_in("credit", "Credit", "company_currency_id").required(),
            money_in("balance", "Balance", "company_currency_id").required().help("Debit less credit."),
            money("amount_currency", "Amount in Currency")
                .required()
                .help("Balance in the currency of the entry."),
            money_in("amount_residual", "Residual Amount", "company_currency_id")
                .required()
                .readonly()
                .help("What of a receivable or payable is still open."),
            currency(),
            company_currency(),
            company().required().readonly(),
            selection("parent_state", "Status", MOVE_STATE).required().readonly(),
        ])
}
