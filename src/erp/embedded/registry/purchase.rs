//! Requests for quotation and purchase orders.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, business, char, company, currency, datetime, integer, many2one, money, one2many,
    percent, quantity, selection, text,
};
use super::values::{INVOICE_STATUS, MOVED_STATUS, PURCHASE_STATE, UOM};

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![order(), line()]
}

fn order() -> Model {
    business("purchase.order", "Purchase Order", "Requests for quotation and orders made to vendors.")
        .order("date_order desc, id desc")
        .significant([
            "name",
            "partner_id",
            "date_order",
            "user_id",
            "state",
            "amount_total",
            "currency_id",
            "receipt_status",
            "invoice_status",
        ])
        .fields([
            char("name", "Order Reference").required().readonly(),
            selection("state", "Status", PURCHASE_STATE).required().readonly(),
            many2one("partner_id", "Vendor", "res.partner").required(),
            char("partner_ref", "Vendor Reference").untrusted(),
            datetime("date_order", "Order Deadline").required(),
            datetime("date_approve", "Confirmation Date").readonly(),
            datetime("date_planned", "Expected Arrival"),
            many2one("user_id", "Buyer", "res.users"),
            many2one("warehouse_id", "Deliver To", "stock.warehouse").required(),
            company().required(),
            currency(),
            selection("receipt_status", "Receipt Status", MOVED_STATUS).readonly(),
            selection("invoice_status", "Billing Status", INVOICE_STATUS).required().readonly(),
            money("amount_untaxed", "Untaxed Amount").required().readonly(),
            money("amount_tax", "Taxes").required().readonly(),
            money("amount_total", "Total").required().readonly(),
            char("origin", "Source"),
            text("note", "Terms and Conditions").untrusted(),
            one2many("order_line", "Order Lines", "purchase.order.line", "order_id").editable(),
            one2many("picking_ids", "Receipts", "stock.picking", "purchase_id"),
            one2many("invoice_ids", "Bills", "account.move", "purchase_id"),
        ])
        .method("button_confirm", "Confirm the order: it makes its receipt.")
        .method("button_cancel", "Cancel the order and what is still open of its receipt.")
        .method("button_draft", "Set a cancelled order back to a request for quotation.")
        .method(
            "action_create_invoice",
            "Make the draft bill of what was received and is not billed yet, one for each order; answers invoice_ids. \
             The user needs the right to create account.move.",
        )
        .report("purchase.report_purchaseorder", "Purchase Order")
}

fn line() -> Model {
    business("purchase.order.line", "Purchase Order Line", "Products of purchase orders.")
        .order("order_id desc, sequence, id")
        .significant([
            "order_id",
            "product_id",
            "product_qty",
            "qty_received",
            "qty_invoiced",
            "price_unit",
            "price_subtotal",
            "currency_id",
        ])
        .fields([
            many2one("order_id", "Order Reference", "purchase.order").required(),
            integer("sequence", "Sequence").required().unsummed(),
            char("name", "Description").required(),
            many2one("product_id", "Product", "product.product").required(),
            quantity("product_qty", "Quantity").required(),
            quantity("qty_received", "Received Quantity").required().readonly(),
            quantity("qty_invoiced", "Billed Quantity").required().readonly(),
            selection("uom", "Unit", UOM).required(),
            money("price_unit", "Unit Price").required().averaged(),
            percent("tax_rate", "Tax (%)").required(),
            money("price_subtotal", "Subtotal").required().readonly(),
            money("price_tax", "Tax").required().readonly(),
            money("price_total", "Total").required().readonly(),
            currency().readonly(),
            company().required().readonly(),
            many2one("partner_id", "Vendor", "res.partner").required().readonly(),
            selection("state", "Order Status", PURCHASE_STATE).required().readonly(),
            datetime("date_planned", "Expected Arrival"),
        ])
}
