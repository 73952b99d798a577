//! Quotations and sales orders.

use crate::model::Model;

use super::build::{
    FieldBuild, ModelBuild, business, char, company, currency, date, datetime, integer, many2one, money,
    one2many, percent, quantity, selection, text,
};
use super::values::{INVOICE_STATUS, MOVED_STATUS, PAYMENT_TERM, SALE_STATE, TEAM, UOM};

/// The models of this application.
pub fn models() -> Vec<Model> {
    vec![order(), line()]
}

fn order() -> Model {
    business("sale.order", "Sales Order", "Quotations and sales orders made to customers.")
        .order("date_order desc, id desc")
        .significant([
            "name",
            "partner_id",
            "date_order",
            "user_id",
            "state",
            "amount_untaxed",
            "amount_total",
            "currency_id",
            "invoice_status",
            "delivery_status",
        ])
        .fields([
            char("name", "Order Reference").required().readonly(),
            selection("state", "Status", SALE_STATE).required().readonly(),
            many2one("partner_id", "Customer", "res.partner").required(),
            char("client_order_ref", "Customer Reference").untrusted(),
            datetime("date_order", "Order Date").required(),
            datetime("create_date", "Creation Date").required().readonly(),
            date("validity_date", "Expiration"),
            datetime("commitment_date", "Delivery Date").help("Promised to the customer."),
            many2one("user_id", "Salesperson", "res.users"),
            selection("team", "Sales Team", TEAM),
            many2one("warehouse_id", "Warehouse", "stock.warehouse").required(),
            company().required(),
            currency(),
            selection("payment_term", "Payment Terms", PAYMENT_TERM),
            selection("invoice_status", "Invoice Status", INVOICE_STATUS).required().readonly(),
            selection("delivery_status", "Delivery Status", MOVED_STATUS).readonly(),
            money("amount_untaxed", "Untaxed Amount").required().readonly(),
            money("amount_tax", "Taxes").required().readonly(),
            money("amount_total", "Total").required().readonly(),
            money("margin", "Margin").required().readonly().help("Untaxed amount less cost."),
            many2one("opportunity_id", "Opportunity", "crm.lead"),
            char("origin", "Source Document"),
            text("note", "Terms and Conditions").untrusted(),
            one2many("order_line", "Order Lines", "sale.order.line", "order_id").editable(),
            one2many("picking_ids", "Transfers", "stock.picking", "sale_id"),
            one2many("invoice_ids", "Invoices", "account.move", "sale_id"),
        ])
        .method("action_confirm", "Confirm the quotation: it becomes a sales order and makes its delivery.")
        .method("action_cancel", "Cancel the order and what is still open of its delivery.")
        .method("action_draft", "Set a cancelled order, or a quotation that was sent, back to a quotation.")
        .method(
            "action_create_invoice",
            "Make the draft invoice of what was delivered and is not invoiced yet, one for each order; answers \
             invoice_ids. The user needs the right to create account.move.",
        )
        .report("sale.report_saleorder", "Quotation / Order")
}

fn line() -> Model {
    business("sale.order.line", "Sales Order Line", "Products of quotations and sales orders.")
        .order("order_id desc, sequence, id")
        .significant([
            "order_id",
            "product_id",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
            "price_unit",
            "price_subtotal",
            "currency_id",
        ])
        .fields([
            many2one("order_id", "Order Reference", "sale.order").required(),
            integer("sequence", "Sequence").required().unsummed(),
            char("name", "Description").required(),
            many2one("product_id", "Product", "product.product").required(),
            quantity("product_uom_qty", "Quantity").required(),
            quantity("qty_delivered", "Delivered Quantity").required().readonly(),
            quantity("qty_invoiced", "Invoiced Quantity").required().readonly(),
            selection("uom", "Unit", UOM).required(),
            money("price_unit", "Unit Price").required().averaged(),
            percent("discount", "Discount (%)").required(),
            percent("tax_rate", "Tax (%)").required(),
            money("price_subtotal", "Subtotal").required().readonly(),
            money("price_tax", "Total Tax").required().readonly(),
            money("price_total", "Total").required().readonly(),
            money("discount_amount", "Discount Amount").required().readonly(),
            money("purchase_price", "Cost").required().averaged().help("Cost of one unit."),
            money("margin", "Margin").required().readonly(),
            currency().readonly(),
            company().required().readonly(),
            many2one("order_partner_id", "Customer", "res.partner").required().readonly(),
            many2one("salesman_id", "Salesperson", "res.users").readonly(),
            selection("state", "Order Status", SALE_STATE).required().readonly(),
        ])
        .rec_name("name")
}
